// The commands on mailboxes and messages, as transcripts.
#include <catch2/catch_all.hpp>

#include "protocols/imap/data/fetch.hpp"
#include "protocols/imap/search/search_reader.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::answers;
using test::Session;
using test::start;

namespace {

/// A session that is logged in, with what came before forgotten.
struct LoggedIn : Session {
  explicit LoggedIn(mailstore::Account& account) : Session(account) { say("x LOGIN bruno ginger-4\r\n"); }
};

std::string literal(const std::string& octets) { return "{" + std::to_string(octets.size()) + "}\r\n" + octets; }

}  // namespace

TEST_CASE("IMAP: SELECT tells all that RFC 3501 §6.3.1 requires") {
  mailstore::Account account("bruno");
  test::fill(account);
  LoggedIn session(account);
  CHECK(session.say("a SELECT inbox\r\n") ==
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 3 EXISTS\r\n* 3 RECENT\r\n"
        "* OK [UNSEEN 1] first unseen message\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n* OK [UIDNEXT 4] predicted next "
        "UID\r\n"
        "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] flags that can be changed\r\n"
        "* OK [ANNOTATIONS 16384] annotations of messages\r\n"
        "* OK [HIGHESTMODSEQ 4] highest mod-sequence\r\n* OK [MAILBOXID (F1)] stays when it is renamed\r\n"
        "a OK [READ-WRITE] SELECT completed\r\n");
  CHECK(session.server.machine().states[session.server.state().value] == "selected");
  CHECK(session.say("b SELECT nowhere\r\n") ==
        "* OK [CLOSED] the mailbox that was selected is closed\r\nb NO [NONEXISTENT] no such mailbox\r\n");
  CHECK(session.server.machine().states[session.server.state().value] == "authenticated");  // §6.3.1
  CHECK(session.say("c FETCH 1 FLAGS\r\n") == "c BAD not in this state\r\n");
  CHECK(session.say("d SELECT\r\n") == "d BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: EXAMINE is read-only and leaves \\Recent to others (RFC 3501 §6.3.2)") {
  mailstore::Account account("bruno");
  test::fill(account);
  LoggedIn reader(account), writer(account), late(account);
  const std::string examined = reader.say("a EXAMINE INBOX\r\n");
  CHECK(examined.find("* 3 RECENT\r\n") != std::string::npos);
  CHECK(examined.find("[PERMANENTFLAGS ()]") != std::string::npos);
  CHECK(examined.ends_with("a OK [READ-ONLY] EXAMINE completed\r\n"));
  CHECK(reader.say("b STORE 1 +FLAGS (\\Seen)\r\n") == "b NO the mailbox is read-only\r\n");
  CHECK(reader.say("c EXPUNGE\r\n") == "c NO the mailbox is read-only\r\n");
  CHECK(reader.say("d FETCH 1 (BODY[TEXT])\r\n").find("FLAGS") == std::string::npos);
  CHECK(reader.say("e CLOSE\r\n") == "e OK CLOSE completed\r\n");
  CHECK(account.inbox().messages().size() == 3);
  CHECK_FALSE(account.inbox().find({1})->flags.contains(mailstore::Flag::Seen));
  CHECK(writer.say("a SELECT INBOX\r\n").find("* 3 RECENT\r\n") != std::string::npos);
  CHECK(late.say("a SELECT INBOX\r\n").find("* 0 RECENT\r\n") != std::string::npos);
}

TEST_CASE("IMAP: LIST matches its pattern, * across levels and % within one (RFC 3501 §6.3.8)") {
  mailstore::Account account("bruno");
  LoggedIn session(account);
  CHECK(session.say("a CREATE Archive/2026/March\r\n") == "a OK [MAILBOXID (F4)] CREATE completed\r\n");
  CHECK(session.say("b CREATE \"Sent mail\"\r\n") == "b OK [MAILBOXID (F5)] CREATE completed\r\n");
  const auto list = [&session](const std::string& arguments) {
    std::string said = session.say("l LIST " + arguments + "\r\n");
    REQUIRE(said.ends_with("l OK LIST completed\r\n"));
    return said.substr(0, said.size() - 21);
  };
  CHECK(list("\"\" *") ==
        "* LIST (\\HasChildren) \"/\" Archive\r\n* LIST (\\HasChildren) \"/\" Archive/2026\r\n"
        "* LIST (\\HasNoChildren) \"/\" Archive/2026/March\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
        "* LIST (\\HasNoChildren) \"/\" \"Sent mail\"\r\n");
  CHECK(list("\"\" %") ==
        "* LIST (\\HasChildren) \"/\" Archive\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
        "* LIST (\\HasNoChildren) \"/\" \"Sent mail\"\r\n");
  CHECK(list("Archive/ %") == "* LIST (\\HasChildren) \"/\" Archive/2026\r\n");
  CHECK(list("\"\" *March") == "* LIST (\\HasNoChildren) \"/\" Archive/2026/March\r\n");
  CHECK(list("\"\" %/%/March") == "* LIST (\\HasNoChildren) \"/\" Archive/2026/March\r\n");
  CHECK(list("\"\" inb%").starts_with("* LIST (\\HasNoChildren) \"/\" INBOX\r\n"));
  CHECK(list("\"\" archive").empty());
  CHECK(list("\"\" \"\"") == "* LIST (\\Noselect) \"/\" \"\"\r\n");
  CHECK(session.say("l LIST \"\"\r\n") == "l BAD invalid arguments\r\n");
  CHECK(session.say("l LIST \"\" " + std::string(600, '*') + "\r\n") == "l NO [LIMIT] pattern too long\r\n");
}

TEST_CASE(
    "IMAP: CREATE refuses what exists, INBOX, and names that cannot be, and stops at the limit (RFC 3501 §6.3.3)") {
  mailstore::Account account("bruno");
  LoggedIn session(account);
  CHECK(session.say("a CREATE Sent/\r\n") == "a OK [MAILBOXID (F2)] CREATE completed\r\n");
  CHECK(session.say("b CREATE Sent\r\n") == "b NO [ALREADYEXISTS] the mailbox exists already\r\n");
  CHECK(session.say("c CREATE inbox\r\n") == "c NO [ALREADYEXISTS] the mailbox exists already\r\n");
  for (const std::string& name : {std::string("\"\""), std::string("/a"), std::string("a//b"), std::string("\"a*\""),
                                  std::string("{2}\r\n\xc3\x28"), std::string(256, 'x')})
    CHECK(session.say("d CREATE " + name + "\r\n").ends_with("d NO [CANNOT] not possible with that name\r\n"));
  CHECK(session.say("e CREATE " + std::string(255, 'x') + "\r\n") == "e OK [MAILBOXID (F3)] CREATE completed\r\n");
  for (std::size_t count = account.mailbox_names().size(); count < mailstore::Account::mailboxes_max; ++count)
    session.say("f CREATE m" + std::to_string(count) + "\r\n");
  CHECK(session.say("g CREATE more\r\n") == "g NO [LIMIT] the mail store has no room for it\r\n");
}

TEST_CASE("IMAP: STATUS tells what is asked, in the order asked (RFC 3501 §6.3.10)") {
  CHECK(after_select("a STATUS inbox (UNSEEN messages UIDNEXT UIDVALIDITY RECENT)\r\n") ==
        "* STATUS INBOX (UNSEEN 2 MESSAGES 3 UIDNEXT 4 UIDVALIDITY 1 RECENT 0)\r\na OK STATUS completed\r\n");
  CHECK(after_select("a STATUS nowhere (MESSAGES)\r\n") == "a NO [NONEXISTENT] no such mailbox\r\n");
  for (const std::string_view arguments :
       {" INBOX", " INBOX ()", " INBOX (OCTETS)", " INBOX (MESSAGES", " INBOX (MESSAGES) x"})
    CHECK(after_select("a STATUS" + std::string(arguments) + "\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: APPEND stores flags, date and content, and tells the selected mailbox has grown (RFC 3501 §6.3.11)") {
  mailstore::Account account("bruno");
  LoggedIn session(account);
  session.say("y SELECT INBOX\r\n");
  CHECK(session.say("a APPEND INBOX (\\Seen \\draft Keyword) \" 7-Mar-2026 10:30:00 +0130\" {7}\r\nA: b\r\n\n\r\n") ==
        "+ Ready for the literal\r\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Keyword)\r\n* 1 EXISTS\r\n* "
        "1 RECENT\r\n"
        "a OK [APPENDUID 1 1] APPEND completed\r\n");
  const auto& message = account.inbox().messages().at(0);
  CHECK(message.content->octets() == "A: b\r\n\n");
  CHECK(account.inbox().names(message.flags) == std::set<std::string>{"\\Draft", "\\Seen", "Keyword"});
  CHECK(message.internal_date == start + std::chrono::hours(5 * 24));
  CHECK(
      session.say("b FETCH 1 INTERNALDATE\r\n").starts_with("* 1 FETCH (INTERNALDATE \" 7-Mar-2026 09:00:00 +0000\")"));
  CHECK(session.say("c APPEND nowhere {1}\r\nx\r\n").ends_with("c NO [TRYCREATE] no such mailbox\r\n"));
  for (const std::string_view arguments : {" (\\Recent) {1}\r\nx", " \"31-Feb-2026 10:30:00 +0000\" {1}\r\nx", " x",
                                           " \"x\"", " \"007-Mar-2026 10:30:00 +0000\" {1}\r\nx", " {1}\r\nxy"})
    CHECK(session.say("d APPEND INBOX" + std::string(arguments) + "\r\n").ends_with("d BAD invalid arguments\r\n"));
  CHECK(session.say(std::string("d APPEND INBOX {1}\r\n\0\r\n", 23)).ends_with("d BAD invalid arguments\r\n"));
}

TEST_CASE("IMAP: FETCH tells flags, UID, date and size (RFC 3501 §6.4.5, §7.4.2)") {
  CHECK(after_select("a FETCH 2:* (FLAGS UID)\r\n") ==
        "* 2 FETCH (FLAGS (\\Recent \\Seen) UID 2)\r\n* 3 FETCH (FLAGS (\\Deleted \\Flagged \\Recent) UID 3)\r\n"
        "a OK FETCH completed\r\n");
  CHECK(after_select("a FETCH 2 FAST\r\n") ==
        "* 2 FETCH (FLAGS (\\Recent \\Seen) INTERNALDATE \" 3-Mar-2026 09:00:00 +0000\" RFC822.SIZE 56)\r\n"
        "a OK FETCH completed\r\n");
  CHECK(after_select("a UID FETCH 3:9,1 FLAGS\r\n") ==
        "* 1 FETCH (UID 1 FLAGS (\\Recent))\r\n* 3 FETCH (UID 3 FLAGS (\\Deleted \\Flagged \\Recent))\r\n"
        "a OK UID FETCH completed\r\n");
  CHECK(after_select("a UID FETCH 99:* (UID)\r\n") == "* 3 FETCH (UID 3)\r\na OK UID FETCH completed\r\n");  // §6.4.8
  CHECK(after_select("a UID FETCH 77 (UID)\r\n") == "a OK UID FETCH completed\r\n");
}

TEST_CASE("IMAP: FETCH gives the sections of a message octet by octet (RFC 3501 §6.4.5)") {
  const std::string header = "From: anna@alba.example\r\nSubject: The table\r\n\r\n", body = "Booked.\r\n";
  const auto fetch = [](const std::string& items, int number = 2) {
    std::string said = after_select("a FETCH " + std::to_string(number) + " " + items + "\r\n");
    REQUIRE(said.ends_with(")\r\na OK FETCH completed\r\n"));
    const std::string begin = "* " + std::to_string(number) + " FETCH (";
    REQUIRE(said.starts_with(begin));
    return said.substr(begin.size(), said.size() - begin.size() - 25);
  };
  CHECK(fetch("BODY[]") == "BODY[] " + literal(header + body));
  CHECK(fetch("RFC822") == "RFC822 " + literal(header + body));
  CHECK(fetch("BODY[HEADER]") == "BODY[HEADER] " + literal(header));
  CHECK(fetch("RFC822.HEADER") == "RFC822.HEADER " + literal(header));
  CHECK(fetch("BODY[TEXT]") == "BODY[TEXT] " + literal(body));
  CHECK(fetch("rfc822.text") == "RFC822.TEXT " + literal(body));
}

TEST_CASE("IMAP: HEADER.FIELDS chooses fields as they stand, with the empty line (RFC 3501 §6.4.5)") {
  const auto fetch = [](const std::string& items, int number) {
    return after_select("a FETCH " + std::to_string(number) + " (" + items + ")\r\n");
  };
  CHECK(fetch("BODY.PEEK[HEADER.FIELDS (subject Date)]", 1) ==
        "* 1 FETCH (BODY[HEADER.FIELDS (subject Date)] " +
            literal("Subject: Lunch\r\n on Friday?\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\n") +
            ")\r\na OK FETCH completed\r\n");
  CHECK(fetch("BODY.PEEK[HEADER.FIELDS.NOT (From To Date)]", 1) ==
        "* 1 FETCH (BODY[HEADER.FIELDS.NOT (From To Date)] " + literal("Subject: Lunch\r\n on Friday?\r\n\r\n") +
            ")\r\na OK FETCH completed\r\n");
  CHECK(fetch("BODY.PEEK[HEADER.FIELDS (X)]", 3) ==
        "* 3 FETCH (BODY[HEADER.FIELDS (X)] " + literal("") + ")\r\na OK FETCH completed\r\n");
  CHECK(
      fetch("BODY.PEEK[TEXT]<3.4> BODY.PEEK[TEXT]<99.4> BODY.PEEK[]<0.4>", 2) ==
      "* 2 FETCH (BODY[TEXT]<3> {4}\r\nked. BODY[TEXT]<99> {0}\r\n BODY[]<0> {4}\r\nFrom)\r\na OK FETCH completed\r\n");
}

TEST_CASE("IMAP: fetching a body sets \\Seen and says so; PEEK and headers do not (RFC 3501 §6.4.5)") {
  for (const std::string_view item : {"BODY[]", "BODY[TEXT]", "BODY[HEADER]", "RFC822", "RFC822.TEXT"}) {
    const std::string said = after_select("a FETCH 1 " + std::string(item) + "\r\nb FETCH 1 FLAGS\r\n");
    CHECK(said.find(" FLAGS (\\Recent \\Seen))\r\na OK") != std::string::npos);
    CHECK(said.ends_with("* 1 FETCH (FLAGS (\\Recent \\Seen))\r\nb OK FETCH completed\r\n"));
  }
  for (const std::string_view item : {"BODY.PEEK[]", "RFC822.HEADER", "FAST", "UID"})
    CHECK(after_select("a FETCH 1 " + std::string(item) + "\r\nb FETCH 1 FLAGS\r\n")
              .ends_with("* 1 FETCH (FLAGS (\\Recent))\r\nb OK FETCH completed\r\n"));
  CHECK(
      after_select("a FETCH 1 (FLAGS BODY[TEXT])\r\n").starts_with("* 1 FETCH (FLAGS (\\Recent \\Seen) BODY[TEXT] {"));
}

TEST_CASE("IMAP: wrong items and bad numbers are BAD (RFC 3501 §9, seq-number)") {
  for (const std::string_view arguments :
       {"1 ()", "1 (FLAGS", "1 FLAGS UID", "1 (FLAGS  UID)", "1 BODY[]<0>", "1 BODY[]<0.0>", "1 BODY[HEADER.FIELDS ()]",
        "1", "1 BODY[HEADER.FIELDS (\"a b\")]", "0 FLAGS", "1:0 FLAGS", "1, FLAGS", "x FLAGS", "4294967296 FLAGS"})
    CHECK(after_select("a FETCH " + std::string(arguments) + "\r\n") == "a BAD invalid arguments\r\n");
  CHECK(after_select("a FETCH 4 FLAGS\r\n") == "a BAD no message has that number\r\n");
  CHECK(after_select("a FETCH 2:4294967295 FLAGS\r\n") == "a BAD no message has that number\r\n");
  std::string many;
  for (std::size_t item = 0; item < imap::fetch_items_max; ++item) many += item == 0 ? "(UID" : " UID";
  CHECK(after_select("a FETCH 1 " + many + ")\r\n").ends_with("a OK FETCH completed\r\n"));
  CHECK(after_select("a FETCH 1 " + many + " UID)\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: one FETCH response is no larger than its limit") {
  mailstore::Account account("bruno");
  account.inbox().append(start, std::string(32 << 20, 'x'));
  LoggedIn session(account);
  session.say("y SELECT INBOX\r\n");
  std::string items = "(BODY.PEEK[]<0.10>";
  for (int item = 0; item < 9; ++item) items += " BODY.PEEK[]";
  CHECK(session.say("a FETCH 1 " + items + ")\r\n") == "a NO [LIMIT] too much for one response\r\n");
}

TEST_CASE("IMAP: APPEND takes a day of one digit without its space, too, and a mailbox may have % in its name") {
  CHECK(after_select("a CREATE \"50%\"\r\nb APPEND \"50%\" \"1-Mar-2026 09:00:00 +0000\" {1+}\r\nx\r\n"
                     "c LIST \"\" 5%\r\nd SELECT \"50%\"\r\ne FETCH 1 INTERNALDATE\r\n")
            .ends_with("* 1 FETCH (INTERNALDATE \" 1-Mar-2026 09:00:00 +0000\")\r\ne OK FETCH completed\r\n"));
  CHECK(after_select("a CREATE \"50%\"\r\nc LIST \"\" 5%\r\n").find("* LIST (\\HasNoChildren) \"/\" \"50%\"\r\n") !=
        std::string::npos);
}

TEST_CASE("IMAP: NUL cannot travel in a literal and goes as %x80 (RFC 3501 §9, CHAR8)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, std::string("a\0b", 3));
  LoggedIn session(account);
  session.say("y SELECT INBOX\r\n");
  CHECK(session.say("a FETCH 1 BODY.PEEK[]\r\n")
            .starts_with("* 1 FETCH (BODY[] {3}\r\na\x80"
                         "b)"));
}

TEST_CASE("IMAP: STORE sets, adds and removes flags, silently if asked (RFC 3501 §6.4.6)") {
  CHECK(after_select("a STORE 1 FLAGS (\\seen \\Flagged)\r\n") ==
        "* 1 FETCH (FLAGS (\\Flagged \\Recent \\Seen))\r\na OK STORE completed\r\n");
  CHECK(after_select("a STORE 2:3 +FLAGS \\Answered \\Draft\r\n") ==
        "* 2 FETCH (FLAGS (\\Answered \\Draft \\Recent \\Seen))\r\n"
        "* 3 FETCH (FLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Recent))\r\na OK STORE completed\r\n");
  CHECK(after_select("a STORE 3 -FLAGS (\\Deleted)\r\n") ==
        "* 3 FETCH (FLAGS (\\Flagged \\Recent))\r\na OK STORE completed\r\n");
  CHECK(after_select("a STORE 1 +FLAGS.SILENT (\\Seen)\r\nb FETCH 1 FLAGS\r\n") ==
        "a OK STORE completed\r\n* 1 FETCH (FLAGS (\\Recent \\Seen))\r\nb OK FETCH completed\r\n");
  CHECK(after_select("a UID STORE 2 FLAGS ()\r\n") ==
        "* 2 FETCH (UID 2 FLAGS (\\Recent))\r\na OK UID STORE completed\r\n");
  CHECK(after_select("a STORE 1 +FLAGS (Keyword)\r\n") ==
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Keyword)\r\n* 1 FETCH (FLAGS (Keyword \\Recent))\r\n"
        "a OK STORE completed\r\n");
  for (const std::string_view arguments :
       {"1 FLAGS (\\Recent)", "1 FLAG (\\Seen)", "1 FLAGS", "1 +FLAGS (\\Seen", "1 +-FLAGS ()"})
    CHECK(after_select("a STORE " + std::string(arguments) + "\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: EXPUNGE removes what is \\Deleted and tells each number as it is then (RFC 3501 §6.4.3, §7.4.1)") {
  CHECK(after_select("a EXPUNGE\r\nb FETCH 3 FLAGS\r\n") ==
        "* 3 EXPUNGE\r\n* 2 RECENT\r\na OK EXPUNGE completed\r\nb BAD no message has that number\r\n");
  CHECK(after_select("a STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\nb EXPUNGE\r\nc FETCH 1:* UID\r\n") ==
        "a OK STORE completed\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 0 RECENT\r\nb OK EXPUNGE completed\r\n"
        "c BAD no message has that number\r\n");
}

TEST_CASE("IMAP: CLOSE expunges in silence (RFC 3501 §6.4.2); CHECK and NOOP do nothing") {
  mailstore::Account account("bruno");
  test::fill(account);
  LoggedIn session(account);
  session.say("y SELECT INBOX\r\n");
  CHECK(session.say("a CHECK\r\nb NOOP\r\nc CLOSE\r\n") ==
        "a OK CHECK completed\r\nb OK NOOP completed\r\nc OK CLOSE completed\r\n");
  CHECK(account.inbox().messages().size() == 2);
}

TEST_CASE("IMAP: COPY takes flags and date along, and all or nothing (RFC 3501 §6.4.7)") {
  mailstore::Account account("bruno");
  test::fill(account);
  LoggedIn session(account);
  session.say("y SELECT INBOX\r\nz CREATE Archive\r\n");
  CHECK(session.say("a COPY 2:3 Archive\r\n") == "a OK [COPYUID 2 2:3 1:2] COPY completed\r\n");
  const auto& copies = account.find("Archive")->messages();
  REQUIRE(copies.size() == 2);
  CHECK(copies[0].content == account.inbox().messages()[1].content);
  CHECK(copies[1].flags == mailstore::Flags{mailstore::Flag::Deleted, mailstore::Flag::Flagged});
  CHECK(copies[1].internal_date == start + std::chrono::hours(48));
  CHECK(session.say("b COPY 1 nowhere\r\n") == "b NO [TRYCREATE] no such mailbox\r\n");
  CHECK(session.say("c UID COPY 1 INBOX\r\n") ==
        "* 4 EXISTS\r\n* 4 RECENT\r\nc OK [COPYUID 1 1 4] UID COPY completed\r\n");
  account.inbox().remove({2});
  CHECK(session.say("d COPY 1:2 Archive\r\n") ==
        "* 2 EXPUNGE\r\n* 3 RECENT\r\nd NO [EXPUNGEISSUED] some of the messages no longer exist\r\n");
  CHECK(copies.size() == 2);
}

TEST_CASE("IMAP: SEARCH holds every key against every message (RFC 3501 §6.4.4)") {
  const auto search = [](const std::string& keys) {
    const std::string said = after_select("a SEARCH " + keys + "\r\n");
    const std::size_t end = said.find("\r\na OK SEARCH completed\r\n");
    return end == std::string::npos ? said : said.substr(0, end);
  };
  const std::vector<std::pair<std::string, std::string>> cases{{"ALL", " 1 2 3"},
                                                               {"SEEN", " 2"},
                                                               {"UNSEEN", " 1 3"},
                                                               {"DELETED", " 3"},
                                                               {"UNDELETED", " 1 2"},
                                                               {"FLAGGED UNSEEN", " 3"},
                                                               {"ANSWERED", ""},
                                                               {"UNANSWERED DRAFT", ""},
                                                               {"NEW", " 1 3"},
                                                               {"OLD", ""},
                                                               {"RECENT", " 1 2 3"},
                                                               {"FROM anna", " 2"},
                                                               {"FROM \"N\xc3\xbaria\"", " 1"},  // RFC 6855 §3
                                                               {"FROM nuria", " 1"},
                                                               {"SUBJECT \"lunch on\"", " 1"},
                                                               {"TO LLEVANT", " 1"},
                                                               {"CC x", ""},
                                                               {"HEADER Date 2026", " 1"},
                                                               {"HEADER Subject \"\"", " 1 2 3"},
                                                               {"BODY booked", " 2"},
                                                               {"TEXT table", " 2"},
                                                               {"BODY table", ""},
                                                               {"BEFORE 3-Mar-2026", " 1"},
                                                               {"ON 3-Mar-2026", " 2"},
                                                               {"SINCE \"3-Mar-2026\"", " 2 3"},
                                                               {"LARGER 56", " 1"},
                                                               {"SMALLER 56", " 3"},
                                                               {"2:3", " 2 3"},
                                                               {"3:9", " 3"},  // RFC 7377 §2
                                                               {"4", ""},
                                                               {"UID 3,99", " 3"},
                                                               {"NOT SEEN", " 1 3"},
                                                               {"OR SEEN DELETED", " 2 3"},
                                                               {"NOT (SEEN ALL)", " 1 3"},
                                                               {"(OR 1 (2 SEEN)) NOT UID 1", " 2"},
                                                               {"KEYWORD x", ""},
                                                               {"UNKEYWORD x", " 1 2 3"},
                                                               {"CHARSET us-ascii SEEN", " 2"}};
  for (const auto& [keys, found] : cases) {
    INFO(keys);
    CHECK(search(keys) == "* SEARCH" + found);
  }
  CHECK(after_select("a UID SEARCH 3\r\n") == "* SEARCH 3\r\na OK UID SEARCH completed\r\n");
  for (const std::string_view keys : {"", "SENTON", "FROM \"\xc3\"", "FROM", "NOT", "OR SEEN", "(SEEN", "SEEN)", "()",
                                      "XYZ", "ON 30-Feb-2026", "ON March", "LARGER x", "SEEN  ALL", "UID"})
    CHECK(after_select("a SEARCH " + std::string(keys) + "\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: SEARCH bounds its keys and their nesting") {
  std::string keys = "ALL";
  for (std::size_t key = 1; key < imap::search_keys_max; ++key) keys += " ALL";
  CHECK(after_select("a SEARCH " + keys + "\r\n").starts_with("* SEARCH 1 2 3"));
  CHECK(after_select("a SEARCH " + keys + " ALL\r\n") == "a BAD invalid arguments\r\n");
  const auto nested = [](std::size_t depth) {
    return after_select("a SEARCH " + std::string(depth, '(') + "ALL" + std::string(depth, ')') + "\r\n");
  };
  CHECK(nested(imap::search_depth_max - 1).starts_with("* SEARCH 1 2 3"));
  CHECK(nested(imap::search_depth_max) == "a BAD invalid arguments\r\n");
}
