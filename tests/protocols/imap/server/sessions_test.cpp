// Several sessions on one mailbox: what each is told, when, and that no number ever shifts unsaid.
#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/imap/client/client.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"
#include "protocols/imap/syntax/sequence_set.hpp"
#include "protocols/pop3/server.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::Session;
using test::start;

static_assert(Engine<imap::Server> && Engine<imap::Client>);

namespace {

/// A session with INBOX selected, what came before forgotten.
struct Selected : Session {
  explicit Selected(mailstore::Account& account) : Session(account) {
    say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  }
};

}  // namespace

TEST_CASE("IMAP: what is delivered or flagged meanwhile is told with the next command (RFC 3501 §5.2, §7.3)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Selected phone(account), laptop(account);
  CHECK(phone.say("a NOOP\r\n") == "a OK NOOP completed\r\n");
  account.inbox().append(start, test::message_two);
  laptop.say("a STORE 1 +FLAGS (\\Answered)\r\n");
  CHECK(phone.say("").empty());  // nothing uninvited
  // The laptop was told first of the new message: it is not recent here (§2.3.2). What SELECT told stays recent.
  CHECK(phone.say("b NOOP\r\n") ==
        "* 1 FETCH (FLAGS (\\Answered \\Recent))\r\n* 4 EXISTS\r\n* 3 RECENT\r\nb OK NOOP completed\r\n");
  CHECK(phone.say("c NOOP\r\n") == "c OK NOOP completed\r\n");
}

TEST_CASE("IMAP: EXPUNGE is not told during FETCH, STORE and SEARCH, and numbers stay until it is (RFC 3501 §7.4.1)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Selected phone(account), laptop(account);
  laptop.say("a EXPUNGE\r\nb STORE 1 +FLAGS (\\Deleted)\r\nc EXPUNGE\r\n");
  REQUIRE(account.inbox().messages().size() == 1);
  CHECK(phone.say("a FETCH 2 UID\r\n") == "* 2 FETCH (UID 2)\r\na OK FETCH completed\r\n");
  CHECK(phone.say("b FETCH 1:3 UID\r\n") ==
        "* 2 FETCH (UID 2)\r\nb NO [EXPUNGEISSUED] some of the messages no longer exist\r\n");
  CHECK(phone.say("c STORE 3 +FLAGS (\\Seen)\r\n") == "c NO [EXPUNGEISSUED] some of the messages no longer exist\r\n");
  // To all that are there it was done, and nobody asked to hear of each (RFC 2180 §4.2.1, §4.2.3).
  CHECK(phone.say("c STORE 1:3 +FLAGS.SILENT (\\Seen)\r\n") == "c OK [EXPUNGEISSUED] STORE completed\r\n");
  CHECK(phone.say("c STORE 3 +FLAGS.SILENT (\\Seen)\r\n").starts_with("c NO [EXPUNGEISSUED] "));
  CHECK(phone.say("c STORE 1:3 FLAGS (\\Seen)\r\n") ==
        "* 2 FETCH (FLAGS (\\Recent \\Seen))\r\nc NO [EXPUNGEISSUED] some of the messages no longer exist\r\n");
  CHECK(phone.say("d SEARCH ALL\r\n") == "* SEARCH 2\r\nd OK SEARCH completed\r\n");
  CHECK(phone.say("e UID FETCH 1:* UID\r\n") ==
        "* 2 FETCH (UID 2)\r\n* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n* 1 RECENT\r\ne OK UID FETCH completed\r\n");
  CHECK(phone.say("f FETCH 1 UID\r\n") == "* 1 FETCH (UID 2)\r\nf OK FETCH completed\r\n");
}

TEST_CASE("IMAP: a keyword of another session is told by FLAGS before the FETCH that uses it (RFC 3501 §7.2.6)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Selected phone(account), laptop(account);
  phone.say("a STORE 1 +FLAGS (urgent)\r\n");
  const std::string flags = "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft urgent)\r\n";
  CHECK(laptop.say("b FETCH 1 (FLAGS UID)\r\n") ==
        flags + "* 1 FETCH (FLAGS (urgent) UID 1)\r\nb OK FETCH completed\r\n");
}

TEST_CASE("IMAP: .SILENT hides only what this session did itself (RFC 3501 §6.4.6)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Selected phone(account), laptop(account);
  CHECK(phone.say("a STORE 2 +FLAGS.SILENT (\\Flagged)\r\nb NOOP\r\n") ==
        "a OK STORE completed\r\nb OK NOOP completed\r\n");
  laptop.say("a STORE 1 +FLAGS (\\Answered)\r\n");
  CHECK(phone.say("c STORE 1 +FLAGS.SILENT (\\Flagged)\r\n") ==
        "* 1 FETCH (FLAGS (\\Answered \\Flagged \\Recent))\r\nc OK STORE completed\r\n");
}

