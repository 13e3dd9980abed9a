// Quoted-printable (RFC 2045 §6.7), for text bodies.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// Lines of `text` end in CR LF and stay so; encoded lines are at most 76 octets long, by soft line breaks. A bare CR
/// or LF is encoded.
[[nodiscard]] std::string quoted_printable_encode(std::string_view text);

/// Robust as §6.7 recommends: an "=" that begins no valid sequence stands as it is; white space before a line end
/// is dropped. A bare LF ends a line too, and stays bare.
[[nodiscard]] std::string quoted_printable_decode(std::string_view text);

/// Two hexadecimal digits, of either case, as the octet that they mean; -1 for anything else.
[[nodiscard]] int hex_octet(std::string_view digits);
/// The octet as two upper-case hexadecimal digits.
[[nodiscard]] std::string hex_digits(char octet);

}  // namespace mailscope
