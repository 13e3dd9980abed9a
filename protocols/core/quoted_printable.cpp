#include "protocols/core/quoted_printable.hpp"

#include "protocols/core/ascii.hpp"

namespace mailscope {

namespace {

constexpr std::size_t line_octets_max = 76;  // RFC 2045 §6.7 rule 5
constexpr std::string_view digits_upper = "0123456789ABCDEF";

/// One line without its end, soft breaks included.
void encode_line(std::string_view line, std::string& result) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const bool last = at + 1 == line.size();
    // Rule 3: white space may not end an encoded line.
    const bool plain = ascii::is_space(c) ? !last : ascii::is_printable(c) && c != '=';
    const std::string unit = plain ? std::string(1, c) : "=" + hex_digits(c);
    // A soft break's "=" needs a place of its own, but for the last unit of the line.
    if (length + unit.size() + (last ? 0 : 1) > line_octets_max) {
      result += "=\r\n";
      length = 0;
    }
    result += unit;
    length += unit.size();
  }
}

}  // namespace

int hex_octet(std::string_view digits) {
  if (digits.size() != 2) return -1;
  const std::size_t high = digits_upper.find(ascii::upper(digits[0]));
  const std::size_t low = digits_upper.find(ascii::upper(digits[1]));
  if (high == std::string_view::npos || low == std::string_view::npos) return -1;
  return static_cast<int>(high * 16 + low);
}

std::string hex_digits(char octet) {
  const auto value = static_cast<unsigned char>(octet);
  return {digits_upper[value / 16], digits_upper[value % 16]};
}

std::string quoted_printable_encode(std::string_view text) {
  std::string result;
  while (true) {
    const std::size_t end = text.find("\r\n");
    encode_line(text.substr(0, end), result);
    if (end == std::string_view::npos) return result;
    result += "\r\n";
    text.remove_prefix(end + 2);
  }
}

std::string quoted_printable_decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t feed = text.find('\n');
    const std::string_view whole = text.substr(0, feed);
    std::string_view end = feed == std::string_view::npos ? "" : "\n";
    if (!end.empty() && whole.ends_with('\r')) end = "\r\n";
    // Rule 3: white space at the end was added by a carrier, also after a soft break's "=".
    std::string_view line = whole.substr(0, whole.size() - (end.size() == 2 ? 1 : 0));
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    for (std::size_t at = 0; at < line.size(); ++at) {
      const int octet = line[at] == '=' ? hex_octet(line.substr(at + 1, 2)) : -1;
      result += octet < 0 ? line[at] : static_cast<char>(octet);
      if (octet >= 0) at += 2;
    }
    if (!soft) result += end;
    text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
  }
  return result;
}

}  // namespace mailscope
