// UTF-8 (RFC 3629) as far as the program needs it: what a peer or a file calls UTF-8 may be anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope {

/// Octets of the well-formed character at the front of `text` (1 to 4), or 0 where there is none (RFC 3629 §4).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// Each octet that belongs to no well-formed character becomes U+FFFD.
[[nodiscard]] std::string utf8_repaired(std::string_view text);

/// The character of windows-1252; what that leaves undefined is ISO-8859-1's control character.
[[nodiscard]] char32_t windows_1252(unsigned char octet);
/// windows-1252, or ISO-8859-1, which is part of it, as UTF-8.
[[nodiscard]] std::string utf8_from_windows_1252(std::string_view text);
/// Text whose charset nobody names: UTF-8, repaired, where some character of it is, else windows-1252, as old programs
/// of the West write.
[[nodiscard]] std::string utf8_guessed(std::string_view text);

/// Offset of the first octet that belongs to no well-formed character; text.size() when all is well.
[[nodiscard]] std::size_t utf8_valid_prefix(std::string_view text);
/// Characters of `text`; an octet that belongs to none counts as one.
[[nodiscard]] std::size_t utf8_characters(std::string_view text);

/// Takes the first code point off `text`; an octet that belongs to none is read as U+FFFD. Precondition: not empty.
char32_t take_code_point(std::string_view& text);
/// Appends `code_point` to `text`.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace mailscope
