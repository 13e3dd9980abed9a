// What GETMETADATA and SETMETADATA ask (RFC 5464 §4.2, §4.3). Knows no mailbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

/// Entries of one command: more than there may be.
inline constexpr std::size_t metadata_entries_max = 100;

/// entry = astring: a path of at least two levels, below /vendor/ of at least four, in lower case as names ignore case
/// (§3.2). Nothing where it can be none.
[[nodiscard]] std::optional<std::string> read_entry(Cursor& cursor);
/// entry / "(" entry *(SP entry) ")"
[[nodiscard]] std::optional<std::vector<std::string>> read_entries(Cursor& cursor);

struct GetMetadata {
  std::string mailbox;  ///< as written; empty: the server
  std::optional<std::uint32_t> size_max;
  enum class Depth : std::uint8_t { Zero, One, Infinity } depth{};
  std::vector<std::string> entries;

  /// Is `entry` one that is asked for, or near enough below one?
  [[nodiscard]] bool covers(const std::string& entry) const;
};
/// [SP options] SP mailbox [SP options] SP entries, to the end: the RFC's grammar has the options in front, its
/// examples behind the mailbox.
[[nodiscard]] std::optional<GetMetadata> read_get_metadata(Cursor& cursor);

struct SetMetadata {
  std::string mailbox;
  std::vector<std::pair<std::string, std::optional<std::string>>> values;  ///< nothing: to be removed
};
/// SP mailbox SP "(" entry SP value *(SP entry SP value) ")", to the end
[[nodiscard]] std::optional<SetMetadata> read_set_metadata(Cursor& cursor);

}  // namespace mailscope::imap
