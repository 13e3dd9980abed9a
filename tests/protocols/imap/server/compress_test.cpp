// COMPRESS at the IMAP server (RFC 4978), as transcripts.
#include <catch2/catch_all.hpp>

#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

TEST_CASE("IMAP COMPRESS: once, by DEFLATE, until the user goes (RFC 4978 §3, RFC 8437 §2)") {
  CHECK(after_select("a COMPRESS\r\nb COMPRESS LZMA\r\nc COMPRESS DEFLATE x\r\n") ==
        "a BAD invalid arguments\r\nb BAD no such compression here\r\nc BAD invalid arguments\r\n");
  mailstore::Account account("bruno");
  Session session(account);
  CHECK(session.say("x COMPRESS DEFLATE\r\n").ends_with("x BAD not in this state\r\n"));
  session.say("y LOGIN bruno ginger-4\r\n");
  CHECK(session.say("a CAPABILITY\r\n").find(" COMPRESS=DEFLATE\r\n") != std::string::npos);
  CHECK(session.say("b compress deflate\r\n") == "b OK COMPRESS completed\r\n");
  CHECK(session.record.compressed);
  CHECK(session.say("c COMPRESS DEFLATE\r\n") == "c BAD [COMPRESSIONACTIVE] DEFLATE is active already\r\n");
  CHECK(session.say("d CAPABILITY\r\n").find("COMPRESS") == std::string::npos);
  session.say("e UNAUTHENTICATE\r\n");
  CHECK_FALSE(session.record.compressed);

  Session without(account, {.hostname = "mx.llevant.example", .compression = false});
  without.say("y LOGIN bruno ginger-4\r\n");
  CHECK(without.say("a CAPABILITY\r\n").find("COMPRESS") == std::string::npos);
  CHECK(without.say("b COMPRESS DEFLATE\r\n") == "b BAD no such compression here\r\n");
}

TEST_CASE("IMAP COMPRESS: what was received behind the command is given back, for it is compressed (RFC 4978 §3)") {
  mailstore::Account account("bruno");
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\n");
  session.server.receive(start, "a COMPRESS DEFLATE\r\npacked");
  std::string received;
  while (auto output = session.server.poll(start))
    if (const auto* compression = std::get_if<StartCompression>(&*output)) received = compression->received;
  CHECK(received == "packed");
}
