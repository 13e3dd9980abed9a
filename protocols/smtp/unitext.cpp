#include "protocols/smtp/unitext.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope::smtp {

namespace {

/// QCHAR = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e
constexpr bool is_qchar(char c) { return ascii::is_printable(c) && c != ' ' && c != '+' && c != '=' && c != '\\'; }

/// HEXPOINT: at least two digits, no zeros before others
std::string hex_point(char32_t point) {
  std::string digits;
  for (; point != 0; point >>= 4) digits += "0123456789ABCDEF"[point & 15];
  if (digits.size() < 2) digits.append(2 - digits.size(), '0');
  return {digits.rbegin(), digits.rend()};
}

/// The code point between the braces, where an address may have it.
std::optional<char32_t> point_of(std::string_view hex) {
  if (hex.empty() || hex.size() > 6) return std::nullopt;
  char32_t point = 0;
  for (const char digit : hex) point = point << 4 | static_cast<char32_t>(hex_octet(std::string{'0', digit}));
  if (point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff)
    return std::nullopt;
  return point;
}

}  // namespace

/// utf-8-addr-xtext = 1*(QCHAR / EmbeddedUnicodeChar), utf-8-addr-unitext = 1*(QUCHAR / EmbeddedUnicodeChar)
std::string unitext_encode(std::string_view address, bool ascii) {
  std::string text;
  while (!address.empty()) {
    const char first = address.front();
    const char32_t point = take_code_point(address);
    if (point > 0x7f ? !ascii : is_qchar(first)) {
      append_utf8(text, point);
    } else {
      text += "\\x{" + hex_point(point) + '}';
    }
  }
  return text;
}

std::optional<std::string> unitext_decode(std::string_view text) {
  std::string address;
  for (Cursor at(text); !at.at_end();) {
    if (at.take("\\x{")) {
      const auto point = point_of(at.take_while([](char c) { return hex_octet(std::string{'0', c}) >= 0; }));
      if (!point || !at.take('}')) return std::nullopt;
      append_utf8(address, *point);
      continue;
    }
    const std::size_t length = utf8_length(at.rest());
    const std::string_view next = at.take_octets(std::max<std::size_t>(length, 1));
    if (length == 0 || (length == 1 && !is_qchar(next.front()))) return std::nullopt;
    address += next;
  }
  return address;
}

}  // namespace mailscope::smtp
