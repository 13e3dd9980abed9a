// A message that is sent from a mailbox by its URL: the IMAP server authorises it, the submission server of the same
// host fetches it (RFC 4467, RFC 4468).
#include <algorithm>

#include "tests/sim/world/lesson_fixture.hpp"
#include "tests/sim/world/typist.hpp"

using namespace mailscope;

namespace {

constexpr const char* llevant = "mx.llevant.example";
const std::string login = "a LOGIN bruno ginger-4\r\n";

/// Bruno's message in his mailbox Out, by a URL for the user named.
std::string url_for(World& world, const std::string& user) {
  const std::string message = "Subject: From the drafts\r\n\r\nHello\r\n";
  const std::string heard =
      typed(world, "bruno-laptop", llevant, 143,
            login + "b CREATE Out\r\nc APPEND Out {" + std::to_string(message.size()) + "+}\r\n" + message +
                "\r\nd GENURLAUTH \"imap://bruno@mx.llevant.example/Out/;UID=1;URLAUTH=submit+" + user +
                "\" INTERNAL\r\ne LOGOUT\r\n");
  const std::size_t begin = heard.find("* GENURLAUTH \"");
  REQUIRE(begin != std::string::npos);
  return heard.substr(begin + 14, heard.find('"', begin + 14) - begin - 14);
}

/// What Bruno's submission of the URL to himself is answered.
std::string submitted(World& world, const std::string& url) {
  const std::string heard =
      typed(world, "bruno-laptop", llevant, 587,
            "EHLO [192.0.2.1]\r\nAUTH PLAIN AGJydW5vAGdpbmdlci00\r\nMAIL FROM:<bruno@llevant.example>\r\n"
            "RCPT TO:<bruno@llevant.example>\r\nBURL " +
                url + " LAST\r\nQUIT\r\n");
  const std::size_t end = heard.rfind("221 "), begin = heard.rfind('\n', end - 3) + 1;
  return heard.substr(begin, end - begin);
}

bool is_in_inbox(const World& world, const std::string& subject) {
  const auto messages = mailbox(world.trace(), llevant, "bruno/INBOX");
  return std::ranges::any_of(messages, [&](const MessageSummary& message) { return message.subject == subject; });
}

}  // namespace

TEST_CASE("BURL sends a message that stays on the server (RFC 4468 §3.2, §3.3)") {
  World world = lesson_world({{"587: closed", "587: submission"}});
  world.run();
  const std::string url = url_for(world, "bruno");
  CHECK_FALSE(is_in_inbox(world, "From the drafts"));
  CHECK(submitted(world, url).starts_with("250 2.0.0 OK, message "));
  CHECK(is_in_inbox(world, "From the drafts"));
}

TEST_CASE("BURL refuses URLs of others, of other servers, and those that are taken back (RFC 4468 §3.3, §6)") {
  World world = lesson_world({{"587: closed", "587: submission"}});
  world.run();
  CHECK(submitted(world, url_for(world, "anna")) == "554 5.7.0 IMAP URL authorization failed\r\n");
  const std::string url = url_for(world, "bruno");
  CHECK(submitted(world, url.substr(0, url.rfind(":internal"))) == "554 5.7.0 IMAP URL authorization failed\r\n");
  CHECK(submitted(world, "imap://bruno@other.example" + url.substr(url.find("/Out"))) ==
        "554 5.7.14 URL resolution requires trust relationship\r\n");
  CHECK(submitted(world, "imap://bruno@mx.llevant.example/Out") == "501 5.5.4 That is no URL of a message\r\n");
  typed(world, "bruno-laptop", llevant, 143, login + "b RESETKEY Out\r\nc LOGOUT\r\n");
  CHECK(submitted(world, url) == "554 5.6.6 IMAP URL resolution failed\r\n");
  CHECK_FALSE(is_in_inbox(world, "From the drafts"));
}
