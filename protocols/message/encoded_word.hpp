// Encoded words: text of any language in a header (RFC 2047). Knows no field.
#pragma once

#include <string>
#include <string_view>

namespace mailscope::message {

/// UTF-8 as encoded words of at most 64 octets, with a space between them, where the header may be folded (§2). Fit
/// for a phrase as well as for unstructured text (§5). No character is divided between two.
[[nodiscard]] std::string encode_words(std::string_view text);

/// Encoded words become UTF-8, wherever they stand, and the space between two of them goes (§6.2). Read as programs
/// write them, which is often not as §2 and §5 have it. 8-bit text beside them is utf8_guessed(). The result is
/// well-formed UTF-8 without control characters, and found in linear time.
[[nodiscard]] std::string decode_words(std::string_view text);

}  // namespace mailscope::message
