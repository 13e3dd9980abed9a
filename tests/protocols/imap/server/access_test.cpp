// Rights, other users' mailboxes and annotations (RFC 4314, RFC 2342, RFC 8440, RFC 5464, RFC 9590), as transcripts.
#include <catch2/catch_all.hpp>

#include "protocols/mailstore/store.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

namespace {

/// Anna has a mailbox "Team" with three messages, on which Bruno has `rights`; Bruno is logged in.
struct Office {
  explicit Office(const std::string& rights) : anna(store.add("anna")), bruno(store.add("bruno")), session(bruno) {
    team = anna.create("Team").mailbox;
    team->append(start, test::message_one);
    team->append(start, test::message_two, {mailstore::Flag::Seen});
    team->append(start, test::message_three,
                 {mailstore::Flag::Deleted, mailstore::Flag::Seen, mailstore::Flag::Flagged});
    if (!rights.empty()) anna.set_rights(*team, "bruno", *mailstore::Rights::of(rights));
    session.say("x LOGIN bruno ginger-4\r\n");
  }
  std::string say(const std::string& command) { return session.say("a " + command + "\r\n"); }
  /// SELECTs it, and forgets what was said.
  Office& selected() {
    REQUIRE(say("SELECT \"Other Users/anna/Team\"").find("a OK") != std::string::npos);
    return *this;
  }

  mailstore::Store store;
  mailstore::Account &anna, &bruno;
  mailstore::Mailbox* team{};
  Session session;
};

const std::string no_right = "a NO [NOPERM] you have no right to do that\r\n";
const std::string nothing = "a NO [NONEXISTENT] no such mailbox\r\n";

}  // namespace

TEST_CASE("IMAP: what a user may not know of does not exist (RFC 4314 §6)") {
  for (const std::string rights : {"", "swpte"}) {
    Office office(rights);
    for (const std::string command : {"SELECT", "GETACL", "MYRIGHTS", "DELETE", "GETQUOTAROOT"})
      CHECK(office.say(command + " \"Other Users/anna/Team\"") == nothing);
    CHECK(office.say("LIST \"\" *") == "* LIST (\\HasNoChildren) \"/\" INBOX\r\na OK LIST completed\r\n");
    CHECK(office.say("SELECT \"Other Users/nobody/Team\"") == nothing);
  }
  Office seen("l");
  CHECK(seen.say("LIST \"\" *") ==
        "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Noselect \\HasChildren) \"/\" \"Other Users\"\r\n"
        "* LIST (\\Noselect \\HasChildren) \"/\" \"Other Users/anna\"\r\n"
        "* LIST (\\HasNoChildren) \"/\" \"Other Users/anna/Team\"\r\na OK LIST completed\r\n");
  CHECK(seen.say("NAMESPACE") ==
        "* NAMESPACE ((\"\" \"/\")) ((\"Other Users/\" \"/\")) ((\"Shared/\" \"/\"))\r\na OK NAMESPACE completed\r\n");
}

