// SORT and THREAD (RFC 5256, RFC 5957, RFC 5267), as transcripts and against any headers that name each other.
#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/imap/search/thread.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

namespace {

struct Letter {
  std::string from, to, subject, date;
};

/// A session on a mailbox of these letters, received one hour after another.
struct Letters : Session {
  Letters(mailstore::Account& account, const std::vector<Letter>& letters) : Session(account) {
    Instant at = start;
    for (const Letter& letter : letters)
      account.inbox().append(at += std::chrono::hours(1),
                             "From: " + letter.from + "\r\nTo: " + letter.to + "\r\nSubject: " + letter.subject +
                                 "\r\n" + (letter.date.empty() ? "" : "Date: " + letter.date + "\r\n") + "\r\n" +
                                 std::string(letter.to.size(), 'x') + "\r\n");
    say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  }
  /// The numbers that SORT gives, or what else was said.
  std::string sort(const std::string& arguments) {
    const std::string said = say("a SORT " + arguments + "\r\n");
    const std::size_t end = said.find("\r\na OK SORT completed\r\n");
    return end == std::string::npos ? said : said.substr(6, end - 6);
  }
};

}  // namespace

TEST_CASE("IMAP: SORT orders by what each criterion says (RFC 5256 §3, RFC 5957 §4)") {
  mailstore::Account account("bruno");
  Letters session(account,
                  {{"Zoe <anna@x.example>", "c@x.example", "Re: [list] Lunch", "Mon, 02 Mar 2026 12:00:00 +0000"},
                   {"\"Anna\" <zoe@x.example>", "b@x.example", "apple", "Mon, 02 Mar 2026 09:00:00 -0500"},
                   {"=?UTF-8?Q?=C3=A9tienne?= <m@x.example>", "", "LUNCH (fwd)", "Mon, 02 Mar 2026 11:00:00 +0000"},
                   {"", "a@x.example", "=?UTF-8?Q?=C3=89clair?=", ""}});
  CHECK(session.sort("(ARRIVAL) UTF-8 ALL") == " 1 2 3 4");
  CHECK(session.sort("(REVERSE ARRIVAL) UTF-8 ALL") == " 4 3 2 1");
  CHECK(session.sort("(DATE) US-ASCII ALL") == " 3 1 4 2");  // the fourth has no Date: 13:00, when it came (§2.2)
  CHECK(session.sort("(SUBJECT) UTF-8 ALL") == " 2 4 1 3");
  CHECK(session.sort("(SUBJECT DATE) UTF-8 ALL") == " 2 4 3 1");
  CHECK(session.sort("(REVERSE SUBJECT) UTF-8 ALL") == " 1 3 4 2");  // equal ones keep their order
  CHECK(session.sort("(FROM) UTF-8 ALL") == " 4 1 3 2");
  CHECK(session.sort("(DISPLAYFROM) UTF-8 ALL") == " 4 2 3 1");
  CHECK(session.sort("(TO) UTF-8 ALL") == " 3 4 2 1");
  CHECK(session.sort("(DISPLAYTO) UTF-8 1:2") == " 2 1");
  CHECK(session.sort("(CC REVERSE SIZE) UTF-8 1,4") == " 1 4");
  CHECK(session.sort("(SUBJECT) UTF-8 FROM nobody") == "");
  CHECK(session.sort("(SUBJECT) x-none ALL").starts_with("a NO [BADCHARSET"));
  CHECK(session.say("b UID SORT RETURN (MIN MAX ALL COUNT) (REVERSE ARRIVAL) UTF-8 NOT 3\r\n") ==
        "* ESEARCH (TAG \"b\") UID MIN 4 MAX 1 COUNT 3 ALL 4,2,1\r\nb OK UID SORT completed\r\n");  // RFC 5267 §3.1
  CHECK(session.say("c SORT RETURN (SAVE) (SUBJECT) UTF-8 ALL\r\nd FETCH $ UID\r\n")
            .starts_with("c OK SORT completed\r\n* 1"));
  CHECK(session.say("e SORT (SUBJECT) UTF-8 MODSEQ 4\r\n").find("* SORT 4 3 (MODSEQ 5)") != std::string::npos);
  for (const std::string_view wrong : {"", "(SUBJECT)", "(SUBJECT) UTF-8", "() UTF-8 ALL", "(REVERSE) UTF-8 ALL",
                                       "(NAME) UTF-8 ALL", "SUBJECT UTF-8 ALL"})
    CHECK(session.say("f SORT " + std::string(wrong) + "\r\n") == "f BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: SORT bounds its criteria") {
  std::string criteria = "SIZE";
  for (int more = 1; more < 16; ++more) criteria += " SIZE";
  CHECK(after_select("a SORT (" + criteria + ") UTF-8 ALL\r\n").starts_with("* SORT 3 2 1"));
  CHECK(after_select("a SORT (" + criteria + " SIZE) UTF-8 ALL\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: THREAD=ORDEREDSUBJECT puts one base subject under its first message (RFC 5256 §3)") {
  mailstore::Account account("bruno");
  Letters session(account, {{"a", "b", "Re: two", "Mon, 02 Mar 2026 12:00:00 +0000"},
                            {"a", "b", "one", "Mon, 02 Mar 2026 11:00:00 +0000"},
                            {"a", "b", "Two", "Mon, 02 Mar 2026 10:00:00 +0000"},
                            {"a", "b", "[x] Re: TWO", "Mon, 02 Mar 2026 13:00:00 +0000"},
                            {"a", "b", "fwd: one", "Mon, 02 Mar 2026 14:00:00 +0000"}});
  CHECK(session.say("a THREAD ORDEREDSUBJECT UTF-8 ALL\r\nb UID THREAD ORDEREDSUBJECT US-ASCII 1\r\n"
                    "c THREAD ORDEREDSUBJECT UTF-8 FROM z\r\n") ==
        "* THREAD (3 (1)(4))(2 5)\r\na OK THREAD completed\r\n* THREAD (1)\r\nb OK UID THREAD completed\r\n"
        "* THREAD\r\nc OK THREAD completed\r\n");
  for (const std::string_view wrong : {"", "REFERENCES", "REFERENCES UTF-8", "NONE UTF-8 ALL"})
    CHECK(session.say("d THREAD " + std::string(wrong) + "\r\n") == "d BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: THREAD=REFERENCES passes over identifiers without \"@\", which are nobody's (RFC 5322 §3.6.4)") {
  mailstore::Account account("bruno");
  Session session(account);
  account.inbox().append(start, "Message-ID: <a1@x.example>\r\nSubject: apples\r\nReferences: <yes>\r\n\r\n");
  account.inbox().append(start, "Message-ID: <a2@x.example>\r\nSubject: pears\r\nReferences: <yes>\r\n\r\n");
  const auto& messages = account.inbox().messages();
  CHECK(session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\na THREAD REFERENCES UTF-8 ALL\r\n")
            .ends_with("* THREAD (1)(2)\r\na OK THREAD completed\r\n"));
  CHECK(messages[0].content->thread() != messages[1].content->thread());
}

namespace {

imap::ThreadMember member(int number, std::string id, std::vector<std::string> references, std::string subject = {},
                          bool is_reply = false) {
  return {std::to_string(number), std::move(id), std::move(references),
          std::move(subject),     is_reply,      start + std::chrono::minutes(number)};
}

}  // namespace

TEST_CASE("IMAP: THREAD=REFERENCES follows the steps of RFC 5256 §3") {
  using imap::threads_by_references;
  CHECK(threads_by_references({}).empty());
  // The example of §4, response THREAD: chains, and where they split.
  CHECK(threads_by_references({member(2, "b", {}), member(3, "c", {}), member(6, "f", {"c"}),
                               member(4, "d", {"c", "f"}), member(23, "w", {"d"}), member(44, "x", {"f"}),
                               member(7, "g", {"x"}), member(96, "y", {"g"})}) == "(2)(3 6 (4 23)(44 7 96))");
  // Step 3: a parent that is not there keeps its children together, but an only child needs none.
  CHECK(threads_by_references({member(3, "c", {"gone"}), member(5, "e", {"gone"})}) == "((3)(5))");
  CHECK(threads_by_references({member(3, "c", {"gone"})}) == "(3)");
  CHECK(threads_by_references({member(1, "a", {}), member(2, "b", {"a", "gone"}), member(3, "c", {"a", "gone"})}) ==
        "(1 (2)(3))");
  // Step 1: a circle is not closed; a message's own references count for more than others' of it.
  CHECK(threads_by_references({member(1, "a", {"b"}), member(2, "b", {"a"})}) == "(2 1)");
  CHECK(threads_by_references({member(1, "a", {"a"})}) == "(1)");
  CHECK(threads_by_references({member(1, "x", {"a", "b"}), member(2, "a", {}), member(3, "b", {})}) == "(2)(3 1)");
  CHECK(threads_by_references({member(1, "a", {}), member(2, "a", {}), member(3, "c", {"a"}), member(4, "", {"a"})}) ==
        "(1 (3)(4))(2)");
  // Step 5: one subject, one thread.
  CHECK(threads_by_references({member(1, "a", {}, "S"), member(2, "b", {}, "S", true)}) == "(1 2)");
  CHECK(threads_by_references({member(1, "a", {}, "S", true), member(2, "b", {}, "S")}) == "(2 1)");
  CHECK(threads_by_references({member(1, "a", {}, "S"), member(2, "b", {}, "S"), member(3, "c", {}, "S")}) ==
        "((1)(2)(3))");
  CHECK(threads_by_references(
            {member(1, "a", {}, "S", true), member(2, "b", {}, "S", true), member(3, "c", {}, "S")}) == "(3 (1)(2))");
  CHECK(threads_by_references({member(1, "a", {"g"}, "S"), member(2, "b", {"g"}, "S"), member(3, "c", {}, "S")}) ==
        "((1)(2)(3))");
  CHECK(threads_by_references({member(1, "a", {"g"}, "S"), member(2, "b", {"g"}, "S"), member(3, "c", {"h"}, "S"),
                               member(4, "d", {"h"}, "S")}) == "((1)(2)(3)(4))");
  CHECK(threads_by_references({member(1, "a", {}, ""), member(2, "b", {}, "")}) == "(1)(2)");
  // Step 6: siblings by date, whatever the order in the mailbox.
  CHECK(threads_by_references({member(9, "a", {}), member(5, "b", {"a"}), member(3, "c", {"a"})}) == "(9 (3)(5))");
}

TEST_CASE("IMAP: THREAD=REFERENCES reads the headers (RFC 5256 §3)") {
  mailstore::Account account("bruno");
  const auto add = [&account](const std::string& header) { account.inbox().append(start, header + "\r\n"); };
  add("Message-ID: <\"1\"@x>\r\nSubject: One\r\n");
  add("Message-ID: <2@x>\r\nIn-Reply-To: <1@x> and <9@x>\r\nSubject: Other\r\n");
  add("Message-ID: <3@x>\r\nReferences: <1@x>\r\n <2@x>\r\nIn-Reply-To: <9@x>\r\n");
  add("Subject: Re: one\r\n");
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  CHECK(session.say("a THREAD REFERENCES UTF-8 ALL\r\nb UID THREAD REFERENCES UTF-8 NOT 1\r\n") ==
        "* THREAD (1 (2 3)(4))\r\na OK THREAD completed\r\n* THREAD (2 3)(4)\r\nb OK UID THREAD completed\r\n");
}

TEST_CASE("IMAP: THREAD tells each message once, whatever they say of each other") {
  const auto seed = GENERATE(take(60, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::vector<imap::ThreadMember> members;
  const auto id = [&random] { return "i" + std::to_string(random() % 40); };
  const int count = static_cast<int>(random() % 60);
  for (int number = 1; number <= count; ++number) {
    std::vector<std::string> references;
    for (auto more = random() % 5; more > 0; --more) references.push_back(id());
    members.push_back(member(number, random() % 5 == 0 ? "" : id(), std::move(references),
                             random() % 3 == 0 ? "" : std::string(1, static_cast<char>('A' + random() % 6)),
                             random() % 2 == 0));
    members.back().sent = start + std::chrono::minutes(random() % 20);
  }
  for (const std::string& text : {imap::threads_by_references(members), imap::threads_by_subject(members)}) {
    INFO(text);
    std::multiset<int> told;
    int depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '(') ++depth;
      if (text[at] == ')') REQUIRE(--depth >= 0);
      if (std::isdigit(static_cast<unsigned char>(text[at])) == 0) continue;
      REQUIRE(depth > 0);
      std::size_t digits = 0;
      told.insert(std::stoi(text.substr(at), &digits));
      at += digits - 1;
    }
    CHECK(depth == 0);
    CHECK(told.size() == members.size());
    CHECK(std::set(told.begin(), told.end()).size() == members.size());
  }
}

TEST_CASE("IMAP: THREAD takes a chain as long as a mailbox, in either order") {
  std::vector<imap::ThreadMember> members;
  for (int number = 1; number <= 20'000; ++number)
    members.push_back(member(number, "i" + std::to_string(number), {"i" + std::to_string(number - 1)}));
  CHECK(imap::threads_by_references(members).starts_with("(1 2 3 4 5 "));
  std::ranges::reverse(members);
  CHECK(imap::threads_by_references(members).starts_with("(1 2 3 4 5 "));
}

TEST_CASE("IMAP: QUOTA tells what is used and what may be (RFC 9208 §4)") {
  CHECK(
      after_select("a GETQUOTAROOT INBOX\r\nb GETQUOTA \"\"\r\nc GETQUOTA x\r\nd GETQUOTAROOT x\r\ne GETQUOTA\r\n") ==
      "* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (ANNOTATION-STORAGE 0 8192)\r\na OK GETQUOTAROOT completed\r\n"
      "* QUOTA \"\" (ANNOTATION-STORAGE 0 8192)\r\nb OK GETQUOTA completed\r\nc NO [NONEXISTENT] no such quota root\r\n"
      "d NO [NONEXISTENT] no such mailbox\r\ne BAD invalid arguments\r\n");
  mailstore::Account account("bruno");
  test::fill(account);
  account.set_quota({4, 3, 10});
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\n");
  CHECK(session.say("a GETQUOTA \"\"\r\nb APPEND INBOX {1+}\r\nx\r\nc STATUS INBOX (DELETED DELETED-STORAGE)\r\n") ==
        "* QUOTA \"\" (STORAGE 1 4 MESSAGE 3 3 MAILBOX 1 10 ANNOTATION-STORAGE 0 8192)\r\na OK GETQUOTA completed\r\n"
        "b NO [OVERQUOTA] it would exceed the quota\r\n* STATUS INBOX (DELETED 1 DELETED-STORAGE 18)\r\nc OK STATUS "
        "completed\r\n");
}
