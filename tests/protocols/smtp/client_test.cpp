#include "protocols/smtp/client.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/core/wrong_door.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

OutgoingMessage to(const std::vector<std::string>& recipients, std::string content = "Subject: x\r\n\r\nHello\r\n") {
  return {envelope("anna@alba.example", recipients), std::move(content)};
}

auto client(std::vector<OutgoingMessage> messages, std::optional<Credentials> credentials = {}) {
  return [=] { return Client({"laptop.alba.example", credentials}, messages); };
}
const Credentials anna{"anna", "secret"};

Log talk(const std::function<Client()>& make, std::string_view transcript) {
  return check_transcript(make, transcript, "S: ");
}

std::string outcome(const Log& log, std::size_t message, std::size_t recipient) {
  REQUIRE(log.done.size() > message);
  const Reply& reply = log.done[message].recipients.at(recipient).reply;
  return std::to_string(reply.code) + " " + reply.enhanced + " " + reply.lines.front();
}

}  // namespace

TEST_CASE("the client submits with AUTH PLAIN, SIZE and dot-stuffing, and tells what became of each recipient") {
  const Log log = talk(client({to({"b@b.example", "nobody@b.example"}, "Subject: x\r\n\r\n.dot\nbare")}, anna), R"(
S: 220 mail.alba.example ESMTP
C: EHLO laptop.alba.example
S: 250-mail.alba.example
S: 250-SIZE 1000
S: 250 AUTH LOGIN PLAIN
C: AUTH PLAIN AGFubmEAc2VjcmV0
S: 235 2.7.0 OK
C: MAIL FROM:<anna@alba.example> SIZE=26
S: 250 2.1.0 OK
C: RCPT TO:<b@b.example>
S: 250 2.1.5 OK
C: RCPT TO:<nobody@b.example>
S: 550-5.1.1 No such
S: 550 5.1.1 user
C: DATA
S: 354 Go on
C: Subject: x
C: 
C: ..dot
C: bare
C: .
S: 250 2.0.0 Taken
C: QUIT
S: 221 2.0.0 Bye
)");
  REQUIRE(log.done.size() == 1);
  CHECK(outcome(log, 0, 0) == "250 2.0.0 Taken");
  CHECK(outcome(log, 0, 1) == "550 5.1.1 No such");
  CHECK(log.done[0].recipients[1].reply.lines == std::vector<std::string>{"No such", "user"});
  CHECK(log.end->in_order);
  CHECK(log.closed);
}

TEST_CASE("the client falls back to HELO, without extensions, when EHLO is refused (RFC 5321 §3.2)") {
  const Log log = talk(client({to({"b@b.example"}), to({"c@c.example"})}), R"(
S: 220 old.example
C: EHLO laptop.alba.example
S: 502 What?
C: HELO laptop.alba.example
S: 250 SIZE 1000
C: MAIL FROM:<anna@alba.example>
S: 250 OK
C: RCPT TO:<b@b.example>
S: 550 no
C: RSET
S: 250 OK
C: MAIL FROM:<anna@alba.example>
S: 451 Not now
C: QUIT
S: 221 Bye
)");
  CHECK(outcome(log, 0, 0) == "550  no");
  CHECK(outcome(log, 1, 0) == "451  Not now");
}

TEST_CASE("LOGIN serves where PLAIN is not offered, and a refused password ends the session (RFC 4954 §6)") {
  const Log log = talk(client({to({"b@b.example"})}, anna), R"(
S: 220 x
C: EHLO laptop.alba.example
S: 250-x
S: 250 auth GSSAPI login
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: YW5uYQ==
S: 334 UGFzc3dvcmQ6
C: c2VjcmV0
S: 535 5.7.8 Wrong
C: QUIT
S: 221 Bye
)");
  CHECK(outcome(log, 0, 0) == "535 5.7.8 Wrong");
  CHECK(log.steps[3].topic == "smtp/command/AUTH");
  CHECK(log.steps[4].topic == "smtp/reply/AUTH/334");
  CHECK(log.steps[5].topic == "sasl/mechanism/LOGIN");
  CHECK(log.steps[6].topic == "smtp/reply/auth-response/334");
}

