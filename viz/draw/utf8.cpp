#include "viz/draw/utf8.hpp"

namespace mailscope {
namespace {

constexpr char32_t replacement = 0xFFFD;

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const auto octet = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = octet(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  char32_t code_point = length == 1 ? first : first & (0x7FU >> length);
  bool well_formed = length != 0 && length <= text.size();
  for (std::size_t i = 1; well_formed && i < length; ++i) {
    well_formed = (octet(i) & 0xC0U) == 0x80U;
    code_point = (code_point << 6) | (octet(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  if (!well_formed || overlong || surrogate || code_point > 0x10FFFF) {
    text.remove_prefix(1);
    return replacement;
  }
  text.remove_prefix(length);
  return code_point;
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto put = [&text](char32_t octet) { text += static_cast<char>(octet); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

}  // namespace mailscope
