#include "sim/trace/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/core/utf8.hpp"

namespace mailscope {

namespace {

constexpr std::string_view tab = "    ";  // where the terminal's own stops are depends on what precedes

bool is_harmless(char32_t code_point) {
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
    const std::size_t length = utf8_length(octets);
    const std::string_view taken = octets.substr(0, std::max<std::size_t>(length, 1));
    std::string_view rest = taken;
    if (taken == "\t") {
      text += tab;
    } else if (length > 0 && is_harmless(take_code_point(rest))) {
      text += taken;
    } else {
      for (const char octet : taken) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(octet));
    }
    octets.remove_prefix(taken.size());
  }
  return text;
}

}  // namespace mailscope
