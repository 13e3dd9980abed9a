// The grammar that SCRAM's two sides share (RFC 5802 §7), and what they both compute (§3). Knows no exchange.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/sasl/crypto.hpp"
#include "protocols/sasl/mechanism.hpp"

namespace mailscope::sasl {

/// gs2-header = gs2-cbind-flag "," [ authzid ] ","
struct Gs2Header {
  char flag{};               ///< 'n', 'y' or 'p'
  std::string binding_type;  ///< of 'p'
  std::string authorization;
  std::string text;  ///< as it was written
};
/// Takes the header off `message`.
[[nodiscard]] std::optional<Gs2Header> read_gs2_header(std::string_view& message);

/// saslname: "," and "=" as "=2C" and "=3D".
[[nodiscard]] std::string saslname(std::string_view name);
/// Nothing where it is empty, or "=" stands for anything else (§5.1).
[[nodiscard]] std::optional<std::string> read_saslname(std::string_view text);

/// attr-val = ALPHA "=" value: takes "<name>=<value>" and the comma after it off `message`; nothing where another
/// attribute stands there. The value is not empty.
[[nodiscard]] std::optional<std::string_view> take_attribute(std::string_view& message, char name);

/// nonce = 1*(%x21-2B / %x2D-7E)
[[nodiscard]] bool is_nonce(std::string_view text);
/// One of ours: 24 printable characters, none of them a comma.
[[nodiscard]] std::string fresh_nonce(const RandomSource& random);

[[nodiscard]] Hash hash_of(Mechanism mechanism);

}  // namespace mailscope::sasl
