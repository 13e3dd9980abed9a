// What is different once a client has said ENABLE IMAP4rev2 (RFC 9051), as transcripts.
#include <catch2/catch_all.hpp>

#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::answers;
using test::Session;
using test::start;

namespace {

const std::string entry = "x LOGIN bruno ginger-4\r\ny ENABLE IMAP4rev2\r\n";

/// What is said to `input` after ENABLE IMAP4rev2.
std::string rev2(const std::string& input) {
  const std::string before = answers(entry);
  REQUIRE(before.ends_with("* ENABLED IMAP4rev2\r\ny OK ENABLE completed\r\n"));
  const std::string all = answers(entry + input);
  REQUIRE(all.starts_with(before));
  return all.substr(before.size());
}

struct Rev2 : Session {
  explicit Rev2(mailstore::Account& account) : Session(account) { say(entry + "z SELECT INBOX\r\n"); }
};

}  // namespace

TEST_CASE("IMAP4rev2: SELECT tells of the mailbox as LIST does, and nothing of RECENT or UNSEEN (RFC 9051 §6.3.2)") {
  CHECK(rev2("a SELECT inbox\r\n") ==
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 3 EXISTS\r\n"
        "* LIST (\\HasNoChildren) \"/\" INBOX (\"OLDNAME\" (inbox))\r\n"
        "* OK [UIDVALIDITY 1] UIDs valid\r\n* OK [UIDNEXT 4] predicted next UID\r\n"
        "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] flags that can be changed\r\n"
        "* OK [ANNOTATIONS 16384] annotations of messages\r\n"
        "* OK [HIGHESTMODSEQ 4] highest mod-sequence\r\n* OK [MAILBOXID (F1)] stays when it is renamed\r\n"
        "a OK [READ-WRITE] SELECT completed\r\n");
  const std::string said = rev2("a CREATE A/B\r\nb EXAMINE A\r\nc SELECT A\r\n");
  CHECK(said.find("* LIST (\\HasChildren) \"/\" A\r\n") != std::string::npos);
  CHECK(said.find("* OK [CLOSED] ") != std::string::npos);
}

TEST_CASE("IMAP4rev2: SEARCH answers with ESEARCH, and reads UTF-8 (RFC 9051 §6.4.4)") {
  const std::string said = rev2(
      "s SELECT INBOX\r\na SEARCH UNSEEN\r\nb UID SEARCH FROM \"N\xc3\xbaria\"\r\nc SEARCH ANSWERED\r\n"
      "d SEARCH RETURN (SAVE) SEEN\r\ne FETCH $ FLAGS\r\n");
  CHECK(said.substr(said.find("* ESEARCH")) ==
        "* ESEARCH (TAG \"a\") ALL 1,3\r\na OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"b\") UID ALL 1\r\nb OK UID SEARCH completed\r\n"
        "* ESEARCH (TAG \"c\")\r\nc OK SEARCH completed\r\nd OK SEARCH completed\r\n"
        "* 2 FETCH (FLAGS (\\Seen))\r\ne OK FETCH completed\r\n");
}

TEST_CASE("IMAP4rev2: what nobody asked for carries the UID, and no message is recent (RFC 9051 §7.5.2, §2.3.2)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Rev2 phone(account), laptop(account);
  CHECK(laptop.say("a STORE 1 +FLAGS (\\Answered)\r\nb FETCH 3 BODY[TEXT]\r\n") ==
        "* 1 FETCH (UID 1 FLAGS (\\Answered))\r\na OK STORE completed\r\n"
        "* 3 FETCH (BODY[TEXT] {0}\r\n FLAGS (\\Deleted \\Flagged \\Seen) UID 3)\r\nb OK FETCH completed\r\n");
  account.inbox().append(start, test::message_two);
  CHECK(phone.say("a NOOP\r\n") ==
        "* 1 FETCH (UID 1 FLAGS (\\Answered))\r\n* 3 FETCH (UID 3 FLAGS (\\Deleted \\Flagged \\Seen))\r\n* 4 EXISTS\r\n"
        "a OK NOOP completed\r\n");
  CHECK(phone.say("b EXPUNGE\r\n") == "* 3 EXPUNGE\r\nb OK EXPUNGE completed\r\n");
}

