#include "protocols/message/field_text.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/token.hpp"

namespace mailscope::message {

std::string without_controls(std::string_view text) {
  std::string result(text);
  std::ranges::replace_if(
      result, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return result;
}

std::string field(std::string_view name, std::string_view body) {
  const std::string line = std::string(name) + ": " + std::string(body);
  const auto folds_at = [&line](std::size_t at) {
    return line[at] == ' ' && at + 1 < line.size() && line[at + 1] != ' ';
  };
  std::string result;
  std::size_t begin = 0;
  std::size_t word = name.size() + 2;  // no fold between the name and the first word
  while (line.size() - begin > folded_line_octets_max) {
    std::size_t fold = begin + folded_line_octets_max;
    while (fold > word && !folds_at(fold)) --fold;
    if (fold <= word)
      for (fold = begin + folded_line_octets_max; fold < line.size() && !folds_at(fold);) ++fold;
    if (fold >= line.size()) break;
    result.append(line, begin, fold - begin).append("\r\n");
    begin = fold;
    word = begin + 1;
  }
  return result.append(line, begin).append("\r\n");
}

bool is_plain(std::string_view text) {
  if (!std::ranges::all_of(text, ascii::is_printable) || text.find("=?") != std::string_view::npos) return false;
  if (text.starts_with(' ') || text.ends_with(' ')) return false;
  for (std::size_t run = 0; const char c : text) {
    run = c == ' ' ? 0 : run + 1;
    if (run > folded_line_octets_max - 20) return false;
  }
  return true;
}

/// unstructured (RFC 5322 §3.2.5), or encoded words
std::string unstructured(std::string_view value) {
  const std::string text = without_controls(value);
  return is_plain(text) ? text : encode_words(text);
}

/// phrase = 1*word (RFC 5322 §3.2.5): atoms, a quoted-string, or encoded words.
std::string phrase(std::string_view text) {
  if (!is_plain(text)) return encode_words(text);
  return std::ranges::all_of(text, [](char c) { return c == ' ' || is_atext(c); }) ? std::string(text)
                                                                                   : quoted_string(text);
}

}  // namespace mailscope::message
