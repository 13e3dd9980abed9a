// The SASL mechanisms (RFC 4422) that we speak, as a table: their names, and what may be offered when. EXTERNAL
// is none of them: nobody here has a client certificate that says who they are, so it is refused like an unknown name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/secure_channel.hpp"

namespace mailscope::sasl {

/// The best first: what says the least to an eavesdropper or a false server.
enum class Mechanism : std::uint8_t {
  ScramSha256Plus,  ///< RFC 7677, bound to the TLS channel (RFC 5802 §6)
  ScramSha1Plus,    ///< RFC 5802, bound to the TLS channel
  ScramSha256,      ///< RFC 7677
  ScramSha1,        ///< RFC 5802
  CramMd5,          ///< RFC 2195
  OAuthBearer,      ///< RFC 7628
  XOAuth2,          ///< what came before it, undocumented by any RFC, yet spoken by the large providers
  Plain,            ///< RFC 4616
  Login,            ///< draft-murchison-sasl-login-00: obsolete, yet spoken everywhere
};

struct MechanismTraits {
  Mechanism mechanism;
  std::string_view name;  ///< as registered
  bool client_first;      ///< the client speaks first, so an initial response is possible (RFC 4422 §5)
  bool plaintext;         ///< whoever reads along can log in afterwards: password or token travel as they are
  bool bound;             ///< needs a secure channel to be bound to
  bool token;             ///< wants an access token, not a password
};
/// By Mechanism.
inline constexpr MechanismTraits mechanism_table[] = {
    {Mechanism::ScramSha256Plus, "SCRAM-SHA-256-PLUS", true, false, true, false},
    {Mechanism::ScramSha1Plus, "SCRAM-SHA-1-PLUS", true, false, true, false},
    {Mechanism::ScramSha256, "SCRAM-SHA-256", true, false, false, false},
    {Mechanism::ScramSha1, "SCRAM-SHA-1", true, false, false, false},
    {Mechanism::CramMd5, "CRAM-MD5", false, false, false, false},
    {Mechanism::OAuthBearer, "OAUTHBEARER", true, true, false, true},
    {Mechanism::XOAuth2, "XOAUTH2", true, true, false, true},
    {Mechanism::Plain, "PLAIN", true, true, false, false},
    {Mechanism::Login, "LOGIN", false, true, false, false},
};
[[nodiscard]] constexpr const MechanismTraits& traits(Mechanism mechanism) {
  return mechanism_table[static_cast<std::size_t>(mechanism)];
}
[[nodiscard]] constexpr std::string_view name(Mechanism mechanism) { return traits(mechanism).name; }
/// Key of the explanation of the lines in its exchange.
[[nodiscard]] inline std::string topic(Mechanism mechanism) {
  return std::string("sasl/mechanism/").append(name(mechanism));
}
/// By name, the case of letters ignored.
[[nodiscard]] std::optional<Mechanism> mechanism(std::string_view name);

/// So many octets that nobody can foresee: deterministic in a simulation, the operating system's elsewhere.
using RandomSource = std::function<std::string(std::size_t octets)>;

/// Octets of a base64 line in an exchange, both ways (RFC 4954 §4 holds this for sufficient).
inline constexpr std::size_t line_octets_max = 12'288;

/// What a server lets its users authenticate with.
struct ServerPolicy {
  /// In the order in which they are announced. All but PLAIN and LOGIN need `random`.
  std::vector<Mechanism> mechanisms{Mechanism::Plain, Mechanism::Login};
  RandomSource random;
  /// Nobody else knows it. From it come the salts of users without one, and of users who do not exist: a stranger
  /// sees no difference (RFC 5802 §5.1 warns of it).
  std::string secret;
  unsigned scram_iterations{4096};  ///< at least 4096 (RFC 5802 §5.1, RFC 7677 §4)
};

/// Those that may be named to the client now: plaintext ones over TLS or where `plaintext_allowed`, bound ones where
/// the channel gives something to bind to. `channel` is null without TLS.
[[nodiscard]] std::vector<Mechanism> offered(const ServerPolicy& policy, const SecureChannel* channel,
                                             bool plaintext_allowed);
/// Their names, each after `separator`: " SCRAM-SHA-256 PLAIN".
[[nodiscard]] std::string names(std::span<const Mechanism> mechanisms, std::string_view separator = " ");

/// The channel's binding data of a registered type, empty where it has none: "tls-exporter" (RFC 9266) or
/// "tls-server-end-point" (RFC 5929 §4).
[[nodiscard]] std::string binding_data(const SecureChannel* channel, std::string_view type);
/// The best type that the channel has data for, or empty. "tls-exporter" where TLS 1.3 gives it (RFC 9266 §2).
[[nodiscard]] std::string_view binding_type(const SecureChannel* channel);

}  // namespace mailscope::sasl
