// What a device cannot send stays in its Outbox: why, for how long, and what a person can do with it.
#include <fmt/format.h>

#include <sstream>

#include "sim/trace/export_json.hpp"
#include "sim/trace/import_json.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

namespace {

using std::chrono::minutes;
using Lines = std::vector<std::string>;

struct Setting {
  std::string account = "password: violet-7, outgoing: {server: mail.alba.example}";
  std::string server{};  ///< further lines
  std::string link = "latency: 10 ms";
};

/// Anna's desk and her server.
World world_of(const Setting& setting, const std::vector<std::string>& actions) {
  std::string yaml =
      "mailscope: 1\ntitle: T\nsummary: S\nlevel: beginner\nminutes: 5\nstart: 2026-03-02T09:00:00Z\nhosts:\n"
      "  mail.alba.example:\n    kind: mail-server\n    domains: [alba.example]\n    users: {anna: violet-7}\n" +
      setting.server + "  desk:\n    kind: laptop\n    account: {address: anna@alba.example, " + setting.account +
      "}\nlinks:\n  - {between: [desk, mail.alba.example], " + setting.link + "}\nactions:\n";
  for (const std::string& action : actions) yaml += "  - {" + action + "}\n";
  return World(scenario_from(yaml + "steps:\n  - {title: A, when: start, text: B}\n"));
}

std::string send(const std::string& subject, const std::string& to = "anna@alba.example") {
  return fmt::format("who: desk, send: {{to: [{}], subject: {}, text: Hello}}", to, subject);
}

/// "subject: why" of each letter.
Lines waiting(const World& world) {
  Lines all;
  for (const MessageSummary& letter : mailbox(world.trace(), "desk", "Outbox"))
    all.push_back(letter.subject + ": " + letter.waits);
  return all;
}

std::size_t received(const World& world) { return mailbox(world.trace(), "mail.alba.example", "anna/INBOX").size(); }

std::size_t connections(const World& world) {
  std::size_t count = 0;
  for (const Record& record : world.trace().records()) count += std::holds_alternative<ConnectionOpened>(record.what);
  return count;
}

}  // namespace

TEST_CASE("whatever keeps a letter from being sent, it stays in the Outbox and says why") {
  struct Case {
    Setting setting;
    std::string why;
  };
  const std::string plain = "password: violet-7, outgoing: {server: mail.alba.example, ";
  const Case cases[] = {
      {{plain + "port: 588}"}, "the connection was refused"},
      {{.server = "    ports: {587: filtered}\n"}, "the server did not answer"},
      {{"password: wrong, outgoing: {server: mail.alba.example}"}, "535 5.7.8"},
      {{plain + "security: starttls}"}, "454 4.7.4"},
  };
  for (const Case& each : cases) {
    World world = world_of(each.setting, {send("Hi")});
    world.run();
    INFO(each.why);
    REQUIRE(waiting(world).size() == 1);
    CHECK(waiting(world)[0].starts_with("Hi: " + each.why));
    CHECK(noticed(world.trace(), "desk", "notice/outbox-waits") == Lines{"Hi"});
    CHECK(mailbox(world.trace(), "desk", "Sent").empty());
    CHECK(world.at_rest());
  }
}

TEST_CASE("a letter in the Outbox is tried again by itself, ever more slowly, and leaves when it is taken") {
  World world = world_of({}, {"who: mail.alba.example, crash: 10 min", "at: 1 s, " + send("Hi")});
  world.run_until(world.trace().start + minutes(9));
  CHECK(waiting(world) == Lines{"Hi: the server did not answer"});
  world.run_until(world.trace().start + minutes(60));
  CHECK(waiting(world).empty());
  CHECK(received(world) == 1);
  CHECK(mailbox(world.trace(), "desk", "Sent").size() == 1);
}

TEST_CASE("tries by itself: after 1, 5, 15 and 30 minutes, then each half hour") {
  World world = world_of({"password: violet-7, outgoing: {server: mail.alba.example, port: 588}"}, {send("Hi")});
  for (const auto& [until, tries] : {std::pair{0.5, 1U}, {5.9, 2U}, {20.9, 3U}, {50.9, 4U}, {80.9, 5U}, {110.9, 6U}}) {
    world.run_until(world.trace().start + std::chrono::seconds(static_cast<int>(until * 60)));
    INFO(until);
    CHECK(connections(world) == tries);
  }
  CHECK(waiting(world).size() == 1);
}

