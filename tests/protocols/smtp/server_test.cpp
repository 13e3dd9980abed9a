// Long because it is one list: a transcript for each rule of the server, in the order of the RFC's sections.
#include "protocols/smtp/server.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/core/base64.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

ServerConfig relay_config() {
  ServerConfig config;
  config.hostname = "mx.llevant.example";
  config.peer_address = "192.0.2.1";
  config.plaintext_auth = false;
  config.strict = true;
  return config;
}
ServerConfig submission_config() {
  ServerConfig config = relay_config();
  config.hostname = "mail.alba.example";
  config.submission = true;
  config.plaintext_auth = true;
  return config;
}

Log relay(std::string_view transcript) {
  return check_transcript([] { return Server(relay_config()); }, transcript, "C: ");
}
Log submission(std::string_view transcript) {
  return check_transcript([] { return Server(submission_config()); }, transcript, "C: ");
}

/// The replies to `commands`, each of which is one line, after EHLO; the codes alone, joined by spaces.
std::string codes(const ServerConfig& config, const std::vector<std::string>& commands) {
  std::string bytes;
  for (const std::string& command : commands) bytes += command + "\r\n";
  const Log log = run([&] { return Server(config); }, bytes);
  std::string result;
  for (const Step& step : log.steps)
    if (step.direction == Direction::Sent) result += (result.empty() ? "" : " ") + step.text.substr(0, 3);
  return result;
}

std::string reply_to(std::string_view command, const ServerConfig& config = relay_config()) {
  const std::string bytes = "EHLO a.example\r\n" + std::string(command) + "\r\n";
  const Log log = run([&] { return Server(config); }, bytes);
  REQUIRE(log.steps.size() >= 5);
  return log.steps[4].text;
}

/// A mail transaction up to and with the content.
std::string message_wire(std::string_view content) {
  return "EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n" + std::string(content);
}

std::string last_reply(std::string_view bytes, const ServerConfig& config = relay_config()) {
  const Log log = run([&] { return Server(config); }, bytes);
  REQUIRE(!log.steps.empty());
  return log.steps.back().text;
}

}  // namespace

TEST_CASE("a relay takes a message as in RFC 5321 appendix D.1, with enhanced codes (RFC 2034 §4)") {
  const Log log = relay(R"(
S: 220 mx.llevant.example ESMTP Mailscope
C: EHLO mail.alba.example
S: 250-mx.llevant.example greets mail.alba.example
S: 250-PIPELINING
S: 250-SIZE 10485760
S: 250-8BITMIME
S: 250-ENHANCEDSTATUSCODES
S: 250-CHUNKING
S: 250 LIMITS RCPTMAX=100
C: MAIL FROM:<anna@alba.example> SIZE=60 BODY=8BITMIME
S: 250 2.1.0 Sender OK
C: RCPT TO:<bruno@llevant.example>
S: 250 2.1.5 Recipient OK
C: RCPT TO:<nobody@llevant.example>
S: 550 5.1.1 No such user
C: RCPT TO:<busy@llevant.example>
S: 450 Try later
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: Subject: hello
C: 
C: ..hidden
C: .
S: 250 2.0.0 Taken
C: QUIT
S: 221 2.0.0 mx.llevant.example closing connection
)");
  CHECK(log.closed);
  REQUIRE(log.asked.size() == 5);
  const auto& message = std::get<MessageOffered>(log.asked.back());
  CHECK(message.envelope.reverse_path == "anna@alba.example");
  CHECK(message.envelope.recipients == std::vector<Recipient>{{"bruno@llevant.example", {}, {}}});
  CHECK(message.content ==
        "Received: from mail.alba.example ([192.0.2.1])\r\n\tby mx.llevant.example with ESMTP\r\n"
        "\tfor <bruno@llevant.example>;\r\n\tMon, 02 Mar 2026 09:00:00 +0000\r\nSubject: hello\r\n\r\n.hidden\r\n");
  CHECK(log.steps[1].topic == "smtp/command/EHLO");
  CHECK(log.steps[0].topic == "smtp/reply/greeting/220");
  CHECK(log.steps[8].topic == "smtp/reply/RCPT/550");
  CHECK(log.steps[8].is_error);
  CHECK(log.steps[13].topic == "smtp/content");
  CHECK(log.steps[14].topic == "smtp/reply/content/250");
}

