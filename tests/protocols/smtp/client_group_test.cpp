// The client where the server offers more than plain SMTP: groups, chunks, limits; and servers that behave badly there.
#include <algorithm>
#include <catch2/catch_all.hpp>

#include "protocols/smtp/client.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

OutgoingMessage to(const std::vector<std::string>& recipients, std::string content = "Subject: x\r\n\r\nHello\r\n") {
  return {envelope("anna@alba.example", recipients), std::move(content)};
}

auto client(std::vector<OutgoingMessage> messages) {
  return [=] { return Client({"laptop"}, messages); };
}

Log talk(const std::function<Client()>& make, std::string_view transcript) {
  return check_transcript(make, transcript, "S: ");
}

std::string outcome(const Log& log, std::size_t message, std::size_t recipient) {
  REQUIRE(log.done.size() > message);
  const Reply& reply = log.done[message].recipients.at(recipient).reply;
  return std::to_string(reply.code) + " " + reply.lines.front();
}

}  // namespace

TEST_CASE("MAIL, RCPT and DATA leave in one group; those refused drop out (RFC 2920 §3.1)") {
  const Log log = talk(client({to({"b@b", "nobody@b", "busy@b"}), to({"c@c"})}), R"(
S: 220 x
C: EHLO laptop
S: 250-x
S: 250 PIPELINING
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<b@b>
C: RCPT TO:<nobody@b>
C: RCPT TO:<busy@b>
C: DATA
S: 250 sender
S: 250 first
S: 550 no
S: 452 full
S: 354 go
C: Subject: x
C: 
C: Hello
C: .
S: 250 taken
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<c@c>
C: DATA
S: 250 sender
S: 250 rcpt
S: 451 later
C: QUIT
S: 221 bye
)");
  CHECK(outcome(log, 0, 0) == "250 taken");
  CHECK(outcome(log, 0, 1) == "550 no");
  CHECK(outcome(log, 0, 2) == "452 full");
  CHECK(outcome(log, 1, 0) == "451 later");
  CHECK(log.steps[4].to == id(State::Ready));  // said, but no reply has made it so
}

TEST_CASE("a group in which every recipient was refused ends with 554, or with a lone dot after 354 (RFC 2920 §3.1)") {
  const Log log = talk(client({to({"nobody@b"}), to({"nobody@c"}), to({"d@d"})}), R"(
S: 220 x
C: EHLO laptop
S: 250-x
S: 250 PIPELINING
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<nobody@b>
C: DATA
S: 250 sender
S: 550 no
S: 554 no valid recipients
C: RSET
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<nobody@c>
C: DATA
S: 250 reset
S: 250 sender
S: 550 no
S: 354 go
C: .
S: 554 no recipients
C: RSET
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<d@d>
C: DATA
S: 250 reset
S: 250 sender
S: 250 rcpt
S: 354 go
C: Subject: x
C: 
C: Hello
C: .
S: 250 taken
C: QUIT
S: 221 bye
)");
  CHECK(outcome(log, 0, 0) == "550 no");
  CHECK(outcome(log, 1, 0) == "550 no");
  CHECK(outcome(log, 2, 0) == "250 taken");
}

TEST_CASE("a refused MAIL decides for its whole group, whatever a confused server says of the rest") {
  const Log log = talk(client({to({"b@b", "c@c"})}), R"(
S: 220 x
C: EHLO laptop
S: 250-x
S: 250 PIPELINING
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<b@b>
C: RCPT TO:<c@c>
C: DATA
S: 550 not you
S: 503 MAIL first
S: 250 fine
S: 354 go
C: .
S: 250 taken
C: QUIT
S: 221 bye
)");
  CHECK(outcome(log, 0, 0) == "550 not you");
  CHECK(outcome(log, 0, 1) == "550 not you");
}

TEST_CASE("a server that promises PIPELINING and closes, or says 421, within a group leaves no recipient untold") {
  for (const bool says_421 : {false, true}) {
    Client engine = client({to({"b@b", "nobody@b", "c@c"}), to({"d@d"})})();
    Log log;
    feed(engine, log, "220 x\r\n250-x\r\n250 PIPELINING\r\n250 ok\r\n250 ok\r\n550 no\r\n", one_by_one());
    feed(engine, log, says_421 ? "421 bye\r\n250 and yet more\r\n" : "25", one_by_one());
    engine.receive_eof(start);
    drain(engine, log, start);
    const std::string why = says_421 ? "421 bye" : "0 The connection was lost";
    CHECK(outcome(log, 0, 0) == why);
    CHECK(outcome(log, 0, 1) == "550 no");
    CHECK(outcome(log, 0, 2) == why);
    CHECK(outcome(log, 1, 0) == why);
    CHECK(log.done[1].recipients[0].ours == !says_421);
    CHECK_FALSE(log.end->in_order);
    CHECK(log.closed);
  }
}

