// A mail program that hands its message in by reference: it puts it into Sent, and the submission server fetches it
// from there (RFC 4467, RFC 4468, RFC 5550 §4.1).
#include <algorithm>

#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

namespace {

constexpr const char* llevant = "mx.llevant.example";
constexpr const char* phone = "bruno-phone";
constexpr const char* text = "Of this there is one copy on the way.";

/// A server, and a phone that reads by IMAP and sends by reference; `keys` are further ones of the server.
std::string lesson(const std::string& keys = "", const std::string& to = "[carla@llevant.example]") {
  return R"(mailscope: 1
title: {en: By reference}
summary: {en: Sent from Sent}
level: advanced
minutes: 5
seed: 7
start: 2026-03-02T09:00:00Z
hosts:
  bruno-phone:
    kind: phone
    account:
      address: bruno@llevant.example
      password: ginger-4
      outgoing: {server: mx.llevant.example, by-reference: true}
      incoming: {protocol: imap, server: mx.llevant.example}
  mx.llevant.example:
    kind: mail-server
    domains: [llevant.example]
    users: {bruno: ginger-4, carla: x}
)" + keys +
         R"(links:
  - {between: [bruno-phone, mx.llevant.example], latency: 40 ms, bandwidth: 1 Mbit/s}
steps:
  - {title: {en: Sent}, text: {en: From Sent}, when: start}
actions:
  - who: bruno-phone
    send:
      to: )" +
         to + R"(
      subject: Once
      text: )" +
         text + "\n";
}

World run(const std::string& yaml) {
  World world(scenario_from(yaml));
  world.run();
  REQUIRE(world.at_rest());
  return world;
}

/// How often the message's text left the phone.
std::size_t crossings(const Trace& trace) {
  std::size_t count = 0;
  for (const std::string& line : lines_said_by(trace, phone)) count += line.find(text) != std::string::npos;
  return count;
}

std::size_t in_sent(const Trace& trace) { return mailbox(trace, llevant, "bruno/Sent").size(); }

}  // namespace

TEST_CASE("by reference a message crosses its sender's link once, is delivered, and stays in Sent (RFC 5550 §4.1)") {
  const World world = run(lesson());
  const Trace& trace = world.trace();
  CHECK(crossings(trace) == 1);
  CHECK(said(trace, phone, "BURL imap://bruno@mx.llevant.example/Sent;UIDVALIDITY="));
  CHECK_FALSE(said(trace, phone, "DATA"));
  CHECK(noticed(trace, phone, "notice/sent") == std::vector<std::string>{"carla@llevant.example"});
  CHECK_FALSE(noticed(trace, phone, "notice/not-by-reference"));
  const auto delivered = mailbox(trace, llevant, "carla/INBOX");
  REQUIRE(delivered.size() == 1);
  CHECK(delivered[0].subject == "Once");
  CHECK(in_sent(trace) == 1);
  CHECK(mailbox(trace, phone, "Sent").size() == 1);
}

TEST_CASE("where a server does not fetch by URL the message is sent whole, and kept once (RFC 4468 §3.1)") {
  const World world = run(lesson("    extensions: {without: [BURL]}\n"));
  const Trace& trace = world.trace();
  CHECK(crossings(trace) == 2);
  CHECK(said(trace, phone, "DATA"));
  CHECK(noticed(trace, phone, "notice/not-by-reference") == std::vector<std::string>{llevant});
  CHECK(mailbox(trace, llevant, "carla/INBOX").size() == 1);
  CHECK(in_sent(trace) == 1);
}

TEST_CASE("where the IMAP server cannot be reached the message is sent whole, and kept as soon as it can be") {
  const World world = run(lesson("    ports: {587: submission, 143: closed}\n"));
  const Trace& trace = world.trace();
  CHECK(crossings(trace) == 1);
  CHECK(noticed(trace, phone, "notice/not-by-reference"));
  CHECK(noticed(trace, phone, "notice/sent"));
  CHECK(mailbox(trace, llevant, "carla/INBOX").size() == 1);
  CHECK(mailbox(trace, phone, "Sent").size() == 1);
}

TEST_CASE("what no recipient has been accepted for does not stay in Sent") {
  const World world = run(lesson("", "[nobody@llevant.example]"));
  const Trace& trace = world.trace();
  CHECK(noticed(trace, phone, "notice/send-failed"));
  CHECK_FALSE(said(trace, phone, "BURL"));
  CHECK(in_sent(trace) == 0);
  CHECK(mailbox(trace, phone, "Sent").empty());
}

TEST_CASE("a message by reference that is written off line waits in the outbox, and then crosses the link once") {
  std::string yaml = lesson();
  yaml.replace(yaml.find("actions:\n"), 9, "actions:\n  - {who: bruno-phone, go-offline: true}\n");
  const World world = run(yaml + "  - {who: bruno-phone, go-online: true, pause: 1 min}\n");
  CHECK(crossings(world.trace()) == 1);
  CHECK(mailbox(world.trace(), llevant, "carla/INBOX").size() == 1);
  CHECK(mailbox(world.trace(), phone, "Outbox").empty());
  CHECK(in_sent(world.trace()) == 1);
}
