// UTF-8 (RFC 3629) as far as wire text needs it: what a peer calls UTF-8 may be anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope {

/// Octets of the well-formed character at the front of `text` (1 to 4), or 0 where there is none (RFC 3629 §4).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// Each octet that belongs to no well-formed character becomes U+FFFD.
[[nodiscard]] std::string utf8_repaired(std::string_view text);

/// ISO-8859-1 as UTF-8.
[[nodiscard]] std::string utf8_from_latin1(std::string_view text);

}  // namespace mailscope
