#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cstdint>
#include <string>

#include "protocols/message/address.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/subject.hpp"
#include "tests/protocols/message/corpus.hpp"
#include "tests/protocols/message/structure_check.hpp"

using namespace mailscope;
using namespace mailscope::message;

TEST_CASE("any octets have a structure whose places agree") {
  const auto seed = Catch::getSeed();
  INFO("first seed " << seed);
  for (std::uint64_t number = 0; number < 1'500; ++number) {
    CAPTURE(number);
    std::string content = test::generated_message(seed + number);
    if (number % 3 != 0) content = test::mutated(std::move(content), seed + number);
    test::check_structure(content);
  }
}

TEST_CASE("hostile headers are read in time linear in their size") {
  // A quadratic reader would be seen at once to hang at these.
  for (const std::string_view piece :
       {"(",   ")",     "\"", "\\\"",   "<",  ">",     "@",       ":",     ",", "[",   "[x]", "=?", "=?UTF-8?Q?a?= ",
        "re:", "[fwd:", ";",  "a*0=b;", "a ", "\r\n ", "--b\r\n", "<a@b>", "&", "\xff"}) {
    std::string value;
    while (value.size() < 100'000) value += piece;
    static_cast<void>(parse_addresses(value));
    static_cast<void>(parse_date(value));
    static_cast<void>(message_ids(value));
    static_cast<void>(base_subject(value));
    static_cast<void>(parse_content_type("a/b;" + value));
    const std::string content = "Content-Type: multipart/mixed; boundary=b\r\nX: " + value + "\r\n\r\n" + value;
    const Structure structure = parse_structure(content);
    CHECK(structure.root.body.end == content.size());
    static_cast<void>(preview(content, structure.root));
  }
}
