#include "protocols/message/encoded_word.hpp"

#include <algorithm>
#include <optional>
#include <utility>

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

bool is_q_plain(char c) { return ascii::is_alnum(c) || std::string_view("!*+-/").find(c) != std::string_view::npos; }

/// Octets of text in the "Q" encoding.
std::size_t q_size(std::string_view text) {
  std::size_t size = 0;
  for (const char c : text) size += c == ' ' || is_q_plain(c) ? 1U : 3U;
  return size;
}

std::size_t base64_size(std::size_t octets) { return (octets + 2) / 3 * 4; }

/// The "Q" encoding with what a phrase may hold (§4.2, §5 (3)).
std::string q_encode(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == ' ') {
      result += '_';
    } else if (is_q_plain(c)) {
      result += c;
    } else {
      result += "=" + hex_digits(c);
    }
  }
  return result;
}

/// What is no valid sequence stands for itself.
std::string q_decode(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int octet = text[at] == '=' ? hex_octet(text.substr(at + 1, 2)) : -1;
    result += octet >= 0 ? static_cast<char>(octet) : text[at] == '_' ? ' ' : text[at];
    if (octet >= 0) at += 2;
  }
  return result;
}

/// Octets that neighbouring words have written in one charset. Programs divide characters, and the shift states of
/// ISO-2022, between words: only together do they mean something.
struct Run {
  std::string charset, octets;
};

/// encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?=" (§2, RFC 2231 §5), as programs write
/// them: spaces in the text, quotes around the charset, base64 without its padding. The cursor moves over it only if
/// it is one; no part of it is looked at twice.
std::optional<Run> encoded_word(Cursor& cursor) {
  Cursor at = cursor;
  if (!at.take("=?")) return std::nullopt;
  const std::string_view charset = at.take_while([](char c) { return c > ' ' && c <= '~' && c != '?'; });
  if (charset.empty() || !at.take('?')) return std::nullopt;
  const bool is_q = at.take("Q?"), is_b = !is_q && at.take("B?");  // without case
  if (!is_q && !is_b) return std::nullopt;
  // "?==?": a "Q" text may begin with "=", but hardly with "=?": words follow one another at once.
  const std::size_t end = at.rest().find(word_end);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = at.take_octets(end);
  at.take(word_end);
  cursor = at;
  return Run{std::string(charset.substr(0, charset.find('*'))), is_q ? q_decode(text) : base64_decode_mime(text)};
}

/// In UTF-8; of an unknown charset, what can be read all the same (§6.2: best effort).
std::string meaning(const Run& run) {
  return utf8_from_charset(run.octets, run.charset).value_or(utf8_guessed(run.octets));
}

}  // namespace

std::string encode_words(std::string_view text) {
  const bool shorter_in_base64 = q_size(text) > base64_size(text.size());
  const std::string_view begin = shorter_in_base64 ? "=?UTF-8?B?" : "=?UTF-8?Q?";
  const auto encode = [&](std::string_view part) { return shorter_in_base64 ? base64_encode(part) : q_encode(part); };
  const std::size_t room = word_octets_max - begin.size() - word_end.size();
  std::string result;
  while (!text.empty()) {
    std::size_t taken = 0, size = 0;
    while (taken < text.size()) {
      const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(taken)), 1);
      size = shorter_in_base64 ? base64_size(taken + length) : size + q_size(text.substr(taken, length));
      if (size > room) break;
      taken += length;
    }
    if (!result.empty()) result += ' ';
    result.append(begin).append(encode(text.substr(0, taken))).append(word_end);
    text.remove_prefix(taken);
  }
  return result;
}

std::string decode_words(std::string_view text) {
  std::string guessed;
  if (std::ranges::any_of(text, [](char c) { return c < 0; })) text = guessed = utf8_guessed(text);
  std::string result;
  std::optional<Run> run;  // of the words read last
  const std::size_t last_end = text.rfind(word_end);
  for (std::size_t done = 0; done < text.size();) {
    std::size_t begin = std::min(text.find("=?", done), text.size());
    if (last_end == std::string_view::npos || begin > last_end) begin = text.size();  // no word ends behind it
    const std::string_view between = text.substr(done, begin - done);
    Cursor at(text.substr(begin));
    std::optional<Run> word = encoded_word(at);
    const bool neighbours = run && word && std::ranges::all_of(between, ascii::is_space);
    if (neighbours && ascii::iequals(run->charset, word->charset)) {
      run->octets += word->octets;
    } else {
      if (run) result += meaning(*run);
      if (!neighbours) result += between;
      run = std::move(word);
    }
    const bool is_word = at.rest().size() < text.size() - begin;
    if (!is_word) result += text.substr(begin, 2);
    done = is_word ? text.size() - at.rest().size() : std::min(begin + 2, text.size());
  }
  if (run) result += meaning(*run);
  std::ranges::replace_if(
      result, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return result;
}

}  // namespace mailscope::message
