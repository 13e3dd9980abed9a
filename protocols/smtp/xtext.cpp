#include "protocols/smtp/xtext.hpp"

#include "protocols/core/cursor.hpp"
#include "protocols/core/quoted_printable.hpp"

namespace mailscope::smtp {

namespace {

/// xchar = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except for "+" and "="
constexpr bool is_xchar(char c) { return c > ' ' && c <= '~' && c != '+' && c != '='; }

}  // namespace

std::string xtext_encode(std::string_view octets) {
  std::string text;
  for (const char octet : octets) {
    if (is_xchar(octet)) {
      text += octet;
    } else {
      text += '+' + hex_digits(octet);
    }
  }
  return text;
}

/// xtext = *( xchar / hexchar ), hexchar = "+" 2( %x30-39 / %x41-46 )
std::optional<std::string> xtext_decode(std::string_view text) {
  std::string octets;
  for (Cursor at(text); !at.at_end();) {
    octets += at.take_while(is_xchar);
    if (at.at_end()) break;
    const int octet = at.take('+') ? hex_octet(at.take_octets(2)) : -1;
    if (octet < 0) return std::nullopt;
    octets += static_cast<char>(octet);
  }
  return octets;
}

}  // namespace mailscope::smtp
