// Base64 (RFC 4648 §4), as SASL and MIME use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// With padding, in one line.
[[nodiscard]] std::string base64_encode(std::string_view octets);

/// Strict: nothing where a character is foreign (RFC 4648 §3.3), padding is missing or misplaced, or pad bits are
/// not zero (§3.5).
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

/// As MIME bodies want it (RFC 2045 §6.8): characters that are none of the alphabet are passed over, padding may be
/// missing, and a group after padding begins anew, as where two encoded texts were put together.
[[nodiscard]] std::string base64_decode_mime(std::string_view text);

}  // namespace mailscope