TEST_CASE("the content goes in chunks where CHUNKING is offered, after a recipient was accepted (RFC 3030 §2, §4.2)") {
  const Log log = talk(client({to({"nobody@b"}), to({"b@b"}, "Subject: x\r\n\r\n.dot")}), R"(
S: 220 x
C: EHLO laptop
S: 250-x
S: 250-PIPELINING
S: 250 CHUNKING
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<nobody@b>
S: 250 sender
S: 550 no
C: RSET
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<b@b>
S: 250 reset
S: 250 sender
S: 250 rcpt
C: BDAT 20 LAST
C: Subject: x
C: 
C: .dot
S: 250 taken
C: QUIT
S: 221 bye
)");
  CHECK(outcome(log, 1, 0) == "250 taken");
  CHECK(log.sent.find("BDAT 20 LAST\r\nSubject: x\r\n\r\n.dot\r\nQUIT\r\n") != std::string::npos);
}

TEST_CASE("large content is divided at chunk_octets_max; a refused chunk fails it, and RSET follows (RFC 3030 §2)") {
  const std::string content = "Subject: x\r\n\r\n" + std::string(2 * chunk_octets_max, 'x') + "\r\n";
  const std::string before = "220 x\r\n250-x\r\n250 CHUNKING\r\n250 ok\r\n250 ok\r\n";
  const Log taken = run(client({to({"b@b"}, content)}), before + "250 a\r\n250 b\r\n250 c\r\n221 x\r\n");
  CHECK(outcome(taken, 0, 0) == "250 c");
  CHECK(taken.steps[7].text == "BDAT 65536");
  CHECK(taken.steps[9].to == id(State::Chunks));
  CHECK(taken.steps[13].text == "BDAT 16 LAST");
  const Log refused = run(client({to({"b@b"}, content), to({"c@c"})}), before + "250 a\r\n452 full\r\n250 reset\r\n");
  CHECK(outcome(refused, 0, 0) == "452 full");
  CHECK(refused.steps[13].text == "RSET");
  CHECK(refused.steps[12].to == id(State::Ready));
}

TEST_CASE("no more recipients in a transaction, and messages in a session, than LIMITS allows (RFC 9422 §4)") {
  const Log log = talk(client({to({"a@a", "b@b", "c@c"}), to({"d@d"})}), R"(
S: 220 x
C: EHLO laptop
S: 250-x
S: 250 LIMITS MAILMAX=2 RCPTMAX=2
C: MAIL FROM:<anna@alba.example>
S: 250 ok
C: RCPT TO:<a@a>
S: 250 ok
C: RCPT TO:<b@b>
S: 550 no
C: DATA
S: 354 go
C: Subject: x
C: 
C: Hello
C: .
S: 250 first
C: MAIL FROM:<anna@alba.example>
S: 250 ok
C: RCPT TO:<c@c>
S: 250 ok
C: DATA
S: 354 go
C: Subject: x
C: 
C: Hello
C: .
S: 250 second
C: QUIT
S: 221 bye
)");
  CHECK(outcome(log, 0, 0) == "250 first");
  CHECK(outcome(log, 0, 1) == "550 no");
  CHECK(outcome(log, 0, 2) == "250 second");
  CHECK(outcome(log, 1, 0) == "452 The server takes no more messages in one session");
  CHECK(log.done[1].recipients[0].ours);
  const Log domains = run(client({to({"a@a", "b@A", "c@c"})}),
                          "220 x\r\n250-x\r\n250-PIPELINING\r\n"
                          "250 LIMITS RCPTDOMAINMAX=1\r\n");
  CHECK(domains.steps.back().text == "DATA");
  CHECK(domains.sent.find("c@c") == std::string::npos);
  CHECK(domains.sent.find("b@A") != std::string::npos);
}

TEST_CASE("each reply of a group has its own time from when the one before it came; long content has more") {
  using std::chrono::minutes;
  Client engine = client({to({"b@b"}, "Subject: x\r\n\r\n" + std::string(2 * chunk_octets_max, 'x'))})();
  Log log;
  feed(engine, log, "220 x\r\n250-x\r\n250 PIPELINING\r\n", whole());
  CHECK(engine.deadline() == start + minutes(5));  // MAIL
  const Instant later = start + minutes(4);
  feed(engine, log, "250 ok\r\n250 ok\r\n", whole(), later);
  CHECK(engine.deadline() == later + minutes(2));  // DATA
  feed(engine, log, "354 go\r\n", whole(), later);
  CHECK(engine.deadline() == later + minutes(10 + 2 * 3));
  feed(engine, log, "250 ok\r\n", whole(), later);
  CHECK(engine.deadline() == later + minutes(5));  // QUIT is not waited for any longer
  engine.deadline_passed(later + minutes(5));
  drain(engine, log, later);
  CHECK(log.closed);
  CHECK(outcome(log, 0, 0) == "250 ok");
}

