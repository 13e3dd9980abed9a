#include "protocols/dns/cache.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/dns/samples.hpp"

using namespace mailscope;
using namespace mailscope::dns;
using namespace std::chrono_literals;
using Kind = Cache::Found::Kind;

namespace {

Question question(std::string name, Type type) { return {std::move(name), type}; }

/// A cache that has heard what the sample zones answer to this.
Cache after(const std::string& name, Type type) {
  Cache cache;
  cache.store(Instant{}, question(name, type), answer(sample_zones(), query_for(name, type)));
  return cache;
}

Message negative(Rcode rcode, std::uint32_t soa_ttl, std::uint32_t minimum) {
  Message message;
  message.response = true;
  message.rcode = rcode;
  message.authorities = {{"example", Type::Soa, soa_ttl, SoaData{"ns.example", "x.example", 1, 1, 1, 1, minimum}}};
  return message;
}

}  // namespace

TEST_CASE("an answer is known for its time to live, which becomes less (RFC 1035 §3.2.1)") {
  const Cache cache = after("llevant.example", Type::Mx);
  const auto found = cache.find(Instant{} + 600s, question("LLEVANT.example", Type::Mx));
  REQUIRE(found);
  CHECK(found->kind == Kind::Complete);
  CHECK(found->left == 3000s);
  REQUIRE(found->response.answers.size() == 2);
  CHECK(found->response.answers[0].ttl_s == 3000);
  CHECK(cache.find(Instant{} + 3600s - 1us, question("llevant.example", Type::Mx)));
  CHECK_FALSE(cache.find(Instant{} + 3600s, question("llevant.example", Type::Mx)));
  CHECK_FALSE(cache.find(Instant{}, question("llevant.example", Type::Txt)));
  CHECK_FALSE(cache.find(Instant{}, question("llevant.example", any_type)));
  CHECK_FALSE(cache.find(Instant{}, question("mx.llevant.example", Type::A)));  // an additional record: hearsay
}

TEST_CASE("a name that does not exist has no records of any type, for the SOA's MINIMUM (RFC 2308 §5)") {
  const Cache cache = after("nothing.llevant.example", Type::Mx);
  for (const Type type : {Type::Mx, Type::A, Type::Srv}) {
    const auto found = cache.find(Instant{} + 299s, question("nothing.llevant.example", type));
    REQUIRE(found);
    CHECK(found->kind == Kind::Complete);
    CHECK(found->response.rcode == Rcode::NameError);
    REQUIRE(found->response.authorities.size() == 1);  // §6: with what is left of the SOA's time
    CHECK(found->response.authorities[0].ttl_s == 1);
    CHECK(found->left == 1s);
  }
  CHECK_FALSE(cache.find(Instant{} + 300s, question("nothing.llevant.example", Type::A)));
}

TEST_CASE("that there are no records of one type says nothing of others (RFC 2308 §5)") {
  const Cache cache = after("mx.llevant.example", Type::Txt);
  const auto found = cache.find(Instant{}, question("mx.llevant.example", Type::Txt));
  REQUIRE(found);
  CHECK(found->response.rcode == Rcode::NoError);
  CHECK(found->response.answers.empty());
  CHECK_FALSE(cache.find(Instant{}, question("mx.llevant.example", Type::A)));
}

TEST_CASE("a negative answer lives for the smaller of the SOA's two times, three hours at most, and not without SOA") {
  struct Case {
    std::uint32_t ttl, minimum;
    Duration life;
  };
  for (const auto& [ttl, minimum, life] :
       {Case{60, 300, 60s}, Case{300, 60, 60s}, Case{90'000, 90'000, 3h}, Case{0, 60, 0s}}) {
    Cache cache;
    cache.store(Instant{}, question("a.example", Type::A), negative(Rcode::NameError, ttl, minimum));
    CHECK(cache.find(Instant{} + life - 1us, question("a.example", Type::A)).has_value() == (life > 0s));
    CHECK_FALSE(cache.find(Instant{} + life, question("a.example", Type::A)));
  }
  Cache cache;
  Message without = negative(Rcode::NameError, 60, 60);
  without.authorities.clear();
  cache.store(Instant{}, question("a.example", Type::A), without);
  Message foreign = negative(Rcode::NameError, 60, 60);
  foreign.authorities[0].name = "other.example";  // of a zone in which the name is not
  cache.store(Instant{}, question("a.example", Type::A), foreign);
  CHECK(cache.size() == 0);
}

