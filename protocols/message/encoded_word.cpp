#include "protocols/message/encoded_word.hpp"

#include <algorithm>
#include <optional>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "protocols/core/charset.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope::message {

namespace {

// RFC 2047 §2 allows 75 octets for a word and 76 for its line; this leaves room for the name of its field before it.
constexpr std::size_t word_octets_max = 64;
constexpr std::string_view word_end = "?=";

/// The "Q" encoding with what a phrase may hold (§4.2, §5 (3)).
std::string q_encode(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == ' ') {
      result += '_';
    } else if (ascii::is_alnum(c) || std::string_view("!*+-/").find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += "=" + hex_digits(c);
    }
  }
  return result;
}

std::optional<std::string> q_decode(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') {
      result += text[at] == '_' ? ' ' : text[at];
      continue;
    }
    const int octet = hex_octet(text.substr(at + 1, 2));
    if (octet < 0) return std::nullopt;
    result += static_cast<char>(octet);
    at += 2;
  }
  return result;
}

/// encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?=" (§2, RFC 2231 §5). Its meaning in
/// UTF-8; the cursor moves over it only if it has one.
std::optional<std::string> encoded_word(Cursor& cursor) {
  Cursor at = cursor;
  const auto part = [&at] { return at.take_while([](char c) { return c > ' ' && c <= '~' && c != '?'; }); };
  if (!at.take("=?")) return std::nullopt;
  std::string_view charset = part();
  charset = charset.substr(0, charset.find('*'));
  if (!at.take('?')) return std::nullopt;
  const std::string_view encoding = part();
  if (!at.take('?')) return std::nullopt;
  const std::string_view text = part();
  if (!at.take(word_end) || !(at.at_end() || ascii::is_space(at.rest()[0]) || at.at(')'))) return std::nullopt;
  std::optional<std::string> octets;
  if (ascii::iequals(encoding, "Q")) octets = q_decode(text);
  if (ascii::iequals(encoding, "B")) octets = base64_decode(text);
  if (!octets) return std::nullopt;
  // A character in UTF-8 may wrongly be divided between two words: those are repaired when they are together.
  if (!ascii::iequals(charset, "UTF-8")) octets = utf8_from_charset(*octets, charset);
  if (!octets) return std::nullopt;
  cursor = at;
  return octets;
}

}  // namespace

std::string encode_words(std::string_view text) {
  const bool shorter_in_base64 = q_encode(text).size() > (text.size() + 2) / 3 * 4;
  const std::string_view begin = shorter_in_base64 ? "=?UTF-8?B?" : "=?UTF-8?Q?";
  const auto encode = [&](std::string_view part) { return shorter_in_base64 ? base64_encode(part) : q_encode(part); };
  const std::size_t room = word_octets_max - begin.size() - word_end.size();
  std::string result;
  while (!text.empty()) {
    std::size_t taken = 0;
    while (taken < text.size()) {
      const std::size_t next = taken + std::max<std::size_t>(utf8_length(text.substr(taken)), 1);
      if (encode(text.substr(0, next)).size() > room) break;
      taken = next;
    }
    if (!result.empty()) result += ' ';
    result.append(begin).append(encode(text.substr(0, taken))).append(word_end);
    text.remove_prefix(taken);
  }
  return result;
}

std::string decode_words(std::string_view text) {
  std::string result;
  Cursor at(text);
  std::string_view space;   // read, but not written yet
  bool after_word = false;  // an encoded word stood before that space
  bool at_boundary = true;  // an encoded word may begin only at the start, after white space or "("
  while (!at.at_end()) {
    if (at_boundary) {
      if (const std::optional<std::string> word = encoded_word(at)) {
        if (!after_word) result += space;
        space = {};
        result += *word;
        after_word = true;
        at_boundary = false;
        continue;
      }
    }
    if (const std::string_view found = at.take_while(ascii::is_space); !found.empty()) {
      space = found;
      at_boundary = true;
      continue;
    }
    result += space;
    space = {};
    after_word = false;
    at_boundary = at.at('(');
    result += at.take_octets(1);
  }
  result += space;
  std::ranges::replace_if(
      result, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return utf8_repaired(result);
}

}  // namespace mailscope::message
