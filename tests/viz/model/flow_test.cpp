#include "viz/model/flow.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/model/small_trace.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

std::vector<Flight> flights(const Trace& trace, std::int64_t ms, bool reduced_motion = false) {
  return flights_at(trace, conversation_of(trace), trace.state_at(at_ms(ms)), reduced_motion);
}

/// A packet with this text leaves Anna at 10 ms and arrives at 30 ms.
Trace one_packet() {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(10), line(0, Side::Client, Direction::Sent, {0, 14}, "EHLO anna\nmore"));
  trace.append(at_ms(10), packet(0, 0, Side::Client, at_ms(30), {0, 14}, "EHLO anna\r\nmo"));
  trace.append(at_ms(30), ended(0));
  return trace;
}

}  // namespace

TEST_CASE("a packet stands at its sender when sent, half-way at half-time, and at its receiver on arrival") {
  CHECK(progress_between(at_ms(10), at_ms(30), at_ms(10)) == 0.0);
  CHECK(progress_between(at_ms(10), at_ms(30), at_ms(20)) == 0.5);
  CHECK(progress_between(at_ms(10), at_ms(30), at_ms(30)) == 1.0);
  CHECK(progress_between(at_ms(10), at_ms(10), at_ms(10)) == 1.0);
  const Trace trace = one_packet();
  CHECK(flights(trace, 9).empty());
  REQUIRE(flights(trace, 10).size() == 1);
  CHECK(flights(trace, 10)[0].progress == 0.0);
  CHECK(flights(trace, 20)[0].progress == 0.5);
  CHECK(flights(trace, 25)[0].progress == 0.75);
  CHECK(flights(trace, 30).empty());
}

TEST_CASE("with reduced motion a packet is at its sender, then at its receiver, and nowhere between") {
  const Trace trace = one_packet();
  CHECK(flights(trace, 19, true)[0].progress == 0.0);
  CHECK(flights(trace, 20, true)[0].progress == 1.0);
}

TEST_CASE("a capsule carries the first line of what its packet carries, in its protocol's colour") {
  const Flight flight = flights(one_packet(), 12)[0];
  CHECK(flight.text == "EHLO anna …");
  CHECK(flight.protocol == "SMTP");
  CHECK(flight.from == HostId{0});
  CHECK(flight.to == HostId{1});
  CHECK_FALSE(flight.is_bare);
}

TEST_CASE("a packet from the middle of a line shows its own octets, and one with two lines shows both") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(1), line(0, Side::Client, Direction::Sent, {0, 30}, "the whole message"));
  trace.append(at_ms(1), line(0, Side::Client, Direction::Sent, {30, 36}, "QUIT"));
  trace.append(at_ms(1), packet(0, 0, Side::Client, at_ms(9), {0, 20}, "the first twenty oct"));
  trace.append(at_ms(1), packet(1, 0, Side::Client, at_ms(9), {20, 36}, "ets\r\nand\r\nQUIT\r\n"));
  const auto seen = flights(trace, 2);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].text == "the whole message");
  CHECK(seen[1].text == "… ets … · QUIT");
}

TEST_CASE("a packet without payload is named by its flags (RFC 9293 §3.1), a pure acknowledgement is bare") {
  CHECK(flags_text({.syn = true}) == "SYN");
  CHECK(flags_text({.syn = true, .ack = true}) == "SYN ACK");
  CHECK(flags_text({.ack = true, .fin = true}) == "FIN ACK");
  CHECK(flags_text({.ack = true}) == "ACK");
  CHECK(flags_text({.rst = true}) == "RST");
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(0), packet(0, 0, Side::Client, at_ms(9), {}, "", {.ack = true}));
  trace.append(at_ms(0), packet(1, 0, Side::Server, at_ms(9), {}, "", {.rst = true}));
  const auto seen = flights(trace, 1);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].is_bare);
  CHECK_FALSE(seen[0].is_error);
  CHECK(seen[1].is_error);
  CHECK(seen[1].text == "RST");
}

