#include "protocols/imap/syntax/mailbox_name.hpp"

#include <algorithm>
#include <cstdint>

#include "protocols/core/ascii.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope::imap {

namespace {

/// modified-base64 alphabet: that of base64, with "," in place of "/" (RFC 3501 §5.1.3)
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// UTF-16, big-endian, in 6 bits a character; the last one is filled with zeros.
std::string shifted(std::string_view run) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  const auto add = [&](std::uint32_t unit) {
    bits = bits << 16 | unit;
    for (count += 16; count >= 6; count -= 6) text += digits[bits >> (count - 6) & 63U];
    bits &= (1U << count) - 1;
  };
  while (!run.empty()) {
    const std::uint32_t code = take_code_point(run);
    if (code < 0x10000) {
      add(code);
    } else {
      add(0xd800 + ((code - 0x10000) >> 10));
      add(0xdc00 + ((code - 0x10000) & 0x3ffU));
    }
  }
  if (count > 0) text += digits[bits << (6 - count) & 63U];
  return text;
}

/// The reverse, for text in the alphabet. Half a pair is read as U+FFFD.
std::string unshifted(std::string_view text) {
  std::string run;
  std::uint32_t bits = 0;
  unsigned count = 0;
  std::optional<std::uint32_t> high;
  for (const char c : text) {
    bits = bits << 6 | static_cast<std::uint32_t>(digits.find(c));
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const std::uint32_t unit = bits >> count & 0xffffU;
    bits &= (1U << count) - 1;
    if (unit >= 0xd800 && unit < 0xdc00) {
      high = unit;
    } else if (unit >= 0xdc00 && unit < 0xe000) {
      append_utf8(run, high ? 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00) : 0xfffd);
      high.reset();
    } else {
      append_utf8(run, unit);
    }
  }
  return run;
}

}  // namespace

std::string encode_name(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const auto plain = std::ranges::find_if_not(name, ascii::is_printable);
    const auto length = static_cast<std::size_t>(plain - name.begin());
    for (const char c : name.substr(0, length)) text.append(c == '&' ? "&-" : std::string(1, c));
    name.remove_prefix(length);
    const auto end = std::ranges::find_if(name, ascii::is_printable);
    const auto run = name.substr(0, static_cast<std::size_t>(end - name.begin()));
    if (!run.empty()) text.append("&").append(shifted(run)).append("-");
    name.remove_prefix(run.size());
  }
  return text;
}

std::optional<std::string> decode_name(std::string_view text) {
  std::string name;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.front() != '&') {
      if (!ascii::is_printable(rest.front())) return std::nullopt;
      name += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    const std::size_t end = rest.find('-');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view run = rest.substr(1, end - 1);
    if (run.find_first_not_of(digits) != std::string_view::npos) return std::nullopt;
    name += run.empty() ? "&" : unshifted(run);
    rest.remove_prefix(end + 1);
  }
  if (encode_name(name) != text) return std::nullopt;
  return name;
}

NamePattern::NamePattern(std::string_view pattern) {
  for (const char c : pattern) {
    if (c == '*' || c == '%') {
      (c == '*' ? any_ : any_in_level_).set(std::min(literals_, literals_max));
    } else if (literals_++ < literals_max) {
      next_[static_cast<unsigned char>(c)].set(literals_ - 1);
    }
  }
}

/// Each bit is a place between two literals that the name read so far can have reached: no backtracking, and one step
/// an octet, whatever the pattern. Any run of wildcards is one place.
bool NamePattern::matches(std::string_view name) const {
  if (literals_ > std::min(name.size(), literals_max)) return false;
  const bool any_case = name == mailstore::inbox_name;
  Places reached(1);
  for (const char c : name) {
    Places by = next_[static_cast<unsigned char>(c)];
    if (any_case) by |= next_[static_cast<unsigned char>(ascii::lower(c))];
    const Places stays = c == hierarchy_delimiter ? any_ : any_ | any_in_level_;
    reached = ((reached & by) << 1) | (reached & stays);
  }
  return reached[literals_];
}

bool matches_pattern(std::string_view pattern, std::string_view name) { return NamePattern(pattern).matches(name); }

}  // namespace mailscope::imap