TEST_CASE("each textbook line tells the state it left and the one it reached") {
  Server server(relay_config());
  const Log log = run([] { return Server(relay_config()); }, message_wire("x\r\n.\r\nQUIT\r\n"));
  std::string path;
  for (const Step& step : log.steps) {
    const Machine& machine = server.machine();
    if (step.from == step.to) continue;
    path += std::string(machine.states[step.from.value]) + ">" + std::string(machine.states[step.to.value]) + " ";
    CHECK(step.direction == Direction::Sent);
    CHECK(std::ranges::any_of(machine.transitions,
                              [&](const Transition& move) { return move.from == step.from && move.to == step.to; }));
  }
  CHECK(path == "connected>ready ready>mail mail>rcpt rcpt>data data>ready ready>closed ");
}

TEST_CASE("submission asks for authentication first, PLAIN with an initial response (RFC 4954 §4, §6, RFC 6409 §4.3)") {
  const Log log = submission(R"(
S: 220 mail.alba.example ESMTP Mailscope
C: EHLO laptop.alba.example
S: 250-mail.alba.example greets laptop.alba.example
S: 250-PIPELINING
S: 250-SIZE 10485760
S: 250-8BITMIME
S: 250-ENHANCEDSTATUSCODES
S: 250-CHUNKING
S: 250-LIMITS RCPTMAX=100
S: 250 AUTH PLAIN LOGIN
C: MAIL FROM:<anna@alba.example>
S: 530 5.7.0 Authentication required
C: AUTH PLAIN AGFubmEAd3Jvbmc=
S: 535 5.7.8 Authentication credentials invalid
C: AUTH PLAIN AGFubmEAc2VjcmV0
S: 235 2.7.0 Authentication successful
C: AUTH PLAIN AGFubmEAc2VjcmV0
S: 503 5.5.1 Already authenticated
C: MAIL FROM:<anna@alba.example> AUTH=anna+40alba.example
S: 250 2.1.0 Sender OK
C: RCPT TO:<bruno@llevant.example>
S: 250 2.1.5 Recipient OK
C: RCPT TO:<carla@llevant.example>
S: 250 2.1.5 Recipient OK
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: .
S: 250 2.0.0 Taken
)");
  const auto& message = std::get<MessageOffered>(log.asked.back());
  CHECK(message.user == "anna");
  // RFC 3848 names the authenticated protocol; two recipients are not told of each other (RFC 5321 §7.2).
  CHECK(message.content ==
        "Received: from laptop.alba.example ([192.0.2.1])\r\n\tby mail.alba.example with ESMTPA;\r\n"
        "\tMon, 02 Mar 2026 09:00:00 +0000\r\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <1772442000000000..1@mail.alba.example>\r\n"
        "From: <anna@alba.example>\r\n\r\n");
}

TEST_CASE("a SASL exchange asks with 334, may be cancelled and must be base64 (RFC 4954 §4)") {
  const Log log = submission(R"(
S: 220 mail.alba.example ESMTP Mailscope
C: AUTH PLAIN
S: 503 5.5.1 Bad sequence of commands: say EHLO first
C: HELO laptop
S: 250 mail.alba.example
C: AUTH PLAIN
S: 503 5.5.1 Authentication needs EHLO
C: EHLO laptop
S: 250-mail.alba.example greets laptop
S: 250-PIPELINING
S: 250-SIZE 10485760
S: 250-8BITMIME
S: 250-ENHANCEDSTATUSCODES
S: 250-CHUNKING
S: 250-LIMITS RCPTMAX=100
S: 250 AUTH PLAIN LOGIN
C: AUTH
S: 501 5.5.4 Syntax: AUTH mechanism [initial-response]
C: AUTH GSSAPI
S: 504 5.5.4 Authentication mechanism not supported
C: AUTH PLAIN !
S: 501 5.5.2 The response is no base64
C: AUTH PLAIN =
S: 535 5.7.8 The response breaks the mechanism's syntax
C: AUTH PLAIN
S: 334 
C: *
S: 501 5.7.0 Authentication cancelled
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: =AAA
S: 501 5.5.2 The response is no base64
C: auth login
S: 334 VXNlcm5hbWU6
C: YW5uYQ==
S: 334 UGFzc3dvcmQ6
C: c2VjcmV0
S: 235 2.7.0 Authentication successful
C: RSET
S: 250 2.0.0 OK
)");
  CHECK(std::get<sasl::Authenticated>(log.asked.back()) == sasl::Authenticated{sasl::Mechanism::Login, "anna"});
}

