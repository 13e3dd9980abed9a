#include "sim/lesson/utf8.hpp"

#include <cstdint>

namespace mailscope {

std::size_t utf8_length_at(std::string_view text, std::size_t offset) {
  const auto octet = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto tail = [&](std::size_t i) { return (octet(i) & 0xC0) == 0x80; };
  const std::uint8_t first = octet(offset), second = octet(offset + 1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(offset + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second > 0x9F;
    return tail(offset + 1) && tail(offset + 2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90, too_large = first == 0xF4 && second > 0x8F;
    return tail(offset + 1) && tail(offset + 2) && tail(offset + 3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

std::size_t utf8_valid_prefix(std::string_view text) {
  std::size_t offset{};
  while (offset < text.size()) {
    const std::size_t length = utf8_length_at(text, offset);
    if (length == 0) break;
    offset += length;
  }
  return offset;
}

std::size_t utf8_characters(std::string_view text) {
  std::size_t characters{};
  for (std::size_t offset{}; offset < text.size(); ++characters) {
    const std::size_t length = utf8_length_at(text, offset);
    offset += length == 0 ? 1 : length;
  }
  return characters;
}

}  // namespace mailscope
