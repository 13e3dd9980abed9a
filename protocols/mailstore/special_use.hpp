// Special uses of mailboxes (RFC 6154, RFC 8457) as a table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

namespace mailscope::mailstore {

enum class SpecialUse : std::uint8_t { All, Archive, Drafts, Flagged, Important, Junk, Sent, Trash };

/// The attributes, by SpecialUse, in canonical spelling.
inline constexpr std::array<std::string_view, 8> special_use_names{"\\All",       "\\Archive", "\\Drafts", "\\Flagged",
                                                                   "\\Important", "\\Junk",    "\\Sent",   "\\Trash"};

using SpecialUses = std::set<SpecialUse>;

[[nodiscard]] constexpr std::string_view name_of(SpecialUse use) {
  return special_use_names.at(static_cast<std::size_t>(use));
}

/// Case is ignored; nothing for another word.
[[nodiscard]] std::optional<SpecialUse> special_use(std::string_view name);

}  // namespace mailscope::mailstore
