// Searches that find what is similar (SEARCH=FUZZY, RFC 6203): how near texts are, and what the IMAP server makes of
// it.
#include <catch2/catch_all.hpp>
#include <functional>
#include <random>

#include "protocols/core/casemap.hpp"
#include "protocols/imap/search/fuzzy_text.hpp"
#include "protocols/imap/server/server.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using imap::FuzzyText;
using test::Session;
using test::start;

namespace {

unsigned score(const std::string& wanted, const std::string& text) { return FuzzyText(casemap(wanted)).score(text); }

/// A session with four messages: "Helo" is in none of them.
struct Searched {
  Searched() {
    for (const std::string text : {"Subject: Hello Bruno\r\n\r\nx\r\n", "Subject: Lunch\r\n\r\nWe say hello.\r\n",
                                   "Subject: Nothing\r\n\r\nelse\r\n", "Subject: HELP\r\nFrom: helo@a\r\n\r\nx\r\n"})
      account.inbox().append(start, text);
    session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  }
  std::string say(const std::string& command) { return session.say("a " + command + "\r\n"); }

  mailstore::Account account{"bruno"};
  Session session{account};
};

const std::string bad = "a BAD invalid arguments\r\n";

}  // namespace

TEST_CASE("fuzzy: what is there as it was asked for scores 100, and misspelt words less (RFC 6203 §4)") {
  CHECK(score("imap break", "An IMAP breakfast") == 100);
  CHECK(score("break imap", "IMAP: break!") == 100);  // in any order
  CHECK(score("helo", "hello") == 50);
  CHECK(score("Bruno", "Burno") == 50);  // two letters that changed places are one mistake
  CHECK(score("friday", "firdays") == 34);
  CHECK(score("friday", "frida") == 67);
  CHECK(score("friday", "monday") == 0);
  CHECK(score("on friday", "on fridat") == 83);  // the mean of 100 and 67
  CHECK(score("on friday", "monday") == 0);      // every word has to be there
  CHECK(score("to", "ta") == 0);                 // a short word has no mistakes
  CHECK(score("", "anything") == 100);
  CHECK(score("!?", "anything") == 0);
}

TEST_CASE("fuzzy: case and accents do not count") {
  CHECK(score("camio", "El CAMIÓ") == 100);
  CHECK(score("Núria", "nuria") == 100);
  CHECK(score("pingüí", "pinguino") == 34);
  CHECK(score("привет", "пивет") == 67);
}

TEST_CASE("fuzzy: what is long is looked for exactly, so that the work has a bound (RFC 6203 §8)") {
  const auto wrong = [](std::string word) { return word.replace(word.size() / 2, 1, "y"); };
  const std::string longest(FuzzyText::word_characters_max, 'x');
  CHECK(score(longest, wrong(longest)) == 67);
  CHECK(score(longest + "x", wrong(longest + "x")) == 0);
  CHECK(score(longest + "x", "a" + longest + "xb") == 100);
  std::string words;
  for (std::size_t word = 0; word < FuzzyText::words_max; ++word) words += "lunch ";
  CHECK(score(words, "munch") == 50);
  CHECK(score(words + "lunch", "munch") == 0);
  const std::string before(FuzzyText::text_octets_max, ' ');
  CHECK(score("lunch", before.substr(5) + "munch") == 50);
  CHECK(score("lunch", before + "munch") == 0);
  CHECK(score("lunch", before + "lunch") == 100);
}

