// Each limit of a lesson, met and crossed by one.
#include <catch2/catch_all.hpp>

#include "sim/scenario/read/faults.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "tests/sim/scenario/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

/// `piece` as often as asked, with "#" replaced by the count from 0.
std::string times(std::size_t count, std::string_view piece) {
  std::string text;
  for (std::size_t i{}; i < count; ++i)
    for (const char c : piece) text += c == '#' ? std::to_string(i) : std::string(1, c);
  return text;
}

bool reads(const std::string& yaml) { return read_scenario(yaml).scenario.has_value(); }

/// Checks that `make(limit)` reads and `make(limit + 1)` is refused with words that name the limit.
template <class Make>
void check_limit(std::size_t limit, Make make) {
  INFO("limit " << limit);
  for (const std::string& fault : faults_of(make(limit))) UNSCOPED_INFO(fault);
  CHECK(reads(make(limit)));
  const std::vector<std::string> faults = faults_of(make(limit + 1));
  REQUIRE_FALSE(faults.empty());
  CHECK(faults.front().find(std::to_string(limit)) != std::string::npos);
}

}  // namespace

TEST_CASE("a lesson's counts are bounded, each where its limit stands") {
  const auto [hosts_before, links_before] = std::pair(5U, 4U);
  check_limit(limits::hosts, [&](std::size_t n) {
    return with("links:\n", times(n - hosts_before, "  h#: {kind: phone}\n") + "links:\n");
  });
  check_limit(limits::links, [&](std::size_t n) {
    std::string hosts, links;
    for (int i = 0; i < 40; ++i) hosts += "  h" + std::to_string(i) + ": {kind: phone}\n";
    for (std::size_t made{}; made < n - links_before; ++made)
      links += "  - {between: [h" + std::to_string(made / 20) + ", h" + std::to_string(20 + made % 20) + "]}\n";
    return with("links:\n", hosts + "links:\n" + links);
  });
  check_limit(limits::actions, [](std::size_t n) {
    return with("steps:\n", times(n - 3, "  - {who: pocket, check-mail: true}\n") + "steps:\n");
  });
  check_limit(limits::steps, [](std::size_t n) {
    return small_lesson() + times(n - 3, "  - {title: t, text: t, when: {action: 1}}\n");
  });
  check_limit(limits::expectations, [](std::size_t n) {
    return small_lesson() + times(n - 1, "      - {queue: mail.alba.example, holds: #}\n");
  });
  check_limit(limits::domains, [](std::size_t n) {
    return with("[alba.example]", "[alba.example" + times(n - 1, ", d#.example") + "]");
  });
  check_limit(limits::accounts, [](std::size_t n) {
    return with("links:\n", "  more:\n    kind: laptop\n    accounts:\n" +
                                times(n,
                                      "      - {address: a#@alba.example, password: x, incoming: {protocol: imap, "
                                      "server: mx.llevant.example}}\n") +
                                "links:\n");
  });
  check_limit(limits::users, [](std::size_t n) {
    return with("{anna: violet-7}", "{anna: violet-7" + times(n - 1, ", u#: p") + "}");
  });
  check_limit(limits::ports,
              [](std::size_t n) { return with("587: closed", "587: closed" + times(n - 3, ", 60#0: imap")); });
  check_limit(limits::zones, [](std::size_t n) {
    return with("    zones:\n", "    zones:\n" + times(n - 1, "      z#.example: []\n"));
  });
  check_limit(limits::records, [](std::size_t n) {
    return with("        - {name: mx,",
                times(n - 2, "        - {name: t#, type: TXT, value: t}\n") + "        - {name: mx,");
  });
  check_limit(limits::outages, [](std::size_t n) {
    return with("latency: 20 ms", "down: [{from: 1 s, until: 2 s}" + times(n - 1, ", {from: 1 s, until: 2 s}") + "]");
  });
  check_limit(limits::recipients, [](std::size_t n) {
    return with("[bruno@llevant.example]", "[bruno@llevant.example" + times(n - 1, ", u#@a.example") + "]");
  });
}

