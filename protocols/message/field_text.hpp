// Writes fields in US-ASCII: folded lines, texts and phrases of any language (RFC 5322 §2.2.3, §3.2.5; RFC 2047). Knows
// no field.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope::message {

inline constexpr std::size_t folded_line_octets_max = 78;  ///< without CR LF (RFC 5322 §2.1.1)

/// Control characters become spaces: no text can end its field early and begin another.
[[nodiscard]] std::string without_controls(std::string_view text);
/// A field, folded before a space where a line would be too long (RFC 5322 §2.2.3). Words longer than a line stay.
[[nodiscard]] std::string field(std::string_view name, std::string_view body);
/// May the text stand in a header as it is? Not what would be read as an encoded word, and no word that does not fit.
[[nodiscard]] bool is_plain(std::string_view text);
/// Unstructured text, in encoded words where it needs them. `value` is UTF-8.
[[nodiscard]] std::string unstructured(std::string_view value);
/// A display name: atoms, a quoted-string, or encoded words. `text` is UTF-8 without control characters.
[[nodiscard]] std::string phrase(std::string_view text);

}  // namespace mailscope::message