TEST_CASE("IMAP4rev2: names of mailboxes are UTF-8, and \"&\" means itself (RFC 9051 §5.1)") {
  mailstore::Account account("bruno");
  Rev2 session(account);
  session.say("a CREATE \"Esbossos/N\xc3\xbaria\"\r\nb CREATE R&D\r\n");
  CHECK(account.find("Esbossos/N\xc3\xbaria"));
  CHECK(account.find("R&D"));
  CHECK(session.say("c LIST \"\" \"*\xc3\xba%\"\r\nd STATUS R&D (DELETED SIZE)\r\ne LIST \"\" R*\r\n") ==
        "* LIST (\\HasNoChildren) \"/\" \"Esbossos/N\xc3\xbaria\"\r\nc OK LIST completed\r\n"
        "* STATUS R&D (DELETED 0 SIZE 0)\r\nd OK STATUS completed\r\n"
        "* LIST (\\HasNoChildren) \"/\" R&D\r\ne OK LIST completed\r\n");
  // Control characters and line separators, also those beyond ASCII, and what is no UTF-8 (RFC 6855 §3).
  for (const std::string_view wrong : {"\xc2\x85", "a\xe2\x80\xa8", "\xe2\x80\xa9", "\xc3"})
    CHECK(session.say("f CREATE {" + std::to_string(wrong.size()) + "+}\r\n" + std::string(wrong) + "\r\n") ==
          "f NO [CANNOT] not possible with that name\r\n");
  CHECK(session.say("g CREATE \"\xc3\"\r\n") == "g BAD invalid arguments\r\n");
  // A client of IMAP4rev1 sees the same names in modified UTF-7.
  Session old(account);
  CHECK(old.say("x LOGIN bruno ginger-4\r\na LIST \"\" *&APo-*\r\n")
            .ends_with("* LIST (\\HasNoChildren) \"/\" Esbossos/N&APo-ria\r\na OK LIST completed\r\n"));
  CHECK(old.say("b STATUS \"Esbossos/N\xc3\xbaria\" (MESSAGES)\r\n") ==
        "* STATUS Esbossos/N&APo-ria (MESSAGES 0)\r\nb OK STATUS completed\r\n");
}

TEST_CASE("IMAP4rev2: a level above mailboxes that is none does not exist (RFC 9051 §7.3.1)") {
  CHECK(rev2("a CREATE A/B\r\nb DELETE A\r\nc LIST \"\" A\r\nd STATUS A (MESSAGES)\r\n")
            .ends_with("* LIST (\\NonExistent \\HasChildren) \"/\" A\r\nc OK LIST completed\r\n"
                       "d NO [NONEXISTENT] no such mailbox\r\n"));
}

TEST_CASE("IMAP4rev2: a message/global part is shown as the message it is (RFC 9051 §9, rule media-message)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, "Content-Type: message/global\r\n\r\nSubject: inner\r\n\r\nx\r\n");
  Session old(account);
  Rev2 fresh(account);
  const std::string fetch = "a FETCH 1 BODYSTRUCTURE\r\n";
  CHECK(old.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n" + fetch).find("\"inner\"") == std::string::npos);
  CHECK(fresh.say(fetch).find("\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 21 (NIL \"inner\" ") != std::string::npos);
}

TEST_CASE("IMAP: CREATE, SELECT and STATUS tell a mailbox's id, which RENAME does not change (RFC 8474 §4)") {
  mailstore::Account account("bruno");
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\n");
  CHECK(session.say(
            "a CREATE A\r\nb STATUS A (MAILBOXID)\r\nc RENAME A B\r\nd LIST \"\" B RETURN (STATUS (MAILBOXID))\r\n") ==
        "a OK [MAILBOXID (F2)] CREATE completed\r\n* STATUS A (MAILBOXID (F2))\r\nb OK STATUS completed\r\n"
        "c OK RENAME completed\r\n* LIST () \"/\" B\r\n* STATUS B (MAILBOXID (F2))\r\nd OK LIST completed\r\n");
}

TEST_CASE("IMAP: APPEND takes any octets in a literal8, FETCH gives them back (RFC 3516 §4.2, §4.4)") {
  mailstore::Account account("bruno");
  for (const std::size_t chunk : {0U, 1U}) {
    Session session(account);
    session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
    const std::string nul = std::string("A: b\r\n\r\n") + '\0' + "c";
    CHECK(session.say("a APPEND INBOX ~{10+}\r\n" + nul + "\r\n", chunk).find("a OK [APPENDUID ") != std::string::npos);
    CHECK(session.say("b FETCH * BINARY.PEEK[]\r\n").find("BINARY[] ~{10}\r\n" + nul + ")") != std::string::npos);
    CHECK(session.say("c APPEND INBOX {10+}\r\n" + nul + "\r\n", chunk) == "c BAD invalid arguments\r\n");
    CHECK(session.say("d APPEND INBOX ~{10}\r\n" + nul + "\r\n").starts_with("+ Ready"));
  }
  CHECK(account.inbox().messages().size() == 4);
}