TEST_CASE("an authentication line over the limit fails AUTH with 500 5.5.6 (RFC 4954 §4)") {
  const auto attempt = [](std::size_t octets) {
    return last_reply("EHLO a\r\nAUTH PLAIN\r\n" + std::string(octets - 2, 'A') + "\r\n", submission_config());
  };
  CHECK(attempt(sasl::line_octets_max - 2).starts_with("535 5.7.8"));
  CHECK(attempt(sasl::line_octets_max + 1).starts_with("500 5.5.6"));
}

TEST_CASE("AUTH during a mail transaction is 503; without plaintext mechanisms it is not implemented (RFC 4954 §4)") {
  ServerConfig open = relay_config();
  open.plaintext_auth = true;
  CHECK(codes(open, {"EHLO a", "MAIL FROM:<a@b>", "AUTH PLAIN AGFubmEAc2VjcmV0", "RSET", "AUTH PLAIN AGFubmEAc2VjcmV0",
                     "MAIL FROM:<a@b>"}) == "220 250 250 503 250 235 250");
  CHECK(reply_to("AUTH PLAIN") == "502 5.5.1 Command not implemented");
}

TEST_CASE("commands out of order get 503, in every state (RFC 5321 §4.1.4)") {
  CHECK(codes(relay_config(), {"MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "NOOP", "RSET", "VRFY a", "HELP",
                               "EHLO a"}) == "220 503 503 503 250 250 252 214 250");
  CHECK(codes(relay_config(), {"EHLO a", "RCPT TO:<a@b>", "DATA", "MAIL FROM:<>", "MAIL FROM:<>", "DATA",
                               "RCPT TO:<a@b>", "MAIL FROM:<>"}) == "220 250 503 503 250 503 503 250 503");
}

TEST_CASE("EHLO, HELO and RSET abort a transaction (RFC 5321 §4.1.4, §4.1.1.5)") {
  for (const std::string reset : {"EHLO a", "HELO a", "RSET"})
    CHECK(codes(relay_config(), {"EHLO a", "MAIL FROM:<a@b>", "RCPT TO:<a@b>", reset, "RCPT TO:<a@b>", "DATA"}) ==
          "220 250 250 250 250 503 503");
}

TEST_CASE("DATA without a valid recipient is refused: 503, or 554 when all were refused (RFC 5321 §3.3)") {
  CHECK(codes(relay_config(), {"EHLO a", "MAIL FROM:<>", "DATA", "RCPT TO:<nobody@b>", "DATA"}) ==
        "220 250 250 503 550 554");
}

TEST_CASE("unknown commands get 500, known ones that are not offered 502 (RFC 5321 §4.2.4)") {
  CHECK(reply_to("HELLO") == "500 5.5.2 Command not recognized");
  CHECK(reply_to("") == "500 5.5.2 Command not recognized");
  for (const std::string verb : {"EXPN list", "STARTTLS", "TURN", "SEND FROM:<a@b>", "SOML x", "SAML", "expn x"})
    CHECK(reply_to(verb) == "502 5.5.1 Command not implemented");
}

TEST_CASE("commands that take no argument refuse one with 501; trailing space is tolerated (RFC 5321 §4.3.2, §4.1.1)") {
  for (const std::string verb : {"RSET", "QUIT", "DATA"}) CHECK(reply_to(verb + " now").starts_with("501 5.5.4"));
  CHECK(reply_to("noop anything").starts_with("250 2.0.0"));
  CHECK(reply_to("RSET \t ").starts_with("250 2.0.0"));
  CHECK(reply_to("VRFY").starts_with("501 5.5.4"));
  CHECK(reply_to("HELP") ==
        "214-2.0.0 Commands: EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY HELP\n214 2.0.0 See RFC 5321");
  CHECK(reply_to("HELP rcpt") == "214 2.0.0 Syntax: RCPT TO:<address> [parameters]");
  CHECK(reply_to("HELP EXPN") == "504 5.5.4 No help on that");
}