TEST_CASE("aliases are kept link by link: each lives as long as it says (RFC 1034 §3.6.2)") {
  Cache cache = after("www.llevant.example", Type::A);
  const auto both = cache.find(Instant{}, question("www.llevant.example", Type::A));
  REQUIRE(both);
  CHECK(both->kind == Kind::Complete);
  CHECK(both->response.answers.size() == 2);
  CHECK(cache.find(Instant{}, question("mx.llevant.example", Type::A)));
  const auto open = cache.find(Instant{}, question("www.llevant.example", Type::Txt));
  REQUIRE(open);
  CHECK(open->kind == Kind::Alias);
  CHECK(cache.find(Instant{}, question("www.llevant.example", Type::Cname))->kind == Kind::Complete);
  // RFC 2308 §2.1: NXDOMAIN is about the last name of the chain.
  cache = after("lost.llevant.example", Type::A);
  CHECK(cache.find(Instant{}, question("nothing.llevant.example", Type::Mx))->response.rcode == Rcode::NameError);
  CHECK(cache.find(Instant{}, question("lost.llevant.example", Type::A))->response.rcode == Rcode::NameError);
  // A circle is remembered, and never ends.
  cache = after("one.llevant.example", Type::A);
  CHECK(cache.find(Instant{}, question("one.llevant.example", Type::A))->kind == Kind::Alias);
}

TEST_CASE("records that nobody asked for are not kept (RFC 5452 §6)") {
  Message message = answer(sample_zones(), query_for("mx.llevant.example", Type::A));
  message.answers.push_back({"bank.example", Type::A, 3600, "203.0.113.66"});
  Cache cache;
  cache.store(Instant{}, question("mx.llevant.example", Type::A), message);
  CHECK(cache.size() == 1);
}

TEST_CASE("a time to live of 0 is for this once, one with the top bit counts as 0, none is over a week (RFC 2181 §8)") {
  for (const auto& [ttl, life] : {std::pair<std::uint32_t, Duration>{0, 0s}, {0x80000000, 0s}, {0x7fffffff, 7 * 24h}}) {
    Message message;
    message.answers = {{"a.example", Type::A, ttl, "192.0.2.1"}};
    Cache cache;
    cache.store(Instant{}, question("a.example", Type::A), message);
    CHECK(cache.find(Instant{} + life - 1us, question("a.example", Type::A)).has_value() == (life > 0s));
    CHECK_FALSE(cache.find(Instant{} + life, question("a.example", Type::A)));
  }
}

TEST_CASE("failures are remembered for 5 s, longer each time, 5 min at most (RFC 9520 §3.2)") {
  Cache cache;
  Instant now{};
  for (const Duration life : {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
    cache.store_failure(now, question("a.example", Type::A));
    const auto found = cache.find(now, question("a.example", Type::A));
    REQUIRE(found);
    CHECK(found->kind == Kind::Failure);
    CHECK(found->response.rcode == Rcode::ServerFailure);
    CHECK(found->left == life);
    CHECK_FALSE(cache.find(now, question("a.example", Type::Mx)));
    now += life;
    CHECK_FALSE(cache.find(now, question("a.example", Type::A)));
  }
  Message message;
  message.answers = {{"a.example", Type::A, 1, "192.0.2.1"}};
  cache.store(now, question("a.example", Type::A), message);
  now += 1s;
  cache.store_failure(now, question("a.example", Type::A));
  CHECK(cache.find(now, question("a.example", Type::A))->left == 5s);
}

TEST_CASE("a full cache forgets what would expire first") {
  Cache cache;
  const auto store = [&](std::size_t number, std::uint32_t ttl) {
    const std::string name = "a" + std::to_string(number) + ".example";
    Message message;
    message.answers = {{name, Type::A, ttl, "192.0.2.1"}};
    cache.store(Instant{}, question(name, Type::A), message);
  };
  store(0, 50);
  for (std::size_t number = 1; number <= Cache::entries_max; ++number) store(number, 100);
  CHECK(cache.size() == Cache::entries_max);
  CHECK_FALSE(cache.find(Instant{}, question("a0.example", Type::A)));
  CHECK(cache.find(Instant{}, question("a1.example", Type::A)));
}