TEST_CASE("a challenge that is no base64, or one too many, is cancelled (RFC 4954 §4)") {
  talk(client({to({"b@b"})}, anna), R"(
S: 220 x
C: EHLO laptop.alba.example
S: 250-x
S: 250 AUTH PLAIN
C: AUTH PLAIN AGFubmEAc2VjcmV0
S: 334 more
C: *
S: 501 Cancelled
C: QUIT
S: 221 Bye
)");
  const Log stubborn = talk(client({to({"b@b"})}, anna), R"(
S: 220 x
C: EHLO laptop.alba.example
S: 250-x
S: 250 AUTH LOGIN
C: AUTH LOGIN
S: 334 ???
C: *
S: 334 VXNlcm5hbWU6
)");
  CHECK(stubborn.closed);
  CHECK_FALSE(stubborn.end->in_order);
}

TEST_CASE("without a mechanism in common nothing is sent, and the recipients hear why") {
  for (const std::string_view offer : {"250 AUTH GSSAPI", "250 SIZE 1"}) {
    const Log log =
        talk(client({to({"b@b.example"})}, anna),
             "\nS: 220 x\nC: EHLO laptop.alba.example\nS: 250-x\nS: " + std::string(offer) + "\nC: QUIT\nS: 221 Bye\n");
    CHECK(outcome(log, 0, 0) == "504 5.7.4 The server offers no authentication mechanism that we have");
  }
}

TEST_CASE("an initial response that would make the line too long waits for the question (RFC 4954 §4)") {
  const Credentials wordy{std::string(200, 'u'), std::string(200, 'p')};
  const Log log = run(client({to({"b@b"})}, wordy), "220 x\r\n250-x\r\n250 AUTH PLAIN\r\n334 \r\n235 OK\r\n");
  CHECK(log.steps[4].text == "334 ");
  CHECK(log.steps[3].text == "AUTH PLAIN");
  CHECK(log.steps[5].text.size() > 500);
}

TEST_CASE("a refused DATA or content decides for those recipients that RCPT had accepted") {
  const Log log = talk(client({to({"b@b", "nobody@b"}), to({"c@c"})}), R"(
S: 220 x
C: EHLO laptop.alba.example
S: 250 x
C: MAIL FROM:<anna@alba.example>
S: 250 OK
C: RCPT TO:<b@b>
S: 250 OK
C: RCPT TO:<nobody@b>
S: 550 no
C: DATA
S: 451 Not now
C: RSET
S: 250 OK
C: MAIL FROM:<anna@alba.example>
S: 250 OK
C: RCPT TO:<c@c>
S: 251 Forwarded
C: DATA
S: 354 Go
C: Subject: x
C: 
C: Hello
C: .
S: 554 5.7.1 Spam
C: QUIT
S: 221 Bye
)");
  CHECK(outcome(log, 0, 0) == "451  Not now");
  CHECK(outcome(log, 0, 1) == "550  no");
  CHECK(outcome(log, 1, 0) == "554 5.7.1 Spam");
  CHECK_FALSE(log.done.at(1).recipients.at(0).of_server);
}

TEST_CASE("a greeting that refuses is followed by QUIT (RFC 5321 §3.1), and 421 by nothing (§3.8)") {
  const Log refused = talk(client({to({"b@b"})}), "\nS: 554 No mail here\nC: QUIT\nS: 221 Bye\n");
  CHECK(outcome(refused, 0, 0) == "554  No mail here");
  CHECK(refused.done.at(0).recipients.at(0).of_server);
  CHECK(refused.end->in_order);
  const Log busy =
      talk(client({to({"b@b"}), to({"c@c"})}), "\nS: 220 x\nC: EHLO laptop.alba.example\nS: 421 4.3.2 Down\n");
  CHECK(outcome(busy, 0, 0) == "421 4.3.2 Down");
  CHECK(outcome(busy, 1, 0) == "421 4.3.2 Down");
  CHECK(busy.closed);
  CHECK_FALSE(busy.end->in_order);
}

TEST_CASE("what is no reply, or none that fits, ends the session (RFC 5321 §4.2)") {
  for (const std::string_view garbage :
       {"hello\r\n", "\r\n", "22\r\n", "120 x\r\n", "620 x\r\n", "260 x\r\n", "2200\r\n", "220+x\r\n",
        "220-x\r\n221 y\r\n", "220-x\r\nhello\r\n", "354 x\r\n"}) {
    CAPTURE(garbage);
    const Log log = run(client({to({"b@b"})}), garbage);
    CHECK(log.closed);
    CHECK(outcome(log, 0, 0).starts_with("0  The server's answer is not one that SMTP allows here: "));
    CHECK(log.steps.back().is_error);
  }
  // What the server gave as its reason is told, though its codes are not one (§4.2.1).
  CHECK(outcome(run(client({to({"b@b"})}), "220-welcome\r\n521 blocked\r\n"), 0, 0).ends_with(": 521 blocked"));
}