TEST_CASE(
    "EHLO needs a domain or address literal, and its replies carry no enhanced code (RFC 5321 §4.1.1.1, RFC 2034 §4)") {
  for (const std::string bad :
       {"EHLO", "EHLO -a", "EHLO a..b", "EHLO a_b", "EHLO [1.2.3]", "HELO a b", "EHLO [IPv6:::1::]"})
    CHECK(reply_to(bad) == "501 A domain name or address literal is needed");
  for (const std::string good : {"EHLO [127.0.0.1]", "EHLO [IPv6:::1]", "EHLO [ipv6:2001:db8::192.0.2.1]", "EHLO x"})
    CHECK(reply_to(good).starts_with("250-mx"));
}

TEST_CASE("paths follow the grammar of RFC 5321 §4.1.2 and §4.1.3") {
  const auto path = [](std::string_view argument) {
    const Log log = run([] { return Server(relay_config()); },
                        "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:" + std::string(argument) + "\r\n");
    const auto* offer = std::get_if<RecipientOffered>(&log.asked.back());
    return offer != nullptr ? offer->forward_path : "! " + log.steps.back().text;
  };
  CHECK(path("<a@b.example>") == "a@b.example");
  CHECK(path("<a.b+c=d/e{f}@b>") == "a.b+c=d/e{f}@b");
  CHECK(path("<Postmaster>") == "Postmaster");
  CHECK(path("<postmaster@b>") == "postmaster@b");
  CHECK(path("<@x.example,@y.example:a@b>") == "a@b");
  CHECK(path("<\"a\"@b>") == "a@b");
  CHECK(path("<\"a\\b c\\\"\\\\\"@b>") == "\"ab c\\\"\\\\\"@b");
  CHECK(path("<\"\"@b>") == "\"\"@b");
  CHECK(path("<a@[192.0.2.1]>") == "a@[192.0.2.1]");
  CHECK(path("<a@[IPv6:2001:db8:0:0:0:0:0:1]>") == "a@[IPv6:2001:db8:0:0:0:0:0:1]");
  for (const std::string_view bad :
       {"<a@b", "<a@b>>", "<a b@c>", "<.a@b>", "<a.@b>", "<a..b@c>", "<@x:>", "<@x a@b>", "<a@[192.0.2.256]>",
        "<a@[1.2.3.4.5]>", "<a@[IPv6:1:2:3:4:5:6:7]>", "<a@[IPv6:1::2::3]>", "<a@[IPv6:1:2:3:4:5:6:7::]>", "<a@[X:y]>",
        "<\"a@b>", "<\"a\"b@c>", "<a@b_c>", "<>", "<@b>"})
    CHECK(path(bad).starts_with("! 501 5."));
  CHECK(path("a@b").starts_with("! 501 5.5.4"));
  CHECK(path(" <a@b>").starts_with("! 501 5.5.4"));
  CHECK(path("<a>").starts_with("! 553 5.1.3"));
  CHECK(reply_to("MAIL FROM:<postmaster>").starts_with("553 5.1.7"));
  CHECK(reply_to("MAIL FROM :<a@b>").starts_with("501 5.5.4"));
  CHECK(reply_to("MAIL FROM:<\xc3\xa9@b>").starts_with("550 5.6.7"));
  CHECK(reply_to("MAIL FROM:<\xc3@b>") == "501 5.5.2 Only printable US-ASCII characters may stand in a command");
  CHECK(reply_to("NOOP \xc3\xa9") == "501 5.5.2 Only printable US-ASCII characters may stand in a command");
}

TEST_CASE("local parts over 64, domains over 255 and paths over 256 octets are too long (RFC 5321 §4.5.3.1.1 to .3)") {
  const auto mail = [](std::size_t local, std::size_t domain) {
    return reply_to("MAIL FROM:<" + std::string(local, 'l') + '@' + std::string(domain, 'd') + ">");
  };
  CHECK(mail(64, 189).starts_with("250"));
  CHECK(mail(65, 10) == "501 5.1.7 Path too long");
  CHECK(mail(64, 190) == "501 5.1.7 Path too long");
  CHECK(mail(1, 256) == "501 5.1.7 Path too long");
}

