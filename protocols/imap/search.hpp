// The keys of SEARCH: reading them, and holding a message against them (RFC 3501 §6.4.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/cursor.hpp"
#include "protocols/imap/view.hpp"

namespace mailscope::imap {

/// Each key may cost a look through a whole message, and parentheses nest on the stack.
inline constexpr std::size_t search_keys_max = 256;
inline constexpr std::size_t search_depth_max = 32;

struct SearchKey {
  enum class Kind : std::uint8_t {
    All,
    Flag,
    Header,
    Body,
    Text,
    Before,
    On,
    Since,
    Larger,
    Smaller,
    Numbers,
    Uids,
    Not,
    Or,
    And
  } kind{};
  std::string name;  ///< of a flag or a header field
  std::string text;  ///< to be found, ASCII case ignored
  Instant day;       ///< its midnight
  std::uint32_t octets{};
  std::optional<NumberSet> numbers;
  std::vector<SearchKey> keys;  ///< of Not, Or and And
};

/// 1*(SP search-key) to the end of the command, as one And. Nothing where the syntax is wrong, a message number does
/// not exist, or a key is not offered: SENTBEFORE, SENTON and SENTSINCE are not.
[[nodiscard]] std::optional<SearchKey> search_keys(Cursor& cursor, const MailboxView& view);

/// The message at this place of the view; one that is gone matches nothing.
[[nodiscard]] bool matches(const SearchKey& key, const MailboxView& view, std::size_t place);

}  // namespace mailscope::imap
