// The collation by which IMAP searches and sorts (RFC 5051).
#include "protocols/core/casemap.hpp"

#include <catch2/catch_all.hpp>

using mailscope::casemap;

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
