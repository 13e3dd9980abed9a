#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cstdint>
#include <string>

#include "protocols/message/address.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/limits.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/part.hpp"
#include "protocols/message/reply.hpp"
#include "protocols/message/subject.hpp"
#include "tests/protocols/message/corpus.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

/// What holds for the tree of any octets whatever.
void check_part(std::string_view content, const Part& part, Range within) {
  REQUIRE(part.header.begin >= within.begin);
  REQUIRE(part.header.end == part.body.begin);
  REQUIRE(part.body.begin <= part.body.end);
  REQUIRE(part.body.end <= within.end);
  const std::string_view body = part.body.of(content);
  REQUIRE(part.lines == static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n')));
  std::size_t end = part.header.begin;
  for (const HeaderField& field : part.fields) {
    REQUIRE(field.whole.begin >= end);
    REQUIRE(field.whole.begin == field.name.begin);
    REQUIRE(is_field_name(field.name.of(content)));
    REQUIRE(field.name.end < field.value.begin);
    REQUIRE(field.value.begin <= field.value.end);
    REQUIRE(field.value.end <= field.whole.end);
    end = field.whole.end;
    const std::string_view value = field.value.of(content);
    for (const AddressEntry& entry : parse_addresses(value)) static_cast<void>(shown_name(entry));
    static_cast<void>(parse_date(value));
    static_cast<void>(message_ids(value));
    static_cast<void>(base_subject(value));
  }
  REQUIRE(end <= part.header.end);
  REQUIRE((!part.is_multipart() || !part.children.empty()));
  static_cast<void>(text_of(content, part));
  for (const Part& child : part.children) {
    check_part(content, child, within = {std::max(within.begin, part.body.begin), part.body.end});
    within.begin = child.body.end;
  }
}

}  // namespace

TEST_CASE("any octets have a structure whose places agree") {
  const auto seed = Catch::getSeed();
  INFO("first seed " << seed);
  for (std::uint64_t number = 0; number < 1'500; ++number) {
    CAPTURE(number);
    std::string content = test::generated_message(seed + number);
    if (number % 3 != 0) content = test::mutated(std::move(content), seed + number);
    const Structure structure = parse_structure(content);
    REQUIRE(structure.root.header.begin == 0);
    REQUIRE(structure.root.body.end == content.size());
    REQUIRE(structure.root.header.end == header_end(content));
    check_part(content, structure.root, {0, content.size()});
    REQUIRE(preview(content, structure.root).size() <= 256 * 4);
    static_cast<void>(reply(content, {"", "a@b"}, true));
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
