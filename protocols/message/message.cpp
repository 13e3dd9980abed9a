#include "protocols/message/message.hpp"

#include "protocols/core/ascii.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/fields.hpp"

namespace mailscope::message {

namespace {

std::string body_of(std::string_view content, const HeaderField& field) {
  return std::string(ascii::trim(unfolded(field.value.of(content))));
}

}  // namespace

std::vector<Field> header_fields(std::string_view content) {
  const std::vector<HeaderField> found = scan_fields(content);
  std::vector<Field> fields;
  fields.reserve(found.size());
  for (const HeaderField& field : found)
    fields.push_back({std::string(field.name.of(content)), body_of(content, field)});
  return fields;
}

std::vector<std::string> field_bodies(std::string_view content, std::string_view name) {
  std::vector<std::string> bodies;
  for (const HeaderField& field : scan_fields(content))
    if (ascii::iequals(field.name.of(content), name)) bodies.push_back(body_of(content, field));
  return bodies;
}

std::optional<std::string> decoded_field(std::string_view content, std::string_view name) {
  const std::vector<HeaderField> fields = scan_fields(content);
  const HeaderField* field = find_field(content, fields, name);
  return field ? std::optional(decode_words(body_of(content, *field))) : std::nullopt;
}

Parts split(std::string_view content) {
  const std::size_t end = header_end(content);
  return {content.substr(0, end), content.substr(end)};
}

}  // namespace mailscope::message
