// Names of mailboxes as they travel (RFC 3501 §5.1, §5.1.3), and which a LIST pattern matches (§6.3.8).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/mailstore/mailbox_name.hpp"

namespace mailscope::imap {

inline constexpr char hierarchy_delimiter = mailstore::hierarchy_separator;

/// UTF-8 in modified UTF-7 (RFC 3501 §5.1.3). Precondition: well-formed.
[[nodiscard]] std::string encode_name(std::string_view name);
/// The reverse. Nothing where the text is no modified UTF-7, or another one than encode_name() writes: two spellings
/// would be one name.
[[nodiscard]] std::optional<std::string> decode_name(std::string_view text);

/// "*" matches anything, "%" anything but the delimiter; INBOX ignores case.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace mailscope::imap
