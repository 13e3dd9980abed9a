// Certificates and keys as text that files hold (PEM, RFC 7468). It refuses to know any file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/tls/authority.hpp"

namespace mailscope::tls {

/// The certificate alone: what others import to trust it.
[[nodiscard]] std::string certificate_pem(const Identity& identity);
/// The private key (PKCS #8, not encrypted), then the certificate. Whoever has it can sign in its owner's name.
[[nodiscard]] std::string identity_pem(const Identity& identity);
/// What identity_pem() wrote. Nothing for other text, and where key and certificate do not belong together.
[[nodiscard]] std::optional<Identity> identity_from_pem(const Library& library, const std::string& text);
/// Every certificate in the text, in its order, however many other things stand between them; at most
/// certificates_max.
[[nodiscard]] std::vector<std::shared_ptr<x509_st>> certificates_from_pem(const Library& library,
                                                                          const std::string& text);
/// A machine's own list has 150.
inline constexpr std::size_t certificates_max = 1'000;
/// `at` lies in the certificate's validity (RFC 5280 §4.1.2.5).
[[nodiscard]] bool is_valid_at(const Identity& identity, Instant at);

}  // namespace mailscope::tls
