// Mod-sequences and quick resynchronisation (RFC 7162), as transcripts and against a client that was away.
#include <catch2/catch_all.hpp>
#include <map>
#include <random>

#include "protocols/imap/data/fetch_data.hpp"
#include "protocols/imap/data/response.hpp"
#include "protocols/imap/syntax/cursor.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::answers;
using test::Session;
using test::start;

namespace {

const std::string login = "x LOGIN bruno ginger-4\r\n";

/// What is said to `input` after login and ENABLE `extension`.
std::string with(const std::string& extension, const std::string& input) {
  const std::string entry = login + "y ENABLE " + extension + "\r\n";
  const std::string before = answers(entry);
  const std::string all = answers(entry + input);
  REQUIRE(all.starts_with(before));
  return all.substr(before.size());
}

/// A session with ENABLE `extension` and INBOX selected.
struct Enabled : Session {
  Enabled(mailstore::Account& account, const std::string& extension) : Session(account) {
    say(login + "y ENABLE " + extension + "\r\nz SELECT INBOX\r\n");
  }
};

}  // namespace

TEST_CASE("IMAP: ENABLE names what it has switched on (RFC 5161 §3.2, RFC 7162 §3.2.3)") {
  const auto enabled = [](const std::string& names) {
    const std::string said = answers(login + "a ENABLE " + names + "\r\n");
    return said.substr(said.find("* ENABLED"));
  };
  CHECK(enabled("condstore") == "* ENABLED CONDSTORE\r\na OK ENABLE completed\r\n");
  CHECK(enabled("QRESYNC X CONDSTORE") == "* ENABLED QRESYNC CONDSTORE\r\na OK ENABLE completed\r\n");
}

TEST_CASE("IMAP: the first command that knows of mod-sequences is told the highest (RFC 7162 §3.1)") {
  const std::string highest = "* OK [HIGHESTMODSEQ 4] highest mod-sequence\r\n";
  CHECK(after_select("a FETCH 1:2 (MODSEQ)\r\nb FETCH 3 MODSEQ\r\n") ==
        highest +
            "* 1 FETCH (MODSEQ (2))\r\n* 2 FETCH (MODSEQ (3))\r\na OK FETCH completed\r\n"
            "* 3 FETCH (MODSEQ (4))\r\nb OK FETCH completed\r\n");
  CHECK(after_select("a SEARCH MODSEQ 3\r\n") == highest + "* SEARCH 2 3 (MODSEQ 4)\r\na OK SEARCH completed\r\n");
  CHECK(after_select("a STATUS INBOX (HIGHESTMODSEQ)\r\n") ==
        highest + "* STATUS INBOX (HIGHESTMODSEQ 4)\r\na OK STATUS completed\r\n");
  CHECK(after_select("a STORE 1 (UNCHANGEDSINCE 1) FLAGS.SILENT (\\Seen)\r\n").starts_with(highest));
  CHECK(after_select("a FETCH 1 UID (CHANGEDSINCE 5)\r\n").starts_with(highest));
  const std::string selected = answers(login + "a SELECT INBOX (CONDSTORE)\r\nb STORE 1 +FLAGS.SILENT (\\Seen)\r\n");
  CHECK(
      selected.ends_with("a OK [READ-WRITE] SELECT completed\r\n"
                         "* 1 FETCH (UID 1 MODSEQ (5))\r\nb OK STORE completed\r\n"));
}

