// xtext: octets as parameters of MAIL and RCPT may carry them (RFC 3461 §4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope::smtp {

/// Whatever is no visible US-ASCII character, and "+" and "=", as "+" and two hexadecimal digits.
[[nodiscard]] std::string xtext_encode(std::string_view octets);
/// Nothing where `text` is no xtext. Digits of either case are read.
[[nodiscard]] std::optional<std::string> xtext_decode(std::string_view text);

}  // namespace mailscope::smtp
