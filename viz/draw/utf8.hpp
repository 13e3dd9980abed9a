// UTF-8, one code point at a time. Malformed octets are read as U+FFFD, one octet each.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// Takes the first code point off `text`. Precondition: `text` is not empty.
char32_t take_code_point(std::string_view& text);
/// Appends `code_point` to `text`.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace mailscope
