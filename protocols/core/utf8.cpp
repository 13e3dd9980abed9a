#include "protocols/core/utf8.hpp"

#include <algorithm>
#include <array>

namespace mailscope {

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = octet(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  // The second octet rules out overlong forms, surrogates and what lies beyond U+10FFFF.
  const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (octet(1) < low || octet(1) > high) return 0;
  for (std::size_t at = 2; at < length; ++at)
    if (octet(at) < 0x80 || octet(at) > 0xbf) return 0;
  return length;
}

std::string utf8_repaired(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    result += length == 0 ? "\xef\xbf\xbd" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

char32_t windows_1252(unsigned char octet) {
  constexpr std::array<char16_t, 32> from_0x80{0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                               0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                               0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                               0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};
  return octet < 0x80 || octet >= 0xa0 ? octet : from_0x80.at(octet - 0x80U);
}

std::string utf8_from_windows_1252(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) append_utf8(result, windows_1252(static_cast<unsigned char>(c)));
  return result;
}

std::string utf8_guessed(std::string_view text) {
  bool is_utf8 = true;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length > 1) return utf8_repaired(text);
    is_utf8 = is_utf8 && length == 1;
    rest.remove_prefix(1);
  }
  return is_utf8 ? std::string(text) : utf8_from_windows_1252(text);
}

std::size_t utf8_valid_prefix(std::string_view text) {
  std::size_t offset{};
  while (offset < text.size()) {
    const std::size_t length = utf8_length(text.substr(offset));
    if (length == 0) break;
    offset += length;
  }
  return offset;
}

std::size_t utf8_characters(std::string_view text) {
  std::size_t characters{};
  for (std::size_t offset{}; offset < text.size(); ++characters) {
    const std::size_t length = utf8_length(text.substr(offset));
    offset += length == 0 ? 1 : length;
  }
  return characters;
}

char32_t take_code_point(std::string_view& text) {
  constexpr char32_t replacement = 0xFFFD;
  const std::size_t length = utf8_length(text);
  const auto octet = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  char32_t code_point = replacement;
  if (length == 1) code_point = octet(0);
  if (length > 1) code_point = octet(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code_point = (code_point << 6) | (octet(i) & 0x3FU);
  text.remove_prefix(length == 0 ? 1 : length);
  return code_point;
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto put = [&text](char32_t octet) { text += static_cast<char>(octet); };
  const auto put_rest = [&](int shift) {
    for (; shift >= 0; shift -= 6) put(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put_rest(0);
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put_rest(6);
  } else {
    put(0xF0 | (code_point >> 18));
    put_rest(12);
  }
}

}  // namespace mailscope
