// Names of mailboxes: which the server keeps, and which a LIST pattern matches (RFC 3501 §5.1, §6.3.8).
#pragma once

#include <cstddef>
#include <string_view>

namespace mailscope::imap {

inline constexpr char hierarchy_delimiter = '/';
/// Longer names and patterns are refused; matching one costs their product.
inline constexpr std::size_t mailbox_name_octets_max = 255;

/// Printable ASCII without wildcards, no empty level, at most mailbox_name_octets_max octets.
[[nodiscard]] bool is_mailbox_name(std::string_view name);

/// "*" matches anything, "%" anything but the delimiter; INBOX ignores case.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace mailscope::imap
