#include "protocols/core/casemap.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <unordered_map>
#include <vector>

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

namespace {

/// Looks for a text in what comes piece by piece: each octet is looked at once, whatever both are (Knuth, Morris, Pratt).
class TextFinder {
 public:
  /// `wanted` is not empty, and outlives the finder.
  explicit TextFinder(std::string_view wanted) : wanted_(wanted), fallback_(wanted.size()) {
    for (std::size_t at = 1, matched = 0; at < wanted.size(); ++at) {
      while (matched > 0 && wanted[at] != wanted[matched]) matched = fallback_[matched - 1];
      if (wanted[at] == wanted[matched]) ++matched;
      fallback_[at] = matched;
    }
  }
  /// The text ends in this piece, or an earlier one.
  [[nodiscard]] bool take(std::string_view piece) {
    for (std::size_t at = 0; at < piece.size() && matched_ < wanted_.size(); ++at) {
      if (matched_ == 0) {
        at = piece.find(wanted_.front(), at);
        if (at == std::string_view::npos) return false;
      }
      while (matched_ > 0 && piece[at] != wanted_[matched_]) matched_ = fallback_[matched_ - 1];
      if (piece[at] == wanted_[matched_]) ++matched_;
    }
    return matched_ == wanted_.size();
  }

 private:
  std::string_view wanted_;
  std::vector<std::size_t> fallback_;  ///< by octets matched, less one: how many still match when the next does not
  std::size_t matched_{};
};

/// Where a piece of about so many octets ends, so that no character is cut.
std::size_t piece_end(std::string_view text, std::size_t octets) {
  std::size_t end = std::min(text.size(), octets);
  const auto is_inside = [text](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80; };
  for (int back = 0; end < text.size() && back < 3 && is_inside(end); ++back) --end;
  return end;
}

}  // namespace

bool text_holds(std::string_view text, std::string_view wanted) {
  constexpr std::size_t piece_octets = 32 << 10;  // so that a large text is never there twice
  constexpr std::size_t short_octets = 1'000;          // a field: looked at where it stands
  if (wanted.empty()) return true;
  if (text.size() <= short_octets && ascii::is_ascii(text)) {
    const auto same = [](char a, char b) { return ascii::upper(a) == b; };
    return !std::ranges::search(text, wanted, same).empty();
  }
  TextFinder finder(wanted);
  while (!text.empty()) {
    const std::size_t end = piece_end(text, piece_octets);
    if (finder.take(casemap(text.substr(0, end)))) return true;
    text.remove_prefix(end);
  }
  return false;
}

}  // namespace mailscope
