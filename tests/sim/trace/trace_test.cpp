#include <catch2/catch_all.hpp>
#include <nlohmann/json.hpp>

#include "sim/trace/export_json.hpp"
#include "tests/sim/trace/random_trace.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

TEST_CASE("the state at any instant is what a reader of all records up to it would have") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{6}));
  INFO("seed " << seed);
  const Trace trace = random_trace(seed, 3'000);
  WorldState replay = Trace(trace).state_at(trace.start - 1us);
  CHECK(replay.hosts.size() == trace.hosts.size());
  CHECK(replay.hosts[0].mailboxes.contains("INBOX"));
  const std::span<const Record> records = trace.records();
  for (std::size_t index = 0; index < records.size(); ++index) {
    replay.apply(records[index]);
    // Records of one instant have all happened at that instant.
    if (index + 1 < records.size() && records[index + 1].at == records[index].at) continue;
    const WorldState found = trace.state_at(records[index].at);
    REQUIRE(found.records == index + 1);
    REQUIRE(found == replay);
    if (index + 1 < records.size()) {
      const WorldState later = trace.state_at(records[index + 1].at - 1us);
      REQUIRE(later.records == index + 1);
      REQUIRE(later.connections == replay.connections);
    }
  }
  CHECK(trace.state_at(Instant::max()).records == records.size());
}

TEST_CASE("a trace without records has the state in which everything begins") {
  Trace trace;
  trace.start = Instant{} + 5s;
  trace.hosts.resize(1);
  trace.hosts[0].mailboxes = {"INBOX"};
  CHECK(trace.end() == trace.start);
  CHECK(trace.count_until(Instant::max()) == 0);
  CHECK(trace.state_at(trace.end()).hosts.at(0).mailboxes.at("INBOX").empty());
}

TEST_CASE("a line moves its engine and is remembered; messages come, change and go") {
  Trace trace;
  trace.hosts.resize(2);
  static constexpr std::array<std::string_view, 2> states{"closed", "open"};
  static constexpr std::array moves{Transition{{0}, "EHLO", {1}}};
  const MachineId machine = trace.machine_id({"toy", states, moves});
  CHECK(trace.machine_id({"toy", states, moves}) == machine);
  CHECK(trace.machine_id({"other", states, {}}) != machine);
  const ConnectionId id{0};
  trace.append(trace.start, ConnectionOpened{id, Transport::Tcp, {{0}, {49152}}, {{1}, {25}}, "SMTP", "relay"});
  trace.append(trace.start, EngineAttached{id, Side::Client, machine, {0}});
  LineSpoken line{id, Side::Client, {}};
  line.step.to = {1};
  trace.append(trace.start + 1s, line);
  trace.append(trace.start + 2s, MailboxChanged{{1}, "INBOX", MailboxChanged::Kind::Added, {7, "a", "b", 1, {}, true}});
  trace.append(trace.start + 3s,
               MailboxChanged{{1}, "INBOX", MailboxChanged::Kind::Updated, {7, "a", "b", 1, {"\\Seen"}, true}});
  trace.append(trace.start + 4s,
               MailboxChanged{{1}, "INBOX", MailboxChanged::Kind::Removed, {7, "a", "b", 1, {}, true}});
  CHECK_FALSE(trace.state_at(trace.start).connections.at(0).client->previous);
  const ConnectionState after = trace.state_at(trace.start + 1s).connections.at(0);
  CHECK(after.client == ConnectionState::EngineState{machine, {1}, StateId{0}});
  CHECK_FALSE(after.server);
  CHECK(after.lines == 1);
  const auto inbox = [&](Duration when) { return trace.state_at(trace.start + when).hosts[1].mailboxes["INBOX"]; };
  CHECK(inbox(2s).at(0).flags.empty());
  CHECK(inbox(3s).at(0).flags == std::vector<std::string>{"\\Seen"});
  CHECK(inbox(4s).empty());
}

TEST_CASE("the JSON export has a line a record, in order, and hashes equal traces equally") {
  const Trace trace = random_trace(1, 500);
  std::vector<nlohmann::json> lines;
  for_each_json_line(trace, [&](std::string_view line) {
    REQUIRE(line.ends_with('\n'));
    lines.push_back(nlohmann::json::parse(line));
  });
  REQUIRE(lines.size() == 1 + trace.records().size());
  CHECK(lines[0]["hosts"].size() == trace.hosts.size());
  for (std::size_t index = 0; index < trace.records().size(); ++index)
    CHECK(lines[index + 1]["at_us"] == (trace.records()[index].at - trace.start).count());
  CHECK(trace_hash(trace).size() == 64);
  CHECK(trace_hash(trace) == trace_hash(random_trace(1, 500)));
  CHECK(trace_hash(trace) != trace_hash(random_trace(1, 499)));
  CHECK(trace_hash(trace) != trace_hash(random_trace(2, 500)));
}

TEST_CASE("octets that are not UTF-8 are exported all the same, payloads exactly") {
  Trace trace;
  trace.hosts.resize(1);
  trace.append(trace.start, Notice{{0}, {}, Severity::Info, "notice/\xff", {"\xc3\x28", std::string("\0", 1)}});
  PacketSent packet;
  packet.payload = "\xff\xfe\r\n\x80";
  trace.append(trace.start, packet);
  std::vector<nlohmann::json> lines;
  for_each_json_line(trace, [&](std::string_view line) { lines.push_back(nlohmann::json::parse(line)); });
  CHECK(lines.at(1)["topic"] == "notice/\uFFFD");
  CHECK(lines.at(2)["payload"] == "//4NCoA=");
}

TEST_CASE("the hash of a known trace is the one that other programs compute over its lines") {
  // printf '%s\n' '{"title":"","seed":0,"start_us":0,"hosts":[],"links":[],"machines":[]}' | sha256sum
  CHECK(trace_hash(Trace{}) == "478e623015674797ff993059ab42143a57d71800f4239c0614c302520f928c03");
}

TEST_CASE("keyframes stay apart by the state's size, so that a large state is not copied every 256 records") {
  // 50,000 messages in one mailbox: with a fixed distance the keyframes would hold about 5 million of them.
  Trace trace;
  trace.hosts.resize(1);
  for (std::uint32_t number = 0; number < 50'000; ++number)
    trace.append(trace.start + Duration{number},
                 MailboxChanged{{0}, "INBOX", MailboxChanged::Kind::Added, {number, "", "", 1, {}, true}});
  CHECK(trace.keyframe_items() <= 2 * trace.records().size());
  CHECK(trace.state_at(trace.start + Duration{31'233}).hosts[0].mailboxes["INBOX"].size() == 31'234);
}
