// BURL: the content of a message by its URL (RFC 4468).
#include <catch2/catch_all.hpp>

#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

ServerConfig submission() {
  ServerConfig config;
  config.hostname = "mx.b.example";
  config.submission = true;
  config.extensions = Extensions::all();
  return config;
}

/// What anna's session becomes, whole and octet by octet alike.
Log talk(const ServerConfig& config, std::string_view commands) {
  const std::string login = "EHLO a.example\r\nAUTH PLAIN AGFubmEAc2VjcmV0\r\n";
  return run([&] { return Server(config); }, login + std::string(commands));
}

/// The replies behind AUTH's.
std::string replies(const ServerConfig& config, std::string_view commands) {
  const Log log = talk(config, commands);
  std::string result;
  int skip = 3;
  for (const Step& step : log.steps)
    if (step.direction == Direction::Sent && skip-- <= 0) result += step.text + "\n";
  return result;
}

const std::string to_b = "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n";
const std::string to_b_replies = "250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n";

std::string content_of(const Log& log) { return std::get<MessageOffered>(log.asked.back()).content; }

}  // namespace

TEST_CASE("BURL with LAST takes the place of DATA (RFC 4468 §3.2)") {
  const Log log = talk(submission(), to_b + "BURL imap://Subject:x LAST\r\nQUIT\r\n");
  CHECK(content_of(log).ends_with("\r\nSubject:x\r\n"));
  CHECK(log.transcript.find("C: BURL imap://Subject:x LAST\nS: 250 2.0.0 Taken\n") != std::string::npos);
  const auto* offer = std::get_if<UrlOffered>(&log.asked[log.asked.size() - 2]);
  REQUIRE(offer);
  CHECK(offer->url == "imap://Subject:x");
  CHECK(offer->user == "anna");
}

TEST_CASE("BURL and BDAT may follow each other, in one group too (RFC 4468 §3.2)") {
  const Log log =
      talk(submission(), to_b + "BURL imap://Subject:x\r\nBDAT 6\r\n\r\nTextBURL imap://end\r\nBDAT 0 LAST\r\n");
  CHECK(log.transcript.find("S: 250 2.5.0 Waiting for additional BURL or BDAT commands\n") != std::string::npos);
  const Log whole = talk(submission(), to_b + "BDAT 12\r\nSubject: y\r\nBURL imap://A:b\r\nBURL imap://C:d LAST\r\n");
  CHECK(content_of(whole).ends_with("\r\nSubject: y\r\nA:b\r\nC:d\r\n"));
}

TEST_CASE("A URL that cannot be fetched fails the transaction (RFC 4468 §3.2, §6)") {
  CHECK(replies(submission(), to_b + "BURL imap://A:b\r\nBURL http://x LAST\r\nBURL imap://A:b LAST\r\n" + to_b) ==
        to_b_replies +
            "250 2.5.0 Waiting for additional BURL or BDAT commands\n554 5.6.6 IMAP URL resolution failed\n"
            "503 5.5.1 Bad sequence of commands\n" +
            to_b_replies);
  ServerConfig small = submission();
  small.message_octets_max = 8;
  CHECK(replies(small, to_b + "BURL imap://1234\r\nBURL imap://1234 LAST\r\n") ==
        to_b_replies + "250 2.5.0 Waiting for additional BURL or BDAT commands\n552 5.3.4 Message size exceeds 8\n");
}

TEST_CASE("BURL needs a recipient, a right form, and a session where users send from (RFC 4468 §3.1, §3.2, §6)") {
  CHECK(replies(submission(), "BURL imap://x LAST\r\n") == "503 5.5.1 Bad sequence of commands\n");
  CHECK(replies(submission(), "MAIL FROM:<a@a.example>\r\nRCPT TO:<nobody@b.example>\r\nBURL imap://x LAST\r\n") ==
        "250 2.1.0 Sender OK\n550 5.1.1 No such user\n554 5.5.1 No valid recipients\n");
  CHECK(replies(submission(), to_b + "BURL imap://x MORE\r\nBURL imap://x LAST y\r\nBURL\r\nRSET\r\n") ==
        to_b_replies +
            "501 5.5.4 Syntax: BURL url [LAST]\n501 5.5.4 Syntax: BURL url [LAST]\n"
            "501 5.5.4 Syntax: BURL url [LAST]\n250 2.0.0 OK\n");
  CHECK(replies(submission(), to_b + "BURL imap://A:b\r\nDATA\r\n")
            .ends_with("503 5.5.1 Bad sequence of commands: the content has begun with BDAT\n"));
  ServerConfig relay = submission();
  relay.submission = false;
  const Log log = run([&] { return Server(relay); }, "EHLO a.example\r\n" + to_b + "BURL imap://x LAST\r\n");
  CHECK(log.transcript.find("BURL imap\n") == std::string::npos);
  CHECK(log.transcript.ends_with("S: 502 5.5.1 Command not implemented\n"));
  ServerConfig seven_bit = submission();
  seven_bit.extensions = {Extension::Burl};
  CHECK(talk(seven_bit, "").transcript.find("BURL") == std::string::npos);
}
