// The server's extensions: what each parameter and command of them does, on and off.
#include <catch2/catch_all.hpp>

#include "protocols/core/quoted_printable.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

ServerConfig full(bool submission = false) {
  ServerConfig config;
  config.hostname = "mx.b.example";
  config.submission = submission;
  config.plaintext_auth = submission;
  config.extensions = Extensions::all();
  config.asks_vrfy = config.asks_expn = true;
  return config;
}

Log talk(const ServerConfig& config, std::string_view commands) {
  const std::string start =
      config.submission ? "EHLO a.example\r\nAUTH PLAIN AGFubmEAc2VjcmV0\r\n" : "EHLO a.example\r\n";
  // Servers are made where they stand: an engine need not be movable.
  return run([&] { return Server(config); }, start + std::string(commands));
}

/// The replies after EHLO's (and AUTH's), each by code and enhanced code.
std::string replies(const ServerConfig& config, std::string_view commands) {
  const Log log = talk(config, commands);
  std::string result;
  int skip = config.submission ? 3 : 2;
  for (const Step& step : log.steps) {
    if (step.direction != Direction::Sent || skip-- > 0) continue;
    const std::string code = step.text.substr(0, 3),
                      rest = step.text.substr(std::min<std::size_t>(4, step.text.size()));
    const bool enhanced = rest.size() > 4 && rest[1] == '.';
    result += (result.empty() ? "" : ", ") + code + (enhanced ? " " + rest.substr(0, rest.find(' ')) : "");
  }
  return result;
}

std::string mail(const ServerConfig& config, std::string_view parameters) {
  return replies(config, "MAIL FROM:<a@a.example> " + std::string(parameters) + "\r\n");
}

Envelope envelope_of(const Log& log) { return std::get<MessageOffered>(log.asked.back()).envelope; }

constexpr std::string_view to_b = "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n";

}  // namespace

TEST_CASE("EHLO lists what is switched on, and nothing else (RFC 5321 §4.1.1.1, RFC 4865 §3, RFC 9422 §4)") {
  const std::string text = talk(full(true), "").steps[2].text;
  CHECK(text ==
        "250-mx.b.example greets a.example\n250-PIPELINING\n250-SIZE 10485760\n250-8BITMIME\n250-ENHANCEDSTATUSCODES\n"
        "250-CHUNKING\n250-BINARYMIME\n250-SMTPUTF8\n250-DSN\n250-DELIVERBY\n"
        "250-FUTURERELEASE 2592000 2026-04-01T09:00:00Z\n250-MT-PRIORITY\n250-LIMITS RCPTMAX=100\n"
        "250-BURL imap\n250 AUTH PLAIN LOGIN");
  CHECK(talk(full(), "").steps[2].text.ends_with("\n250-LIMITS RCPTMAX=100\n250 ETRN"));
  CHECK(replies(full(true), "ETRN b.example\r\n") == "502 5.5.1");  // not for submission (RFC 6409 §7)
  ServerConfig bare = full();
  bare.extensions = {Extension::BinaryMime, Extension::Smtputf8};  // each needs another one
  CHECK(talk(bare, "").steps[2].text == "250 mx.b.example greets a.example");
  CHECK(replies(bare, "BDAT 1 LAST\r\nETRN b.example\r\nNOOP\r\n") == "502, 502, 250");
}

TEST_CASE("BDAT takes octets by number, as they are, and the last chunk ends the message (RFC 3030 §2)") {
  const Log log =
      talk(full(), std::string(to_b) + "BDAT 6\r\n.x\r\n.\rBDAT 3\r\n\ny\r" + "BDAT 1\r\n\nBDAT 0 LAST\r\nQUIT\r\n");
  CHECK(log.transcript.ends_with("S: 250 2.0.0 0 octets taken\n") == false);
  const auto& message = std::get<MessageOffered>(log.asked.back());
  CHECK(message.content.ends_with("\r\n.x\r\n.\r\ny\r\n"));
  CHECK(log.steps[7].topic == "smtp/command/BDAT");
  CHECK(log.steps[8].topic == "smtp/chunk");
  CHECK(log.steps[8].bytes.size() == 6);
  CHECK(log.steps[9].text == "250 2.0.0 6 octets taken");
  CHECK(log.steps[9].topic == "smtp/reply/BDAT/250");
  CHECK(log.closed);
}

