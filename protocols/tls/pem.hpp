// Certificates and keys as text that files hold (PEM, RFC 7468). It refuses to know any file.
#pragma once

#include <optional>
#include <string>

#include "protocols/tls/authority.hpp"

namespace mailscope::tls {

/// The certificate alone: what others import to trust it.
[[nodiscard]] std::string certificate_pem(const Identity& identity);
/// The private key (PKCS #8, not encrypted), then the certificate. Whoever has it can sign in its owner's name.
[[nodiscard]] std::string identity_pem(const Identity& identity);
/// What identity_pem() wrote. Nothing for other text, and where key and certificate do not belong together.
[[nodiscard]] std::optional<Identity> identity_from_pem(const Library& library, const std::string& text);
/// `at` lies in the certificate's validity (RFC 5280 §4.1.2.5).
[[nodiscard]] bool is_valid_at(const Identity& identity, Instant at);

}  // namespace mailscope::tls
