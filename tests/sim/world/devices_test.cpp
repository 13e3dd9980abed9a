// Several devices on one account, by POP3 and IMAP, on and off line: what each shows, and what the server has.
#include <fmt/format.h>

#include <random>

#include "sim/scenario/read/lesson_files.hpp"
#include "sim/trace/export_text.hpp"
#include "sim/words/explanations.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

namespace {

/// Bruno's devices at one server, and Anna who writes to him. `devices` are lines "name: incoming settings", `actions`
/// lines of YAML without "- ".
World world_of(const std::vector<std::pair<std::string, std::string>>& devices, const std::vector<std::string>& actions,
               const std::string& server_keys = "", const std::string& link = "latency: 20 ms") {
  std::string yaml =
      "mailscope: 1\ntitle: T\nsummary: S\nlevel: beginner\nminutes: 5\nstart: 2026-03-02T09:00:00Z\nhosts:\n"
      "  mx.llevant.example:\n    kind: mail-server\n    domains: [llevant.example]\n"
      "    users: {anna: violet-7, bruno: ginger-4}\n" +
      server_keys +
      "  desk:\n    kind: laptop\n    account: {address: anna@llevant.example, password: violet-7, outgoing: {server: "
      "mx.llevant.example}}\n";
  std::string links = "  - {between: [desk, mx.llevant.example]}\n";
  for (const auto& [name, incoming] : devices) {
    yaml += fmt::format(
        "  {}:\n    kind: phone\n    account: {{address: bruno@llevant.example, password: ginger-4, outgoing: "
        "{{server: "
        "mx.llevant.example}}, incoming: {{server: mx.llevant.example, {}}}}}\n",
        name, incoming);
    links += fmt::format("  - {{between: [{}, mx.llevant.example], {}}}\n", name, link);
  }
  yaml += "links:\n" + links + "actions:\n";
  for (const std::string& action : actions) yaml += "  - {" + action + "}\n";
  yaml += "steps:\n  - {title: A, when: start, text: B}\n";
  return World(scenario_from(yaml));
}

std::string send(const std::string& subject) {
  return "who: desk, send: {to: [bruno@llevant.example], subject: " + subject + ", text: Hello}";
}

/// "subject[flags]note" of each, sorted: what a mailbox looks like, whatever order and ids a host has.
std::vector<std::string> looks(const Trace& trace, const std::string& host, const std::string& name) {
  std::vector<std::string> all;
  for (const MessageSummary& message : mailbox(trace, host, name))
    all.push_back(fmt::format("{}[{}]{}", message.subject, fmt::join(message.flags, " "), message.note));
  std::ranges::sort(all);
  return all;
}

std::size_t said_times(const Trace& trace, std::string_view host, std::string_view beginning) {
  const auto lines = lines_said_by(trace, host);
  return static_cast<std::size_t>(
      std::ranges::count_if(lines, [&](const std::string& line) { return line.starts_with(beginning); }));
}

/// A line without its tag.
bool asked(const Trace& trace, std::string_view host, std::string_view command) {
  const auto lines = lines_said_by(trace, host);
  return std::ranges::any_of(lines, [&](const std::string& line) {
    const std::size_t space = line.find(' ');
    return space != std::string::npos && line.substr(space + 1).starts_with(command);
  });
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("everything that any shipped lesson says will be true is true, and all of it is explained") {
  for (const LessonFile& lesson : read_lessons(source_dir() / "scenarios")) {
    INFO(lesson.file.string());
    REQUIRE(lesson.reading.scenario);
    CHECK(lesson.reading.faults.empty());
    World world(*lesson.reading.scenario);
    world.run();
    CHECK(world.at_rest());
    for (const Verdict& verdict : grade(world.scenario(), world.trace())) {
      INFO("scenario line " << verdict.expectation->line_number << ", found " << verdict.found);
      CHECK(verdict.holds);
    }
    for (const Record& record : world.trace().records()) {
      std::string topic;
      if (const auto* line = std::get_if<LineSpoken>(&record.what)) topic = line->step.topic;
      if (const auto* notice = std::get_if<Notice>(&record.what)) topic = notice->topic;
      INFO(topic);
      CHECK((topic.empty() || explanation(topic)));
    }
  }
}

TEST_CASE("two POP3 devices at once: the second is told [IN-USE], waits, and collects the same (RFC 2449 §8.1.2)") {
  World world =
      world_of({{"one", "protocol: pop3, leave-on-server: true"}, {"two", "protocol: pop3, leave-on-server: true"}},
               {send("A"), "who: one, check-mail: true, at: 5 s", "who: two, check-mail: true, at: 5.1 s"});
  world.run();
  CHECK(said(world.trace(), "mx.llevant.example", "-ERR [IN-USE]"));
  CHECK(noticed(world.trace(), "two", "notice/retrieve-deferred"));
  CHECK(looks(world.trace(), "one", "INBOX") == Lines{"A[]"});
  CHECK_FALSE(noticed(world.trace(), "two", "notice/retrieved"));
  world.run_until(world.trace().end() + std::chrono::minutes(1));
  CHECK(looks(world.trace(), "two", "INBOX") == Lines{"A[]"});
}

TEST_CASE("an IMAP device that stays connected is told of mail and of other devices, and rests meanwhile (RFC 2177)") {
  World world = world_of({{"phone", "protocol: imap, check: idle"}, {"tablet", "protocol: imap"}},
                         {send("A"), send("B"), "who: tablet, check-mail: true", "who: tablet, flag: A",
                          "who: tablet, delete: B", "who: phone, read: A"});
  world.run();
  CHECK(world.at_rest());
  CHECK(said_times(world.trace(), "phone", "DONE") >= 2);
  CHECK(looks(world.trace(), "phone", "INBOX") == Lines{"A[\\Flagged \\Seen]"});
  CHECK(looks(world.trace(), "mx.llevant.example", "bruno/INBOX") == Lines{"A[\\Flagged \\Seen]"});
  CHECK(said_times(world.trace(), "phone", "a1 ") == 1);
  CHECK_FALSE(asked(world.trace(), "phone", "LOGOUT"));
}

TEST_CASE("an idle connection is renewed before the server may end it, and taken up again where it was lost") {
  World world = world_of({{"phone", "protocol: imap, check: idle"}},
                         {"who: mx.llevant.example, crash: 10 s, at: 70 min", send("A") + ", at: 80 min"});
  world.run_until(world.trace().start + std::chrono::minutes(69));
  CHECK(said_times(world.trace(), "phone", "DONE") == 2);
  world.run_until(world.trace().start + std::chrono::minutes(120));
  CHECK(looks(world.trace(), "phone", "INBOX") == Lines{"A[]"});
  CHECK(said_times(world.trace(), "phone", "a1 LOGIN") == 2);
}

TEST_CASE("a device looks for mail as often as it is told to") {
  World world = world_of({{"one", "protocol: pop3, check: 5 min"}, {"two", "protocol: imap, check: 10 min"}},
                         {"who: two, search: A, at: 1 s", send("A") + ", at: 2 s"});
  world.run_until(world.trace().start + std::chrono::minutes(4));
  CHECK(looks(world.trace(), "one", "INBOX").empty());
  world.run_until(world.trace().start + std::chrono::minutes(21));
  CHECK(looks(world.trace(), "one", "INBOX") == Lines{"A[]"});
  CHECK(said_times(world.trace(), "one", "CAPA") == 4);
  CHECK(said_times(world.trace(), "two", "a1 LOGIN") == 3);
}

TEST_CASE("what is sent off line waits in the outbox, and is kept in Sent on the server when it has gone") {
  World world = world_of({{"phone", "protocol: imap"}},
                         {"who: phone, go-offline: true", "who: phone, check-mail: true",
                          "who: phone, send: {to: [anna@llevant.example], subject: Hello, text: From above}",
                          "who: phone, go-online: true, pause: 2 s"});
  world.run_until(world.trace().start + std::chrono::seconds(1));
  CHECK(looks(world.trace(), "phone", "Outbox") == Lines{"Hello[\\Seen]"});
  CHECK(noticed(world.trace(), "phone", "notice/off-line"));
  world.run();
  CHECK(looks(world.trace(), "phone", "Outbox").empty());
  CHECK(looks(world.trace(), "mx.llevant.example", "anna/INBOX").size() == 1);
  CHECK(looks(world.trace(), "mx.llevant.example", "bruno/Sent") == Lines{"Hello[\\Seen]"});
  CHECK(looks(world.trace(), "phone", "Sent") == Lines{"Hello[\\Seen]"});
}

TEST_CASE("a note on a message is seen on all devices that keep notes on the server, elsewhere on one (RFC 5257)") {
  World world = world_of({{"phone", "protocol: imap, notes: true, check: idle"},
                          {"tablet", "protocol: imap, notes: true"},
                          {"watch", "protocol: imap"},
                          {"laptop", "protocol: pop3, leave-on-server: true"}},
                         {send("A"), send("B"), "who: tablet, check-mail: true", "who: watch, check-mail: true",
                          "who: laptop, check-mail: true", "who: tablet, note: {subject: A, text: Ask Anna}",
                          "who: watch, note: {subject: B, text: Mine}", "who: laptop, note: {subject: B, text: Local}",
                          "who: laptop, note: {subject: A, text: Gone}", "who: laptop, note: {subject: A, text: \"\"}",
                          "who: phone, note: {subject: Nothing, text: x}"});
  world.run();
  const Trace& trace = world.trace();
  CHECK(world.at_rest());
  CHECK(looks(trace, "tablet", "INBOX") == Lines{"A[]Ask Anna", "B[]"});
  CHECK(looks(trace, "phone", "INBOX") == Lines{"A[]Ask Anna", "B[]"});
  CHECK(looks(trace, "mx.llevant.example", "bruno/INBOX") == Lines{"A[]Ask Anna", "B[]"});
  CHECK(looks(trace, "watch", "INBOX") == Lines{"A[]", "B[]Mine"});
  CHECK(looks(trace, "laptop", "INBOX") == Lines{"A[]", "B[]Local"});
  CHECK(asked(trace, "tablet", "UID STORE 1 ANNOTATION (/comment (value.priv \"Ask Anna\"))"));
  CHECK_FALSE(asked(trace, "watch", "UID STORE"));
  CHECK(noticed(trace, "phone", "notice/no-such-message") == std::vector<std::string>{"Nothing"});
  const std::string text = format_transcript(trace, {});
  CHECK(text.find("[] · “Ask Anna”") != std::string::npos);
}

TEST_CASE("the deeds of a person at an IMAP device are done on the server, at a POP3 device on the device alone") {
  for (const bool imap : {true, false}) {
    World world = world_of({{"phone", imap ? "protocol: imap" : "protocol: pop3, leave-on-server: true"}},
                           {send("A"), send("B"), send("C"), "who: phone, check-mail: true", "who: phone, read: A",
                            "who: phone, reply: {subject: A, text: Yes}", "who: phone, flag: A",
                            "who: phone, mark-read: B", "who: phone, mark-unread: B",
                            "who: phone, move: {subject: B, to: Work}", "who: phone, flag: {subject: B, in: Work}",
                            "who: phone, unflag: {subject: B, in: Work}", "who: phone, delete: C",
                            "who: phone, search: hello", "who: phone, empty-trash: true", "who: phone, read: Nothing"});
    world.run();
    const Trace& trace = world.trace();
    CHECK(world.at_rest());
    CHECK(looks(trace, "phone", "INBOX") == Lines{"A[\\Answered \\Flagged \\Seen]"});
    CHECK(looks(trace, "phone", "Work") == Lines{"B[]"});
    CHECK(looks(trace, "phone", "Trash").empty());
    CHECK(looks(trace, "phone", "Sent") == Lines{"Re: A[\\Seen]"});
    CHECK(noticed(trace, "phone", "notice/no-such-message") == std::vector<std::string>{"Nothing"});
    CHECK(looks(trace, "mx.llevant.example", "anna/INBOX").size() == 1);
    if (imap) {
      for (const char* name : {"INBOX", "Work", "Trash", "Sent"})
        CHECK(looks(trace, "phone", name) == looks(trace, "mx.llevant.example", std::string("bruno/") + name));
      CHECK(noticed(trace, "phone", "notice/search-server") == std::vector<std::string>{"hello", "1"});
    } else {
      CHECK(looks(trace, "mx.llevant.example", "bruno/INBOX") == Lines{"A[]", "B[]", "C[]"});
      CHECK(noticed(trace, "phone", "notice/search-local") == std::vector<std::string>{"hello", "1"});
    }
  }
}

TEST_CASE("off line a message can be opened only where its body is on the device") {
  World world = world_of(
      {{"phone", "protocol: imap"}},
      {send("A"), send("B"), "who: phone, check-mail: true", "who: phone, read: A", "who: phone, go-offline: true",
       "who: phone, read: A", "who: phone, read: B", "who: phone, search: hello"});
  world.run();
  CHECK(noticed(world.trace(), "phone", "notice/not-downloaded") == std::vector<std::string>{"B"});
  CHECK(noticed(world.trace(), "phone", "notice/search-local") == std::vector<std::string>{"hello", "1"});
}

TEST_CASE("a program with two accounts keeps them apart by their addresses") {
  World world = World(scenario_from(
      "mailscope: 1\ntitle: T\nsummary: S\nlevel: beginner\nminutes: 5\nstart: 2026-03-02T09:00:00Z\nhosts:\n"
      "  mx.llevant.example:\n    kind: mail-server\n    domains: [llevant.example]\n    users: {anna: a, bruno: b}\n"
      "  desk:\n    kind: laptop\n    accounts:\n"
      "      - {address: anna@llevant.example, password: a, outgoing: {server: mx.llevant.example}, incoming: "
      "{protocol: "
      "pop3, server: mx.llevant.example}}\n"
      "      - {address: bruno@llevant.example, password: b, outgoing: {server: mx.llevant.example}, incoming: "
      "{protocol: "
      "imap, server: mx.llevant.example}}\n"
      "links:\n  - {between: [desk, mx.llevant.example]}\nactions:\n"
      "  - {who: desk, send: {to: [bruno@llevant.example], subject: A, text: x}}\n"
      "  - {who: desk, account: bruno@llevant.example, send: {to: [anna@llevant.example], subject: B, text: x}}\n"
      "  - {who: desk, check-mail: true}\n  - {who: desk, account: bruno@llevant.example, delete: A}\n"
      "steps:\n  - {title: A, when: start, text: B}\n"));
  world.run();
  const Trace& trace = world.trace();
  CHECK(looks(trace, "desk", "anna@llevant.example/INBOX") == Lines{"B[]"});
  CHECK(looks(trace, "desk", "bruno@llevant.example/INBOX").empty());
  CHECK(looks(trace, "desk", "bruno@llevant.example/Trash") == Lines{"A[]"});
  CHECK(looks(trace, "desk", "anna@llevant.example/Sent") == Lines{"A[\\Seen]"});
  CHECK(looks(trace, "mx.llevant.example", "bruno/Sent") == Lines{"B[\\Seen]"});
}

TEST_CASE("whatever several devices do, on and off line, all show in the end what the server has") {
  const auto seed = GENERATE(take(12, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  const std::vector<std::string> phones{"phone", "tablet", "watch"};
  std::vector<std::string> actions{send("m0"), send("m1"), send("m2")};
  for (std::size_t sent = 3, number = 0; number < 30; ++number) {
    const std::string who = "who: " + phones[pick(3)] + ", ";
    const std::string subject = "m" + std::to_string(pick(sent));
    const std::string from = pick(3) == 0 ? "Work" : "INBOX";
    const std::string in = "{subject: " + subject + ", in: " + from + "}";
    const std::vector<std::string> deeds{
        send("m" + std::to_string(sent)),
        who + "check-mail: true",
        who + "flag: " + in,
        who + "unflag: " + in,
        who + "mark-read: " + in,
        who + fmt::format("note: {{subject: {}, in: {}, text: \"{}\"}}", subject, from,
                          number % 4 == 0 ? "" : "note " + std::to_string(number)),
        who + "delete: " + in,
        who + "delete: {subject: " + subject + ", in: Trash}",
        who + "move: {subject: " + subject + ", in: " + from + ", to: " + (from == "INBOX" ? "Work" : "INBOX") + "}",
        who + "empty-trash: true",
        who + "read: " + in,
        who + "go-offline: true",
        who + "go-online: true",
        "who: laptop, check-mail: true"};
    const std::size_t deed = pick(deeds.size());
    sent += deed == 0 ? 1 : 0;
    actions.push_back(deeds[deed] + (pick(2) == 0 ? fmt::format(", at: {} ms", 500 + 700 * number) : ""));
  }
  // Twice: what the last one changes, the others hear of.
  for (int round = 0; round < 2; ++round)
    for (const std::string& phone : phones) {
      actions.push_back("who: " + phone + ", go-online: true, pause: 1 s");
      actions.push_back("who: " + phone + ", check-mail: true, pause: 1 s");
    }
  World world = world_of({{"phone", "protocol: imap, notes: true, check: idle"},
                          {"tablet", "protocol: imap, notes: true"},
                          {"watch", "protocol: imap, notes: true"},
                          {"laptop", "protocol: pop3, leave-on-server: true"}},
                         actions);
  world.run();
  CHECK(world.at_rest());
  const Trace& trace = world.trace();
  CHECK_FALSE(noticed(trace, "phone", "notice/retrieve-failed"));
  for (const std::string& phone : phones)
    for (const std::string name : {"INBOX", "Work", "Trash"}) {
      CAPTURE(phone, name);
      CHECK(looks(trace, phone, name) == looks(trace, "mx.llevant.example", "bruno/" + name));
    }
}