TEST_CASE("a refused chunk is taken off the stream all the same (RFC 3030 §2)") {
  CHECK(replies(full(), "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == "503 5.5.1, 250 2.0.0");
  CHECK(replies(full(), "MAIL FROM:<>\r\nRCPT TO:<nobody@b.example>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") ==
        "250 2.1.0, 550 5.1.1, 554 5.5.1, 250 2.0.0");
  CHECK(replies(full(), std::string(to_b) + "BDAT x\r\nBDAT 2 LAST\r\n\r\nMAIL FROM:<>\r\n") ==
        "250 2.1.0, 250 2.1.5, 501 5.5.4, 503 5.5.1, 250 2.1.0");
  ServerConfig small = full();
  small.message_octets_max = 5;
  CHECK(replies(small, std::string(to_b) + "BDAT 4\r\nabcdBDAT 2\r\nefBDAT 2 LAST\r\nghNOOP\r\n") ==
        "250 2.1.0, 250 2.1.5, 250 2.0.0, 552 5.3.4, 503 5.5.1, 250 2.0.0");
  CHECK(replies(full(), std::string(to_b) + "BDAT 3 LAST\r\na\nbNOOP\r\n") ==
        "250 2.1.0, 250 2.1.5, 550 5.6.0, 250 2.0.0");
}

TEST_CASE("DATA and BDAT do not mix, and binary content needs BDAT (RFC 3030 §2, §3)") {
  CHECK(replies(full(), std::string(to_b) + "BDAT 1\r\nxDATA\r\nRSET\r\n") ==
        "250 2.1.0, 250 2.1.5, 250 2.0.0, 503 5.5.1, 250 2.0.0");
  const std::string binary = "MAIL FROM:<a@a.example> BODY=BINARYMIME\r\nRCPT TO:<b@b.example>\r\n";
  CHECK(replies(full(), binary + "DATA\r\nNOOP\r\n") == "250 2.1.0, 250 2.1.5, 503 5.5.1, 250 2.0.0");
  const Log log = talk(full(), binary + "BDAT 3 LAST\r\na\nb");
  CHECK(std::get<MessageOffered>(log.asked.back()).content.ends_with("\r\na\nb"));
  CHECK(envelope_of(log).body == Body::BinaryMime);
}

TEST_CASE("every parameter of MAIL and RCPT reaches the host as it was meant") {
  const Log log = talk(full(true),
                       "MAIL FROM:<a@a.example> SIZE=9 BODY=8BITMIME AUTH=e+3Df@a.example RET=hdrs ENVID=x+2By "
                       "BY=+60;RT HOLDFOR=60 MT-PRIORITY=-3 SMTPUTF8\r\n"
                       "RCPT TO:<b@b.example> NOTIFY=success,DELAY ORCPT=rfc822;b+2Bc@b.example\r\n"
                       "RCPT TO:<c@b.example> NOTIFY=NEVER ORCPT=UTF-8;jos\\x{E9}@b.example\r\nDATA\r\n.\r\n");
  Envelope wanted;
  wanted.reverse_path = "a@a.example";
  wanted.size = 9;
  wanted.body = Body::EightBitMime;
  wanted.auth = "e=f@a.example";
  wanted.returned = Return::Headers;
  wanted.id = "x+y";
  wanted.by = DeliverBy{std::chrono::seconds(60), true, true};
  wanted.hold = std::chrono::seconds(60);
  wanted.priority = std::int8_t{-3};
  wanted.utf8 = true;
  wanted.recipients = {
      {"b@b.example", {false, true, false, true}, OriginalRecipient{"rfc822", "b+c@b.example"}},
      {"c@b.example", {true, false, false, false}, OriginalRecipient{"UTF-8", "jos\xc3\xa9@b.example"}}};
  CHECK(envelope_of(log) == wanted);
}

TEST_CASE("a parameter with a wrong value is 501, one that is not offered 555 (RFC 5321 §4.1.1.11)") {
  for (const std::string_view bad : {"RET=ALL",
                                     "ENVID=",
                                     "ENVID=a+0Ab",
                                     "BY=60",
                                     "BY=0;R",
                                     "BY=-5;R",
                                     "BY=1234567890;N",
                                     "BY=5;X",
                                     "BY=5;RTT",
                                     "HOLDFOR=0",
                                     "HOLDFOR=060",
                                     "HOLDFOR=2592001",
                                     "HOLDFOR=1 HOLDUNTIL=2026-03-02T10:00:00Z",
                                     "HOLDUNTIL=2026-02-30T10:00:00Z",
                                     "HOLDUNTIL=2027-03-02T10:00:00Z",
                                     "HOLDUNTIL=2026-03-02T10:00:00",
                                     "MT-PRIORITY=10",
                                     "MT-PRIORITY=",
                                     "MT-PRIORITY=-",
                                     "MT-PRIORITY=-0",
                                     "HOLDFOR=120 BY=119;N",
                                     "HOLDUNTIL=2026-03-02T09:02:01Z BY=120;R",
                                     "SMTPUTF8=1",
                                     "BODY=9BIT",
                                     "AUTH=a+"}) {
    INFO(bad);
    CHECK(mail(full(true), bad) == "501 5.5.4");
  }
  for (const std::string_view right :
       {"BY=-5;N", "HOLDFOR=120 BY=120;N", "HOLDUNTIL=2026-03-02T10:00:00.5+01:00", "MT-PRIORITY=9", "RET=FULL"}) {
    INFO(right);
    CHECK(mail(full(true), right) == "250 2.1.0");
  }
  CHECK(mail(full(), "HOLDFOR=5") == "555 5.5.4");
  CHECK(mail(full(), "REQUIRETLS") == "530 5.7.10");
  ServerConfig patient = full();
  patient.by_min = std::chrono::seconds(90);
  CHECK(mail(patient, "BY=60;R") == "555 5.4.7");
  CHECK(mail(patient, "BY=60;N") == "250 2.1.0");
  CHECK(replies(full(),
                "MAIL FROM:<>\r\nRCPT TO:<b@b.example> NOTIFY=NEVER,DELAY\r\nRCPT TO:<b@b.example> ORCPT=b\r\n") ==
        "250 2.1.0, 501 5.5.4, 501 5.5.4");
}

TEST_CASE("the priority stands in Received, and the host may change it (RFC 6710 §4.1)") {
  const auto received = [](bool lowered) {
    Server server(full());
    std::string content;
    server.receive(start,
                   "EHLO a.example\r\nMAIL FROM:<a@a.example> MT-PRIORITY=7\r\nRCPT TO:<b@b.example>\r\nDATA\r\n.\r\n");
    while (auto output = server.poll(start)) {
      const auto* event = std::get_if<Server::Event>(&*output);
      if (!event) continue;
      if (lowered && std::holds_alternative<SenderOffered>(*event)) server.assign_priority(0);
      if (const auto* message = std::get_if<MessageOffered>(event)) {
        CHECK(message->envelope.priority == (lowered ? 0 : 7));
        content = message->content;
      }
      answer(server, *event);
    }
    return content;
  };
  CHECK(received(false).find("\r\n\tpriority 7;\r\n") != std::string::npos);
  CHECK(received(true).find("\r\n\tpriority 0;\r\n") != std::string::npos);
}

TEST_CASE("REQUIRETLS is offered under TLS alone (RFC 8689 §2)") {
  Server server(full());
  Log log;
  server.secured(start, SecureChannel{});
  server.receive(start, "EHLO a.example\r\nMAIL FROM:<a@a.example> REQUIRETLS\r\n");
  drain(server, log, start);
  CHECK(log.sent.find("250-REQUIRETLS\r\n") != std::string::npos);
  CHECK(std::get<SenderOffered>(log.asked.back()).envelope.require_tls);
}

TEST_CASE("addresses beyond US-ASCII need SMTPUTF8: 550 for MAIL, 553 for RCPT (RFC 6531 §3.5)") {
  CHECK(replies(full(),
                "MAIL FROM:<\xc3\xa9@a.example>\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@\xc3\xa9.example>\r\n") ==
        "550 5.6.7, 250 2.1.0, 553 5.6.7");
  const Log log = talk(
      full(), "MAIL FROM:<\xc3\xa9@a.example> SMTPUTF8\r\nRCPT TO:<\"\xc3\xa9 x\"@\xc3\xa9.example>\r\nDATA\r\n.\r\n");
  CHECK(envelope_of(log).recipients.front().forward_path == "\"\xc3\xa9 x\"@\xc3\xa9.example");
  CHECK(std::get<MessageOffered>(log.asked.back()).content.find(" with UTF8SMTP\r\n") != std::string::npos);
}

TEST_CASE("VRFY, EXPN and ETRN are the host's to answer (RFC 5321 §3.5, RFC 6531 §3.7.4, RFC 1985 §5)") {
  CHECK(replies(full(), "VRFY jose\r\nVRFY jose SMTPUTF8\r\nEXPN all\r\nEXPN\r\nVRFY \xc3\xa9\r\n") ==
        "252 2.6.8, 250 2.1.5, 250 2.1.5, 501 5.5.4, 553 5.6.7");
  CHECK(replies(full(),
                "ETRN b.example\r\nETRN @nobody.example\r\nETRN b_\r\nETRN #any queue\r\nMAIL FROM:<>\r\nETRN "
                "b.example\r\n") == "253, 459 4.7.1, 501, 253, 250 2.1.0, 503 5.5.1");
}

TEST_CASE("limits: messages of a session, octets of a text line (RFC 9422 §4, RFC 5321 §4.5.3.1.6)") {
  ServerConfig one = full();
  one.messages_max = 1;
  CHECK(replies(one, "MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\n") == "250 2.1.0, 250 2.0.0, 421 4.7.0");
  const auto line = [](std::size_t octets, std::size_t limit) {
    ServerConfig config = full();
    config.text_line_octets_max = limit;
    return replies(config, std::string(to_b) + "DATA\r\n." + std::string(octets - 2, '.') + "\r\n.\r\n").substr(27);
  };
  CHECK(line(1000, 1000) == "250 2.0.0");
  CHECK(line(1001, 1000) == "554 5.6.0");
  CHECK(line(9000, 0) == "250 2.0.0");
}

TEST_CASE("submission wants full domains in the envelope (RFC 6409 §4.2)") {
  CHECK(replies(full(true), "MAIL FROM:<a@host>\r\nMAIL FROM:<>\r\nRCPT TO:<b@host>\r\nRCPT TO:<b@[192.0.2.1]>\r\n") ==
        "554 5.1.7, 250 2.1.0, 554 5.1.3, 250 2.1.5");
  ServerConfig local = full(true);
  local.local_domains = {"host"};
  CHECK(replies(local, "MAIL FROM:<a@HOST>\r\nRCPT TO:<b@host>\r\nRCPT TO:<b@other>\r\n") ==
        "250 2.1.0, 250 2.1.5, 554 5.1.3");
}

TEST_CASE("what programs write and nobody can misunderstand is taken, unless the server is strict (RFC 5321 §4.1.2)") {
  const std::string said = "EHLO my_host\r\nMAIL FROM: <a@a.example>\r\nRCPT TO: <b@b.example>\r\n";
  ServerConfig config = full();
  CHECK(replies(config, said) == "250, 250 2.1.0, 250 2.1.5");
  CHECK(replies(config, "EHLO _\r\nMAIL FROM :<a@a.example>\r\n") == "501, 501 5.5.4");
  config.strict = true;
  CHECK(replies(config, said).starts_with("501, "));
  CHECK(replies(config, "MAIL FROM: <a@a.example>\r\n").starts_with("501"));
}

TEST_CASE("smuggling shows only where bare LF is let through (RFC 5321 §2.3.8, §4.1.1.4)") {
  const auto messages = [](BareLines bare, std::string_view end) {
    ServerConfig config = full();
    config.bare_lines = bare;
    const Log log =
        talk(config, std::string(to_b) + "DATA\r\none" + std::string(end) + std::string(to_b) + "DATA\r\ntwo\r\n.\r\n");
    return std::ranges::count_if(log.asked,
                                 [](const auto& each) { return std::holds_alternative<MessageOffered>(each); });
  };
  for (const std::string_view end : {"\n.\n", "\n.\r\n", "\r\n.\n"}) {
    CHECK(messages(BareLines::Refused, end) == 0);
    CHECK(messages(BareLines::PassedOn, end) == 1);
    CHECK(messages(BareLines::LineEnds, end) == 2);
  }
  for (const std::string_view end : {"\r.\r", "\r\n.\r", "\r.\r\n"}) {
    CHECK(messages(BareLines::Refused, end) == 0);
    CHECK(messages(BareLines::LineEnds, end) == 0);
  }
}

TEST_CASE("a server that goes down says 421, in commands and in content (RFC 5321 §3.8)") {
  Server server(full());
  Log log;
  server.receive(start, "EHLO a.example\r\n" + std::string(to_b) + "DATA\r\nhalf");
  drain(server, log, start);
  server.shut_down(start);
  drain(server, log, start);
  CHECK(log.steps.back().text.starts_with("421 4.3.2"));
  CHECK(log.closed);
}

TEST_CASE("without a watcher the same octets travel and no Step is written") {
  ServerConfig config = full();
  const std::string wire = std::string(to_b) + "DATA\r\nx\r\n.\r\nBOGUS\r\n";
  const Log watched = talk(config, wire);
  config.watched = false;
  const Log unwatched = talk(config, wire);
  CHECK(unwatched.steps.empty());
  CHECK(unwatched.sent == watched.sent);
}

TEST_CASE("without ENHANCEDSTATUSCODES no reply carries one, not the host's either (RFC 2034 §4)") {
  ServerConfig config = full();
  config.extensions = config.extensions.without(Extension::EnhancedStatusCodes);
  CHECK(replies(config, "BOGUS\r\nMAIL FROM:<>\r\n") == "500, 250");
}

TEST_CASE("MAIL may be as long as all extensions together make it (RFC 5321 §4.5.3.1.4 and each one's own text)") {
  const std::string label(63, 'd');
  const std::string path = std::string(64, 'l') + '@' + label + '.' + label + '.' + std::string(61, 'd');
  CHECK(path.size() + 2 == path_octets_max);
  std::string submitter;  // any character may be written as hexchar: 254 of them as 494 (RFC 3461 §4)
  for (const char c : path) submitter += submitter.size() < 360 ? '+' + hex_digits(c) : std::string(1, c);
  const std::string parameters = " SIZE=" + std::string(12, '0') + "10485760" + " BODY=BINARYMIME SMTPUTF8" +
                                 " AUTH=" + submitter + " RET=FULL ENVID=" + std::string(100, 'e') +
                                 " BY=+999999999;RT HOLDUNTIL=2026-03-02T10:00:00+00:00 MT-PRIORITY=-9";
  // REQUIRETLS is not there: the session has no TLS. For BODY and SMTPUTF8 the RFCs count one octet more than needed.
  CHECK(parameters.size() == mail_parameter_octets_max - std::string_view(" REQUIRETLS").size() - 2);
  const Log log = talk(full(true), "MAIL FROM:<" + path + '>' + parameters + "\r\n");
  CHECK(log.steps.back().text == "250 2.1.0 Sender OK");
  const Envelope& envelope = std::get<SenderOffered>(log.asked.back()).envelope;
  CHECK(envelope.reverse_path == path);
  CHECK(envelope.auth == path);
  CHECK(envelope.id.size() == envelope_id_octets_max);
  CHECK(envelope.priority == -9);
}
