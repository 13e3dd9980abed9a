// Octets that a peer chose, made safe for a terminal: no control sequence of theirs may reach it.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// UTF-8 characters (RFC 3629) and '\n' as they are, a tab as four spaces; any other octet, control characters and
/// those that turn the direction of text around as \xNN, octet by octet.
[[nodiscard]] std::string printable(std::string_view octets);

}  // namespace mailscope
