// Searches that the IMAP server keeps up to date (RFC 5267), as transcripts.
#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/imap/search/update_context.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::Session;
using test::start;

namespace {

/// One account with three messages, a session with INBOX selected, and another that changes it.
struct Two {
  Two() : mine((test::fill(account), account)), other(account) {
    mine.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
    other.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  }
  /// What is told of results at the next occasion, behind "* ESEARCH".
  std::string news() {
    const std::string all = mine.say("n NOOP\r\n");
    std::string told;
    for (std::size_t at = all.find("* ESEARCH "); at != std::string::npos; at = all.find("* ESEARCH ", at + 1))
      told += all.substr(at + 10, all.find("\r\n", at) - at - 10) + ";";
    return told;
  }
  mailstore::Account account{"bruno"};
  Session mine, other;
};

}  // namespace

TEST_CASE("IMAP: UPDATE tells what comes into a search's results and what goes (RFC 5267 §4.3)") {
  Two two;
  CHECK(two.mine.say("a UID SEARCH RETURN (UPDATE COUNT) UNSEEN\r\n") ==
        "* ESEARCH (TAG \"a\") UID COUNT 2\r\na OK UID SEARCH completed\r\n");
  two.other.say("a STORE 1 +FLAGS (\\Seen)\r\nb STORE 2 -FLAGS (\\Seen)\r\n");
  CHECK(two.mine.say("b NOOP\r\n") ==
        "* 1 FETCH (FLAGS (\\Recent \\Seen))\r\n* 2 FETCH (FLAGS (\\Recent))\r\n"
        "* ESEARCH (TAG \"a\") UID REMOVEFROM (0 1) ADDTO (0 2)\r\nb OK NOOP completed\r\n");
  two.account.inbox().append(start, test::message_two);
  two.account.inbox().append(start, test::message_two);
  CHECK(two.mine.say("c NOOP\r\n") ==
        "* 5 EXISTS\r\n* 5 RECENT\r\n* ESEARCH (TAG \"a\") UID ADDTO (0 4:5)\r\nc OK NOOP completed\r\n");
  CHECK(two.news().empty());
}

TEST_CASE(
    "IMAP: a result that is expunged leaves before its number does, also where the number must stay (RFC 5267 "
    "§4.3.4)") {
  Two two;
  two.mine.say("a SEARCH RETURN (UPDATE) ALL\r\n");
  two.other.say("b EXPUNGE\r\n");
  CHECK(two.mine.say("b FETCH 1 UID\r\n") ==
        "* 1 FETCH (UID 1)\r\n* ESEARCH (TAG \"a\") REMOVEFROM (0 3)\r\nb OK FETCH completed\r\n");
  CHECK(two.mine.say("c NOOP\r\n") == "* 3 EXPUNGE\r\n* 2 RECENT\r\nc OK NOOP completed\r\n");
}

TEST_CASE("IMAP: one's own changes move results too, and IDLE tells them (RFC 5267 §4.3.2)") {
  Two two;
  two.mine.say("a SEARCH RETURN (UPDATE) UNSEEN\r\n");
  CHECK(two.mine.say("b STORE 1 +FLAGS.SILENT (\\Seen)\r\n") ==
        "* ESEARCH (TAG \"a\") REMOVEFROM (0 1)\r\nb OK STORE completed\r\n");
  two.mine.say("c IDLE\r\n");
  two.other.say("c STORE 1 -FLAGS.SILENT (\\Seen)\r\n");
  CHECK(two.mine.server.has_news());
  CHECK(two.mine.say("") == "* 1 FETCH (FLAGS (\\Recent))\r\n* ESEARCH (TAG \"a\") ADDTO (0 1)\r\n");
}

TEST_CASE("IMAP: message numbers in a search mean the messages that had them (RFC 5267 §4.3)") {
  Two two;
  two.mine.say("a SEARCH RETURN (UPDATE) 2:3 UNSEEN\r\n");
  two.account.inbox().remove({1});
  two.account.inbox().append(start, test::message_two);
  CHECK(two.news().empty());
  two.account.inbox().set_flags({3}, {mailstore::Flag::Seen});
  two.account.inbox().set_flags({2}, {});
  CHECK(two.news() == "(TAG \"a\") REMOVEFROM (0 2) ADDTO (0 1);");
}

