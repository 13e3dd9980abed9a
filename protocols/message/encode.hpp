// Transfer encodings for what is written: which one octets need, and the octets in it (RFC 2045 §6).
#pragma once

#include <string>
#include <string_view>

namespace mailscope::message {

/// 7bit (RFC 2045 §2.7): no octet over 127, no NUL, CR and LF only together, lines of at most 998 octets.
[[nodiscard]] bool fits_7bit(std::string_view octets);
/// 8bit (§2.8): the same, but octets over 127 may stand in it.
[[nodiscard]] bool fits_8bit(std::string_view octets);

struct Encoded {
  std::string_view encoding;  ///< for Content-Transfer-Encoding
  std::string text;           ///< lines of at most 76 octets
};
/// Quoted-printable for a text, where people can still read it: at most half longer than base64. Base64 for anything
/// else and for text with bare CR or LF.
[[nodiscard]] Encoded encode_octets(std::string_view octets, bool is_text);

}  // namespace mailscope::message
