// The IMAP server's mailbox tree and its extensions, as transcripts.
#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/core/utf8.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::answers;
using test::Session;
using test::start;

namespace {

/// What a session with INBOX selected is answered to each of several commands, one account for all.
struct Selected : Session {
  explicit Selected(mailstore::Account& account) : Session(account) {
    say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  }
};

const std::string seen_by_all = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

}  // namespace

TEST_CASE("IMAP: after login CAPABILITY lists what works whole (RFC 3501 §6.1.1)") {
  CHECK(after_select("a CAPABILITY\r\n") == "* " + test::capabilities() + "\r\na OK CAPABILITY completed\r\n");
}

TEST_CASE("IMAP: DELETE takes a mailbox and leaves those below it (RFC 3501 §6.3.4)") {
  CHECK(
      after_select("a CREATE A/B\r\nb DELETE A\r\nc LIST \"\" A*\r\nd DELETE A\r\ne DELETE inbox\r\nf DELETE x\r\n") ==
      "a OK [MAILBOXID (F6)] CREATE completed\r\nb OK DELETE completed\r\n"
      "* LIST (\\Noselect \\HasChildren) \"/\" A\r\n* LIST (\\HasNoChildren) \"/\" A/B\r\nc OK LIST completed\r\n"
      "d NO [HASCHILDREN] only a level above other mailboxes\r\ne NO [CANNOT] not possible with that name\r\n"
      "f NO [NONEXISTENT] no such mailbox\r\n");
  CHECK(after_select("a CREATE A\r\nb DELETE\r\nc DELETE A x\r\n") ==
        "a OK [MAILBOXID (F5)] CREATE completed\r\nb BAD invalid arguments\r\nc BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: a session whose mailbox another one deletes sees it empty (RFC 2180 §3.3)") {
  mailstore::Account account("bruno");
  account.create("A").mailbox->append(start, test::message_two);
  Session phone(account), laptop(account);
  phone.say("x LOGIN bruno ginger-4\r\ny SELECT A\r\n");
  laptop.say("x LOGIN bruno ginger-4\r\ny DELETE A\r\n");
  CHECK(phone.say("a NOOP\r\n") == "* 1 EXPUNGE\r\n* 0 RECENT\r\na OK NOOP completed\r\n");
  CHECK(phone.say("b SELECT A\r\n") ==
        "* OK [CLOSED] the mailbox that was selected is closed\r\nb NO [NONEXISTENT] no such mailbox\r\n");
}

TEST_CASE("IMAP: RENAME takes the tree along; of INBOX only the messages go (RFC 3501 §6.3.5)") {
  CHECK(after_select("a CREATE A/B\r\nb RENAME A C\r\nc LIST \"\" %/%\r\nd RENAME INBOX Old\r\n"
                     "e STATUS Old (MESSAGES)\r\nf RENAME x y\r\ng RENAME C Old\r\nh RENAME C C/D\r\ni RENAME C\r\n") ==
        "a OK [MAILBOXID (F6)] CREATE completed\r\nb OK RENAME completed\r\n* LIST (\\HasNoChildren) \"/\" C/B\r\nc OK "
        "LIST completed\r\n"
        "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 0 RECENT\r\nd OK RENAME completed\r\n"
        "* STATUS Old (MESSAGES 3)\r\ne OK STATUS completed\r\nf NO [NONEXISTENT] no such mailbox\r\n"
        "g NO [ALREADYEXISTS] the mailbox exists already\r\nh NO [CANNOT] not possible with that name\r\n"
        "i BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: LSUB tells subscriptions, and the levels that % stops at (RFC 3501 §6.3.6, §6.3.7, §6.3.9)") {
  CHECK(after_select("a SUBSCRIBE foo/bar\r\nb LSUB \"\" %\r\nc LSUB \"\" *\r\nd SUBSCRIBE foo\r\ne LSUB \"\" %\r\n"
                     "f UNSUBSCRIBE foo/bar\r\ng LSUB foo/ *\r\nh SUBSCRIBE a//b\r\ni LSUB (SUBSCRIBED) \"\" *\r\n") ==
        "a OK SUBSCRIBE completed\r\n* LSUB (\\Noselect) \"/\" foo\r\nb OK LSUB completed\r\n"
        "* LSUB () \"/\" foo/bar\r\nc OK LSUB completed\r\nd OK SUBSCRIBE completed\r\n"
        "* LSUB () \"/\" foo\r\ne OK LSUB completed\r\nf OK UNSUBSCRIBE completed\r\ng OK LSUB completed\r\n"
        "h NO [CANNOT] not possible with that name\r\ni BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: extended LIST selects, returns what is asked, and tells of children (RFC 5258 §3, §4, §5)") {
  const std::string tree =
      "a CREATE Fruit/Apple\r\nb SUBSCRIBE Fruit/Apple\r\nc SUBSCRIBE Fruit/Pear\r\nd SUBSCRIBE INBOX\r\n";
  const std::string before = after_select(tree);
  const auto list = [&](const std::string& arguments) {
    std::string said = after_select(tree + "l LIST " + arguments + "\r\n").substr(before.size());
    const std::size_t end = said.find("l OK LIST completed\r\n");
    return end == std::string::npos ? said : said.substr(0, end);
  };
  CHECK(list("(SUBSCRIBED) \"\" *") ==
        "* LIST (\\Subscribed) \"/\" Fruit/Apple\r\n* LIST (\\NonExistent \\Subscribed) \"/\" Fruit/Pear\r\n"
        "* LIST (\\Subscribed) \"/\" INBOX\r\n");
  CHECK(list("(SUBSCRIBED RECURSIVEMATCH) \"\" %") ==
        "* LIST () \"/\" Fruit (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n* LIST (\\Subscribed) \"/\" INBOX\r\n");
  CHECK(list("(recursivematch subscribed) \"\" *") ==
        "* LIST (\\Subscribed) \"/\" Fruit/Apple\r\n* LIST (\\NonExistent \\Subscribed) \"/\" Fruit/Pear\r\n"
        "* LIST (\\Subscribed) \"/\" INBOX\r\n");
  CHECK(list("() \"\" (INBOX Fruit) RETURN (CHILDREN SUBSCRIBED)") ==
        "* LIST (\\HasChildren) \"/\" Fruit\r\n* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n");
  CHECK(list("\"\" (\"\" %/%) RETURN ()") == "* LIST () \"/\" Fruit/Apple\r\n");
  CHECK(list("(REMOTE) \"\" %") == "* LIST () \"/\" Fruit\r\n* LIST () \"/\" INBOX\r\n");
  CHECK(list("\"\" % RETURN (STATUS (MESSAGES UNSEEN))") ==  // RFC 5819 §2
        "* LIST () \"/\" Fruit\r\n* STATUS Fruit (MESSAGES 0 UNSEEN 0)\r\n"
        "* LIST () \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 3 UNSEEN 2)\r\n");
  for (const std::string_view wrong :
       {"(RECURSIVEMATCH) \"\" *", "(RECURSIVEMATCH SPECIAL-USE) \"\" *", "(X) \"\" *", "\"\" * RETURN (X)",
        "\"\" * RETURN (STATUS (X))", "\"\" * RETURN (STATUS)", "\"\" (a b", "\"\" * x", "\"\" ()"})
    CHECK(list(std::string(wrong)) == "l BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: CREATE gives a special use, LIST finds it (RFC 6154 §2, §3)") {
  CHECK(after_select("a CREATE Bin (USE (\\trash))\r\nb CREATE Bin2 (USE (\\Trash))\r\nc CREATE X (USE (\\Odd))\r\n"
                     "d LIST (SPECIAL-USE) \"\" *\r\ne LIST \"\" Bin\r\nf LIST \"\" (Bin) RETURN (SPECIAL-USE)\r\n"
                     "g CREATE Y (USE \\Sent)\r\nh CREATE Z (USE ())\r\n") ==
        "a OK [MAILBOXID (F5)] CREATE completed\r\nb NO [USEATTR] another mailbox has that special use\r\n"
        "c NO [USEATTR] no such special use here\r\n* LIST (\\Trash) \"/\" Bin\r\nd OK LIST completed\r\n"
        "* LIST (\\HasNoChildren \\Trash) \"/\" Bin\r\ne OK LIST completed\r\n"
        "* LIST (\\Trash) \"/\" Bin\r\nf OK LIST completed\r\ng BAD invalid arguments\r\nh OK [MAILBOXID (F6)] CREATE "
        "completed\r\n");
}

TEST_CASE("IMAP: names travel in modified UTF-7, one spelling for each (RFC 3501 §5.1.3)") {
  mailstore::Account account("bruno");
  Selected session(account);
  CHECK(session.say("a CREATE Esbossos/N&APo-ria\r\nb LIST \"\" */N&APo-%\r\nc CREATE R&-D\r\nd LIST \"\" R%\r\n") ==
        "a OK [MAILBOXID (F3)] CREATE completed\r\n* LIST (\\HasNoChildren) \"/\" Esbossos/N&APo-ria\r\nb OK LIST "
        "completed\r\n"
        "c OK [MAILBOXID (F4)] CREATE completed\r\n* LIST (\\HasNoChildren) \"/\" R&-D\r\nd OK LIST completed\r\n");
  CHECK(account.find("Esbossos/N\xc3\xbaria"));
  CHECK(account.find("R&D"));
  for (const std::string_view wrong : {"R&D", "&AGE-", "&AP-", "&2AA-", "&3AA-", "&U,BTFw-&ZeVnLIqe-", "&APo", "&A/o-"})
    CHECK(session.say("e CREATE " + std::string(wrong) + "\r\n") == "e NO [CANNOT] not possible with that name\r\n");
  CHECK(imap::encode_name("~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e") ==
        "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  const auto seed = GENERATE(take(30, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::string name;
  for (auto count = random() % 20; count > 0; --count) {
    const auto one = random() % 3 == 0 ? ' ' + random() % 95 : 1 + random() % (random() % 2 != 0 ? 0xd7ff : 0x10fffe);
    const auto code = static_cast<char32_t>(one);
    append_utf8(name, code >= 0xd800 && code < 0xe000 ? U'&' : code);
  }
  CHECK(imap::decode_name(imap::encode_name(name)) == name);
}

TEST_CASE("IMAP: a literal that comes unasked is taken; one too large ends the session (RFC 7888 §3, §4)") {
  CHECK(answers("a LOGIN {5+}\r\nbruno {8+}\r\nginger-4\r\n").ends_with("ready\r\n" + test::logged_in("a")));
  CHECK(after_select("a APPEND INBOX {3+}\r\nA:b\r\n") ==
        "* 4 EXISTS\r\n* 4 RECENT\r\na OK [APPENDUID 1 4] APPEND completed\r\n");
  CHECK(after_select("a APPEND INBOX {67108865+}\r\nb NOOP\r\n") ==
        "a NO [TOOBIG] message too large\r\n* BYE the literal is too large to be skipped\r\n");
  CHECK(answers("a LOGIN {50000+}\r\n")
            .ends_with("a BAD literal too large\r\n* BYE the literal is too large to be skipped\r\n"));
}

TEST_CASE("IMAP: IDLE tells news as they come, until DONE (RFC 2177 §3)") {
  CHECK(after_select("a IDLE\r\ndone\r\nb NOOP\r\n") == "+ idling\r\na OK IDLE completed\r\nb OK NOOP completed\r\n");
  CHECK(after_select("a IDLE\r\nb NOOP\r\n") == "+ idling\r\na BAD IDLE ends with DONE\r\n");
  CHECK(after_select("a IDLE\r\nb {5}\r\nc NOOP\r\n") ==
        "+ idling\r\na BAD IDLE ends with DONE\r\nc OK NOOP completed\r\n");
  CHECK(after_select("a IDLE x\r\n") == "a BAD invalid arguments\r\n");
  mailstore::Account account("bruno");
  test::fill(account);
  Selected phone(account), laptop(account);
  CHECK(phone.say("a IDLE\r\n") == "+ idling\r\n");
  CHECK(phone.say("").empty());
  account.inbox().append(start, test::message_two);
  CHECK(phone.say("") == "* 4 EXISTS\r\n* 4 RECENT\r\n");
  laptop.say("a STORE 1 +FLAGS.SILENT (\\Flagged)\r\nb EXPUNGE\r\n");
  CHECK(phone.say("") == "* 3 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Flagged \\Recent))\r\n* 3 RECENT\r\n");
  CHECK(phone.say("DONE\r\n") == "a OK IDLE completed\r\n");
  phone.say("b IDLE\r\n");
  phone.server.deadline_passed(start + std::chrono::minutes(30));
  CHECK(phone.say("") == "* BYE autologout: idle for too long\r\n");
}

TEST_CASE("IMAP: IDLE before a mailbox is selected waits too (RFC 2177 §3)") {
  CHECK(answers("x LOGIN bruno ginger-4\r\na IDLE\r\nDONE\r\n").ends_with("+ idling\r\na OK IDLE completed\r\n"));
}

TEST_CASE("IMAP: ID, ENABLE and NAMESPACE tell what there is (RFC 2971 §3, RFC 5161 §3, RFC 2342 §5)") {
  CHECK(answers("a ID NIL\r\n").ends_with("* ID (\"name\" \"Mailscope\")\r\na OK ID completed\r\n"));
  CHECK(after_select("a ID (\"name\" \"mutt\" \"os\" NIL)\r\nb ID ()\r\n") ==
        "* ID (\"name\" \"Mailscope\")\r\na OK ID completed\r\n* ID (\"name\" \"Mailscope\")\r\nb OK ID completed\r\n");
  std::string fields;
  for (int field = 0; field < 31; ++field) fields += std::string(field == 0 ? "" : " ") + "\"f\" NIL";
  for (const std::string& wrong :
       {std::string(""), std::string(" x"), std::string(" (\"a\")"), "(" + fields + ")",
        " (\"" + std::string(31, 'x') + "\" NIL)", " (\"a\" \"" + std::string(1025, 'x') + "\")"})
    CHECK(after_select("a ID" + wrong + "\r\n") == "a BAD invalid arguments\r\n");
  CHECK(answers("x LOGIN bruno ginger-4\r\na ENABLE X-GOOD-IDEA Y\r\nb ENABLE\r\n")
            .ends_with("* ENABLED\r\na OK ENABLE completed\r\nb BAD invalid arguments\r\n"));
  CHECK(after_select("a ENABLE X\r\n") == "a BAD not in this state\r\n");
  CHECK(after_select("a NAMESPACE\r\n") == "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\na OK NAMESPACE completed\r\n");
}

TEST_CASE("IMAP: UNSELECT leaves without expunging (RFC 3691 §2)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Selected session(account);
  CHECK(session.say("a UNSELECT\r\nb FETCH 1 UID\r\n") == "a OK UNSELECT completed\r\nb BAD not in this state\r\n");
  CHECK(account.inbox().messages().size() == 3);
}

TEST_CASE("IMAP: UID EXPUNGE takes only what is named and \\Deleted (RFC 4315 §2.1)") {
  CHECK(after_select(
            "a STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\nb UID EXPUNGE 2,9\r\nc UID EXPUNGE *\r\nd UID EXPUNGE\r\n") ==
        "a OK STORE completed\r\n* 2 EXPUNGE\r\n* 2 RECENT\r\nb OK UID EXPUNGE completed\r\n"
        "* 2 EXPUNGE\r\n* 1 RECENT\r\nc OK UID EXPUNGE completed\r\nd BAD invalid arguments\r\n");
  CHECK(after_select("a UID EXPUNGE 3\r\n", "EXAMINE") == "a NO the mailbox is read-only\r\n");
}

TEST_CASE("IMAP: MOVE copies, tells COPYUID, and expunges (RFC 6851 §3.3, §4.3)") {
  CHECK(after_select("a CREATE A\r\nb MOVE 1,3 A\r\nc UID MOVE 2 A\r\nd UID MOVE 2 A\r\ne STATUS A (MESSAGES)\r\n") ==
        "a OK [MAILBOXID (F5)] CREATE completed\r\n* OK [COPYUID 2 1,3 1:2] moved\r\n* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n* 1 "
        "RECENT\r\n"
        "b OK MOVE completed\r\n* OK [COPYUID 2 2 3] moved\r\n* 1 EXPUNGE\r\n* 0 RECENT\r\nc OK UID MOVE completed\r\n"
        "d OK UID MOVE completed\r\n* STATUS A (MESSAGES 3)\r\ne OK STATUS completed\r\n");
  CHECK(after_select("a MOVE 1 nowhere\r\nb MOVE 9 INBOX\r\n") ==
        "a NO [TRYCREATE] no such mailbox\r\nb BAD no message has that number\r\n");
  CHECK(after_select("a MOVE 1 INBOX\r\n", "EXAMINE") == "a NO the mailbox is read-only\r\n");
}

TEST_CASE("IMAP: APPEND takes several messages, all or none (RFC 3502 §6.3.11)") {
  CHECK(after_select("a APPEND INBOX (\\Seen) {3+}\r\nA:b \"07-Mar-2026 10:30:00 +0000\" {3+}\r\nC:d\r\n"
                     "b FETCH 4:5 (FLAGS RFC822.SIZE)\r\n") ==
        "* 5 EXISTS\r\n* 5 RECENT\r\na OK [APPENDUID 1 4:5] APPEND completed\r\n"
        "* 4 FETCH (FLAGS (\\Recent \\Seen) RFC822.SIZE 3)\r\n* 5 FETCH (FLAGS (\\Recent) RFC822.SIZE 3)\r\n"
        "b OK FETCH completed\r\n");
  CHECK(after_select("a APPEND INBOX {3+}\r\nA:b {0+}\r\n\r\n") == "a NO cancelled: an empty message\r\n");
  mailstore::Account account("bruno");
  account.set_quota({std::nullopt, 1, std::nullopt});
  Selected session(account);
  CHECK(session.say("a APPEND INBOX {3+}\r\nA:b {3+}\r\nC:d\r\n") == "a NO [OVERQUOTA] it would exceed the quota\r\n");
  CHECK(account.inbox().messages().empty());
}

TEST_CASE("IMAP: STATUS tells the size, and what APPEND takes (RFC 8438 §2, RFC 7889 §3)") {
  const auto octets = test::message_one.size() + test::message_two.size() + test::message_three.size();
  CHECK(after_select("a STATUS INBOX (SIZE APPENDLIMIT DELETED)\r\n") ==
        "* STATUS INBOX (SIZE " + std::to_string(octets) +
            " APPENDLIMIT 67108864 DELETED 1)\r\na OK STATUS completed\r\n");
}

TEST_CASE("IMAP: keywords last, and FLAGS tells new ones, also another session's (RFC 3501 §7.2.6)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Selected phone(account), laptop(account);
  CHECK(phone.say("a STORE 2 +FLAGS ($Work)\r\n") ==
        "* FLAGS (" + seen_by_all + " $Work)\r\n* 2 FETCH (FLAGS ($Work \\Recent \\Seen))\r\na OK STORE completed\r\n");
  CHECK(laptop.say("a NOOP\r\n") ==
        "* FLAGS (" + seen_by_all + " $Work)\r\n* 2 FETCH (FLAGS ($Work \\Seen))\r\na OK NOOP completed\r\n");
  CHECK(phone.say("b STORE 2 -FLAGS ($work)\r\n") == "* 2 FETCH (FLAGS (\\Recent \\Seen))\r\nb OK STORE completed\r\n");
}
