// UIDONLY and INPROGRESS at the IMAP server (RFC 9586, RFC 9585), as transcripts.
#include <catch2/catch_all.hpp>

#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

namespace {

const std::string uid_required = "BAD [UIDREQUIRED] UIDONLY is enabled: name messages by UID\r\n";

/// A session that has said ENABLE, and selected INBOX with three messages.
struct Enabled {
  explicit Enabled(const std::string& what) {
    test::fill(account);
    session.say("x LOGIN bruno ginger-4\r\ny ENABLE " + what + "\r\n");
    selected = session.say("z SELECT INBOX\r\n");
  }
  std::string say(const std::string& command) { return session.say("a " + command + "\r\n"); }

  mailstore::Account account{"bruno"};
  Session session{account};
  std::string selected;
};

}  // namespace

TEST_CASE("IMAP UIDONLY: what names messages by number is refused (RFC 9586 §3)") {
  Enabled enabled("UIDONLY");
  for (const std::string command :
       {"FETCH 1 FLAGS", "STORE 1 FLAGS ()", "SEARCH ALL", "SORT (DATE) UTF-8 ALL", "THREAD REFERENCES UTF-8 ALL",
        "COPY 1 INBOX", "MOVE 1 INBOX", "REPLACE 1 INBOX {1+}\r\nx", "UID SEARCH 1:2", "UID SEARCH NOT 1",
        "ESEARCH IN (personal) 1", "ESEARCH 1"}) {
    INFO(command);
    CHECK(Enabled("UIDONLY").say(command) == "a " + uid_required);
  }
  CHECK(enabled.say("UID SEARCH RETURN (SAVE) FLAGGED") == "a OK UID SEARCH completed\r\n");
  CHECK(enabled.say("UID SEARCH $") == "* SEARCH 3\r\na OK UID SEARCH completed\r\n");
  CHECK(enabled.say("UID SEARCH UID 2") == "* SEARCH 2\r\na OK UID SEARCH completed\r\n");
  CHECK(Enabled("UIDONLY QRESYNC").say("SELECT INBOX (QRESYNC (1 1 1:3 (1 1)))") == "a " + uid_required);
}

TEST_CASE("IMAP UIDONLY: responses name messages by UID (RFC 9586 §3.3, §3.4)") {
  Enabled enabled("UIDONLY");
  CHECK(enabled.selected.find("UNSEEN") == std::string::npos);
  enabled.account.inbox().remove(mailstore::Uid{1});
  CHECK(enabled.say("UID FETCH 2 (FLAGS)") ==
        "* 2 UIDFETCH (FLAGS (\\Recent \\Seen))\r\n* VANISHED 1\r\n* 2 RECENT\r\na OK UID FETCH completed\r\n");
  CHECK(enabled.say("UID FETCH 2 (UID RFC822.SIZE)") ==
        "* 2 UIDFETCH (UID 2 RFC822.SIZE 56)\r\na OK UID FETCH completed\r\n");
  CHECK(enabled.say("UID STORE 2 +FLAGS (\\Flagged)") ==
        "* 2 UIDFETCH (FLAGS (\\Flagged \\Recent \\Seen))\r\na OK UID STORE completed\r\n");
  CHECK(enabled.say("EXPUNGE") == "* VANISHED 3\r\n* 1 RECENT\r\na OK EXPUNGE completed\r\n");
  enabled.account.inbox().set_flags(mailstore::Uid{2}, {});
  CHECK(enabled.say("NOOP") == "* 2 UIDFETCH (FLAGS (\\Recent))\r\na OK NOOP completed\r\n");
  CHECK(enabled.say("UID MOVE 2 INBOX") ==
        "* OK [COPYUID 1 2 4] moved\r\n* VANISHED 2\r\n* 1 EXISTS\r\n* 1 RECENT\r\na OK UID MOVE completed\r\n");

  Enabled told("UIDONLY CONDSTORE");
  CHECK(told.say("UID STORE 1 +FLAGS.SILENT (\\Flagged)") ==
        "* 1 UIDFETCH (MODSEQ (5))\r\na OK UID STORE completed\r\n");
  CHECK(told.say("UID FETCH 1 BODY[TEXT]").find("* 1 UIDFETCH (BODY[TEXT]") == 0);
  CHECK(told.say("NOTIFY SET (selected (MessageNew (FLAGS) MessageExpunge))") == "a OK NOTIFY completed\r\n");
  told.account.inbox().append(start, test::message_two);
  CHECK(told.session.say("") == "* 4 EXISTS\r\n* 4 RECENT\r\n* 4 UIDFETCH (FLAGS (\\Recent) MODSEQ (7))\r\n");
}

TEST_CASE("IMAP: a FETCH that takes long tells how far it is, every ten seconds (RFC 9585 §4)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  session.server.receive(start, "a FETCH 1:3 UID\r\n");
  Instant now = start;
  std::string told;
  while (auto output = session.server.poll(now)) {
    if (const auto* transmit = std::get_if<Transmit>(&*output)) {
      told += transmit->bytes;
      now += std::chrono::seconds(6);
    }
  }
  CHECK(told ==
        "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* OK [INPROGRESS (\"a\" 2 3)] on it\r\n* 3 FETCH (UID 3)\r\n"
        "a OK FETCH completed\r\n");
}
