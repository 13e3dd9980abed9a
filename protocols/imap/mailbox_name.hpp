// Names of mailboxes: which the server keeps, and which a LIST pattern matches (RFC 3501 §5.1, §6.3.8).
#pragma once

#include <cstddef>
#include <string_view>

#include "protocols/mailstore/mailbox_name.hpp"

namespace mailscope::imap {

inline constexpr char hierarchy_delimiter = mailstore::hierarchy_separator;
/// Longer names and patterns are refused.
inline constexpr std::size_t mailbox_name_octets_max = mailstore::mailbox_name_octets_max;

/// A name that the store keeps, in printable ASCII.
[[nodiscard]] bool is_mailbox_name(std::string_view name);

/// "*" matches anything, "%" anything but the delimiter; INBOX ignores case.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace mailscope::imap
