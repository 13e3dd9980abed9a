#include "protocols/smtp/unitext.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/core/utf8.hpp"

using namespace mailscope;
using namespace mailscope::smtp;

TEST_CASE("unitext embeds what ORCPT may not carry, in 7 bits all that is not US-ASCII (RFC 6533 §3)") {
  CHECK(unitext_encode("n\u00faria@x.example", false) == "n\u00faria@x.example");
  CHECK(unitext_encode("n\u00faria@x.example", true) == "n\\x{FA}ria@x.example");
  CHECK(unitext_encode("a=b+c d\\e", false) == "a\\x{3D}b\\x{2B}c\\x{20}d\\x{5C}e");
  CHECK(unitext_encode("\u20ac\U0001f4e7", true) == "\\x{20AC}\\x{1F4E7}");
}

TEST_CASE("unitext is read in both forms, and only where it is whole (RFC 6533 §3)") {
  CHECK(unitext_decode("jos\\x{E9}@x\\x{e9}\u20ac") == "jos\u00e9@x\u00e9\u20ac");
  for (const char* bad : {"a b", "a=b", "a+2B", "\\", "\\x{}", "\\x{E9", "\\x{0A}", "\\x{7F}", "\\x{9F}", "\\x{D800}",
                          "\\x{110000}", "\\x{00000E9}", "\xc3", "\x7f", "\t"}) {
    INFO(bad);
    CHECK_FALSE(unitext_decode(bad));
  }
}

TEST_CASE("any characters survive unitext (RFC 6533 §3)") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string address;
    for (auto left = random() % 30; left > 0; --left) {
      const auto point = static_cast<char32_t>(random() % 2 == 0 ? 0x20 + random() % 0x5f : 0xa0 + random() % 0x20000);
      if (point < 0xd800 || point >= 0xe000) append_utf8(address, point);
    }
    for (const bool ascii : {true, false}) CHECK(unitext_decode(unitext_encode(address, ascii)) == address);
  }
}
