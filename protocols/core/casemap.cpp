#include "protocols/core/casemap.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <unordered_map>

#include "protocols/core/ascii.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope {

namespace {

constexpr char32_t table[] = {
#include "protocols/core/casemap_table.inc"
};

/// What each character of the table becomes, in UTF-8.
std::unordered_map<char32_t, std::string> read_table() {
  std::unordered_map<char32_t, std::string> mapped;
  for (const char32_t* entry = std::begin(table); entry != std::end(table); entry += 2 + entry[1])
    for (std::size_t at = 0; at < entry[1]; ++at) append_utf8(mapped[entry[0]], entry[2 + at]);
  return mapped;
}

/// Hangul syllables decompose by arithmetic (The Unicode Standard §3.12).
bool append_hangul(std::string& text, char32_t code) {
  constexpr char32_t first = 0xac00, vowels = 21, trails = 28, last = 0xd7a3;
  if (code < first || code > last) return false;
  const char32_t index = code - first;
  append_utf8(text, 0x1100 + index / (vowels * trails));
  append_utf8(text, 0x1161 + index % (vowels * trails) / trails);
  if (index % trails != 0) append_utf8(text, 0x11a7 + index % trails);
  return true;
}

}  // namespace

std::string casemap(std::string_view text) {
  static const std::unordered_map<char32_t, std::string> mapped = read_table();
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto high = std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    const auto plain = static_cast<std::size_t>(high - text.begin());
    result += ascii::upper(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char32_t code = take_code_point(text);
    const auto known = mapped.find(code);
    if (known != mapped.end()) {
      result += known->second;
    } else if (!append_hangul(result, code)) {
      append_utf8(result, code);
    }
  }
  return result;
}

bool text_holds(std::string_view text, std::string_view wanted) {
  if (wanted.empty()) return true;
  if (!ascii::is_ascii(text)) return casemap(text).find(wanted) != std::string::npos;
  const auto same = [](char a, char b) { return ascii::upper(a) == b; };
  return !std::ranges::search(text, wanted, same).empty();
}

}  // namespace mailscope
