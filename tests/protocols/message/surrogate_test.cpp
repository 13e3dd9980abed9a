// What programs that know US-ASCII headers only are shown of other messages (RFC 6858).
#include "protocols/message/surrogate.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/message/limits.hpp"
#include "tests/protocols/message/corpus.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

std::string surrogate_of(std::string_view content) { return surrogate(content, parse_structure(content)); }

}  // namespace

TEST_CASE("surrogate: addresses beyond US-ASCII become invalid ones, names are encoded (RFC 6858 §2.1)") {
  CHECK(surrogate_of("From: José <jose@alba.example>\r\nTo: Anna <anna@alba.example>\r\n\r\nx") ==
        "From: =?UTF-8?B?Sm9zw6k=?= <jose@alba.example>\r\nTo: Anna <anna@alba.example>\r\n\r\nx");
  CHECK(surrogate_of("Sender: é@a.example\r\nTo: A <a@b.example>, B <b@é.example>, c@d.example\r\n\r\n") ==
        "Sender: =?UTF-8?B?w6lAYS5leGFtcGxl?=\r\n <invalid@internationalized-address.invalid>\r\n"
        "To: A <a@b.example>, =?UTF-8?B?QiBiQMOpLmV4YW1wbGU=?=\r\n <invalid@internationalized-address.invalid>, "
        "c@d.example\r\n\r\n");
  CHECK(surrogate_of("Cc: Niñas: =?UTF-8?Q?N=C3=BA?= <n@a.example>, x@y.example;, z@y.example\r\n\r\n") ==
        "Cc: =?UTF-8?B?TmnDsWFz?=: =?UTF-8?B?TsO6?= <n@a.example>, x@y.example;,\r\n z@y.example\r\n\r\n");
  CHECK(surrogate_of("To: \xe9@\r\n\r\n").find("invalid@") != std::string::npos);  // no UTF-8 at all
}

TEST_CASE("surrogate: the subject is encoded, parameters keep their meaning, other fields go (RFC 6858 §2.2 to §2.4)") {
  CHECK(surrogate_of("Subject: Cafè =?UTF-8?Q?=C3=A9?=\r\nComments: é\r\n more\r\nX-A: b\r\n\r\nè") ==
        "Subject: =?UTF-8?B?Q2Fmw6ggw6k=?=\r\nX-A: b\r\n\r\nè");
  CHECK(surrogate_of("Content-Type: text/plain; charset=utf-8; name=\"é\"\r\nContent-Disposition: attachment; "
                     "filename=é; size=3\r\n\r\n") ==
        "Content-Type: text/plain; charset=\"utf-8\"; name*=UTF-8''%C3%A9\r\nContent-Disposition: attachment; "
        "filename*=UTF-8''%C3%A9; size=\"3\"\r\n\r\n");
  CHECK(surrogate_of("Content-Disposition: attachment; filename=\"a \xfc\"\r\n\r\n") ==
        "Content-Disposition: attachment; filename*=UTF-8''a%20%C3%BC\r\n\r\n");  // Latin-1
  CHECK(
      surrogate_of("Content-Type: text/plain (é); n*=utf-8''a%20b\r\nContent-Transfer-Encoding: base64 (é)\r\n\r\n") ==
      "Content-Type: text/plain; n*=utf-8''a%20b\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  CHECK(surrogate_of("Content-Type: tèxt/plain\r\n\r\n") == "Content-Type: application/octet-stream\r\n\r\n");
  CHECK(surrogate_of("è\r\nA: b\r\n\r\nx") == "A: b\r\n\r\nx");  // a line that is no field
}

TEST_CASE("surrogate: the headers of parts and of messages inside are treated alike, bodies stay") {
  const std::string before = "Content-Type: multipart/mixed; boundary=b\r\n\r\nè\r\n--b\r\nContent-Description: ";
  const std::string inner =
      "--b\r\nContent-Type: message/global\r\n\r\nSubject: ñ\r\n\r\nñ\r\n--b\r\n\r\nè\r\n--b--\r\n";
  CHECK(surrogate_of(before + "é\r\n\r\nà\r\n" + inner) ==
        "Content-Type: multipart/mixed; boundary=b\r\n\r\nè\r\n--b\r\nContent-Description: =?UTF-8?B?w6k=?=\r\n\r\nà"
        "\r\n--b\r\nContent-Type: "
        "message/global\r\n\r\nSubject: =?UTF-8?B?w7E=?=\r\n\r\nñ\r\n--b\r\n\r\nè\r\n--b--\r\n");
}

TEST_CASE("surrogate: no header has 8-bit characters in it, and the parts mean the same, for any message") {
  const auto seed = Catch::getSeed();
  INFO("first seed " << seed);
  std::size_t changed = 0;
  for (std::uint64_t number = 0; number < 1'500; ++number) {
    std::string content = test::generated_message(seed + number);
    if (number % 3 != 0) content = test::mutated(std::move(content), seed + number);
    CAPTURE(number, content);
    const Structure before = parse_structure(content);
    const std::string shown = surrogate(content, before);
    const Structure after = parse_structure(shown);
    REQUIRE_FALSE(needs_surrogate(after));
    if (!needs_surrogate(before)) REQUIRE(shown == content);
    REQUIRE(after.root.type.size() > 0);
    if (before.root.children.empty() && !before.root.header.empty())
      REQUIRE(after.root.body.of(shown) == before.root.body.of(content));
    if (shown != content) ++changed;
  }
  CHECK(changed > 50);
}

TEST_CASE("surrogate: fields past the limit of those recorded do not come below it") {
  std::string content;
  for (std::size_t field = 0; field < limits::header_fields_max; ++field)
    content += field % 2 == 0 ? "A: é\r\n" : "A: b\r\n";
  content += "Content-Type: multipart/mixed; boundary=b\r\nLast: field\r\n\r\n--b\r\nSubject: é\r\n\r\nx\r\n--b--\r\n";
  const std::string shown = surrogate_of(content);
  CHECK(shown.find("Content-Type") == std::string::npos);
  CHECK(shown.ends_with("A: b\r\n\r\n--b\r\nSubject: é\r\n\r\nx\r\n--b--\r\n"));
  CHECK_FALSE(needs_surrogate(parse_structure(shown)));
}
