// A section of a message, as BODY[…] and BINARY[…] name it (RFC 3501 §6.4.5), and its octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::imap {

struct Section {
  enum class Part : std::uint8_t { Whole, Header, Fields, FieldsNot, Text, Mime };
  struct Partial {
    std::uint64_t first{}, octets{};  ///< 63 bits (RFC 9051 §9, number64)
  };
  Part part{};
  std::vector<std::uint32_t> numbers;  ///< of the part; none: the message itself
  std::vector<std::string> names;      ///< of Fields and FieldsNot
  std::optional<Partial> partial;
};

/// section, from its "[" on; `label` grows by it as the response writes it. False where the syntax is wrong.
[[nodiscard]] bool read_section(Cursor& cursor, Section& section, std::string& label);
/// The partial behind it, if one is there; the response tells its first octet only (§7.4.2).
[[nodiscard]] bool read_partial(Cursor& cursor, Section& section, std::string& label);

/// The octets of that section, before NUL is replaced: a piece of `content`, or of `chosen`, which is filled where
/// fields had to be picked. Nothing where the message has no such part, or where HEADER or
/// TEXT are asked of a part that is no message. `root` is the structure of `content`.
[[nodiscard]] std::optional<std::string_view> section_octets(std::string_view content, const message::Part& root,
                                                             const Section& section, std::string& chosen);
/// The octets that the partial, if any, leaves.
[[nodiscard]] std::string_view partial_octets(std::string_view octets, const std::optional<Section::Partial>& partial);

}  // namespace mailscope::imap