TEST_CASE("EHLO that is refused for another reason than being unknown is not followed by HELO (RFC 5321 §4.1.4)") {
  for (const std::string_view code : {"550", "501", "451"}) {
    const Log log = run(client({to({"b@b"})}), "220 x\r\n" + std::string(code) + " no\r\n221 x\r\n");
    CHECK(log.sent == "EHLO laptop\r\nQUIT\r\n");
    CHECK(outcome(log, 0, 0) == std::string(code) + " no");
  }
}

TEST_CASE("broken replies never break a client that sends groups and chunks") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (const std::string_view chunking : {"", "250-CHUNKING\r\n"}) {
    const std::string base = "220 x\r\n250-x\r\n250-PIPELINING\r\n" + std::string(chunking) +
                             "250 LIMITS RCPTMAX=2\r\n250 a\r\n250 b\r\n550 c\r\n354 d\r\n250 e\r\n250 f\r\n250 g\r\n"
                             "250 h\r\n354 i\r\n250 j\r\n221 k\r\n";
    for (int round = 0; round < 300; ++round) {
      std::string bytes = base;
      for (auto changes = 1 + random() % 4; changes > 0; --changes)
        bytes.replace(random() % bytes.size(), random() % 4, 1, static_cast<char>(random()));
      CAPTURE(bytes);
      const auto make = client({to({"b@b", "c@c", "d@d"}), to({"e@e"})});
      static_cast<void>(run(make, bytes));
      Client engine = make();
      Log log;
      feed(engine, log, bytes, whole());
      engine.receive_eof(start);
      drain(engine, log, start);
      CHECK(log.closed);
      REQUIRE(log.done.size() == 2);
      CHECK(log.done[0].recipients.size() == 3);
    }
  }
}

TEST_CASE("after the messages the client asks for what waits, one queue after the other (RFC 1985 §5, §5.2)") {
  const auto asking = [](std::vector<OutgoingMessage> messages) {
    return [=] { return Client({.helo_name = "desk", .queues = {"b.example", "@c.example", "#d"}}, messages); };
  };
  const Log log = talk(asking({to({"b@b"})}), R"(
S: 220 x
C: EHLO desk
S: 250-x
S: 250-PIPELINING
S: 250 ETRN
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<b@b>
C: DATA
S: 250 sender
S: 550 no
S: 554 nobody
C: ETRN b.example
S: 253 OK, 2 pending messages for node b.example started
C: ETRN @c.example
S: 459 Node not allowed
C: ETRN #d
S: 250 OK
C: QUIT
S: 221 Bye
)");
  REQUIRE(log.queues.size() == 3);
  CHECK(log.queues[0].queue == "b.example");
  CHECK(log.queues[0].reply.code == 253);
  CHECK(log.queues[1].reply.code == 459);
  CHECK_FALSE(log.queues[2].ours);
  CHECK(log.end->in_order);
  const auto topic_of = [&](std::string_view text) {
    return std::ranges::find_if(log.steps, [&](const Step& step) { return step.text.starts_with(text); })->topic;
  };
  CHECK(topic_of("ETRN b.example") == "smtp/command/ETRN");
  CHECK(topic_of("459") == "smtp/reply/ETRN/459");

  const Log unknown = talk(asking({}), R"(
S: 220 x
C: EHLO desk
S: 250-x
S: 250 ETRN
C: ETRN b.example
S: 500 What?
C: QUIT
S: 221 Bye
)");
  CHECK(unknown.queues.size() == 3);  // who does not know the command is not asked again (§5.2)

  const Log none = talk(asking({}), "S: 220 x\nC: EHLO desk\nS: 250 x\nC: QUIT\nS: 221 Bye\n");
  REQUIRE(none.queues.size() == 3);
  CHECK(none.queues[2].ours);
  CHECK(none.queues[2].reply.code == 502);

  for (const char* end : {"220 x\r\n421 x\r\n", "220 x\r\n250 ETRN\r\nnonsense\r\n", "554 x\r\n221 x\r\n"}) {
    INFO(end);
    CHECK(run(asking({}), end).queues.size() == 3);  // nobody is left without an answer
  }
}
