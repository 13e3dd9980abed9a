// What people are told where a client and a door do not understand each other: half a line, TLS at a door that begins
// in the clear, none at one that begins with TLS.
#include "tests/sim/world/lesson_fixture.hpp"
#include "tests/sim/world/typist.hpp"

using namespace mailscope;

namespace {

constexpr const char* client = "mail.alba.example";
constexpr const char* llevant = "mx.llevant.example";

}  // namespace

TEST_CASE("half a line is told after a second, with its octets, at every door; a whole one is not") {
  for (const std::uint16_t port : {std::uint16_t{25}, std::uint16_t{110}, std::uint16_t{143}}) {
    CAPTURE(port);
    World world = lesson_world();
    typed(world, client, llevant, port, "a NOOP and LF\n");  // as nc sends it
    const auto told = noticed(world.trace(), llevant, "notice/line-unfinished");
    CHECK(told == std::vector<std::string>{"14"});
    World quiet = lesson_world();
    typed(quiet, client, llevant, port, "a NOOP\r\n");
    CHECK_FALSE(noticed(quiet.trace(), llevant, "notice/line-unfinished"));
  }
}

TEST_CASE("the octets of a message or a literal are no half line") {
  World world = lesson_world();
  typed(world, client, llevant, 143, "a LOGIN {5}\r\nbru");
  CHECK_FALSE(noticed(world.trace(), llevant, "notice/line-unfinished"));
  typed(world, client, llevant, 25,
        "EHLO [192.0.2.1]\r\nMAIL FROM:<anna@alba.example>\r\nRCPT TO:<bruno@llevant.example>\r\nDATA\r\nhalf");
  CHECK_FALSE(noticed(world.trace(), llevant, "notice/line-unfinished"));
}

TEST_CASE("a ClientHello at a door that begins in the clear is told in words, and answered in the door's own") {
  const std::string hello("\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03", 11);
  const std::pair<std::uint16_t, std::string> doors[] = {
      {std::uint16_t{25}, "\r\n421 4.7.0 mx.llevant.example TLS begins here with STARTTLS\r\n"},
      {std::uint16_t{110}, "\r\n-ERR TLS begins here with STLS\r\n"},
      {std::uint16_t{143}, "\r\n* BYE [CLIENTBUG] TLS begins here with STARTTLS\r\n"}};
  for (const auto& [port, answer] : doors) {
    World world = lesson_world();
    CHECK(typed(world, client, llevant, port, hello).ends_with(answer));
    CHECK(noticed(world.trace(), llevant, "notice/tls-at-clear-door").has_value());
  }
}

TEST_CASE("nothing in the clear is understood where a door begins with TLS, and that is told") {
  World world = lesson_world(
      {{"{25: relay, 110: pop3, 143: imap, 587: closed}", "{25: relay, 110: pop3, 143: imap, 993: imaps}"}});
  CHECK(typed(world, client, llevant, 993, "a NOOP\r\n").empty());
  CHECK(noticed(world.trace(), llevant, "notice/clear-at-tls-door").has_value());
}

TEST_CASE("a lesson's server may be strict, and without UTF8") {
  const std::pair<std::string, std::string> keys{"    users: {bruno: ginger-4}\n",
                                                 "    users: {bruno: ginger-4}\n    strict: true\n    utf8: false\n"};
  World strict = lesson_world({keys}), usual = lesson_world();
  const std::string mail = "EHLO my_host\r\nEHLO x\r\nMAIL FROM: <anna@alba.example>\r\nQUIT\r\n";
  CHECK(typed(strict, client, llevant, 25, mail).find("\r\n250 2.1.0 ") == std::string::npos);
  CHECK(typed(usual, client, llevant, 25, mail).find("\r\n250 2.1.0 ") != std::string::npos);
  CHECK(typed(strict, client, llevant, 110, "CAPA\r\nQUIT\r\n").find("UTF8") == std::string::npos);
  CHECK(typed(usual, client, llevant, 110, "CAPA\r\nQUIT\r\n").find("\r\nUTF8\r\n") != std::string::npos);
  CHECK(typed(strict, client, llevant, 143, "a CAPABILITY\r\nb LOGOUT\r\n").find("UTF8=ACCEPT") == std::string::npos);
  CHECK(typed(usual, client, llevant, 143, "a CAPABILITY\r\nb LOGOUT\r\n").find("UTF8=ACCEPT") != std::string::npos);
}