TEST_CASE("IMAP: results of SORT come and go at their positions (RFC 5267 §4.3.3, §4.3.4)") {
  using std::chrono::hours;
  Two two;
  CHECK(two.mine.say("a UID SORT RETURN (UPDATE ALL) (REVERSE ARRIVAL) UTF-8 ALL\r\n") ==
        "* ESEARCH (TAG \"a\") UID ALL 3,2,1\r\na OK UID SORT completed\r\n");
  two.account.inbox().append(start + hours(36), test::message_two);
  CHECK(two.news() == "(TAG \"a\") UID ADDTO (2 4);");
  two.account.inbox().append(start + hours(60), test::message_two);
  two.account.inbox().append(start + hours(61), test::message_two);
  two.account.inbox().append(start - hours(1), test::message_two);
  CHECK(two.news() == "(TAG \"a\") UID ADDTO (1 6,5 7 7);");
  two.account.inbox().remove({2});
  two.account.inbox().remove({6});
  CHECK(two.news() == "(TAG \"a\") UID REMOVEFROM (5 2 1 6);");
}

TEST_CASE("IMAP: a tag stands for one search at a time, until CANCELUPDATE (RFC 5267 §4.3, §4.3.5)") {
  Two two;
  two.mine.say("a SEARCH RETURN (UPDATE) UNSEEN\r\n");
  CHECK(two.mine.say("a SORT RETURN (UPDATE) (DATE) UTF-8 FLAGGED\r\na SEARCH RETURN (UPDATE) ALL\r\n") ==
        "a BAD that tag stands for another search\r\na BAD that tag stands for another search\r\n");
  CHECK(two.mine.say("b CANCELUPDATE \"x\"\r\nc CANCELUPDATE\r\nd CANCELUPDATE a\r\ne CANCELUPDATE \"a\" x\r\n") ==
        "b BAD no search of that tag is kept up to date\r\nc BAD invalid arguments\r\nd BAD invalid arguments\r\n"
        "e BAD invalid arguments\r\n");
  CHECK(two.mine.say("f CANCELUPDATE \"a\"\r\n") == "f OK CANCELUPDATE completed\r\n");
  two.account.inbox().append(start, test::message_two);
  CHECK(two.news().empty());
  two.mine.say("a SEARCH RETURN (UPDATE) UNSEEN\r\nb CLOSE\r\nc SELECT INBOX\r\n");
  two.account.inbox().append(start, test::message_two);
  CHECK(two.news().empty());
}

TEST_CASE("IMAP: more searches than can be kept up to date are refused by NOUPDATE, and answered (RFC 5267 §4.3.1)") {
  Two two;
  for (std::size_t number = 0; number < imap::UpdateContext::contexts_max; ++number)
    two.mine.say("t" + std::to_string(number) + " SEARCH RETURN (UPDATE) ALL\r\n");
  CHECK(two.mine.say("a SEARCH RETURN (UPDATE COUNT) ALL\r\n") ==
        "* ESEARCH (TAG \"a\") COUNT 3\r\n* NO [NOUPDATE \"a\"] no more searches can be kept up to date\r\n"
        "a OK SEARCH completed\r\n");
  two.mine.say("b CANCELUPDATE \"t0\" \"t1\"\r\n");
  CHECK(two.mine.say("a SEARCH RETURN (UPDATE) ALL\r\n") == "* ESEARCH (TAG \"a\")\r\na OK SEARCH completed\r\n");
}

TEST_CASE("IMAP: CONTEXT is a hint, and PARTIAL tells a window beside UPDATE (RFC 5267 §4.2, §4.4)") {
  Two two;
  CHECK(two.mine.say("a SEARCH RETURN (CONTEXT) ALL\r\n") ==
        "* ESEARCH (TAG \"a\") ALL 1:3\r\na OK SEARCH completed\r\n");
  CHECK(two.mine.say("b SEARCH RETURN (UPDATE CONTEXT PARTIAL 1:2) ALL\r\n") ==
        "* ESEARCH (TAG \"b\") PARTIAL (1:2 1:2)\r\nb OK SEARCH completed\r\n");
  two.account.inbox().remove({3});
  CHECK(two.news() == "(TAG \"b\") REMOVEFROM (0 3);");
}

