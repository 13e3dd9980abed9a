// What LIST asks: patterns, which names to choose, what to tell of them (RFC 3501 §6.3.8, RFC 5258, RFC 5819, RFC
// 6154).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

struct ListRequest {
  /// All patterns together: each octet is held against each octet of every name.
  static constexpr std::size_t pattern_octets_max = 512;

  std::vector<std::string> patterns;  ///< in UTF-8, behind the reference
  bool extended{};                    ///< with an option or several patterns (RFC 5258 §3)
  bool asks_root{};                   ///< the hierarchy delimiter, no names
  bool too_long{};
  bool subscribed_only{}, special_use_only{}, recursive{};                     ///< selection
  bool tell_subscribed{}, tell_children{}, tell_special_use{}, tell_rights{};  ///< return
  std::vector<std::string> metadata;                                           ///< return, entries to tell (RFC 9590)
  std::vector<std::string> status;                                             ///< return, see status_items()
};

/// What follows LIST, to its end. Nothing where the syntax is wrong, an option is not known, or RECURSIVEMATCH stands
/// without SUBSCRIBED (RFC 5258 §3.1; SPECIAL-USE does not do, RFC 6154 §6).
[[nodiscard]] std::optional<ListRequest> read_list(Cursor& cursor);

}  // namespace mailscope::imap
