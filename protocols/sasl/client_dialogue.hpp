// A SASL exchange as the lines of SMTP, POP3 and IMAP carry it, at the client: base64, "=" for an empty initial
// response, "*" to cancel.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocols/sasl/client.hpp"

namespace mailscope::sasl {

/// Why a session ends where a server says "success" too early.
inline constexpr const char* unproved_server = "The server did not prove that it knows the password";
/// Or to something that this side had given up.
inline constexpr const char* success_after_cancelling =
    "The server asked once more than the mechanism has answers, and called the cancelled login a success";

class ClientDialogue {
 public:
  /// With the best of the mechanisms that the server offers; nothing where none will do. `channel` is null without TLS.
  /// `refused`, `is_verified`: see left_after().
  [[nodiscard]] static std::optional<ClientDialogue> begin(std::span<const std::string> offered,
                                                           const ClientPolicy& policy, Credentials credentials,
                                                           const SecureChannel* channel,
                                                           std::span<const Mechanism> refused = {},
                                                           bool is_verified = false);
  [[nodiscard]] Mechanism mechanism() const { return mechanism_; }
  /// Is it better than telling the password?
  [[nodiscard]] bool hides_password() const { return !traits(mechanism_).plaintext; }
  /// The command's arguments: the mechanism's name, and the initial response where the mechanism has one and both are
  /// not above `octets_max`; otherwise it waits for the server's empty challenge. Called once, first.
  [[nodiscard]] std::string arguments(std::size_t octets_max);
  /// The line that answers the challenge; "*" where the server asks for more than the mechanism has, or failed to
  /// prove itself.
  [[nodiscard]] std::string answer(std::string_view challenge_base64);
  /// "*" was answered: the server can only refuse now.
  [[nodiscard]] bool cancelled() const { return cancelled_; }
  /// May the server's "success" be believed?
  [[nodiscard]] bool complete() const { return !cancelled_ && exchange_->complete(); }
  /// Why not.
  [[nodiscard]] const char* why_incomplete() const { return cancelled_ ? success_after_cancelling : unproved_server; }

 private:
  ClientDialogue(Mechanism mechanism, std::unique_ptr<ClientExchange> exchange)
      : mechanism_(mechanism), exchange_(std::move(exchange)) {}

  Mechanism mechanism_;
  std::unique_ptr<ClientExchange> exchange_;
  std::optional<std::string> waiting_;  ///< the first message, which found no place in the command
  bool cancelled_{};
};

}  // namespace mailscope::sasl
