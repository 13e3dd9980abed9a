#include "protocols/message/message.hpp"

#include "protocols/core/ascii.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/fields.hpp"

namespace mailscope::message {

std::vector<Field> header_fields(std::string_view content) {
  const std::vector<HeaderField> found = scan_fields(content);
  std::vector<Field> fields;
  fields.reserve(found.size());
  for (const HeaderField& field : found)
    fields.push_back(
        {std::string(field.name.of(content)), std::string(ascii::trim(unfolded(field.value.of(content))))});
  return fields;
}

std::optional<std::string> decoded_field(std::string_view content, std::string_view name) {
  for (const Field& field : header_fields(content))
    if (ascii::iequals(field.name, name)) return decode_words(field.body);
  return std::nullopt;
}

Parts split(std::string_view content) {
  const std::size_t end = header_end(content);
  return {content.substr(0, end), content.substr(end)};
}

}  // namespace mailscope::message
