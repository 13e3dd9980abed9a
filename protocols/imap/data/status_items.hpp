// The items that STATUS tells of a mailbox (RFC 3501 §6.3.10, RFC 7889, RFC 8438).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

/// There are fewer than this; more is repetition.
inline constexpr std::size_t status_items_max = 16;

/// "(" status-att *(SP status-att) ")", in capitals. Nothing where the syntax is wrong or an item is not known.
[[nodiscard]] std::optional<std::vector<std::string>> status_items(Cursor& cursor);

}  // namespace mailscope::imap