TEST_CASE("IMAP: APPEND and COPY invite to create the mailbox only where that can be (RFC 3501 §6.3.11)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  CHECK(session.say("a APPEND A {1+}\r\nx\r\nb COPY 1 A\r\nc COPY 1 a//b\r\n") ==
        "a NO [TRYCREATE] no such mailbox\r\nb NO [TRYCREATE] no such mailbox\r\n"
        "c NO [CANNOT] not possible with that name\r\n");
}

TEST_CASE("IMAP: REPLACE puts one message in another's place (RFC 8508 §3)") {
  mailstore::Account account("bruno");
  test::fill(account);
  account.create("Drafts");
  for (const std::size_t chunk : {0U, 1U}) {
    Session session(account);
    session.say("x LOGIN bruno ginger-4\r\ny ENABLE QRESYNC\r\nz SELECT INBOX\r\n");
    const std::string uid = std::to_string(account.inbox().messages().front().uid.value);
    const std::string next = std::to_string(account.inbox().uid_next().value);
    const std::string modseq = std::to_string(account.inbox().highest_modseq().value + 2);
    CHECK(session.say("a REPLACE 1 INBOX (\\Draft) {4+}\r\nA: b\r\n", chunk) ==
          "* OK [APPENDUID 1 " + next + "] the replacement is ready\r\n* VANISHED " + uid + "\r\n* 3 EXISTS\r\n* " +
              (chunk == 0 ? "3" : "1") + " RECENT\r\na OK [HIGHESTMODSEQ " + modseq + "] REPLACE completed\r\n");
  }
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\nz SELECT INBOX\r\n");
  CHECK(session.say("a UID REPLACE 3 Drafts {4+}\r\nA: b\r\n").find("a OK UID REPLACE completed") != std::string::npos);
  CHECK(account.find("Drafts")->messages().size() == 1);
  CHECK(session.say("b UID REPLACE 3 Drafts {4+}\r\nA: b\r\n") ==
        "b NO [EXPUNGEISSUED] that message does not exist\r\n");
  CHECK(session.say("c REPLACE 1 Nowhere {4+}\r\nA: b\r\n") == "c NO [TRYCREATE] no such mailbox\r\n");
  CHECK(session.say("d REPLACE 1 Drafts {0+}\r\n\r\n") == "d NO cancelled: an empty message\r\n");
  for (const std::string_view wrong :
       {"1:2 Drafts {1+}\r\nA", "9 Drafts {1+}\r\nA", "1 Drafts", "1 Drafts {1+}\r\nA {1+}\r\nB"})
    CHECK(session.say("e REPLACE " + std::string(wrong) + "\r\n").starts_with("e BAD "));
  // What goes makes room for what comes (§3.4).
  mailstore::Quota quota;
  quota.messages = account.usage().messages;
  account.set_quota(quota);
  CHECK(session.say("f REPLACE 1 Drafts {4+}\r\nA: b\r\n").find("f OK ") != std::string::npos);
  CHECK(session.say("g APPEND Drafts {4+}\r\nA: b\r\n") == "g NO [OVERQUOTA] it would exceed the quota\r\n");
}

TEST_CASE("IMAP: UNAUTHENTICATE forgets the user and all that was switched on (RFC 8437 §2, §3)") {
  const std::string said =
      answers(entry +
              "a SELECT INBOX\r\nb UNAUTHENTICATE\r\nc SELECT INBOX\r\nd LOGIN bruno ginger-4\r\ne SELECT INBOX\r\n"
              "f UNAUTHENTICATE x\r\n");
  CHECK(said.find("b OK UNAUTHENTICATE completed\r\nc BAD not in this state\r\nd OK [CAPABILITY ") !=
        std::string::npos);
  CHECK(said.substr(said.find("d OK")).find("* 0 RECENT\r\n") != std::string::npos);  // IMAP4rev1 again
  CHECK(said.ends_with("f BAD invalid arguments\r\n"));
}
