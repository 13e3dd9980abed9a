#include "protocols/core/idna.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/core/utf8.hpp"

using namespace mailscope;

TEST_CASE("a domain beyond US-ASCII has a form in A-labels (RFC 5890 §2.3.2.1, RFC 3492)") {
  CHECK(to_a_labels("bücher.example") == "xn--bcher-kva.example");
  CHECK(to_a_labels("日本語.example") == "xn--wgv71a119e.example");
  CHECK(to_a_labels("mx.correu.català") == "mx.correu.xn--catal-vqa");
  CHECK(to_a_labels("straße.example") == "xn--strae-oqa.example");  // IDNA2008: not "strasse" (RFC 5894 §7.2)
}

TEST_CASE("capitals, wide forms and other full stops are mapped before (RFC 5895 §2)") {
  CHECK(to_a_labels("BÜCHER.Example") == "xn--bcher-kva.example");
  CHECK(to_a_labels("bu\u0308cher.example") == "xn--bcher-kva.example");  // u and a combining diaeresis
  CHECK(to_a_labels("bücher。example") == "xn--bcher-kva.example");
}

TEST_CASE("what is US-ASCII already is left alone, be it a domain or not") {
  for (const char* text :
       {"", "Alba.example", "xn--bcher-kva.example", "_imaps._tcp.alba.example", "[192.0.2.1]", "a..b"})
    CHECK(to_a_labels(text) == text);
}

TEST_CASE("what IDNA2008 does not allow has no such form (RFC 5891 §4.2, RFC 5892)") {
  for (const char* text : {"☃.example", "é..example", "-é.example", "\xff.example", "\xc3"}) {
    INFO(text);
    CHECK_FALSE(to_a_labels(text));
  }
  CHECK_FALSE(to_a_labels(std::string_view("é\0.example", 11)));
  CHECK_FALSE(to_a_labels("é" + std::string(63, 'x') + ".example"));  // a label of more than 63 octets
  std::string longest = "é";
  while (longest.size() < 1'100) longest += ".abcdefgh";
  CHECK_FALSE(to_a_labels(longest));
}

TEST_CASE("domains are the same in either form") {
  CHECK(same_domain("Bücher.example", "XN--BCHER-KVA.example"));
  CHECK(same_domain("alba.example", "ALBA.example"));
  CHECK_FALSE(same_domain("bücher.example", "bucher.example"));
  CHECK_FALSE(same_domain("☃.example", "☂.example"));
  CHECK(same_domain("☃.example", "☃.example"));
}

TEST_CASE("any octets have an A-label form in US-ASCII or none") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto left = random() % 12; left > 0; --left) {
      if (random() % 3 == 0)
        text += ".a-1\xc3"[random() % 5];
      else
        append_utf8(text, static_cast<char32_t>(random() % (random() % 2 == 0 ? 0x250 : 0x3000)));
    }
    const auto labels = to_a_labels(text);
    if (!labels) continue;
    CHECK(std::all_of(labels->begin(), labels->end(), [](char c) { return static_cast<unsigned char>(c) < 128; }));
    CHECK(to_a_labels(*labels) == labels);
  }
}
