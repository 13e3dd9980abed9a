#include "protocols/sasl/prepare.hpp"

#include <algorithm>
#include <span>

#include "protocols/core/utf8.hpp"

namespace mailscope::sasl {

namespace {

struct Range {
  char32_t first, last;
};

/// RFC 3454 table C.1.2: spaces that are not ASCII's.
constexpr Range spaces[] = {{0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200B},
                            {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
/// Table B.1: commonly mapped to nothing.
constexpr Range nothings[] = {{0xAD, 0xAD},     {0x34F, 0x34F},   {0x1806, 0x1806}, {0x180B, 0x180D},
                              {0x200C, 0x200D}, {0x2060, 0x2060}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
/// Tables C.2.1 to C.9, each character once; surrogates (C.5) are no UTF-8.
constexpr Range prohibited[] = {{0x0, 0x1F},        {0x7F, 0x9F},       {0x340, 0x341},      {0x6DD, 0x6DD},
                                {0x70F, 0x70F},     {0x180E, 0x180E},   {0x200E, 0x200F},    {0x2028, 0x202E},
                                {0x2061, 0x2063},   {0x206A, 0x206F},   {0x2FF0, 0x2FFB},    {0xE000, 0xF8FF},
                                {0xFDD0, 0xFDEF},   {0xFFF9, 0xFFFD},   {0x1D173, 0x1D17A},  {0xE0001, 0xE0001},
                                {0xE0020, 0xE007F}, {0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD}};

bool is_in(std::span<const Range> ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](Range range) { return c >= range.first && c <= range.last; });
}

}  // namespace

std::optional<std::string> prepare(std::string_view text) {
  if (utf8_valid_prefix(text) != text.size()) return std::nullopt;
  std::string result;
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (is_in(spaces, c)) {
      result += ' ';
    } else if (is_in(prohibited, c) || (c & 0xFFFE) == 0xFFFE) {  // the last two of each plane are no characters: C.4
      return std::nullopt;
    } else if (!is_in(nothings, c)) {
      append_utf8(result, c);
    }
  }
  return result;
}

}  // namespace mailscope::sasl