TEST_CASE("IMAP: a message is recent in one read-write session (RFC 3501 §2.3.2)") {
  mailstore::Account account("bruno");
  Selected phone(account), laptop(account);
  account.inbox().append(start, test::message_two);
  CHECK(phone.say("a NOOP\r\n") == "* 1 EXISTS\r\n* 1 RECENT\r\na OK NOOP completed\r\n");
  CHECK(laptop.say("a NOOP\r\n") == "* 1 EXISTS\r\n* 0 RECENT\r\na OK NOOP completed\r\n");
  CHECK(laptop.say("b FETCH 1 FLAGS\r\n") == "* 1 FETCH (FLAGS ())\r\nb OK FETCH completed\r\n");
}

TEST_CASE("IMAP: while POP3 holds the maildrop IMAP still reads it, and sees what QUIT removed (RFC 1939 §4)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Selected phone(account);
  pop3::Server pop({"mx.llevant.example"});
  test::Record<pop3::Server> record;
  test::feed<pop3::Server>(pop, "USER bruno\r\nPASS x\r\nDELE 1\r\n", 0, start, record,
                           test::one_user(account, "bruno", "x"));
  CHECK(phone.say("a NOOP\r\n") == "a OK NOOP completed\r\n");
  test::feed<pop3::Server>(pop, "QUIT\r\n", 0, start, record);
  CHECK(phone.say("b NOOP\r\n") == "* 1 EXPUNGE\r\n* 2 RECENT\r\nb OK NOOP completed\r\n");
}

TEST_CASE("IMAP: a full mailbox takes no APPEND and no COPY") {
  mailstore::Account account("bruno");
  mailstore::Mailbox* full = account.create("Full").mailbox;
  const mailstore::NewMessage message{account.content("A: b\r\n\r\n"), {}, start};
  full->append(start, std::vector(mailstore::Mailbox::messages_max, message));
  account.inbox().append(start, {&message, 1});
  Selected session(account);
  CHECK(session.say("a APPEND Full {1}\r\nx\r\n").ends_with("a NO [LIMIT] the mail store has no room for it\r\n"));
  CHECK(session.say("b COPY 1 Full\r\n") == "b NO [LIMIT] the mail store has no room for it\r\n");
  CHECK(full->messages().size() == mailstore::Mailbox::messages_max);
}

namespace {

/// A client's memory of a mailbox, kept by the server's untagged responses alone.
struct Memory {
  struct Known {
    std::optional<std::uint32_t> uid;
    std::optional<std::set<std::string>> flags;
  };
  std::vector<Known> messages;

  void learn(const test::Record<imap::Server>& record) {
    for (const Step& step : record.steps) {
      if (step.direction != Direction::Sent) continue;
      const auto response =
          imap::read_response(std::string_view(record.sent).substr(step.bytes.begin, step.bytes.size() - 2));
      REQUIRE(response);
      if (!response->number) continue;
      const std::size_t number = *response->number;
      if (response->name == "EXISTS") {
        REQUIRE(number >= messages.size());  // only EXPUNGE takes away (RFC 3501 §7.3.1)
        messages.resize(number);
      } else if (response->name == "EXPUNGE") {
        REQUIRE(number >= 1);
        REQUIRE(number <= messages.size());
        messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(number) - 1);
      } else if (response->name == "FETCH") {
        REQUIRE(number >= 1);
        REQUIRE(number <= messages.size());
        const auto data = imap::read_fetch(response->rest);
        REQUIRE(data.unread.empty());
        Known& known = messages[number - 1];
        if (data.uid && known.uid) REQUIRE(*data.uid == *known.uid);  // a number never means another message
        if (data.uid) known.uid = data.uid;
        if (data.flags) known.flags = data.flags;
      }
    }
  }

  /// After a NOOP the memory is the mailbox.
  void check_equal(const mailstore::Mailbox& mailbox) const {
    REQUIRE(messages.size() == mailbox.messages().size());
    for (std::size_t place = 0; place < messages.size(); ++place) {
      const auto& truth = mailbox.messages()[place];
      if (messages[place].uid) REQUIRE(*messages[place].uid == truth.uid.value);
      if (!messages[place].flags) continue;
      auto flags = *messages[place].flags;
      flags.erase("\\Recent");
      REQUIRE(flags == mailbox.names(truth.flags));
    }
  }
};

}  // namespace

