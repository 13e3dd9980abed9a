// The collation i;unicode-casemap (RFC 5051): texts that differ in case, in composition or in compatible forms only
// become equal octets, and octets order them.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// Each character in title case and decomposed, as UTF-8. Octets that belong to no character become U+FFFD.
[[nodiscard]] std::string casemap(std::string_view text);

/// Whether the text, casemap()ped, holds `wanted`, which is so already; an empty one is in every text. Its time is linear
/// in both, and it takes little memory.
[[nodiscard]] bool text_holds(std::string_view text, std::string_view wanted);

}  // namespace mailscope
