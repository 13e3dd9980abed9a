// Names of mailboxes as the store keeps them: UTF-8, levels separated by '/' (RFC 9051 §5.1).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope::mailstore {

inline constexpr char hierarchy_separator = '/';
inline constexpr std::string_view inbox_name = "INBOX";
/// Longer names are refused; matching a pattern with one costs their product.
inline constexpr std::size_t mailbox_name_octets_max = 255;

/// UTF-8 without control characters and "*", no empty level, at most mailbox_name_octets_max octets.
[[nodiscard]] bool is_mailbox_name(std::string_view name);

/// The name as it is kept: INBOX as a whole name, or as the level above others, ignores case (RFC 9051 §5.1).
[[nodiscard]] std::string canonical_name(std::string_view name);

/// `name` is below `parent`, on whatever level.
[[nodiscard]] bool is_below(std::string_view name, std::string_view parent);

}  // namespace mailscope::mailstore
