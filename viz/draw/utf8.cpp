#include "viz/draw/utf8.hpp"

#include "sim/lesson/utf8.hpp"

namespace mailscope {

char32_t take_code_point(std::string_view& text) {
  constexpr char32_t replacement = 0xFFFD;
  const std::size_t length = utf8_length_at(text, 0);
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
