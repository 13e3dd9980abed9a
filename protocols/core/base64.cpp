#include "protocols/core/base64.hpp"

#include <array>
#include <cstdint>

namespace mailscope {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t foreign = 64;

/// The value of each octet, or `foreign`.
constexpr std::array<std::uint8_t, 256> values = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(foreign);
  for (std::size_t value = 0; value < alphabet.size(); ++value)
    table[static_cast<unsigned char>(alphabet[value])] = static_cast<std::uint8_t>(value);
  return table;
}();

}  // namespace

std::string base64_encode(std::string_view octets) {
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    const std::string_view group = octets.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= group.size() ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string octets;
  octets.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::uint8_t value = values[static_cast<unsigned char>(c)];
    if (value == foreign) return std::nullopt;
    bits = (bits << 6 | value) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    octets += static_cast<char>(bits >> held & 0xff);
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return octets;
}

std::string base64_decode_mime(std::string_view text) {
  std::string octets;
  octets.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    if (c == '=') held = 0;
    const std::uint8_t value = values[static_cast<unsigned char>(c)];
    if (value == foreign) continue;
    bits = bits << 6 | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    octets += static_cast<char>(bits >> held & 0xff);
  }
  return octets;
}

}  // namespace mailscope