TEST_CASE("what a server puts off is tried again until it is taken") {
  World world = world_of({.server = "    rate: {messages: 1, per: 10 min}\n"}, {send("One"), send("Two")});
  world.run();
  REQUIRE(waiting(world).size() == 1);
  CHECK(waiting(world)[0].starts_with("Two: 4"));
  world.run_until(world.trace().start + minutes(30));
  CHECK(waiting(world).empty());
  CHECK(received(world) == 2);
}

TEST_CASE("a refused login is not said again by itself, but when a person checks the mail") {
  World world = world_of({"password: wrong, outgoing: {server: mail.alba.example}, "
                          "incoming: {protocol: pop3, server: mail.alba.example}"},
                         {send("Hi"), "who: desk, check-mail: true, at: 5 h"});
  world.run_until(world.trace().start + minutes(4 * 60));
  CHECK(connections(world) == 1);
  world.run();
  CHECK(connections(world) == 3);
  CHECK(waiting(world).size() == 1);
}

TEST_CASE("what waited off line and fails on line is still there, and goes at the next occasion") {
  World world = world_of({}, {"who: desk, go-offline: true", send("One"), send("Two"),
                              "who: mail.alba.example, crash: 1 h", "who: desk, go-online: true, at: 1 min",
                              "who: desk, go-offline: true, at: 30 min", "who: desk, go-online: true, at: 70 min"});
  world.run_until(world.trace().start + std::chrono::seconds(30));
  CHECK(waiting(world) == Lines{"One: there is no connection", "Two: there is no connection"});
  world.run_until(world.trace().start + minutes(40));
  CHECK(waiting(world).size() == 2);
  world.run();
  CHECK(waiting(world).empty());
  CHECK(received(world) == 2);
}

TEST_CASE("what is refused for good waits for the person, who changes it or deletes it") {
  const std::string wrong = "nobody@alba.example";
  World world =
      world_of({"password: violet-7, outgoing: {server: mail.alba.example}, incoming: {protocol: pop3, server: "
                "mail.alba.example}"},
               {send("Hi", wrong), send("Two", wrong), "who: desk, check-mail: true",
                "who: desk, edit: {subject: Hi, to: [anna@alba.example], new-subject: Hello, text: New}",
                "who: desk, delete: {subject: Two, in: Outbox}", "who: desk, edit: {subject: Gone, text: x}"});
  world.run();
  CHECK(said(world.trace(), "mail.alba.example", "550 5.1.1"));
  CHECK(noticed(world.trace(), "desk", "notice/outbox-asks") == Lines{"Hi"});
  CHECK(noticed(world.trace(), "desk", "notice/no-such-message") == Lines{"Gone"});
  CHECK(connections(world) == 4);  // the check tries neither: it collects by POP3
  CHECK(waiting(world).empty());
  const auto sent = mailbox(world.trace(), "desk", "Sent");
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].subject == "Hello");
  CHECK(received(world) == 1);
}

TEST_CASE("a letter that is too large stays, and goes when it has become smaller") {
  const std::string text(3'000, 'x');
  World world = world_of({.server = "    message-size: 2 kB\n"},
                         {"who: desk, send: {to: [anna@alba.example], subject: Big, text: " + text + "}",
                          "who: desk, edit: {subject: Big, text: short}"});
  world.run();
  CHECK(noticed(world.trace(), "desk", "notice/outbox-asks") == Lines{"Big"});
  CHECK(waiting(world).empty());
  CHECK(received(world) == 1);
}

TEST_CASE("whom a server has taken the letter for gets it once; who was refused is told") {
  World world = world_of({}, {send("Hi", "anna@alba.example, nobody@alba.example")});
  world.run();
  CHECK(received(world) == 1);
  CHECK(noticed(world.trace(), "desk", "notice/send-failed"));
  CHECK(waiting(world).empty());
  CHECK(mailbox(world.trace(), "desk", "Sent").size() == 1);
}

TEST_CASE("why a letter waits is in the record and comes back from it") {
  World world = world_of({"password: violet-7, outgoing: {server: mail.alba.example, port: 588}"}, {send("Hi")});
  world.run();
  std::stringstream json;
  for_each_json_line(world.trace(), [&](std::string_view line) { json << line; });
  const TraceReading reading = read_trace(json);
  REQUIRE(reading.trace);
  const auto letters = mailbox(*reading.trace, "desk", "Outbox");
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].waits == "the connection was refused");
}
