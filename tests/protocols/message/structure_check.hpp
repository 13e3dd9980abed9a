// What holds for the structure of any octets whatever.
#pragma once

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <string_view>

#include "protocols/message/address.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/part.hpp"
#include "protocols/message/reply.hpp"
#include "protocols/message/subject.hpp"

namespace mailscope::test {

inline void check_part(std::string_view content, const message::Part& part, message::Range within) {
  using namespace message;
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

inline void check_structure(std::string_view content) {
  using namespace message;
  const Structure structure = parse_structure(content);
  REQUIRE(structure.root.header.begin == 0);
  REQUIRE(structure.root.body.end == content.size());
  REQUIRE(structure.root.header.end == header_end(content));
  check_part(content, structure.root, {0, content.size()});
  REQUIRE(preview(content, structure.root).size() <= 256 * 4);
  static_cast<void>(reply(content, {"", "a@b"}, true));
}

}  // namespace mailscope::test
