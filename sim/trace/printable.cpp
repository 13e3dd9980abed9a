#include "sim/trace/printable.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

namespace mailscope {

namespace {

struct Character {
  std::uint32_t code_point{};
  std::size_t octets{};
};

/// The UTF-8 character that `text` begins with; nothing where it does not begin with one (RFC 3629 §4).
std::optional<Character> first_character(std::string_view text) {
  const auto octet = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const std::uint8_t lead = octet(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t octets = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < octets) return std::nullopt;
  std::uint32_t code_point = lead & (0x7fu >> octets);
  for (std::size_t at = 1; at < octets; ++at) {
    if ((octet(at) & 0xc0) != 0x80) return std::nullopt;
    code_point = code_point << 6 | (octet(at) & 0x3fu);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < least[octets] || code_point > 0x10ffff || surrogate) return std::nullopt;
  return Character{code_point, octets};
}

constexpr std::string_view tab = "    ";  // where the terminal's own stops are depends on what precedes

bool is_harmless(std::uint32_t code_point) {
  const bool control = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
  const bool turns_direction = (code_point >= 0x200e && code_point <= 0x200f) ||
                               (code_point >= 0x2028 && code_point <= 0x202e) ||
                               (code_point >= 0x2066 && code_point <= 0x2069);
  return code_point == '\n' || (!control && !turns_direction);
}

}  // namespace

std::string printable(std::string_view octets) {
  std::string text;
  while (!octets.empty()) {
    const std::optional<Character> character = first_character(octets);
    const std::string_view taken = octets.substr(0, character ? character->octets : 1);
    if (taken == "\t") {
      text += tab;
    } else if (character && is_harmless(character->code_point)) {
      text += taken;
    } else {
      for (const char octet : taken) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(octet));
    }
    octets.remove_prefix(taken.size());
  }
  return text;
}

}  // namespace mailscope
