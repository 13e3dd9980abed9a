// UTF-8 (RFC 3629) as far as reading files needs it: is it valid, and how many characters is it.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailscope {

/// Octets of the character at `offset`: 1 to 4, or 0 where no well-formed one stands. Precondition: offset < size.
/// RFC 3629 §4: overlong forms, surrogates and anything past U+10FFFF are not well-formed.
[[nodiscard]] std::size_t utf8_length_at(std::string_view text, std::size_t offset);
/// Offset of the first octet that belongs to no well-formed character; text.size() when all is well.
[[nodiscard]] std::size_t utf8_valid_prefix(std::string_view text);
/// Characters of `text`; an octet that belongs to none counts as one.
[[nodiscard]] std::size_t utf8_characters(std::string_view text);

}  // namespace mailscope