TEST_CASE("parameters: unknown 555, bad 501, too large 552 (RFC 5321 §4.1.1.11, RFC 1870 §6.1, RFC 6152 §2)") {
  const auto mail = [](std::string_view parameters) {
    return reply_to("MAIL FROM:<a@b> " + std::string(parameters)).substr(0, 9);
  };
  CHECK(mail("SIZE=10485760 BODY=7bit") == "250 2.1.0");
  CHECK(mail("SIZE=10485761") == "552 5.3.4");
  CHECK(mail("SIZE=99999999999999999999") == "552 5.3.4");
  CHECK(mail("SIZE=999999999999999999999") == "501 5.5.4");
  CHECK(mail("SIZE=x") == "501 5.5.4");
  CHECK(mail("SIZE=") == "501 5.5.4");
  CHECK(mail("SIZE") == "501 5.5.4");
  CHECK(mail("SIZE=1 size=1") == "501 5.5.4");
  CHECK(mail(" SIZE=1") == "501 5.5.4");
  CHECK(mail("SIZE=1SIZE=2") == "501 5.5.4");
  CHECK(mail("BODY=BINARYMIME") == "501 5.5.4");
  CHECK(mail("RET=HDRS") == "555 5.5.4");
  CHECK(mail("AUTH=<>") == "555 5.5.4");
  ServerConfig open = relay_config();
  open.plaintext_auth = true;
  CHECK(reply_to("MAIL FROM:<a@b> AUTH=<>", open).starts_with("250"));
  CHECK(reply_to("MAIL FROM:<a@b> AUTH=e+3Dmc2@example.com", open).starts_with("250"));
  for (const char* no_mailbox : {"e+zz", "e", "", "<", "+20", "a@b+20c", "@r:a@b", "a@b+3E+20SIZE+3D1"}) {
    INFO(no_mailbox);
    CHECK(reply_to("MAIL FROM:<a@b> AUTH=" + std::string(no_mailbox), open).starts_with("501 5.5.4"));
  }
  CHECK(codes(relay_config(), {"EHLO a", "MAIL FROM:<>", "RCPT TO:<a@b> NOTIFY=NEVER"}) == "220 250 250 555");
  CHECK(codes(relay_config(), {"HELO a", "MAIL FROM:<> SIZE=1"}) == "220 250 555");
}

TEST_CASE("a command line over the limit is 500 and the next one is read (RFC 5321 §4.5.3.1.4)") {
  const auto noop = [](std::size_t octets) { return "NOOP " + std::string(octets - 7, 'x'); };
  CHECK(codes(relay_config(), {noop(512), noop(command_octets_max), noop(command_octets_max + 1), noop(9000),
                               "NOOP"}) == "220 250 250 500 500 250");
  CHECK(reply_to(noop(2000)) == "500 5.5.2 Line too long");
}

