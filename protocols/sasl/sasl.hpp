// SASL mechanisms (RFC 4422), both sides, as values in and values out: octets are those inside base64, and how they
// are framed, begun and cancelled is the matter of SMTP, POP3 or IMAP. Knows no user and no password store.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mailscope::sasl {

enum class Mechanism : std::uint8_t {
  Plain,  ///< RFC 4616
  Login,  ///< draft-murchison-sasl-login-00: obsolete, yet spoken everywhere
};

/// Every mechanism, the preferred first.
inline constexpr Mechanism mechanisms[] = {Mechanism::Plain, Mechanism::Login};
/// Its registered name: "PLAIN", "LOGIN".
[[nodiscard]] std::string_view name(Mechanism mechanism);
/// By name, the case of letters ignored.
[[nodiscard]] std::optional<Mechanism> mechanism(std::string_view name);

/// What a client says of itself; whether it is true, the host decides. `authorization` is whom the user wants to act
/// as, empty for the user itself (RFC 4616 §2).
struct Identity {
  std::string authorization, user, password;
  friend bool operator==(const Identity&, const Identity&) = default;
};
/// The server's next question; may be empty.
struct Challenge {
  std::string octets;
  friend bool operator==(const Challenge&, const Challenge&) = default;
};
/// The response breaks the mechanism's syntax: authentication fails.
struct Malformed {
  friend bool operator==(const Malformed&, const Malformed&) = default;
};
using ServerMove = std::variant<Challenge, Identity, Malformed>;

class ServerExchange {
 public:
  explicit ServerExchange(Mechanism mechanism) : mechanism_(mechanism) {}
  [[nodiscard]] Mechanism mechanism() const { return mechanism_; }
  /// Without an initial response, what the server asks first. LOGIN's server speaks first by its draft, but a user
  /// name as initial response is in use and accepted.
  [[nodiscard]] ServerMove begin(std::optional<std::string_view> initial_response);
  [[nodiscard]] ServerMove respond(std::string_view response);

 private:
  Mechanism mechanism_;
  std::optional<std::string> user_;  ///< LOGIN: once it was told
};

struct Credentials {
  std::string user, password;
};

class ClientExchange {
 public:
  /// `credentials` without NUL, which no mechanism can carry.
  ClientExchange(Mechanism mechanism, Credentials credentials)
      : mechanism_(mechanism), credentials_(std::move(credentials)) {}
  [[nodiscard]] Mechanism mechanism() const { return mechanism_; }
  /// What may travel with the request itself; nothing where the server speaks first.
  [[nodiscard]] std::optional<std::string> initial_response();
  /// The answer to a challenge, or nothing: cancel, the server asks for more than the mechanism has.
  [[nodiscard]] std::optional<std::string> respond(std::string_view challenge);

 private:
  Mechanism mechanism_;
  Credentials credentials_;
  int responses_{};
};

/// The first of our mechanisms that the server offers.
[[nodiscard]] std::optional<Mechanism> choose(std::span<const std::string> offered);

}  // namespace mailscope::sasl