TEST_CASE("IMAP: who knows of mod-sequences is told them with every change, and the UID (RFC 7162 §3.1, §3.2.4)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Enabled phone(account, "CONDSTORE"), laptop(account, "CONDSTORE");
  CHECK(laptop.say("a STORE 1 +FLAGS (\\Answered)\r\n") ==
        "* 1 FETCH (UID 1 FLAGS (\\Answered) MODSEQ (5))\r\na OK STORE completed\r\n");
  CHECK(phone.say("a NOOP\r\n") ==
        "* 1 FETCH (UID 1 FLAGS (\\Answered \\Recent) MODSEQ (5))\r\na OK NOOP completed\r\n");
  // Setting what is set changes nothing (§3.1), and silence needs no answer then.
  CHECK(laptop.say("b STORE 1 +FLAGS.SILENT (\\Answered)\r\n") == "b OK STORE completed\r\n");
  // A FETCH that sets \Seen tells what it has changed (§3.2.4).
  CHECK(
      laptop.say("c FETCH 3 BODY[TEXT]\r\n") ==
      "* 3 FETCH (BODY[TEXT] {0}\r\n FLAGS (\\Deleted \\Flagged \\Seen) UID 3 MODSEQ (6))\r\nc OK FETCH completed\r\n");
  CHECK(laptop.say("d FETCH 1 (MODSEQ FLAGS UID BODY[]<0.4>)\r\n") ==
        "* 1 FETCH (MODSEQ (7) FLAGS (\\Answered \\Seen) UID 1 BODY[]<0> {4}\r\nFrom)\r\nd OK FETCH completed\r\n");
}

TEST_CASE("IMAP: FETCH tells only what has changed since (RFC 7162 §3.1.4.1)") {
  CHECK(with("CONDSTORE", "s SELECT INBOX\r\na FETCH 1:3 FLAGS (CHANGEDSINCE 2)\r\n")
            .ends_with("* 2 FETCH (FLAGS (\\Recent \\Seen) MODSEQ (3))\r\n"
                       "* 3 FETCH (FLAGS (\\Deleted \\Flagged \\Recent) MODSEQ (4))\r\na OK FETCH completed\r\n"));
  CHECK(with("CONDSTORE", "s SELECT INBOX\r\na UID FETCH 1:2 (MODSEQ) (CHANGEDSINCE 2)\r\n")
            .ends_with("* 2 FETCH (UID 2 MODSEQ (3))\r\na OK UID FETCH completed\r\n"));
  for (const std::string_view wrong :
       {"FETCH 1 UID (CHANGEDSINCE)", "FETCH 1 UID (CHANGEDSINCE x)", "FETCH 1 UID (CHANGEDSINCE 9223372036854775808)",
        "FETCH 1 UID (CHANGEDSINCE 1 CHANGEDSINCE 2)", "FETCH 1 UID ()", "FETCH 1 UID (CHANGEDSINCE 1",
        "FETCH 1 UID (X)", "FETCH 1 UID (CHANGEDSINCE 1 VANISHED)", "UID FETCH 1 UID (CHANGEDSINCE 1 VANISHED)",
        "FETCH 1 UID (PARTIAL 1:1)"})
    CHECK(with("CONDSTORE", "s SELECT INBOX\r\na " + std::string(wrong) + "\r\n")
              .ends_with("a BAD invalid arguments\r\n"));
}