TEST_CASE("fuzzy: the score agrees with a naive count of mistakes, and any octets have one") {
  const auto seed = GENERATE(take(40, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto word = [&] {
    std::string text(3 + random() % 6, ' ');
    for (char& letter : text) letter = static_cast<char>('a' + random() % 3);
    return text;
  };
  const std::function<unsigned(std::string_view, std::string_view)> distance = [&](std::string_view a,
                                                                                   std::string_view b) -> unsigned {
    if (a.empty() || b.empty()) return static_cast<unsigned>(a.size() + b.size());
    if (a.back() == b.back()) return distance(a.substr(0, a.size() - 1), b.substr(0, b.size() - 1));
    const std::string_view less_a = a.substr(0, a.size() - 1), less_b = b.substr(0, b.size() - 1);
    unsigned least = 1 + std::min({distance(less_a, b), distance(a, less_b), distance(less_a, less_b)});
    if (a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && b.back() == a[a.size() - 2])
      least = std::min(least, 1 + distance(a.substr(0, a.size() - 2), b.substr(0, b.size() - 2)));
    return least;
  };
  for (int round = 0; round < 50; ++round) {
    const std::string wanted = word(), text = word();
    CAPTURE(wanted, text);
    const unsigned most = wanted.size() < 6 ? 1 : 2, wrong = distance(wanted, text);
    const bool held = text.find(wanted) != std::string::npos;
    CHECK(score(wanted, text) == (held ? 100 : wrong > most ? 0 : 100 - 100 * wrong / (most + 1)));
  }
  std::string octets(random() % 300, ' '), wanted(random() % 60, ' ');
  for (char& octet : octets) octet = static_cast<char>(random());
  for (char& octet : wanted) octet = static_cast<char>(random());
  CHECK(score(wanted, octets) <= 100);
}

TEST_CASE("IMAP FUZZY: similar texts are found, and RELEVANCY tells how similar (RFC 6203 §3, §4)") {
  Searched inbox;
  CHECK(inbox.say("SEARCH SUBJECT Helo") == "* SEARCH\r\na OK SEARCH completed\r\n");
  CHECK(inbox.say("SEARCH FUZZY SUBJECT Helo") == "* SEARCH 1 4\r\na OK SEARCH completed\r\n");
  CHECK(inbox.say("SEARCH FUZZY (SUBJECT Helo)") == "* SEARCH 1 4\r\na OK SEARCH completed\r\n");
  CHECK(inbox.say("SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT \"Helo\"") ==
        "* ESEARCH (TAG \"a\") ALL 1:2,4 RELEVANCY (50 38 100)\r\na OK SEARCH completed\r\n");
  CHECK(inbox.say("UID SEARCH RETURN (RELEVANCY PARTIAL 1:2) FUZZY BODY helo") ==
        "* ESEARCH (TAG \"a\") UID PARTIAL (1:2 2) RELEVANCY (50)\r\na OK UID SEARCH completed\r\n");
  CHECK(inbox.say("SEARCH RETURN (RELEVANCY COUNT MAX) FUZZY TEXT Helo") ==
        "* ESEARCH (TAG \"a\") MAX 4 COUNT 3 RELEVANCY (50 38 100)\r\na OK SEARCH completed\r\n");
  CHECK(inbox.say("SEARCH RETURN (RELEVANCY) FUZZY SUBJECT zzzz") ==
        "* ESEARCH (TAG \"a\") RELEVANCY ()\r\na OK SEARCH completed\r\n");
  CHECK(inbox.say("ESEARCH IN (selected) RETURN (RELEVANCY ALL) FUZZY SUBJECT hlep").find("ALL 4 RELEVANCY (50)") !=
        std::string::npos);
  CHECK(inbox.say("ESEARCH IN (personal) RETURN (RELEVANCY) FUZZY SUBJECT hlep").find("UID RELEVANCY (50)") !=
        std::string::npos);
}

TEST_CASE("IMAP FUZZY: keys without texts and keys outside it are exact (RFC 6203 §3, §5)") {
  Searched inbox;
  const auto found = [&](const std::string& keys) {
    const std::string said = inbox.say("SEARCH RETURN (RELEVANCY ALL) " + keys);
    return said.substr(0, said.find("\r\n")).substr(std::min(said.size(), std::string("* ESEARCH (TAG \"a\")").size()));
  };
  CHECK(found("FUZZY SUBJECT helo FROM helo@a") == " ALL 4 RELEVANCY (50)");
  CHECK(found("FUZZY SUBJECT helo FROM hello@a") == " RELEVANCY ()");
  CHECK(found("FUZZY (SUBJECT helo FROM hello@a)") == " ALL 4 RELEVANCY (62)");  // the mean of 50 and 75
  CHECK(found("OR FUZZY SUBJECT hlep FUZZY SUBJECT bruno") == " ALL 1,4 RELEVANCY (100 50)");
  CHECK(found("FUZZY OR SUBJECT burno SUBJECT lunch") == " ALL 1:2 RELEVANCY (50 100)");
  CHECK(found("FUZZY 2:3") == " ALL 2:3 RELEVANCY (100 100)");
  CHECK(found("FUZZY (UNSEEN SMALLER 28 UID 1:2)") == " ALL 1 RELEVANCY (100)");
  CHECK(found("FUZZY NOT SUBJECT helo") == " ALL 2:3 RELEVANCY (100 100)");
  CHECK(found("FUZZY FUZZY SUBJECT help") == " ALL 4 RELEVANCY (100)");
}

TEST_CASE("IMAP FUZZY: SORT puts the most relevant first, and RELEVANCY wants FUZZY (RFC 6203 §4, §6)") {
  Searched inbox;
  CHECK(inbox.say("SORT (RELEVANCY) UTF-8 FUZZY TEXT helo") == "* SORT 4 1 2\r\na OK SORT completed\r\n");
  CHECK(inbox.say("SORT (REVERSE RELEVANCY) UTF-8 FUZZY TEXT helo") == "* SORT 2 1 4\r\na OK SORT completed\r\n");
  CHECK(inbox.say("SORT RETURN (RELEVANCY ALL) (RELEVANCY) UTF-8 FUZZY TEXT helo") ==
        "* ESEARCH (TAG \"a\") ALL 4,1:2 RELEVANCY (100 50 38)\r\na OK SORT completed\r\n");
  for (const std::string wrong :
       {"SEARCH RETURN (RELEVANCY) SUBJECT helo", "ESEARCH IN (personal) RETURN (RELEVANCY) SUBJECT helo",
        "ESEARCH IN (selected) RETURN (RELEVANCY) ALL", "SORT (RELEVANCY) UTF-8 SUBJECT helo", "SEARCH FUZZY",
        "SORT RETURN (RELEVANCY) (DATE) UTF-8 ALL"})
    CHECK(inbox.say(wrong) == bad);

  Searched kept;  // up to date in that order (RFC 5267 §4.3)
  kept.say("SORT RETURN (ALL UPDATE) (RELEVANCY) UTF-8 FUZZY TEXT helo");
  kept.account.inbox().append(start, "Subject: Helo\r\n\r\nx\r\n");
  CHECK(kept.session.say("b NOOP\r\n").find("* ESEARCH (TAG \"a\") ADDTO (2 5)\r\n") != std::string::npos);
}
