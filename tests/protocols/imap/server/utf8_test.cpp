// UTF8=ACCEPT at the IMAP server (RFC 6855), and what clients that have not enabled it are shown (RFC 6858), as
// transcripts.
#include <catch2/catch_all.hpp>

#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::Session;
using test::start;

namespace {

/// A session that has said ENABLE, and selected INBOX with three messages.
struct Enabled {
  explicit Enabled(const std::string& what = "UTF8=ACCEPT") {
    test::fill(account);
    session.say("x LOGIN bruno ginger-4\r\n");
    said = session.say("y ENABLE " + what + "\r\n");
    session.say("z SELECT INBOX\r\n");
  }
  std::string say(const std::string& command) { return session.say("a " + command + "\r\n"); }

  mailstore::Account account{"bruno"};
  Session session{account};
  std::string said;
};

const std::string cafe = "Subject: café\r\n\r\nx\r\n";
const std::string appended = "* 4 EXISTS\r\n* 4 RECENT\r\na OK [APPENDUID 1 4] APPEND completed\r\n";
const std::string refused = "a NO 8-bit characters in a header want ENABLE UTF8=ACCEPT first\r\n";
const std::string bad = "a BAD invalid arguments\r\n";

std::string literal8(const std::string& octets) { return "~{" + std::to_string(octets.size()) + "+}\r\n" + octets; }

}  // namespace

TEST_CASE("IMAP UTF8=ACCEPT: it is offered after login, and ENABLE switches it on (RFC 6855 §3)") {
  Enabled enabled("utf8=accept");
  CHECK(enabled.said == "* ENABLED UTF8=ACCEPT\r\ny OK ENABLE completed\r\n");
  CHECK(enabled.say("CAPABILITY").find(" UTF8=ACCEPT ") != std::string::npos);
  CHECK(enabled.say("ENABLE UTF8=ACCEPT") == "a BAD not in this state\r\n");  // only before a mailbox is selected
}

TEST_CASE("IMAP UTF8=ACCEPT: names and strings are UTF-8 (RFC 6855 §3)") {
  Enabled enabled;
  CHECK(enabled.say("CREATE \"Cafè\"").starts_with("a OK"));
  CHECK(enabled.say("LIST \"\" C*") == "* LIST (\\HasNoChildren) \"/\" \"Cafè\"\r\na OK LIST completed\r\n");
  CHECK(enabled.say("CREATE \"Caf\xc3\"") == bad);
  CHECK(enabled.say("CREATE \"a\xc2\x85\"").starts_with("a NO [CANNOT]"));      // U+0085, a control character
  CHECK(enabled.say("CREATE \"a\xe2\x80\xa8\"").starts_with("a NO [CANNOT]"));  // U+2028, a line separator
  CHECK(enabled.say("CREATE &AOg-").starts_with("a OK"));                       // is no modified UTF-7 here
  CHECK(enabled.say("STATUS &AOg- (MESSAGES)").starts_with("* STATUS &AOg- (MESSAGES 0)\r\n"));
  CHECK(enabled.say("SETACL \"Cafè\" \"josé\" lr").starts_with("a "));
  CHECK(enabled.say("SEARCH FROM \"Núria\"") == "* SEARCH 1\r\na OK SEARCH completed\r\n");

  Enabled legacy("METADATA");
  CHECK(legacy.say("CREATE \"Cafè\"").starts_with("a OK"));  // understood from anybody
  CHECK(legacy.say("LIST \"\" C*") == "* LIST (\\HasNoChildren) \"/\" Caf&AOg-\r\na OK LIST completed\r\n");
}

TEST_CASE("IMAP UTF8=ACCEPT: a search that names a charset is refused (RFC 6855 §3)") {
  Enabled enabled;
  CHECK(enabled.say("SEARCH CHARSET UTF-8 ALL") == bad);
  CHECK(enabled.say("UID SEARCH RETURN (COUNT) CHARSET UTF-8 ALL") == bad);
  CHECK(enabled.say("ESEARCH IN (personal) CHARSET UTF-8 ALL") == bad);
  // Here a charset must be named (RFC 5256 §5): it can be no other.
  CHECK(enabled.say("SORT (SUBJECT) UTF-8 FROM \"Núria\"") == "* SORT 1\r\na OK SORT completed\r\n");
  CHECK(enabled.say("THREAD REFERENCES US-ASCII 1") == "* THREAD (1)\r\na OK THREAD completed\r\n");
  CHECK(enabled.say("SORT (SUBJECT) ISO-8859-1 ALL") == bad);
  CHECK(enabled.say("THREAD REFERENCES KOI8-R ALL") == bad);
  CHECK(Enabled("IMAP4rev2").say("SEARCH CHARSET UTF-8 1") ==
        "* ESEARCH (TAG \"a\") ALL 1\r\na OK SEARCH completed\r\n");
}

