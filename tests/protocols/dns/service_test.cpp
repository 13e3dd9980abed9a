#include "protocols/dns/service.hpp"

#include <catch2/catch_all.hpp>
#include <map>
#include <random>

#include "tests/protocols/dns/samples.hpp"

using namespace mailscope::dns;

namespace {

std::vector<std::string> names(const std::vector<SrvData>& targets) {
  std::vector<std::string> result;
  for (const SrvData& target : targets) result.push_back(target.target);
  return result;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a lower priority is tried first, whatever the weights (RFC 2782)") {
  const auto last = [](std::uint64_t bound) { return bound - 1; };
  CHECK(names(in_order({{20, 100, 25, "c"}, {10, 0, 25, "a"}, {15, 1, 25, "b"}}, last)) == Names{"a", "b", "c"});
}

TEST_CASE("within a priority the first running sum that is not below the drawn number is next (RFC 2782)") {
  const std::vector<SrvData> targets{{0, 3, 25, "a"}, {0, 0, 25, "b"}, {0, 7, 25, "c"}};
  std::vector<std::uint64_t> bounds;
  const auto drawing = [&](std::uint64_t drawn) {
    bounds.clear();
    return names(in_order(targets, [&bounds, drawn](std::uint64_t bound) {
      bounds.push_back(bound);
      return std::min(drawn, bound - 1);
    }));
  };
  CHECK(drawing(0) == Names{"b", "a", "c"});
  CHECK(bounds == std::vector<std::uint64_t>{11, 11, 8});
  CHECK(drawing(3) == Names{"a", "c", "b"});
  CHECK(drawing(4) == Names{"c", "a", "b"});
}

TEST_CASE("chances go by weight, and who has none is hardly ever chosen first (RFC 2782)") {
  const std::uint64_t seed = 7;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::map<std::string, int> first;
  for (int round = 0; round < 10'000; ++round)
    ++first[names(in_order({{0, 0, 1, "none"}, {0, 100, 1, "light"}, {0, 300, 1, "heavy"}}, [&](std::uint64_t bound) {
              return random() % bound;
            })).front()];
  CHECK(first["none"] < 100);
  CHECK(first["light"] > 2'200);
  CHECK(first["light"] < 2'800);
  CHECK(first["heavy"] > 7'200);
}

TEST_CASE("a target that is the root says that the service is not offered (RFC 2782, RFC 6186 §3.4)") {
  CHECK(in_order({{0, 0, 0, ""}}, [](std::uint64_t) { return 0; }).empty());
}

TEST_CASE("a service's name has two labels before the domain, and its answer gives its records (RFC 2782)") {
  CHECK(service_name("imaps", "alba.example") == "_imaps._tcp.alba.example");
  const Message answered = answer(sample_zones(), query_for(service_name("imaps", "llevant.example"), Type::Srv));
  CHECK(names(services_of(answered)) == Names{"mx.llevant.example", "imap.other.example"});
}