TEST_CASE("a reply to greeting, EHLO or AUTH is of the session, one to RCPT of the message") {
  const auto of_session = [](const Log& log) { return log.done.at(0).recipients.at(0).of_session; };
  const Credentials anna{"anna", "x"};
  CHECK(of_session(run(client({to({"b@b"})}), "554 no\r\n221 bye\r\n")));
  CHECK(of_session(run(client({to({"b@b"})}, anna), "220 x\r\n250-x\r\n250 AUTH PLAIN\r\n535 no\r\n221 x\r\n")));
  CHECK_FALSE(of_session(run(client({to({"b@b"})}), "220 x\r\n250 x\r\n250 x\r\n550 no\r\n221 x\r\n")));
  CHECK_FALSE(of_session(run(client({to({"b@b"})}), "220 x\r\n250 x\r\n552 large\r\n221 x\r\n")));
}

TEST_CASE("a question after PLAIN's only answer is cancelled, and a success after that is none (RFC 4954 §4)") {
  const Credentials anna{"anna", "x"};
  const Log log = run(client({to({"b@b"})}, anna), "220 x\r\n250-x\r\n250 AUTH PLAIN\r\n334 \r\n235 ok\r\n");
  CHECK(outcome(log, 0, 0) == std::string("0  ") + sasl::success_after_cancelling);
}

