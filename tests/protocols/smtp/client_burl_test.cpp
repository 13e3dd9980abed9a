// The client where a message can be fetched by the server (RFC 4468).
#include <algorithm>
#include <catch2/catch_all.hpp>
#include <utility>

#include "protocols/smtp/client.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

const std::string url = "imap://anna@mx.example/Sent/;UID=1;URLAUTH=submit+anna:internal:00";

auto client(const std::string& by, const std::vector<std::string>& recipients = {"b@b.example"},
            const std::string& content = "Subject: x\r\n\r\nHello\r\n",
            smtp::Chunking chunking = smtp::Chunking::WhereNeeded) {
  return [=] {
    return Client({.helo_name = "laptop", .credentials = Credentials{"anna", "secret"}, .chunking = chunking},
                  {{envelope("anna@alba.example", recipients), content, by}});
  };
}

Log talk(const std::function<Client()>& make, std::string_view transcript) {
  return check_transcript(make, transcript, "S: ");
}

std::string outcome(const Log& log, std::size_t recipient) {
  REQUIRE(log.done.size() == 1);
  const Reply& reply = log.done[0].recipients.at(recipient).reply;
  return std::to_string(reply.code) + " " + reply.lines.front();
}

/// Up to RCPT's reply; `offers` are further lines of EHLO's.
std::string begun(const std::string& offers) {
  return "S: 220 x\nC: EHLO laptop\nS: 250-x\n" + offers +
         "S: 250 AUTH PLAIN\nC: AUTH PLAIN AGFubmEAc2VjcmV0\nS: 235 ok\nC: MAIL FROM:<anna@alba.example>\nS: 250 ok\n"
         "C: RCPT TO:<b@b.example>\nS: 250 ok\n";
}
const std::string burl = "C: BURL " + url + " LAST\n";
const std::string data = "C: DATA\nS: 354 go\nC: Subject: x\nC: \nC: Hello\nC: .\nS: 250 taken\n";
const std::string again =
    "C: RSET\nS: 250 ok\nC: MAIL FROM:<anna@alba.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\nS: 250 ok\n";
const std::string bye = "C: QUIT\nS: 221 bye\n";

}  // namespace

TEST_CASE("a server that fetches URLs gets one in place of the content (RFC 4468 §3.2)") {
  const Log log = talk(client(url), begun("S: 250-BURL imap\n") + burl + "S: 250 fetched\n" + bye);
  CHECK(outcome(log, 0) == "250 fetched");
  CHECK(log.done[0].by_url);
  const auto step = std::ranges::find(log.steps, "smtp/command/BURL", &Step::topic);
  REQUIRE(step != log.steps.end());
  CHECK((step + 1)->topic == "smtp/reply/BURL/250");
}

TEST_CASE("nobody is asked to fetch who does not fetch IMAP's URLs, or where there is none (RFC 4468 §3.1)") {
  for (const char* offers : {"", "S: 250-BURL\n", "S: 250-BURL imap://mx.example\n", "S: 250-XBURL imap\n"}) {
    INFO(offers);
    CHECK_FALSE(talk(client(url), begun(offers) + data + bye).done.at(0).by_url);
  }
  talk(client(url), begun("S: 250-burl x IMAP\n") + burl + "S: 250 ok\n" + bye);
  talk(client(""), begun("S: 250-BURL imap\n") + data + bye);
  // What cannot stand in a command, or would have to be changed on its way.
  talk(client("imap://x y"), begun("S: 250-BURL imap\n") + data + bye);
  talk(client("imap://" + std::string(plain_command_octets_max, 'x')), begun("S: 250-BURL imap\n") + data + bye);
  talk(client(url, {"b@b.example"}, "Subject: x\n\nHello\n"), begun("S: 250-BURL imap\n") + data + bye);
}

TEST_CASE("recipients are heard before the URL is said; with none it stays unsaid (RFC 4468 §3.2)") {
  const Log log = talk(client(url, {"b@b.example", "nobody@b.example"}), R"(
S: 220 x
C: EHLO laptop
S: 250-x
S: 250-PIPELINING
S: 250-BURL imap
S: 250 AUTH PLAIN
C: AUTH PLAIN AGFubmEAc2VjcmV0
S: 235 ok
C: MAIL FROM:<anna@alba.example>
C: RCPT TO:<b@b.example>
C: RCPT TO:<nobody@b.example>
S: 250 ok
S: 550 no
S: 550 no
C: QUIT
S: 221 bye
)");
  CHECK(outcome(log, 0) == "550 no");
}

TEST_CASE("a server that cannot get at what the URL shows is given the content (RFC 4468 §6)") {
  for (const char* refusal :
       {"554 5.6.6 IMAP URL resolution failed", "554 5.7.0 IMAP URL authorization failed", "451 4.4.1 no IMAP server",
        "554 5.7.8 no trust", "554 5.7.14 no trust", "502 5.5.1 what", "554 why is not said"}) {
    INFO(refusal);
    const Log log = talk(client(url), begun("S: 250-BURL imap\n") + burl + "S: " + refusal + "\n" + again + data + bye);
    CHECK(outcome(log, 0) == "250 taken");
    CHECK_FALSE(log.done[0].by_url);
  }
  const std::string chunk = "C: BDAT 21 LAST\nC: Subject: x\nC: \nC: Hello\nS: 250 taken\n";
  const Log chunked =
      talk(client(url, {"b@b.example"}, "Subject: x\r\n\r\nHello\r\n", smtp::Chunking::WhereOffered),
           begun("S: 250-CHUNKING\nS: 250-BURL imap\n") + burl + "S: 554 5.6.6 no\n" + again + chunk + bye);
  CHECK(outcome(chunked, 0) == "250 taken");
}

TEST_CASE("a message that is refused itself is not offered twice (RFC 4468 §6)") {
  for (const char* refusal : {"552 5.2.2 full", "554 5.3.4 too big", "452 4.3.1 full", "554 5.6.3 binary"}) {
    INFO(refusal);
    const Log log = talk(client(url), begun("S: 250-BURL imap\n") + burl + "S: " + refusal + "\n" + bye);
    CHECK(outcome(log, 0) == std::string(refusal).erase(4, 6));
  }
}

TEST_CASE("client and server agree on a submission by URL, refused once or not") {
  ServerConfig config;
  config.hostname = "mx.example";
  config.submission = true;
  config.extensions = Extensions::all().without(Extension::Pipelining);  // else lines cross
  for (const bool shows : {true, false}) {
    const auto make = client(shows ? "imap://Subject:x" : "pop://x");
    Client sender = make();
    Server server(config);
    Log sent, received;
    drain(sender, sent, start);
    for (std::size_t heard = 0, told = 0; !sent.closed;) {
      drain(server, received, start);
      const std::string said = received.sent.substr(std::exchange(heard, received.sent.size()));
      feed(sender, sent, said, whole());
      const std::string answered = sent.sent.substr(std::exchange(told, sent.sent.size()));
      REQUIRE((!said.empty() || !answered.empty()));
      feed(server, received, answered, whole());
    }
    CHECK(sent.transcript == received.transcript);
    REQUIRE(sent.done.size() == 1);
    CHECK(sent.done[0].by_url == shows);
    CHECK(sent.done[0].recipients[0].reply.positive());
    const auto& message = std::get<MessageOffered>(received.asked.back());
    CHECK(message.content.ends_with(shows ? "Subject:x\r\n" : "\r\n\r\nHello\r\n"));
    CHECK(server.state() == id(State::Closed));
  }
}