TEST_CASE("IMAP: UPDATE of ESEARCH is of the selected mailbox alone (RFC 7377 §2.2)") {
  Two two;
  two.mine.say("a ESEARCH IN (selected) RETURN (UPDATE) UNSEEN\r\n");
  two.account.inbox().append(start, test::message_two);
  CHECK(two.news() == "(TAG \"a\" MAILBOX INBOX UIDVALIDITY 1) UID ADDTO (0 4);");
  CHECK(two.mine.say("b ESEARCH IN (personal) RETURN (UPDATE) SEEN\r\n") ==
        "* ESEARCH (TAG \"b\" MAILBOX INBOX UIDVALIDITY 1) UID\r\n"
        "* NO [NOUPDATE \"b\"] no more searches can be kept up to date\r\nb OK ESEARCH completed\r\n");
  CHECK(two.mine.say("c UNSELECT\r\nd ESEARCH IN (personal) RETURN (UPDATE) SEEN\r\n")
            .ends_with("d BAD invalid arguments\r\n"));
}

TEST_CASE("IMAP: a client that follows the updates has what a new search finds, whatever happens (RFC 5267 §4.3)") {
  const unsigned seed = Catch::rngSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  for (const bool sorted : {false, true}) {
    mailstore::Account account("bruno");
    test::fill(account);
    Session session(account);
    session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
    const std::string program = sorted ? "(SUBJECT) UTF-8 UNFLAGGED" : "UNFLAGGED",
                      verb = sorted ? "UID SORT" : "UID SEARCH";
    std::vector<std::string> results;
    const auto found = [&] {
      std::vector<std::string> uids;
      const std::string all = session.say("f " + verb + " " + program + "\r\n");
      const std::size_t line = all.rfind(sorted ? "* SORT" : "* SEARCH");
      std::istringstream in(all.substr(line, all.find("\r\n", line) - line));
      for (std::string word; in >> word;)
        if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) uids.push_back(word);
      return uids;
    };
    session.say("u " + verb + " RETURN (UPDATE) " + program + "\r\n");
    results = found();
    /// "2,4:5" in its order.
    const auto numbers = [](const std::string& set) {
      std::vector<std::string> all;
      std::istringstream in(set);
      for (std::string range; std::getline(in, range, ',');) {
        const std::size_t colon = range.find(':');
        const int first = std::stoi(range),
                  last = colon == std::string::npos ? first : std::stoi(range.substr(colon + 1));
        for (int number = first; number <= last; ++number) all.push_back(std::to_string(number));
      }
      return all;
    };
    const auto apply = [&](const std::string& line) {
      std::istringstream in(line);
      bool adds = false;
      for (std::string word; in >> word;) {
        if (word == "ADDTO" || word == "REMOVEFROM") adds = word == "ADDTO";
        if (word.starts_with('(')) word.erase(0, 1);
        if (word.empty() || std::isdigit(static_cast<unsigned char>(word[0])) == 0) continue;
        const auto position = static_cast<std::ptrdiff_t>(std::stoul(word));
        in >> word;
        if (word.ends_with(')')) word.pop_back();
        std::ptrdiff_t at = position - 1;
        for (const std::string& uid : numbers(word)) {
          if (!adds) {
            if (position > 0) REQUIRE(results.at(static_cast<std::size_t>(at)) == uid);
            REQUIRE(std::erase(results, uid) == 1);
          } else {
            results.insert(position > 0 ? results.begin() + at++ : results.end(), uid);
          }
        }
      }
    };
    for (int round = 0; round < 200; ++round) {
      for (std::size_t left = below(4); left > 0; --left) {
        const auto& messages = account.inbox().messages();
        const std::size_t what = messages.empty() ? 0 : below(4);
        if (what == 0) {
          account.inbox().append(start, "Subject: " + std::to_string(below(50)) + "\r\n\r\n");
        } else {
          const mailstore::Uid uid = messages[below(messages.size())].uid;
          if (what == 1) account.inbox().remove(uid);
          if (what == 2) account.inbox().set_flags(uid, {mailstore::Flag::Flagged});
          if (what == 3) account.inbox().set_flags(uid, {});
        }
      }
      const std::string all = session.say(below(2) == 0 ? "n NOOP\r\n" : "n SEARCH ALL\r\n");
      for (std::size_t at = all.find("* ESEARCH"); at != std::string::npos; at = all.find("* ESEARCH", at + 1))
        apply(all.substr(all.find(" UID ", at) + 5, all.find("\r\n", at) - all.find(" UID ", at) - 5));
      session.say("n NOOP\r\n");
      if (!sorted) std::ranges::sort(results, {}, [](const std::string& uid) { return std::stoul(uid); });
      const std::vector<std::string> anew = found();
      REQUIRE(results == anew);
    }
  }
}
