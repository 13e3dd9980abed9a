// A lesson's devices and a real server, which the test plays on a socket of this machine.
#include <catch2/catch_all.hpp>

#include "sim/live/live_world.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::live;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t real_port = 29'243, closed_port = 29'244;
constexpr Instant start{std::chrono::seconds(1'780'000'000)};

constexpr std::string_view lesson = R"(mailscope: 1
title: {en: Real, ca: Real, es: Real, it: Reale}
summary: {en: Real, ca: Real, es: Real, it: Reale}
level: beginner
minutes: 5
start: 2026-03-02T09:00:00Z
hosts:
  desk:
    kind: laptop
    account: {address: anna@alba.example, password: violet-7, incoming: {protocol: pop3, server: mail.alba.example}}
  mail.alba.example: {kind: mail-server, real: {110: 127.0.0.1:PORT}}
links:
  - {between: [desk, mail.alba.example], latency: 1 ms}
actions:
  - {who: desk, check-mail: true}
steps:
  - title: {en: A, ca: A, es: A, it: A}
    when: start
    text: {en: A, ca: A, es: A, it: A}
    expect: [{host: mail.alba.example, says: "+OK real"}, {mailbox: INBOX, of: desk, holds: 1}]
)";

Scenario lesson_at(std::uint16_t port) {
  std::string yaml(lesson);
  return scenario_from(yaml.replace(yaml.find("PORT"), 4, std::to_string(port)));
}

struct Rig {
  explicit Rig(std::uint16_t port) : world(lesson_at(port), {}, start) { CHECK(world.failures().empty()); }
  void turn() {
    now += 1ms;
    world.turn([this] { return now; }, 1ms);
  }
  template <class Done>
  void run(Done done) {
    for (int turns = 0; turns < 5'000 && !done(); ++turns) turn();
  }
  Library library;
  Instant now{start};
  LiveWorld world;
};

/// What the test's server says to each line that it hears.
struct Script {
  std::map<std::string, std::string> answers;
  std::string heard{};
  std::size_t done{};  ///< of what was heard
  void serve(Stream& stream) {
    std::string octets;
    (void)stream.read(octets);
    heard += octets;
    for (std::size_t end = heard.find("\r\n", done); end != std::string::npos; end = heard.find("\r\n", done)) {
      const std::string line = heard.substr(done, end - done);
      done = end + 2;
      const auto answer = answers.find(line);
      std::string said = answer == answers.end() ? "-ERR what?\r\n" : answer->second;
      (void)stream.write(said);
      if (line == "QUIT") stream.shut_writing();
    }
  }
};

}  // namespace

TEST_CASE("what a device says goes to the real server, and comes back", "[live]") {
  Rig rig(real_port);
  bool exhausted = false;
  const auto listener = Listener::open(real_port, Listener::At::Loopback);
  REQUIRE(listener);
  Script script{{{"CAPA", "-ERR no\r\n"},
                 {"USER anna", "+OK\r\n"},
                 {"PASS violet-7", "+OK\r\n"},
                 {"STAT", "+OK 1 20\r\n"},
                 {"UIDL", "+OK\r\n1 a\r\n.\r\n"},
                 {"LIST", "+OK\r\n1 20\r\n.\r\n"},
                 {"RETR 1", "+OK\r\nSubject: Real\r\n\r\nHi\r\n.\r\n"},
                 {"DELE 1", "+OK\r\n"},
                 {"QUIT", "+OK bye\r\n"}}};
  std::unique_ptr<Stream> peer;
  rig.run([&] {
    if (peer) script.serve(*peer);
    if (!peer && (peer = listener->accept(exhausted))) {
      std::string greeting = "+OK real one\r\n";
      (void)peer->write(greeting);
    }
    return rig.world.at_rest();
  });
  INFO(script.heard);
  CHECK(rig.world.at_rest());
  const Trace& trace = rig.world.trace();
  const std::vector<MessageSummary> inbox = mailbox(trace, "desk", "INBOX");
  REQUIRE(inbox.size() == 1);
  CHECK(inbox[0].subject == "Real");
  CHECK(script.heard.ends_with("QUIT\r\n"));
  CHECK_FALSE(rig.world.outside());  // no door is open to any program
  CHECK(trace.hosts.size() == 2);
  for (const Verdict& verdict : grade(rig.world.scenario(), trace)) CHECK(verdict.holds);
}

TEST_CASE("a real server that is not there refuses as TCP does (RFC 9293 §3.10.7.1)", "[live]") {
  Rig rig(closed_port);
  rig.run([&] { return rig.world.at_rest(); });
  CHECK(noticed(rig.world.trace(), "desk", "notice/connection-refused").has_value());
  CHECK_FALSE(noticed(rig.world.trace(), "mail.alba.example", "notice/real-server-away").has_value());
}

TEST_CASE("a real server's reset is one in the world too (RFC 9293 §3.5.2)", "[live]") {
  Rig rig(real_port);
  bool exhausted = false;
  const auto listener = Listener::open(real_port, Listener::At::Loopback);
  REQUIRE(listener);
  bool gone = false;
  rig.run([&] {
    if (auto peer = listener->accept(exhausted)) {
      peer->reset_on_close();
      gone = true;
    }
    return gone && rig.world.at_rest();
  });
  CHECK(rig.world.at_rest());
  const auto records = rig.world.trace().records();
  CHECK(std::ranges::any_of(records, [](const Record& record) {
    const auto* changed = std::get_if<ConnectionChanged>(&record.what);
    return changed && changed->phase == Phase::Reset;
  }));
  CHECK(noticed(rig.world.trace(), "desk", "notice/retrieve-failed").has_value());
}

TEST_CASE("a real server that accepts late is waited for, as long as TCP waits", "[live]") {
  Rig rig(real_port);
  const auto listener = Listener::open(real_port, Listener::At::Loopback);  // whose backlog answers, while nobody speaks
  REQUIRE(listener);
  for (int i = 0; i < 200; ++i) rig.turn();
  CHECK_FALSE(rig.world.at_rest());
  rig.run([&] {
    rig.now += 1s;  // the client's patience for a greeting, then that of a bridge for the end
    return rig.world.at_rest();
  });
  CHECK(rig.world.at_rest());
}