TEST_CASE("IMAP UTF8=ACCEPT: messages with UTF-8 in their headers come by APPEND UTF8 (RFC 6855 §4)") {
  const std::string utf8 = "APPEND INBOX UTF8 (" + literal8(cafe) + ")";
  const std::string plain = "APPEND INBOX {" + std::to_string(cafe.size()) + "+}\r\n" + cafe;
  Enabled enabled;
  CHECK(enabled.say(utf8) == appended);
  CHECK(enabled.account.inbox().messages().back().content->octets() == cafe);
  CHECK(enabled.say("APPEND INBOX (\\Seen) UTF8 (~{2+}\r\nx\n) UTF8 (~{2+}\r\ny\n)")
            .ends_with("[APPENDUID 1 5:6] APPEND completed\r\n"));
  CHECK(enabled.say("APPEND INBOX CATENATE (UTF8 (" + literal8("Subject: é\r\n") + ") TEXT {4+}\r\n\r\nab)")
            .ends_with("[APPENDUID 1 7] APPEND completed\r\n"));
  CHECK(enabled.account.inbox().messages().back().content->octets() == "Subject: é\r\n\r\nab");
  CHECK(enabled.say("REPLACE 1 INBOX UTF8 (" + literal8(cafe) + ")").ends_with("a OK REPLACE completed\r\n"));
  CHECK(Enabled().say(plain) == appended);
  CHECK(Enabled("IMAP4rev2").say(plain).ends_with("[APPENDUID 1 4] APPEND completed\r\n"));
  for (const std::string wrong : {"UTF8 ~{1+}\r\nx", "UTF8 (~{1+}\r\nx", "UTF8 ({1+}\r\nx)", "UTF8 (\"x\")", "UTF8 ()",
                                  "CATENATE (UTF8 {1+}\r\nx)", "CATENATE (UTF8 (~{1+}\r\nx)", "UTF8(~{1+}\r\nx)"})
    CHECK(Enabled().say("APPEND INBOX " + wrong) == bad);
}

TEST_CASE("IMAP: without UTF8=ACCEPT no message with 8-bit characters in its header is taken (RFC 6855 §4)") {
  const std::string sized = "{" + std::to_string(cafe.size()) + "+}\r\n" + cafe;
  Enabled legacy("METADATA");
  for (const std::string& command : std::initializer_list<std::string>{
           "APPEND INBOX " + sized, "APPEND INBOX UTF8 (" + literal8(cafe) + ")", "REPLACE 1 INBOX " + sized,
           "APPEND INBOX {11+}\r\nA: b\r\n\r\nx\r\n " + sized,
           "APPEND INBOX CATENATE (TEXT {4+}\r\nA: b TEXT {2+}\r\né)"})
    CHECK(legacy.say(command) == refused);
  CHECK(legacy.account.inbox().messages().size() == 3);
  CHECK(legacy.say("APPEND INBOX {10+}\r\n\r\n\r\ncafé!") == appended);  // the body is MIME's matter
}

TEST_CASE("IMAP: who has not enabled UTF8=ACCEPT is shown surrogates, and told of which messages (RFC 6858 §3)") {
  const std::string original =
      "From: José <josé@alba.example>\r\nSubject: café\r\nContent-Type: text/plain; name=é\r\n\r\nHé\r\n";
  const auto fetch = [&](const std::string& enable, const std::string& items) {
    Enabled session(enable);
    session.account.inbox().append(start, original);
    session.say("NOOP");
    return session.say("UID FETCH 3:4 " + items);
  };
  const std::string from = "=?UTF-8?B?Sm9zw6kgam9zw6lAYWxiYS5leGFtcGxl?=";
  CHECK(fetch("METADATA", "ENVELOPE")
            .find("4 FETCH (UID 4 ENVELOPE (NIL \"=?UTF-8?B?Y2Fmw6k=?=\" ((\"" + from +
                  "\" NIL \"invalid\" \"internationalized-address.invalid\"))") != std::string::npos);
  CHECK(fetch("METADATA", "ENVELOPE").ends_with("a OK [DOWNGRADED 4] UID FETCH completed\r\n"));
  CHECK(fetch("METADATA", "BODYSTRUCTURE")
            .find("(\"TEXT\" \"PLAIN\" (\"NAME*\" \"UTF-8''%C3%A9\") NIL NIL \"7BIT\" 5 1 ") != std::string::npos);
  CHECK(fetch("METADATA", "BODY.PEEK[HEADER]")
            .find("BODY[HEADER] {178}\r\nFrom: " + from +
                  "\r\n <invalid@internationalized-address.invalid>\r\nSubject: "
                  "=?UTF-8?B?Y2Fmw6k=?=\r\nContent-Type: text/plain; name*=UTF-8''%C3%A9\r\n\r\n)") !=
        std::string::npos);
  CHECK(fetch("METADATA", "BODY.PEEK[TEXT]").find("BODY[TEXT] {5}\r\nHé\r\n)") != std::string::npos);
  CHECK(fetch("METADATA", "RFC822.SIZE")
            .ends_with("(UID 4 RFC822.SIZE " + std::to_string(original.size()) + ")\r\na OK UID FETCH completed\r\n"));
  for (const std::string enable : {"UTF8=ACCEPT", "IMAP4rev2"}) {
    CHECK(fetch(enable, "BODY.PEEK[]").find(original) != std::string::npos);
    CHECK(
        fetch(enable, "ENVELOPE").find("ENVELOPE (NIL {5}\r\ncafé (({5}\r\nJosé NIL {5}\r\njosé \"alba.example\"))") !=
        std::string::npos);
    CHECK(fetch(enable, "ENVELOPE").ends_with("a OK UID FETCH completed\r\n"));
  }

  Enabled notified("METADATA");
  notified.say("NOTIFY SET (selected (MessageNew (BODY.PEEK[HEADER.FIELDS (Subject)]) MessageExpunge))");
  notified.account.inbox().append(start, original);
  CHECK(notified.session.say("").find("Subject: =?UTF-8?B?Y2Fmw6k=?=\r\n") != std::string::npos);
}
