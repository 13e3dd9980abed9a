// The server's side of a SASL exchange (RFC 4422) as values in and values out: octets are those inside base64. It
// knows no user: every mechanism asks its host for the user's secret in one way, and checks it itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/sasl/crypto.hpp"
#include "protocols/sasl/mechanism.hpp"

namespace mailscope::sasl {

/// The next question to the client; may be empty.
struct Challenge {
  std::string octets;
  friend bool operator==(const Challenge&, const Challenge&) = default;
};
/// What is this user's secret? `authorization` is whom the user wants to act as, empty for the user itself: a host
/// that does not allow it answers with no secret (RFC 4422 §3.4.1). Both are prepared (RFC 4013).
struct SecretWanted {
  Mechanism mechanism{};
  std::string user, authorization;
  std::string token;  ///< OAUTHBEARER and XOAUTH2: is it one of `user`, who may be empty?
  friend bool operator==(const SecretWanted&, const SecretWanted&) = default;
};
/// The client has proved who it is.
struct Authenticated {
  Mechanism mechanism{};
  std::string user;  ///< whom it acts as: the authorization identity where one was given
  friend bool operator==(const Authenticated&, const Authenticated&) = default;
};
enum class Failure : std::uint8_t {
  Malformed,  ///< a response breaks the mechanism's syntax
  Rejected,   ///< the proof is wrong, or the user does not exist: nobody is told which
  // What the dialogue around an exchange adds.
  Unavailable,  ///< the host cannot say now
  NotBase64,
  TooLong,
  Cancelled,    ///< by the client
  Unsupported,  ///< no such mechanism
  NeedsTls,     ///< a mechanism of ours, but not without TLS
  TooWeak,      ///< a mechanism of ours, weaker than all that are offered
  Transition,   ///< the host keeps no secret of this user for this mechanism: one that tells the password would help
};
using ServerMove = std::variant<Challenge, SecretWanted, Authenticated, Failure>;

/// What a server keeps of a password so that it need not keep the password (RFC 5802 §3, §5.1).
struct ScramKeys {
  Hash hash{};
  std::string salt;
  unsigned iterations{};
  std::string stored_key, server_key;
  friend bool operator==(const ScramKeys&, const ScramKeys&) = default;
};
/// `password` is taken in its prepared form; `iterations` at least 1.
[[nodiscard]] ScramKeys scram_keys(Hash hash, std::string_view password, std::string salt, unsigned iterations);

/// The host's answer to SecretWanted. A host that keeps ScramKeys gives made-up ones of a constant salt for a user
/// who does not exist: the work of deriving keys, or its absence, would tell too.
struct NoSecret {};  ///< no such user, or the token is none of the user's
struct Password {
  std::string text;
};
struct TokenAccepted {
  std::string user;  ///< whom the token stands for
};
struct TryLater {};
using Secret = std::variant<NoSecret, Password, ScramKeys, TokenAccepted, TryLater>;

/// What an exchange at the server needs to know of its surroundings.
struct ServerTerms {
  std::string hostname;
  const ServerPolicy* policy{};    ///< outlives the exchange
  const SecureChannel* channel{};  ///< null without TLS; outlives the exchange
};

class ServerExchange {
 public:
  virtual ~ServerExchange() = default;
  /// The server's first word, when the client has said nothing but the mechanism's name.
  [[nodiscard]] virtual ServerMove ask() { return Challenge{}; }
  [[nodiscard]] virtual ServerMove respond(std::string_view response) = 0;
  /// How the exchange has failed, where its last challenge told the client why: nothing that follows changes it.
  [[nodiscard]] virtual std::optional<Failure> verdict() const { return std::nullopt; }
  /// Answers SecretWanted, not with TryLater. Precondition: it is unanswered.
  [[nodiscard]] virtual ServerMove answer(const Secret& secret) = 0;
};

/// Does `password`, as a client gave it, fit the secret? (RFC 4616 §2)
[[nodiscard]] bool fits(const Secret& secret, std::string_view password);

/// Precondition: random and secret of the policy are set where the mechanism is not PLAIN or LOGIN.
[[nodiscard]] std::unique_ptr<ServerExchange> begin_server(Mechanism mechanism, ServerTerms terms);

// One factory a mechanism, for begin_server().
[[nodiscard]] std::unique_ptr<ServerExchange> plain_server();
[[nodiscard]] std::unique_ptr<ServerExchange> login_server();
[[nodiscard]] std::unique_ptr<ServerExchange> cram_md5_server(const ServerTerms& terms);
[[nodiscard]] std::unique_ptr<ServerExchange> scram_server(Mechanism mechanism, ServerTerms terms);
[[nodiscard]] std::unique_ptr<ServerExchange> bearer_server(Mechanism mechanism);

}  // namespace mailscope::sasl
