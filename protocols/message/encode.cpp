#include "protocols/message/encode.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "protocols/core/base64.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/quoted_printable.hpp"

namespace mailscope::message {

namespace {

constexpr std::size_t base64_line_octets = 76;  // RFC 2045 §6.8

std::string in_lines(std::string_view base64) {
  std::string text;
  text.reserve(base64.size() + base64.size() / base64_line_octets * 2 + 2);
  for (; !base64.empty(); base64.remove_prefix(std::min(base64_line_octets, base64.size())))
    text.append(base64.substr(0, base64_line_octets)).append("\r\n");
  return text;
}

}  // namespace

bool fits_7bit(std::string_view octets) {
  return std::ranges::none_of(octets, [](char c) { return c < 0; }) && fits_8bit(octets);
}

bool fits_8bit(std::string_view octets) {
  constexpr std::size_t line_octets_max = 998;
  std::size_t line_begin = 0;
  for (std::size_t at = 0; at < octets.size(); ++at) {
    const char c = octets[at];
    if (c == '\0') return false;
    if (c != '\r' && c != '\n') continue;
    if (octets.substr(at, 2) != "\r\n" || at - line_begin > line_octets_max) return false;
    line_begin = ++at + 1;
  }
  return octets.size() - line_begin <= line_octets_max;
}

Encoded encode_octets(std::string_view octets, bool is_text) {
  std::string base64 = in_lines(base64_encode(octets));
  if (is_text && with_crlf(octets) == octets) {
    std::string printable = quoted_printable_encode(octets);
    if (printable.size() <= base64.size() + base64.size() / 2) return {"quoted-printable", std::move(printable)};
  }
  return {"base64", std::move(base64)};
}

}  // namespace mailscope::message