TEST_CASE("only CR LF ends a line: bare CR and LF are refused in commands and in messages (RFC 5321 §2.3.8)") {
  CHECK(reply_to("NOOP\nMAIL FROM:<a@b>").starts_with("500 5.5.2 Bare CR or LF"));
  CHECK(reply_to("NOOP\rNOOP").starts_with("500 5.5.2 Bare CR or LF"));
  // The classic smuggling shapes: one server's content is another's end of content and next command.
  for (const std::string_view end : {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n"}) {
    const std::string bytes = message_wire("x" + std::string(end) + "MAIL FROM:<evil@b>\r\n.\r\nNOOP\r\n");
    const Log log = run([] { return Server(relay_config()); }, bytes);
    CHECK(log.asked.size() == 2);
    REQUIRE(log.steps.size() == 13);
    CHECK(log.steps[10].text.starts_with("550 5.6.0"));
    CHECK(log.steps[12].text == "250 2.0.0 OK");
  }
}

TEST_CASE("a message over the size limit is 552 and the session goes on (RFC 5321 §4.5.3.1.7)") {
  ServerConfig small = relay_config();
  small.message_octets_max = 10;
  CHECK(last_reply(message_wire("12345678\r\n.\r\n"), small) == "250 2.0.0 Taken");
  CHECK(last_reply(message_wire("123456789\r\n.\r\n"), small) == "552 5.3.4 Message size exceeds 10");
  CHECK(last_reply(message_wire("123456789\r\n.\r\nMAIL FROM:<>\r\n"), small) == "250 2.1.0 Sender OK");
}

TEST_CASE("recipients over the limit get 452, and the others their message (RFC 5321 §4.5.3.1.8, .10)") {
  std::string bytes = "EHLO a\r\nMAIL FROM:<>\r\n";
  for (int i = 0; i < 103; ++i) bytes += "RCPT TO:<u" + std::to_string(i) + "@b>\r\n";
  const Log log = run([] { return Server(relay_config()); }, bytes + "DATA\r\n.\r\n");
  CHECK(std::get<MessageOffered>(log.asked.back()).envelope.recipients.size() == 100);
  CHECK(log.steps[5 + 2 * 99 + 1].text == "250 2.1.5 Recipient OK");
  CHECK(log.steps[5 + 2 * 100 + 1].text == "452 4.5.3 Too many recipients");
}

TEST_CASE("a message with 100 Received fields goes in a loop (RFC 5321 §6.3)") {
  const auto hops = [](int count) {
    std::string content;
    for (int i = 0; i < count; ++i) content += "received: from a by b;\r\n\tdate\r\n";
    return last_reply(message_wire(content + "\r\nReceived: in the body\r\n.\r\n"));
  };
  CHECK(hops(99) == "250 2.0.0 Taken");
  CHECK(hops(100) == "554 5.4.6 Too many hops: this message goes round in a loop");
}

TEST_CASE("a host's refusal of the content travels as it is, and the session goes on") {
  CHECK(last_reply(message_wire("REFUSE ME\r\n.\r\n")) == "554-5.7.1 Not\n554 5.7.1 this");
  CHECK(last_reply(message_wire("REFUSE ME\r\n.\r\nMAIL FROM:<bad@x>\r\n")) == "550 5.7.1 Not you");
  CHECK(last_reply(message_wire("REFUSE ME\r\n.\r\nRCPT TO:<b@x>\r\n")).starts_with("503"));
}

TEST_CASE("too many errors end the session with 421, as do very many refused recipients (RFC 5321 §4.3.2, §7.3)") {
  std::string bytes = "EHLO a\r\nMAIL FROM:<>\r\n";
  for (int i = 0; i < refused_recipients_max - 1; ++i) bytes += "RCPT TO:<nobody@b>\r\n";
  const Log patient = run([] { return Server(relay_config()); }, bytes);
  CHECK_FALSE(patient.closed);
  const Log guesser_of_names = run([] { return Server(relay_config()); }, bytes + "RCPT TO:<nobody@b>\r\nNOOP\r\n");
  CHECK(guesser_of_names.closed);
  CHECK(guesser_of_names.steps.back().text == "421 4.7.0 mx.llevant.example Too many recipients that do not exist");
  for (int i = 0; i < errors_max; ++i) bytes += "RSET x\r\n";
  const Log log = run([] { return Server(relay_config()); }, bytes + "NOOP\r\n");
  CHECK(log.closed);
  CHECK(log.steps.size() == patient.steps.size() + 2 * errors_max);
  CHECK(log.steps.back().text == "421 4.7.0 mx.llevant.example Error: too many errors");
  std::string guesses = "EHLO a\r\n";
  for (int i = 0; i < errors_max + 5; ++i) guesses += "AUTH PLAIN AGFubmEAd3Jvbmc=\r\n";
  const Log guesser = run([] { return Server(submission_config()); }, guesses);
  CHECK(guesser.closed);
  CHECK(guesser.asked.size() == errors_max);
}

TEST_CASE("an idle session ends with 421 4.4.2, in commands and in content (RFC 5321 §4.5.3.2.7)") {
  for (const bool in_content : {false, true}) {
    const std::string before = in_content ? message_wire("half a mess") : "EHLO a\r\nNO";
    Server server(relay_config());
    Log log;
    CHECK_FALSE(server.deadline());
    drain(server, log, start);
    CHECK(server.deadline() == start + strangers_idle_max);
    const Instant later = start + std::chrono::minutes(1);
    feed(server, log, before, whole(), later);
    CHECK(server.deadline() == later + (in_content ? std::chrono::minutes(5) : strangers_idle_max));
    server.deadline_passed(later);  // too early: nothing happens
    drain(server, log, later);
    CHECK_FALSE(log.closed);
    server.deadline_passed(*server.deadline());
    drain(server, log, later);
    CHECK(log.closed);
    CHECK(log.steps.back().text == "421 4.4.2 mx.llevant.example Error: timeout exceeded");
    CHECK(log.steps.back().topic == "smtp/reply/421");
    CHECK_FALSE(server.deadline());
    feed(server, log, "NOOP\r\n", whole(), later);
    CHECK(log.steps.back().text.starts_with("421"));
  }
}

TEST_CASE("when the client is gone, what it had sent is still answered, then the session closes") {
  Server server(relay_config());
  Log log;
  server.receive(start, "EHLO a\r\nNOOP\r\nNO");
  server.receive_eof(start);
  drain(server, log, start);
  CHECK(log.closed);
  CHECK(log.steps.back().text == "250 2.0.0 OK");
  CHECK(server.state() == id(State::Closed));
}

TEST_CASE("the server waits for its host, and 421 from the host closes (RFC 5321 §3.8)") {
  Server server(relay_config());
  server.receive(start, "EHLO a\r\nMAIL FROM:<a@b>\r\nNOOP\r\n");
  std::optional<Output<Server::Event>> last;
  while (auto output = server.poll(start)) last = std::move(output);
  REQUIRE(last);
  CHECK(std::holds_alternative<Server::Event>(*last));
  CHECK_FALSE(server.deadline());
  server.decide({421, "4.3.2", {"Going down"}});
  Log log;
  drain(server, log, start);
  CHECK(log.sent == "421 4.3.2 Going down\r\n");
  CHECK(log.closed);
}

TEST_CASE("a reply cannot be forged by its text and keeps to its line limit (RFC 5321 §4.2, §4.5.3.1.5)") {
  CHECK(Reply{250, "2.0.0", {"a\r\n250 b", ""}}.wire() == "250-2.0.0 a  250 b\r\n250 2.0.0 \r\n");
  CHECK(Reply{334, "", {""}}.wire() == "334 \r\n");
  CHECK(Reply{250, "", {std::string(600, 'x')}}.wire().size() == reply_line_octets_max);
}

TEST_CASE("broken input never breaks the server: after any mutation it still answers in step") {
  const std::string base =
      "EHLO a.example\r\nAUTH PLAIN AGFubmEAc2VjcmV0\r\nMAIL FROM:<a@b> SIZE=10\r\nRCPT TO:<\"x y\"@[IPv6:::1]>\r\n"
      "DATA\r\nSubject: x\r\n\r\n..y\r\n.\r\nAUTH LOGIN\r\nYW5uYQ==\r\n*\r\nRSET\r\nVRFY x\r\n";
  const std::string_view splinters[] = {"\r",
                                        "\n",
                                        "\r\n",
                                        ".",
                                        "\0",
                                        "\xff",
                                        "<",
                                        ">",
                                        "\"",
                                        "[",
                                        "=",
                                        " ",
                                        "MAIL FROM:<>\r\n",
                                        "DATA\r\n",
                                        "AUTH PLAIN\r\n"};
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = base;
    for (auto changes = 1 + random() % 6; changes > 0; --changes) {
      const std::size_t at = random() % bytes.size();
      const std::string_view splinter = splinters[random() % std::size(splinters)];
      bytes.replace(at, random() % 3, splinter);
    }
    // Leaves whatever it is in: a line, a SASL exchange, a message; then a lone NOOP must be answered, once.
    bytes += "\r\n.\r\n*\r\n.\r\n";
    CAPTURE(bytes);
    ServerConfig config = submission_config();
    const Log log = run([&] { return Server(config); }, bytes + "NOOP\r\n");
    const bool in_step = log.closed || log.steps.back().text == "250 2.0.0 OK";
    CHECK(in_step);
    for (const Step& step : log.steps) CHECK(step.bytes.size() > 0);
  }
}
