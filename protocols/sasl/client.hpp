// The client's side of a SASL exchange (RFC 4422) as values in and values out: octets are those inside base64. How
// they are framed, begun and cancelled is the matter of SMTP, POP3 or IMAP.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/sasl/mechanism.hpp"

namespace mailscope::sasl {

struct Credentials {
  std::string user, password;
  std::string authorization{};  ///< whom to act as; empty: the user itself
  std::string token{};          ///< an OAuth 2.0 bearer token instead of a password
};

/// What a client is ready to do to prove itself.
struct ClientPolicy {
  std::optional<Mechanism> mechanism;  ///< only this one; else the best that the server offers
  bool plaintext_allowed{true};        ///< may password or token travel without TLS?
  RandomSource random;                 ///< without it SCRAM is not chosen
};

/// So many rounds of hashing a server may ask for: fewer make a stolen verifier cheap to break (RFC 7677 §4), more
/// would keep a program busy for the server's pleasure.
inline constexpr unsigned scram_iterations_min = 4096, scram_iterations_max = 1'000'000;

struct ClientTerms {
  RandomSource random;
  std::string_view binding_type{};  ///< of the channel, static; empty where there is nothing to bind to
  std::string binding_data{};
  bool plus_offered{};  ///< the server named a bound mechanism (RFC 5802 §6)
};

class ClientExchange {
 public:
  virtual ~ClientExchange() = default;
  /// The answer to a challenge, or nothing: cancel. A mechanism whose client speaks first gives its first message
  /// to an empty challenge, or without one.
  [[nodiscard]] virtual std::optional<std::string> respond(std::string_view challenge) = 0;
  /// May success be believed now? The mechanism has run to its end, and the server has proved itself where the
  /// mechanism lets it (RFC 5802 §3).
  [[nodiscard]] virtual bool complete() const = 0;
};

/// The best of the mechanisms that are offered, that the policy allows and that the credentials are for.
[[nodiscard]] std::optional<Mechanism> choose(std::span<const std::string> offered, const ClientPolicy& policy,
                                              const Credentials& credentials, const SecureChannel* channel);

/// Of the offered mechanisms those that may follow `refused`, which this server has refused in this session. Not the
/// like of it: other bound ones after a bound one, other SCRAMs after SCRAM, and nothing after the password itself.
/// Less than the refused one gave only over TLS with a certificate that is valid (`is_verified`): whoever pretends to
/// be the server could else refuse until the password is told.
[[nodiscard]] std::vector<std::string> left_after(std::span<const Mechanism> refused,
                                                  std::span<const std::string> offered, bool is_verified);

/// Precondition: `terms.random` is set for SCRAM, the binding for a bound mechanism.
[[nodiscard]] std::unique_ptr<ClientExchange> begin_client(Mechanism mechanism, Credentials credentials,
                                                           ClientTerms terms);

// One factory a mechanism, for begin_client().
[[nodiscard]] std::unique_ptr<ClientExchange> plain_client(Credentials credentials);
[[nodiscard]] std::unique_ptr<ClientExchange> login_client(Credentials credentials);
[[nodiscard]] std::unique_ptr<ClientExchange> cram_md5_client(Credentials credentials);
[[nodiscard]] std::unique_ptr<ClientExchange> scram_client(Mechanism mechanism, Credentials credentials,
                                                           ClientTerms terms);
[[nodiscard]] std::unique_ptr<ClientExchange> bearer_client(Mechanism mechanism, Credentials credentials);

}  // namespace mailscope::sasl
