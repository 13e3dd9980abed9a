// Names of mailboxes as they travel (RFC 3501 §5.1, §5.1.3), and which a LIST pattern matches (§6.3.8).
#pragma once

#include <array>
#include <bitset>
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

/// A pattern of LIST, to be held against many names: "*" matches anything, "%" anything but the delimiter; INBOX ignores
/// case.
class NamePattern {
 public:
  explicit NamePattern(std::string_view pattern);
  [[nodiscard]] bool matches(std::string_view name) const;

 private:
  /// A name's octets with what stands before it, of another user; a pattern of more literals matches none.
  static constexpr std::size_t literals_max = 2 * mailstore::mailbox_name_octets_max + 1;
  using Places = std::bitset<literals_max + 1>;
  std::size_t literals_{};
  std::array<Places, 256> next_{};  ///< by octet: the places before such a literal
  Places any_, any_in_level_;       ///< the places where a wildcard stands
};
/// NamePattern for one name.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace mailscope::imap