TEST_CASE("IMAP: each command needs its right (RFC 4314 §4)") {
  CHECK(Office("l").say("SELECT \"Other Users/anna/Team\"") == no_right);
  CHECK(Office("l").say("STATUS \"Other Users/anna/Team\" (MESSAGES)") == no_right);
  CHECK(Office("lr").say("STATUS \"Other Users/anna/Team\" (MESSAGES)") ==
        "* STATUS \"Other Users/anna/Team\" (MESSAGES 3)\r\na OK STATUS completed\r\n");
  CHECK(Office("lr").say("APPEND \"Other Users/anna/Team\" {1+}\r\nx") == no_right);
  CHECK(Office("lr").say("DELETE \"Other Users/anna/Team\"") == no_right);
  CHECK(Office("lx").say("DELETE \"Other Users/anna/Team\"") == "a OK DELETE completed\r\n");
  CHECK(Office("lr").say("CREATE \"Other Users/anna/Team/New\"") == no_right);
  CHECK(Office("lk").say("CREATE \"Other Users/anna/Team/New\"").starts_with("a OK"));
  CHECK(Office("lk").say("CREATE \"Other Users/anna/New\"") == no_right);
  CHECK(Office("lk").say("CREATE \"Other Users/anna\"") == "a NO [CANNOT] not possible with that name\r\n");
  CHECK(Office("lk").say("RENAME \"Other Users/anna/Team\" \"Other Users/anna/Team2\"") == no_right);
  CHECK(Office("lx").say("RENAME \"Other Users/anna/Team\" \"Other Users/anna/Team2\"") == no_right);
  CHECK(Office("lx").say("RENAME \"Other Users/anna/Team\" Mine") == "a NO [CANNOT] not possible with that name\r\n");
  CHECK(Office("lrsw").selected().say("EXPUNGE") == no_right);
  CHECK(Office("lrsw").selected().say("UID EXPUNGE 1:*") == no_right);
  CHECK(Office("lre").selected().say("EXPUNGE") == "* 3 EXPUNGE\r\n* 2 RECENT\r\na OK EXPUNGE completed\r\n");
  CHECK(Office("lrt").selected().say("MOVE 1 INBOX") == no_right);
  CHECK(Office("lrte").selected().say("MOVE 1 INBOX").find("a OK MOVE completed") != std::string::npos);
}

TEST_CASE("IMAP: who may change nothing has it read-only, and PERMANENTFLAGS says what may change (RFC 4314 §5)") {
  const auto select = [](const std::string& rights) { return Office(rights).say("SELECT \"Other Users/anna/Team\""); };
  CHECK(select("lr").find("a OK [READ-ONLY]") != std::string::npos);
  CHECK(select("lrs").find("[PERMANENTFLAGS (\\Seen)]") != std::string::npos);
  CHECK(select("lrt").find("[PERMANENTFLAGS (\\Deleted)]") != std::string::npos);
  CHECK(select("lrw").find("[PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\*)]") != std::string::npos);
  CHECK(select("lrsi").find("a OK [READ-WRITE]") != std::string::npos);
}

TEST_CASE("IMAP: flags change as far as rights go (RFC 4314 §4)") {
  CHECK(Office("lrs").selected().say("STORE 1 +FLAGS (\\Seen \\Deleted)") ==
        "* 1 FETCH (FLAGS (\\Recent \\Seen))\r\na OK STORE completed\r\n");
  CHECK(Office("lrs").selected().say("STORE 1 +FLAGS (\\Deleted)") ==
        "a NO [NOPERM] you have no right to change these flags\r\n");
  CHECK(Office("lrw").selected().say("STORE 3 FLAGS ()") ==
        "* 3 FETCH (FLAGS (\\Deleted \\Recent \\Seen))\r\na OK STORE completed\r\n");
  CHECK(Office("lre").selected().say("STORE 3 FLAGS ()") ==
        "a NO [NOPERM] you have no right to change these flags\r\n");
  CHECK(Office("lrt").selected().say("FETCH 1 BODY[TEXT]<0.1>") ==
        "* 1 FETCH (BODY[TEXT]<0> {1}\r\nH)\r\na OK FETCH completed\r\n");  // \Seen is not set
  Office office("lri");
  office.say("APPEND \"Other Users/anna/Team\" (\\Seen \\Draft) {4+}\r\nA: b");
  CHECK(office.team->messages().back().flags.empty());
  Office seen("lris");
  seen.say("APPEND \"Other Users/anna/Team\" (\\Seen \\Draft) {4+}\r\nA: b");
  CHECK(seen.team->messages().back().flags == mailstore::Flags{mailstore::Flag::Seen});
  seen.bruno.inbox().append(start, test::message_one, {mailstore::Flag::Seen, mailstore::Flag::Flagged});
  seen.say("SELECT INBOX");
  seen.say("COPY 1 \"Other Users/anna/Team\"");
  CHECK(seen.team->messages().size() == 5);
  CHECK(seen.team->messages().back().flags == mailstore::Flags{mailstore::Flag::Seen});
  Office closing("lrt");
  CHECK(closing.selected().say("CLOSE") == "a OK CLOSE completed\r\n");
  CHECK(closing.team->messages().size() == 3);
}

