// The collation by which IMAP searches and sorts (RFC 5051).
#include "protocols/core/casemap.hpp"

#include <catch2/catch_all.hpp>
#include <string>

using mailscope::casemap;
using mailscope::text_holds;

TEST_CASE("i;unicode-casemap makes case and composition equal (RFC 5051 §2)") {
  CHECK(casemap("") == "");
  CHECK(casemap("Straße") == "STRAßE");  // no single title case
  CHECK(casemap("café") == casemap("CAFE\u0301"));
  CHECK(casemap("Éclair") == casemap("e\u0301CLAIR"));
  CHECK(casemap("ПРИВЕТ") == casemap("привет"));
  CHECK(casemap("Ελλάδα") == casemap("ΕΛΛΆΔΑ"));
  CHECK(casemap("ﬁ") == "fi");          // decomposed after it was mapped, and not mapped again
  CHECK(casemap("ǆ") == casemap("ǅ"));  // title case, not upper case
  CHECK(casemap("½") ==
        "1\u2044"
        "2");  // compatible forms
  CHECK(casemap("각") == "\u1100\u1161\u11a8");
  CHECK(casemap("가") == "\u1100\u1161");
  CHECK(casemap("日本") == "日本");
  CHECK(casemap("a\xff") == "A\ufffd");
}

TEST_CASE("i;unicode-casemap keeps the alphabet's order") {
  CHECK(casemap("apple") < casemap("Éclair"));
  CHECK(casemap("Éclair") < casemap("lunch"));
  CHECK(casemap("e") < casemap("é"));
}

TEST_CASE("a text is found wherever it stands in a long one, in linear time") {
  const std::string long_text(200'000, 'a');
  CHECK(text_holds(long_text + "b", casemap(std::string(60'000, 'A') + "b")));
  CHECK_FALSE(text_holds(long_text, casemap(std::string(60'000, 'a') + "b")));  // would take minutes, place by place
  for (const std::size_t before : {32'760U, 32'764U, 32'765U, 32'766U, 32'767U, 32'768U, 65'533U, 100'000U}) {
    const std::string text = std::string(before, 'x') + "\xc3\xa9t\xc3\xa9 \xe2\x82\xac" + std::string(40'000, 'y');
    CHECK(text_holds(text, casemap("\xc3\x89T\xc3\x89 \xe2\x82\xac")));
    CHECK_FALSE(text_holds(text, casemap("\xc3\x89T\xc3\x89 \xe2\x82\xacz")));
  }
  CHECK(text_holds("aabaabaaab", casemap("aabaaab")));
  CHECK(text_holds("x", ""));
  CHECK_FALSE(text_holds("", casemap("x")));
}