TEST_CASE("IMAP: STORE leaves alone what has changed since, and tells it (RFC 7162 §3.1.3)") {
  const std::string said = with("CONDSTORE",
                                "s SELECT INBOX\r\na STORE 1:3 (UNCHANGEDSINCE 3) +FLAGS.SILENT (\\Draft)\r\n"
                                "b UID STORE 1,3 (UNCHANGEDSINCE 0) FLAGS ()\r\n");
  CHECK(said.substr(said.find("* 1 FETCH")) ==
        "* 1 FETCH (UID 1 MODSEQ (5))\r\n* 2 FETCH (UID 2 MODSEQ (6))\r\n"
        "* 3 FETCH (UID 3 FLAGS (\\Deleted \\Flagged \\Recent) MODSEQ (4))\r\na OK [MODIFIED 3] STORE completed\r\n"
        "* 1 FETCH (UID 1 FLAGS (\\Draft \\Recent) MODSEQ (5))\r\n"
        "* 3 FETCH (UID 3 FLAGS (\\Deleted \\Flagged \\Recent) MODSEQ (4))\r\nb OK [MODIFIED 1,3] UID STORE "
        "completed\r\n");
  for (const std::string_view wrong : {"(UNCHANGEDSINCE) FLAGS ()", "(UNCHANGEDSINCE 1)FLAGS ()", "(X 1) FLAGS ()",
                                       "(UNCHANGEDSINCE 1 UNCHANGEDSINCE 1) FLAGS ()", "() FLAGS ()"})
    CHECK(after_select("a STORE 1 " + std::string(wrong) + "\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: STORE UNCHANGEDSINCE on messages of which some are gone is NO with MODIFIED (RFC 7162 §3.1.3)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Enabled phone(account, "CONDSTORE"), laptop(account, "CONDSTORE");
  laptop.say("a STORE 1 +FLAGS (\\Answered)\r\nb EXPUNGE\r\n");
  CHECK(phone.say("a STORE 1:3 (UNCHANGEDSINCE 4) +FLAGS (\\Seen)\r\n") ==
        "* 1 FETCH (UID 1 FLAGS (\\Answered \\Recent) MODSEQ (5))\r\n* 2 FETCH (UID 2 FLAGS (\\Recent \\Seen) MODSEQ "
        "(3))\r\n"
        "a NO [MODIFIED 1] some messages are gone\r\n");
}

TEST_CASE("IMAP: removals are told as VANISHED once QRESYNC is on, with the new highest mod-sequence (RFC 7162 §3.2)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Enabled phone(account, "QRESYNC"), laptop(account, "QRESYNC");
  laptop.say("a STORE 1 +FLAGS.SILENT (\\Deleted)\r\n");
  CHECK(laptop.say("b EXPUNGE\r\nc EXPUNGE\r\n") ==
        "* VANISHED 1,3\r\nb OK [HIGHESTMODSEQ 6] EXPUNGE completed\r\nc OK EXPUNGE completed\r\n");
  // Numbers stay during FETCH; whoever loses the connection now must not believe to be up to date (§3.2).
  CHECK(phone.say("a FETCH 2 MODSEQ\r\n") ==
        "* 2 FETCH (MODSEQ (3))\r\n* OK [HIGHESTMODSEQ 4] highest mod-sequence\r\na OK FETCH completed\r\n");
  CHECK(phone.say("b UID SEARCH 1:2\r\n").find("VANISHED") == std::string::npos);  // §3.2.10.2
  CHECK(phone.say("c UID SEARCH UID 1:9\r\n") ==
        "* SEARCH 2\r\n* VANISHED 1,3\r\n* 1 RECENT\r\nc OK UID SEARCH completed\r\n");
  CHECK(phone.say("d STORE 1 +FLAGS.SILENT (\\Deleted)\r\ne UID EXPUNGE 1:*\r\n") ==
        "* 1 FETCH (UID 2 MODSEQ (7))\r\nd OK STORE completed\r\n"
        "* VANISHED 2\r\n* 0 RECENT\r\ne OK [HIGHESTMODSEQ 8] UID EXPUNGE completed\r\n");
  account.inbox().append(start, test::message_two, {mailstore::Flag::Deleted});
  account.create("A");
  account.inbox().append(start, test::message_two);
  CHECK(laptop.say("f NOOP\r\ng UID MOVE 5 A\r\n") ==
        "* VANISHED 2\r\n* 2 EXISTS\r\n* 2 RECENT\r\nf OK NOOP completed\r\n"
        "* OK [COPYUID 2 5 1] moved\r\n* VANISHED 5\r\n* 1 RECENT\r\ng OK [HIGHESTMODSEQ 11] UID MOVE completed\r\n");
  CHECK(laptop.say("h CLOSE\r\n") == "h OK CLOSE completed\r\n");  // no code here (§3.2.8)
}

TEST_CASE("IMAP: SELECT brings a client that was away up to date (RFC 7162 §3.2.5)") {
  mailstore::Account account("bruno");
  test::fill(account);
  account.inbox().append(start, test::message_two);
  account.inbox().remove({2});                                  // 6
  account.inbox().set_flags({1}, {mailstore::Flag::Answered});  // 7
  const auto resync = [&account](const std::string& arguments) {
    std::string answers[2];
    for (const std::size_t chunk : {0U, 1U}) {
      Session session(account);
      session.say(login + "y ENABLE QRESYNC\r\n");
      const std::string said = session.say("a EXAMINE INBOX (QRESYNC (" + arguments + "))\r\n", chunk);
      const std::size_t news = said.find("renamed\r\n");
      answers[chunk] = news == std::string::npos ? said : said.substr(news + 9);
    }
    CHECK(answers[0] == answers[1]);
    return answers[0];
  };
  const std::string ok = "a OK [READ-ONLY] EXAMINE completed\r\n", gone = "* VANISHED (EARLIER) 2\r\n";
  const std::string one = "* 1 FETCH (UID 1 FLAGS (\\Answered \\Recent) MODSEQ (7))\r\n";
  const std::string four = "* 3 FETCH (UID 4 FLAGS (\\Recent) MODSEQ (5))\r\n";
  CHECK(resync("1 7") == ok);
  CHECK(resync("1 6") == one + ok);
  CHECK(resync("1 5") == gone + one + ok);
  CHECK(resync("1 4") == gone + one + four + ok);
  CHECK(resync("1 4 2:4") == gone + four + ok);  // only what the client knows (§3.2.5.1)
  CHECK(resync("1 4 3") == ok);
  CHECK(resync("2 4") == ok);                                // another UIDVALIDITY: nothing (§3.2.5)
  CHECK(resync("1 4 1:4 (1 1)") == gone + one + four + ok);  // §3.2.5.2
  CHECK(resync("1 4 1:4 (1:2 1,3)") == one + four + ok);
  CHECK(resync("1 4 (2 3)") == one + four + ok);
  CHECK(resync("1 4 (1:2,9 1:2,9)") == gone + one + four + ok);
  for (const std::string_view wrong : {"1", "0 4", "1 4 ", "1 4 *", "1 4 $", "1 4 1:*", "1 4 1:4 (1)", "1 4 (1 *)",
                                       "1 4 () ", "1 x", "1 4 1:4 (1 1) 5"})
    CHECK(resync(std::string(wrong)) == "a BAD invalid arguments\r\n");
  CHECK(answers(login + "a SELECT INBOX (QRESYNC (1 1))\r\n").ends_with("a BAD invalid arguments\r\n"));  // §3.2.3
  CHECK(answers(login + "a SELECT INBOX (X)\r\nb SELECT INBOX ()\r\n").ends_with("b BAD invalid arguments\r\n"));
}

TEST_CASE("IMAP: UID FETCH tells what has vanished of a set (RFC 7162 §3.2.6)") {
  mailstore::Account account("bruno");
  test::fill(account);
  account.inbox().append(start, test::message_two);
  Enabled session(account, "QRESYNC");
  account.inbox().remove({4});
  account.inbox().remove({1});
  CHECK(session.say("a NOOP\r\nb UID FETCH 1:* FLAGS (VANISHED CHANGEDSINCE 5)\r\n") ==
        "* VANISHED 1,4\r\n* 2 RECENT\r\na OK NOOP completed\r\n* VANISHED (EARLIER) 1,4\r\nb OK UID FETCH "
        "completed\r\n");
  CHECK(session.say("c UID FETCH 3:9 MODSEQ (CHANGEDSINCE 3 VANISHED)\r\n") ==
        "* VANISHED (EARLIER) 4\r\n* 2 FETCH (UID 3 MODSEQ (4))\r\nc OK UID FETCH completed\r\n");
}

TEST_CASE("IMAP: sequence match data that repeats itself costs no time") {
  mailstore::Account account("bruno");
  const mailstore::NewMessage message{account.content("A: b\r\n\r\n"), {}, start};
  account.inbox().append(start, std::vector(10'000, message));
  std::string set = "1:10000";
  while (set.size() < 3'900) set += ",1:10000";
  Session session(account);
  session.say(login + "y ENABLE QRESYNC\r\n");
  const std::string said = session.say("a SELECT INBOX (QRESYNC (1 99999 (" + set + " " + set + ")))\r\n");
  CHECK(said.ends_with("a OK [READ-WRITE] SELECT completed\r\n"));
}

namespace {

/// What a client keeps of a mailbox while it is away (RFC 7162 §6): flags by UID, and the last mod-sequence.
struct Cache {
  std::map<std::uint32_t, std::set<std::string>> messages;
  std::uint64_t modseq{1};

  [[nodiscard]] std::string known() const {
    std::string set;
    for (const auto& [uid, flags] : messages) set.append(set.empty() ? " " : ",").append(std::to_string(uid));
    return set;
  }
  void learn(std::string_view line) {
    if (const auto at = line.find("[HIGHESTMODSEQ "); at != std::string_view::npos)
      modseq = std::stoull(std::string(line.substr(at + 15)));
    const auto response = imap::read_response(line);
    REQUIRE(response);
    if (response->name == "VANISHED") {
      imap::Cursor cursor(response->rest);
      if (cursor.take('(')) REQUIRE((cursor.word("EARLIER") && cursor.take(')') && cursor.space()));
      const auto set = cursor.sequence_set();
      REQUIRE(set);
      const auto numbers = set->resolve(1);
      std::erase_if(messages, [&](const auto& entry) { return numbers.contains(entry.first); });
    }
    if (response->name != "FETCH") return;
    const auto data = imap::read_fetch(response->rest);
    REQUIRE(data.unread.empty());
    REQUIRE(data.uid);
    if (data.flags) messages[*data.uid] = *data.flags;
  }
  void learn(const test::Record<imap::Server>& record) {
    for (const Step& step : record.steps)
      if (step.direction == Direction::Sent)
        learn(std::string_view(record.sent).substr(step.bytes.begin, step.bytes.size() - 2));
  }
};

}  // namespace

TEST_CASE("IMAP: whatever happened meanwhile, QRESYNC makes a cache equal to the mailbox (RFC 7162 §3.2.5, §6)") {
  const auto seed = GENERATE(take(30, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  mailstore::Account account("bruno");
  mailstore::Mailbox& inbox = account.inbox();
  Cache cache;
  for (int visit = 0; visit < 12; ++visit) {
    for (auto changes = random() % 40; changes > 0; --changes) {
      const mailstore::Uid uid{1 + static_cast<std::uint32_t>(random() % inbox.uid_next().value)};
      const auto what = random() % 4;
      if (what == 0) inbox.remove(uid);
      if (what == 1) inbox.set_flags(uid, {random() % 2 != 0 ? mailstore::Flag::Seen : mailstore::Flag::Flagged});
      if (what >= 2) inbox.append(start, test::message_three);
    }
    Session session(account);
    session.say(login + "y ENABLE QRESYNC\r\n");
    session.record.steps.clear();
    const bool says_what_it_knows = random() % 2 != 0 && !cache.messages.empty();
    session.say("a SELECT INBOX (QRESYNC (1 " + std::to_string(cache.modseq) +
                (says_what_it_knows ? cache.known() : "") + "))\r\n");
    const std::uint32_t last = cache.messages.empty() ? 0 : cache.messages.rbegin()->first;
    session.say("b UID FETCH " + std::to_string(last + 1) + ":* FLAGS\r\n");
    cache.learn(session.record);
    REQUIRE(cache.messages.size() == inbox.messages().size());
    for (const mailstore::Message& message : inbox.messages()) {
      auto flags = cache.messages.at(message.uid.value);
      flags.erase("\\Recent");
      REQUIRE(flags == inbox.names(message.flags));
    }
  }
}
