#include "protocols/smtp/xtext.hpp"

#include <catch2/catch_all.hpp>
#include <random>

using namespace mailscope::smtp;

TEST_CASE("xtext writes all but visible ASCII, + and = as hexchar (RFC 3461 §4)") {
  CHECK(xtext_encode("e=mc2@example.com") == "e+3Dmc2@example.com");
  CHECK(xtext_encode("a+b c\r\n~!\x7f\xff") == "a+2Bb+20c+0D+0A~!+7F+FF");
  CHECK(xtext_encode("").empty());
}

TEST_CASE("xtext is read in either case of digits, and only where it is whole (RFC 3461 §4)") {
  CHECK(xtext_decode("e+3Dmc2+2b") == "e=mc2+");
  CHECK(xtext_decode("") == "");
  for (const char* bad : {"a b", "a=b", "a+", "a+2", "a+zz", "+ 1", "\x7f", "\xc3\xa9", "a\tb"}) {
    INFO(bad);
    CHECK_FALSE(xtext_decode(bad));
  }
}

TEST_CASE("any octets survive xtext (RFC 3461 §4)") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string octets;
    for (auto left = random() % 50; left > 0; --left) octets += static_cast<char>(random() % 256);
    CHECK(xtext_decode(xtext_encode(octets)) == octets);
  }
}
