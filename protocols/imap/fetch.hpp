// The data items of FETCH: which there are, and what they say of a message (RFC 3501 §6.4.5, §7.4.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/cursor.hpp"

namespace mailscope::imap {

/// A part of a message's text.
struct Section {
  enum class Part : std::uint8_t { Whole, Header, Text, Fields, FieldsNot } part{};
  std::vector<std::string> names;  ///< of Fields and FieldsNot
  struct Partial {
    std::uint32_t first{}, octets{};
  };
  std::optional<Partial> partial;
};

struct FetchItem {
  enum class Kind : std::uint8_t { Flags, Uid, InternalDate, Size, Text } kind{};
  std::string label;  ///< what the response calls it
  Section section;    ///< of Text
  bool sets_seen{};   ///< BODY[…] without PEEK, RFC822 and RFC822.TEXT (§6.4.5)
};

/// More items than a client has use for; each may cost a whole message.
inline constexpr std::size_t fetch_items_max = 64;

/// What follows the sequence set of FETCH: one item, a macro or a list. Nothing where the syntax is wrong or an item
/// is not offered: ENVELOPE, BODYSTRUCTURE and part numbers, and with them the macros ALL and FULL, are not.
[[nodiscard]] std::optional<std::vector<FetchItem>> fetch_items(Cursor& cursor);

/// The octets of that section, before NUL is replaced.
[[nodiscard]] std::string section_octets(std::string_view content, const Section& section);

}  // namespace mailscope::imap
