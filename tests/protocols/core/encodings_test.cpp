#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "protocols/core/quoted_printable.hpp"

using namespace mailscope;

namespace {

/// Lines of any octets, joined by CR LF.
std::string some_text(std::mt19937& random) {
  std::string text;
  const auto octets = random() % 300;
  for (unsigned i = 0; i < octets; ++i)
    text += random() % 20 == 0 ? "\r\n" : std::string(1, static_cast<char>(random()));
  return text;
}

}  // namespace

TEST_CASE("base64 gives the test vectors of RFC 4648 §10, both ways") {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {std::string_view("\0\xff\xfe", 3), "AP/+"}};
  for (const auto& [octets, text] : vectors) {
    CHECK(base64_encode(octets) == text);
    CHECK(base64_decode(text) == octets);
  }
}

TEST_CASE("base64 that is not exact is refused (RFC 4648 §3.2, §3.3, §3.5)") {
  for (const std::string_view bad : {"Z", "Zg", "Zg=", "Zg===", "====", "=", "Zm9v=", "Zm 9", "Zm9v\r\n",
                                     "Zh==", "Zm9=", "Zg==Zg==", "Zm-_", "=Zg=", "Z=g="})
    CHECK_FALSE(base64_decode(bad));
}

TEST_CASE("quoted-printable keeps every rule of RFC 2045 §6.7") {
  CHECK(quoted_printable_encode("a=b \r\nol\xc3\xa9!\t\r\n") == "a=3Db=20\r\nol=C3=A9!=09\r\n");
  CHECK(quoted_printable_encode("a b\tc") == "a b\tc");
  CHECK(quoted_printable_encode("a\rb\nc") == "a=0Db=0Ac");
  CHECK(quoted_printable_encode(std::string(76, 'x')) == std::string(76, 'x'));
  CHECK(quoted_printable_encode(std::string(77, 'x')) == std::string(75, 'x') + "=\r\nxx");
  CHECK(quoted_printable_decode("a=3db=20  \r\nb =  \r\nc=\r\n= =G0 =4") == "a=b \r\nb c= =G0 =4");
}

TEST_CASE("quoted-printable and base64 give back any octets, in lines of at most 76") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const std::string text = some_text(random);
    const std::string encoded = quoted_printable_encode(text);
    CHECK(quoted_printable_decode(encoded) == text);
    CHECK(base64_decode(base64_encode(text)) == text);
    for (std::size_t at = 0; at < encoded.size(); at = encoded.find("\r\n", at) + 2) {
      const std::size_t end = encoded.find("\r\n", at);
      CHECK(std::min(end, encoded.size()) - at <= 76);
      if (end == std::string::npos) break;
    }
  }
}

TEST_CASE("case is ASCII's alone, and numbers are whole") {
  CHECK(ascii::upper("mail From:\xc3\xa9") == "MAIL FROM:\xc3\xa9");
  CHECK(ascii::iequals("QuIt", "qUiT"));
  CHECK_FALSE(ascii::iequals("QUIT", "QUITS"));
  CHECK(ascii::istarts_with("size=1", "SIZE="));
  CHECK(ascii::trim(" \ta b\t ") == "a b");
  CHECK(ascii::number<unsigned>("42") == 42U);
  for (const std::string_view bad : {"", "-1", "+1", " 1", "1 ", "1x", "99999999999"})
    CHECK_FALSE(ascii::number<unsigned>(bad));
}