TEST_CASE("IMAP: rights are set, told and listed, the old ones too (RFC 4314 §2.1.1, §3)") {
  Office office("lra");
  const std::string team = " \"Other Users/anna/Team\"";
  CHECK(office.say("MYRIGHTS" + team) == "* MYRIGHTS" + team + " lra\r\na OK MYRIGHTS completed\r\n");
  CHECK(office.say("SETACL" + team + " carla lrsd") == "a OK SETACL completed\r\n");
  CHECK(office.say("SETACL" + team + " carla +c") == "a OK SETACL completed\r\n");
  CHECK(office.say("SETACL" + team + " carla -s") == "a OK SETACL completed\r\n");
  CHECK(office.say("SETACL" + team + " -anyone w") == "a OK SETACL completed\r\n");
  CHECK(office.say("GETACL" + team) ==
        "* ACL" + team + " -anyone w anna lrswipkxteancd bruno lra carla lrkxtecd\r\na OK GETACL completed\r\n");
  CHECK(office.say("DELETEACL" + team + " carla") == "a OK DELETEACL completed\r\n");
  CHECK(office.say("SETACL" + team + " BRUNO \"\"") == "a OK SETACL completed\r\n");  // users' case means nothing
  CHECK(office.say("GETACL" + team) == nothing);
  CHECK(Office("lr").say("GETACL" + team) == no_right);
  CHECK(Office("lra").say("LISTRIGHTS" + team + " carla") ==
        "* LISTRIGHTS" + team + " carla \"\" l r s w i p k x t e a n c d\r\na OK LISTRIGHTS completed\r\n");
  CHECK(Office("lra").say("LISTRIGHTS" + team + " anna") ==
        "* LISTRIGHTS" + team + " anna la r s w i p k x t e n c d\r\na OK LISTRIGHTS completed\r\n");
  CHECK(office.say("SETACL INBOX bruno \"\"") == "a OK SETACL completed\r\n");
  CHECK(office.say("MYRIGHTS INBOX") == "* MYRIGHTS INBOX la\r\na OK MYRIGHTS completed\r\n");  // owners can mend it
  CHECK(office.say("SELECT INBOX") == no_right);
  CHECK(office.say("SETACL INBOX bruno lrQ") == "a BAD that right is not known\r\n");
  for (const std::string_view wrong :
       {"SETACL INBOX", "SETACL INBOX b", "SETACL INBOX \"\" lr", "GETACL", "GETACL INBOX x", "DELETEACL INBOX",
        "LISTRIGHTS INBOX", "MYRIGHTS", "SETACL INBOX b lr x"})
    CHECK(Office("lr").say(std::string(wrong)) == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: LIST returns rights and annotations of what it lists (RFC 8440 §3, RFC 9590 §3)") {
  Office office("lr");
  office.anna.set_metadata(office.team, "bruno", "/private/comment", "ours");
  CHECK(office.say("LIST \"\" (INBOX *Team*) RETURN (MYRIGHTS METADATA (/private/comment))") ==
        "* LIST () \"/\" INBOX\r\n* MYRIGHTS INBOX lrswipkxteancd\r\n* METADATA INBOX (/private/comment NIL)\r\n"
        "* LIST () \"/\" \"Other Users/anna/Team\"\r\n* MYRIGHTS \"Other Users/anna/Team\" lr\r\n"
        "* METADATA \"Other Users/anna/Team\" (/private/comment \"ours\")\r\na OK LIST completed\r\n");
}

TEST_CASE("IMAP: annotations are set, told, bounded and removed (RFC 5464 §4)") {
  CHECK(after_select("a SETMETADATA INBOX (/private/comment \"mine\" /SHARED/comment {4+}\r\nours)\r\n"
                     "b GETMETADATA INBOX (/shared/comment /private/Comment /shared/none)\r\n"
                     "c GETMETADATA INBOX (MAXSIZE 3) /shared/comment\r\nd GETMETADATA (DEPTH infinity) INBOX "
                     "/shared/vendor/x/y\r\n"
                     "e SETMETADATA INBOX (/private/comment NIL)\r\nf GETMETADATA INBOX /private/comment\r\n") ==
        "a OK SETMETADATA completed\r\n"
        "* METADATA INBOX (/shared/none NIL /private/comment \"mine\" /shared/comment \"ours\")\r\nb OK GETMETADATA "
        "completed\r\n"
        "c OK [METADATA LONGENTRIES 4] GETMETADATA completed\r\n"
        "* METADATA INBOX (/shared/vendor/x/y NIL)\r\nd OK GETMETADATA completed\r\n"
        "e OK SETMETADATA completed\r\n* METADATA INBOX (/private/comment NIL)\r\nf OK GETMETADATA completed\r\n");
  mailstore::Account account("bruno");
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\n");
  const auto say = [&session](const std::string& command) { return session.say("a " + command + "\r\n"); };
  say("SETMETADATA \"\" (/private/vendor/x/a \"1\" /private/vendor/x/a/b \"2\" /private/vendor/x/a/b/c ~{1+}\r\n" +
      std::string(1, '\0') + ")");
  CHECK(say("GETMETADATA \"\" (DEPTH 1) /private/vendor/x/a") ==
        "* METADATA \"\" (/private/vendor/x/a \"1\" /private/vendor/x/a/b \"2\")\r\na OK GETMETADATA completed\r\n");
  CHECK(say("GETMETADATA \"\" (DEPTH infinity MAXSIZE 9) /private/vendor/x/a").find("/b/c ~{1}\r\n") !=
        std::string::npos);
  CHECK(say("SETMETADATA \"\" (/shared/comment \"x\")") == "a NO [NOPERM] only its administrator may do that\r\n");
  CHECK(say("SETMETADATA Nowhere (/shared/comment \"x\")") == nothing);
  // All or none (§4.3); to change an annotation changes the mailbox (RFC 7162 §3.2).
  const auto before = account.inbox().highest_modseq();
  CHECK(say("SETMETADATA INBOX (/shared/a \"x\" /shared/b {16385+}\r\n" + std::string(16385, 'x') + ")") ==
        "a NO [METADATA MAXSIZE 16384] value too long\r\n");
  CHECK(account.inbox().metadata().entries().empty());
  CHECK(account.inbox().highest_modseq() == before);
  for (int number = 0; number < 64; ++number) say("SETMETADATA INBOX (/shared/n" + std::to_string(number) + " \"x\")");
  CHECK(say("SETMETADATA INBOX (/shared/more \"x\")") == "a NO [METADATA TOOMANY] too many entries\r\n");
  CHECK(account.inbox().highest_modseq() > before);
  for (const std::string_view wrong :
       {"GETMETADATA INBOX", "GETMETADATA INBOX ()", "GETMETADATA INBOX /comment", "GETMETADATA INBOX /shared/",
        "GETMETADATA INBOX /shared//a", "GETMETADATA INBOX \"/shared/a*\"", "GETMETADATA INBOX /shared/vendor/x",
        "GETMETADATA (X) INBOX /shared/a", "GETMETADATA (DEPTH 2) INBOX /shared/a", "SETMETADATA INBOX ()",
        "SETMETADATA INBOX (/shared/a)", "SETMETADATA INBOX (/shared/a x)", "SETMETADATA INBOX /shared/a \"x\""}) {
    Session fresh(account);
    fresh.say("x LOGIN bruno ginger-4\r\n");
    CHECK(fresh.say("a " + std::string(wrong) + "\r\n") == "a BAD invalid arguments\r\n");
  }
}
