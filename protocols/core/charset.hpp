// Text of other charsets as UTF-8, by the C library's iconv. The charsets are a list of those that mail is written in:
// a peer chooses the name, so no other converter of the machine can be reached by it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// `octets` as well-formed UTF-8; what is wrong in its charset becomes U+FFFD. Of the name only letters and digits
/// count, without case; an empty one is US-ASCII. US-ASCII with octets over 127 is utf8_guessed(). Nothing for an
/// unknown charset.
[[nodiscard]] std::optional<std::string> utf8_from_charset(std::string_view octets, std::string_view charset);

/// Is the charset one of the list, and can this machine read it?
[[nodiscard]] bool is_known_charset(std::string_view charset);

}  // namespace mailscope
