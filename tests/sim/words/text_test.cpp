#include "sim/words/text.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;

TEST_CASE("a text falls back to English and names what is missing") {
  Text text;
  text.by_language = {"mail", "correu", "", "posta"};
  CHECK(text.in(Language::Catalan) == "correu");
  CHECK(text.in(Language::Spanish) == "mail");
  CHECK(text.missing() == std::vector{Language::Spanish});
  CHECK(Text{}.missing().empty());
}

TEST_CASE("languages are found from codes and locale names") {
  CHECK(language_from("ca_ES.UTF-8") == Language::Catalan);
  CHECK(language_from("it") == Language::Italian);
  CHECK_FALSE(language_from("C.UTF-8"));
  CHECK_FALSE(language_from(""));
}

TEST_CASE("arguments are filled in by number; anything else stays as written") {
  CHECK(fill("{1} to {0}", {"bruno", "mail"}) == "mail to bruno");
  CHECK(fill("{2} {x} { {0", {"a"}) == "{2} {x} { {0");
}
