// The few cryptographic functions that SASL mechanisms are made of, from OpenSSL's libcrypto. Knows no mechanism.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailscope::sasl {

enum class Hash : std::uint8_t { Md5, Sha1, Sha256 };

[[nodiscard]] std::string digest(Hash hash, std::string_view octets);
/// RFC 2104.
[[nodiscard]] std::string hmac(Hash hash, std::string_view key, std::string_view octets);
/// PBKDF2 with HMAC, one block: Hi() of RFC 5802 §2.2. `iterations` at least 1.
[[nodiscard]] std::string pbkdf2(Hash hash, std::string_view password, std::string_view salt, unsigned iterations);
/// Equal, in a time that tells nothing of where two differ, nor how long either is.
[[nodiscard]] bool equal_secrets(std::string_view a, std::string_view b);
/// Octet by octet. Precondition: of one size.
[[nodiscard]] std::string exclusive_or(std::string_view a, std::string_view b);
/// Lower-case hexadecimal digits.
[[nodiscard]] std::string hexadecimal(std::string_view octets);

}  // namespace mailscope::sasl