TEST_CASE("packets that are filtered, lost, or come to a host that is down are marked") {
  const PacketFate fate = GENERATE(PacketFate::Filtered, PacketFate::Lost, PacketFate::Unheard);
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(0), packet(0, 0, Side::Client, at_ms(10), {}, "", {.syn = true}));
  trace.append(at_ms(5), ended(0, fate));
  REQUIRE(shown_records(trace, trace.state_at(at_ms(9))).size() == 1);
  CHECK(shown_records(trace, trace.state_at(at_ms(9)))[0].record == 2);
}

TEST_CASE("failed connections and filtered packets are marked, those that go well are not") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(0), packet(0, 0, Side::Client, at_ms(5), {}, "", {.syn = true}));
  trace.append(at_ms(1), ConnectionChanged{ConnectionId{0}, Phase::Open});
  trace.append(at_ms(5), ended(0, PacketFate::Filtered));
  for (const Phase phase : {Phase::Refused, Phase::TimedOut, Phase::Reset, Phase::Closed})
    trace.append(at_ms(9), ConnectionChanged{ConnectionId{0}, phase});
  std::vector<std::size_t> records;
  for (const ShownRecord& shown : shown_records(trace, trace.state_at(at_ms(9)))) records.push_back(shown.record);
  CHECK(records == std::vector<std::size_t>{3, 4, 5, 6});
}

TEST_CASE("a notice is shown from its instant until its time is over, and those of one kind as one") {
  Trace trace = two_hosts();
  trace.append(at_ms(100), Notice{HostId{1}, std::nullopt, Severity::Success, "notice/delivered", {"bruno"}});
  trace.append(at_ms(200), Notice{HostId{1}, std::nullopt, Severity::Success, "notice/delivered", {"anna"}});
  trace.append(at_ms(9000), Notice{HostId{1}, std::nullopt, Severity::Info, "notice/sent", {}});
  const auto shown = [&](std::int64_t ms) { return shown_records(trace, trace.state_at(at_ms(ms))); };
  CHECK(shown(99).empty());
  REQUIRE(shown(100).size() == 1);
  CHECK(shown(100)[0].age == Duration::zero());
  REQUIRE(shown(200).size() == 1);
  CHECK(shown(200)[0].record == 1);
  CHECK(shown(200)[0].count == 2);
  CHECK(shown(1299)[0].count == 2);
  REQUIRE(shown(1300).size() == 1);
  CHECK(shown(1300)[0].count == 1);
  CHECK(shown(1400).empty());
}

TEST_CASE("however many notices and lost packets there are, few are marked") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  const std::size_t kinds = notices_shown_max + 3;
  for (std::size_t i = 0; i < marks_looked_at_max; ++i)
    trace.append(at_ms(100), Notice{HostId{1}, std::nullopt, Severity::Info, "notice/" + std::to_string(i % kinds), {}});
  for (std::size_t i = 0; i < 2 * other_marks_max; ++i)
    trace.append(at_ms(100), ConnectionChanged{ConnectionId{0}, Phase::Refused});
  CHECK(shown_records(trace, trace.state_at(at_ms(100))).size() == notices_shown_max + other_marks_max);
}

TEST_CASE("a packet that took no time is shown for a while all the same, and only the newest of many") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  for (std::uint32_t i = 0; i < 5; ++i) {
    const std::int64_t ms = 100 + std::int64_t{i};
    trace.append(at_ms(ms), packet(i, 0, Side::Client, at_ms(ms), {i * 6, i * 6 + 6}, "NOOP\r\n"));
    trace.append(at_ms(ms), ended(i));
  }
  trace.append(at_ms(104), packet(5, 0, Side::Server, at_ms(104), {}, ""));  // an acknowledgement hides nothing
  trace.append(at_ms(104), ended(5));
  const auto at = [&](std::int64_t ms) {
    return flights_at(trace, conversation_of(trace), trace.state_at(at_ms(ms)), false);
  };
  CHECK(at(99).empty());
  const auto flights = at(104);
  REQUIRE(flights.size() == shown_at_once_max);
  CHECK(flights.front().packet == PacketId{2});
  CHECK(flights.back().packet == PacketId{4});
  CHECK(flights.back().progress == 0.0);
  CHECK(at(104 + 250).back().progress == 0.5);
  CHECK(at(104 + 500).empty());
}