TEST_CASE("multi-line replies, bare codes and overlong lines are read (RFC 5321 §4.2.1, §4.5.3.1.5)") {
  const Log log = run(client({to({"b@b"})}),
                      "220-a\r\n220-\r\n220\r\n250-" + std::string(20'000, 'x') + "\r\n250 8BITMIME\r\n250\r\n");
  CHECK(log.steps[0].text == "220-a\n220-\n220");
  CHECK(log.steps[0].bytes == ByteRange{0, 18});
  CHECK(log.steps.back().text == "RCPT TO:<b@b>");
  std::string endless;
  for (std::size_t i = 0; i <= reply_lines_max; ++i) endless += "220-x\r\n";
  CHECK(run(client({to({"b@b"})}), endless).closed);
  CHECK_FALSE(run(client({to({"b@b"})}), std::string_view(endless).substr(7)).closed);
}

TEST_CASE("a lost connection is told to every recipient that had no refusal; after QUIT it is in order") {
  const auto cut_after = [](std::string_view bytes) {
    Client engine = client({to({"nobody@b", "b@b"}), to({"c@c"})})();
    Log log;
    drain(engine, log, start);
    feed(engine, log, bytes, whole());
    engine.receive_eof(start);
    drain(engine, log, start);
    CHECK(log.closed);
    CHECK(engine.state() == id(State::Closed));
    return log;
  };
  const Log cut = cut_after("220 x\r\n250 x\r\n250 OK\r\n550 no\r\n250 OK\r\n25");
  CHECK(outcome(cut, 0, 0) == "550  no");
  CHECK(outcome(cut, 0, 1) == "0  The connection was lost");
  CHECK(outcome(cut, 1, 0) == "0  The connection was lost");
  CHECK_FALSE(cut.end->in_order);
  CHECK(cut_after("554 no\r\n").end->in_order);
}

TEST_CASE("each reply is waited for as long as RFC 5321 §4.5.3.2 says, then the session ends") {
  using std::chrono::minutes;
  const std::pair<std::string_view, Duration> waits[] = {
      {"", minutes(5)},
      {"220 x\r\n", minutes(5)},
      {"220 x\r\n250 x\r\n", minutes(5)},
      {"220 x\r\n250 x\r\n250 x\r\n", minutes(5)},
      {"220 x\r\n250 x\r\n250 x\r\n250 x\r\n", minutes(2)},
      {"220 x\r\n250 x\r\n250 x\r\n250 x\r\n354 x\r\n", minutes(10)},
  };
  for (const auto& [bytes, patience] : waits) {
    Client engine = client({to({"b@b"})})();
    Log log;
    drain(engine, log, start);
    const Instant later = start + (bytes.empty() ? Duration{} : Duration(minutes(1)));
    feed(engine, log, bytes, whole(), later);
    REQUIRE(engine.deadline() == later + patience);
    engine.deadline_passed(later + patience - Duration(1));
    drain(engine, log, later);
    CHECK_FALSE(log.closed);
    engine.deadline_passed(later + patience);
    drain(engine, log, later);
    CHECK(log.closed);
    CHECK(outcome(log, 0, 0) == "0  " + std::string(bytes.empty() ? no_greeting : "The server did not answer in time"));
    CHECK_FALSE(engine.deadline());
  }
}

TEST_CASE("what may not travel stays: control characters in paths, 8-bit header without 8BITMIME (RFC 6152 §3)") {
  const std::string_view replies = "220 x\r\n250 x\r\n250 OK\r\n250 OK\r\n354 x\r\n250 Taken\r\n221 x\r\n";
  const Log log = run(client({to({"b@b>\r\nRCPT TO:<evil@b", "b@b"}),
                              to({"c@c"}, "Subject: \xe9\r\n\r\n"),
                              {envelope("a\r\n@b", {"d@d"}), "x"}}),
                      replies);
  CHECK(outcome(log, 0, 0).starts_with("553 5.1.3"));
  CHECK(outcome(log, 0, 1) == "250  Taken");
  CHECK(outcome(log, 1, 0).starts_with("554 5.6.3"));
  CHECK(outcome(log, 2, 0).starts_with("553 5.1.7"));
  CHECK(log.sent.find("evil") == std::string::npos);
  const Log eight = run(client({to({"c@c"}, "\r\n\xc3\xa9\r\n")}), "220 x\r\n250-x\r\n250 8bitmime\r\n");
  CHECK(eight.steps.back().text == "MAIL FROM:<anna@alba.example> BODY=8BITMIME");
}

TEST_CASE("a session without messages greets and leaves") {
  CHECK(run(client({to({})}), "220 x\r\n250 x\r\n221 x\r\n").end->in_order);
  CHECK(run(client({}), "220 x\r\n250 x\r\n221 x\r\n").sent == "EHLO laptop.alba.example\r\nQUIT\r\n");
}

TEST_CASE("any reply is read back as it was written, however it is cut (RFC 5321 §4.2.1, RFC 2034 §4)") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    Reply written;
    written.code = static_cast<std::uint16_t>((2 + random() % 4) * 100 + random() % 60);
    if (random() % 2 == 0)
      written.enhanced = std::to_string(written.code / 100) + '.' + std::to_string(random() % 1000) + '.' +
                         std::to_string(random() % 1000);
    for (auto lines = 1 + random() % 5; lines > 0; --lines) {
      written.lines.emplace_back();
      for (auto left = random() % 30; left > 0; --left) written.lines.back() += static_cast<char>(' ' + random() % 95);
    }
    // Text that looks like an enhanced code is taken for one.
    if (written.enhanced.empty()) written.lines.front().insert(0, "x");
    const std::string wire = written.wire();
    CAPTURE(wire);
    const std::size_t cut = 1 + random() % wire.size();
    ReplyReader reader;
    InputBuffer input;
    std::optional<ReceivedReply> read;
    for (std::size_t at = 0; at < wire.size(); at += cut) {
      REQUIRE_FALSE(read);
      input.append(std::string_view(wire).substr(at, cut));
      read = reader.take(input);
    }
    REQUIRE(read);
    CHECK(read->valid);
    CHECK(read->reply.code == written.code);
    CHECK(read->reply.enhanced == written.enhanced);
    CHECK(read->reply.lines == written.lines);
    CHECK(read->bytes == ByteRange{0, wire.size()});
  }
}

TEST_CASE("broken replies never break the client: it always ends when the connection does") {
  const std::string base =
      "220 x\r\n250-x\r\n250-SIZE 9\r\n250 AUTH PLAIN LOGIN\r\n235 2.7.0 x\r\n250 2.1.0 OK\r\n250 OK\r\n550 no\r\n354 "
      "x\r\n250 2.0.0 x\r\n221 x\r\n";
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = base;
    for (auto changes = 1 + random() % 4; changes > 0; --changes)
      bytes.replace(random() % bytes.size(), random() % 4, 1, static_cast<char>(random()));
    CAPTURE(bytes);
    static_cast<void>(run(client({to({"b@b", "c@c"}), to({"d@d"})}, anna), bytes));
    Client engine = client({to({"b@b", "c@c"}), to({"d@d"})}, anna)();
    Log log;
    feed(engine, log, bytes, whole());
    engine.receive_eof(start);
    drain(engine, log, start);
    CHECK(log.closed);
    CHECK(log.done.size() == 2);
    CHECK(log.end.has_value());
  }
}