TEST_CASE("IMAP: whatever sessions do at the same time, each one's memory of the mailbox stays true") {
  const auto seed = GENERATE(take(40, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  mailstore::Account account("bruno");
  test::fill(account);
  std::vector<std::unique_ptr<Session>> sessions;
  std::vector<Memory> memories(3);
  const auto say = [&](std::size_t who, const std::string& command) {
    sessions[who]->record.steps.clear();
    const std::string said = sessions[who]->say("t " + command + "\r\n");
    const bool by_number = command.starts_with("FETCH") || command.starts_with("STORE") ||
                           command.starts_with("SEARCH") || command.starts_with("SORT");
    if (by_number) REQUIRE(said.find(" EXPUNGE\r\n") == std::string::npos);
    if (command.find(".SILENT") != std::string::npos)  // what a client does in silence it must remember by itself
      for (auto& known : memories[who].messages) known.flags.reset();
    memories[who].learn(sessions[who]->record);
  };
  for (std::size_t who = 0; who < memories.size(); ++who) {
    sessions.push_back(std::make_unique<Session>(account));
    sessions[who]->say("x LOGIN bruno ginger-4\r\n");
    say(who, "SELECT INBOX");
  }
  static const std::vector<std::string> commands{"NOOP",
                                                 "FETCH # (UID FLAGS)",
                                                 "FETCH 1:* UID",
                                                 "STORE # +FLAGS (\\Deleted)",
                                                 "STORE # -FLAGS.SILENT (\\Seen)",
                                                 "EXPUNGE",
                                                 "UID FETCH #:* BODY[TEXT]",
                                                 "SEARCH UNSEEN",
                                                 "UID STORE # FLAGS (\\Draft)",
                                                 "COPY # INBOX",
                                                 "UID SEARCH #",
                                                 "SORT (REVERSE DATE) UTF-8 ALL",
                                                 "THREAD REFERENCES UTF-8 ALL",
                                                 "UID REPLACE # INBOX {3+}\r\nE:f",
                                                 "STATUS INBOX (MESSAGES)",
                                                 "CHECK",
                                                 "STORE 1:# +FLAGS ($Work \\Seen)",
                                                 "MOVE # INBOX",
                                                 "UID MOVE # INBOX",
                                                 "UID EXPUNGE #",
                                                 "APPEND INBOX {3+}\r\nA:b {3+}\r\nC:d",
                                                 "IDLE\r\nDONE"};
  for (int round = 0; round < 250; ++round) {
    if (random() % 6 == 0) account.inbox().append(start, test::message_two);
    if (random() % 20 == 0)
      account.inbox().remove({1 + static_cast<std::uint32_t>(random() % account.inbox().uid_next().value)});
    const std::size_t who = random() % memories.size();
    std::string command = commands[random() % commands.size()];
    if (const auto hash = command.find('#'); hash != std::string::npos)
      command.replace(hash, 1, std::to_string(1 + random() % (account.inbox().messages().size() + 1)));
    say(who, command);
    if (sessions[who]->record.closed) {  // too many BADs: a new session
      sessions[who] = std::make_unique<Session>(account);
      memories[who] = {};
      sessions[who]->say("x LOGIN bruno ginger-4\r\n");
      say(who, "SELECT INBOX");
    }
    if (random() % 4 == 0) {
      say(who, "NOOP");
      memories[who].check_equal(account.inbox());
    }
  }
  for (std::size_t who = 0; who < memories.size(); ++who) {
    say(who, "NOOP");
    memories[who].check_equal(account.inbox());
  }
}

TEST_CASE("IMAP: no input does harm to the server, and any split of it gives the same answers") {
  const auto seed = GENERATE(take(80, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  static const std::vector<std::string> lines{
      "NOOP",
      "SELECT INBOX",
      "EXAMINE inbox",
      "LIST \"\" \"*\"",
      "STATUS {5}\r\nINBOX (MESSAGES UNSEEN)",
      "FETCH 1:* FAST",
      "FETCH 1 BODY[HEADER.FIELDS (From \"To\")]<0.9>",
      "UID FETCH 2 RFC822",
      "STORE 1 +FLAGS (\\Seen)",
      "SEARCH OR SEEN (TEXT {5}\r\nlunch)",
      "APPEND INBOX (\\Seen) \"07-Mar-2026 10:30:00 +0000\" {6}\r\nA: b\r\n",
      "EXPUNGE",
      "CLOSE",
      "CREATE a/b",
      "COPY 1 a",
      "MOVE 1:2 a",
      "RENAME a c",
      "DELETE a/b",
      "LSUB \"\" %",
      "SUBSCRIBE {3+}\r\na/b",
      "IDLE",
      "DONE",
      "UID EXPUNGE 1:*",
      "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" % RETURN (STATUS (SIZE))",
      "ID (\"a\" {1+}\r\nb)",
      "UNSELECT",
      "ENABLE X",
      "ENABLE QRESYNC",
      "SELECT INBOX (QRESYNC (1 1 1:9 (1:2 1:2)))",
      "UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)",
      "STORE 1:2 (UNCHANGEDSINCE 3) FLAGS ($a)",
      "UID SEARCH RETURN (SAVE PARTIAL -1:-2) MODSEQ \"/flags/\\\\seen\" all 1",
      "SEARCH CHARSET KOI8-R OR OLDER 5 BODY {1}\r\n\xc1",
      "FETCH $ (MODSEQ PREVIEW)",
      "UID SORT RETURN (COUNT) (REVERSE SUBJECT DISPLAYTO) UTF-8 TEXT a",
      "THREAD REFERENCES UTF-8 ALL",
      "UID THREAD ORDEREDSUBJECT US-ASCII NEW",
      "REPLACE 1 INBOX (\\Draft) ~{4+}\r\nA: b",
      "GETQUOTAROOT INBOX",
      "ESEARCH IN (personal subtree (a \"b\") selected) RETURN (COUNT) 1:9 NOT UID $",
      "SETACL INBOX anyone -lc",
      "GETMETADATA (DEPTH 1) INBOX (/shared/a)",
      "SETMETADATA INBOX (/shared/a {1+}\r\nx /private/b NIL)",
      "LISTRIGHTS INBOX a",
      "UNAUTHENTICATE",
      "ENABLE IMAP4rev2",
      "LOGIN {5}\r\nbruno {8}\r\nginger-4",
      "CAPABILITY",
      "UID SEARCH NOT 1",
      "CHECK"};
  std::string input = random() % 4 != 0 ? "x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n" : "";
  for (int line = 0; line < 20; ++line)
    input += "t" + std::to_string(line) + " " + lines[random() % lines.size()] + "\r\n";
  for (auto mutations = random() % 8; mutations > 0; --mutations)
    input[random() % input.size()] =
        random() % 2 != 0 ? static_cast<char>(random() % 256) : "{}()[]<>\"*%+\\19 \r\n"[random() % 18];

  test::Record<imap::Server> records[2];
  for (const std::size_t chunk : {std::size_t{0}, std::size_t{1 + random() % 9}}) {
    mailstore::Account account("bruno");
    test::fill(account);
    Session session(account);
    session.say(input, chunk);
    session.server.receive_eof(start);
    session.say("");
    CHECK(session.record.closed);
    CHECK(session.record.told == session.record.sent.size());
    records[chunk == 0 ? 0 : 1] = session.record;
  }
  CHECK(test::told(records[0].steps) == test::told(records[1].steps));
  CHECK(records[0].sent == records[1].sent);
}

TEST_CASE("IMAP: a sequence set holds what its ranges hold, in either order and overlapping (RFC 3501 §9)") {
  const auto seed = GENERATE(take(50, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto number = [&random]() -> std::optional<std::uint32_t> {
    if (random() % 8 == 0) return std::nullopt;
    return 1 + static_cast<std::uint32_t>(random() % 30);
  };
  imap::SequenceSet set;
  for (auto ranges = 1 + random() % 6; ranges > 0; --ranges) set.ranges.push_back({number(), number()});
  const std::uint32_t largest = 1 + static_cast<std::uint32_t>(random() % 30);
  const imap::NumberSet resolved = set.resolve(largest);
  for (std::uint32_t candidate = 0; candidate < 35; ++candidate) {
    const bool expected = std::ranges::any_of(set.ranges, [&](const auto& range) {
      const auto [low, high] = std::minmax({range.one.value_or(largest), range.other.value_or(largest)});
      return low <= candidate && candidate <= high;
    });
    CHECK(resolved.contains(candidate) == expected);
  }
}

TEST_CASE("IMAP: a LIST pattern costs no backtracking (RFC 3501 §6.3.8)") {
  std::string pattern;
  for (int star = 0; star < 120; ++star) pattern += "*a";
  CHECK_FALSE(imap::matches_pattern(pattern, std::string(119, 'a')));
  CHECK(imap::matches_pattern(pattern, std::string(255, 'a')));
  CHECK_FALSE(imap::matches_pattern(pattern + "b", std::string(255, 'a')));
  CHECK(imap::matches_pattern("%/%", "a/b"));
  CHECK_FALSE(imap::matches_pattern("%", "a/b"));
  CHECK_FALSE(imap::matches_pattern("", "a"));
}