TEST_CASE("a lesson's texts are bounded, each where its limit stands") {
  check_limit(limits::name_octets, [](std::size_t n) { return with("violet-7", std::string(n, 'p')); });
  check_limit(limits::txt_octets, [](std::size_t n) {
    return with("        - {name: mx,",
                "        - {name: t, type: TXT, value: " + std::string(n, 't') + "}\n        - {name: mx,");
  });
  check_limit(limits::subject_octets,
              [](std::size_t n) { return with("subject: Hello", "subject: " + std::string(n, 's')); });
  check_limit(limits::message_octets, [](std::size_t n) { return with("Good morning", std::string(n, 't')); });
  check_limit(limits::text_octets, [](std::size_t n) { return with("title: Post", "title: " + std::string(n, 't')); });
  // Names that cross their limits are no names: RFC 1035 §2.3.4, RFC 5321 §4.5.3.1.1.
  CHECK(reads(with("bruno@llevant.example", std::string(limits::local_part_octets, 'b') + "@llevant.example")));
  CHECK_FALSE(
      reads(with("bruno@llevant.example", std::string(limits::local_part_octets + 1, 'b') + "@llevant.example")));
  CHECK(reads(with("@llevant.example", "@" + std::string(limits::label_octets, 'l'))));
  CHECK_FALSE(reads(with("@llevant.example", "@" + std::string(limits::label_octets + 1, 'l'))));
  CHECK(reads(with("@llevant.example", "@" + times(127, "a.") + "a")));
  CHECK_FALSE(reads(with("@llevant.example", "@" + times(127, "a.") + "aa")));
}

TEST_CASE("a lesson's numbers are bounded, each where its limit stands") {
  const std::pair<const char*, std::pair<const char*, const char*>> bounds[] = {
      {"minutes: 5", {"minutes: 600", "minutes: 601"}},
      {"minutes: 5", {"minutes: 1", "minutes: 0"}},
      {"kind: laptop", {"kind: laptop\n    place: [63, 0]", "kind: laptop\n    place: [0, 64]"}},
      {"holds: 1", {"holds: 1000000", "holds: 1000001"}},
      {"20 ms", {"60 s", "60.001 s"}},
      {"20 ms", {"1 us", "0 us"}},
      {"1 Mbit/s", {"100 bit/s", "99 bit/s"}},
      {"1 Mbit/s", {"100 Gbit/s", "101 Gbit/s"}},
      {"300 ms", {"720 h", "720.1 h"}},
      {"latency: 20 ms", {"loss: 100 %", "loss: 100.0001 %"}},
      {"latency: 20 ms", {"jitter: 60 s", "jitter: 60.001 s"}},
      {"latency: 20 ms", {"down: [{from: 1 s, until: 1.000001 s}]", "down: [{from: 1 s, until: 1 s}]"}},
      {"who: pocket, check-mail: true", {"who: dns, crash: 720 h", "who: dns, crash: 720.1 h"}},
      {"at: 5 s", {"at: 720 h", "at: 720.1 h"}},
      {"minutes: 5", {"minutes: 5\nseed: 18446744073709551615", "minutes: 5\nseed: 18446744073709551616"}},
  };
  for (const auto& [from, to] : bounds) {
    INFO(to.first);
    CHECK(reads(with(from, to.first)));
    CHECK_FALSE(reads(with(from, to.second)));
  }
}

TEST_CASE("nesting and the number of values are bounded before anything is built from them") {
  const auto nested = [](std::size_t depth) { return "title: " + std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(faults_of(nested(yaml_depth_max - 1)).front().find("nesting") == std::string::npos);
  CHECK(faults_of(nested(yaml_depth_max + 1)).front().find("more than 24 levels of nesting") != std::string::npos);
  const auto values = [](std::size_t count) { return "[" + times(count - 1, ",a").substr(1) + "]"; };
  CHECK(read_yaml(values(yaml_nodes_max)).root);
  CHECK(read_yaml(values(yaml_nodes_max + 1)).fault.found == "more than 100000 values");
}

TEST_CASE("reading ends after so many errors, and says so") {
  const auto wrong = [](std::size_t count) { return small_lesson() + times(count, "k#: x\n"); };
  CHECK(faults_of(wrong(errors_max - 1)).size() == errors_max - 1);
  const std::vector<std::string> faults = faults_of(wrong(errors_max + 100));
  CHECK(faults.size() == errors_max + 1);
  CHECK(faults.back().find("there may be more") != std::string::npos);
}
