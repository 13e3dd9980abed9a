// A SASL exchange as the lines of SMTP, POP3 and IMAP carry it, at the server: base64, "=" for an empty initial
// response, "*" to cancel (RFC 4954 §4, RFC 5034 §4, RFC 9051 §6.2.2). Each of them words its own replies.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocols/core/time.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::sasl {

class ServerDialogue {
 public:
  /// What to do next: send the line of base64, ask the host, or end the command.
  struct Question {
    std::string base64;
  };
  using Move = std::variant<Question, SecretWanted, Authenticated, Failure>;

  explicit ServerDialogue(ServerTerms terms) : terms_(std::move(terms)) {}

  // Each of the next five is followed by take().

  /// AUTH or AUTHENTICATE: `initial` is the initial response as it was written. `plaintext_allowed`: without TLS too.
  void start(std::string_view mechanism, std::optional<std::string_view> initial, bool plaintext_allowed);
  /// A login by a command of the protocol's own: `exchange` takes `message` as its one response.
  void prove(std::unique_ptr<ServerExchange> exchange, std::string_view message);
  /// The next line of the client.
  void line(std::string_view text, bool too_long);
  /// The same with user name and password.
  void password(std::string_view user, std::string_view password);
  /// The host's answer to SecretWanted. If it turns out that the client is not the user, it is told so only after
  /// `penalty`: guessing has to be slow.
  void answer(const Secret& secret, Duration penalty);

  /// What follows; nothing while the client's or the host's answer is awaited, or a penalty runs.
  [[nodiscard]] std::optional<Move> take(Instant now);
  /// That of start(). Precondition: it has found one.
  [[nodiscard]] Mechanism mechanism() const { return mechanism_; }
  /// When a penalty is over and take() has to be called again.
  [[nodiscard]] std::optional<Instant> due() const { return due_; }

 private:
  void move(ServerMove move);
  void respond(std::string_view base64);

  ServerTerms terms_;
  Mechanism mechanism_{};
  std::unique_ptr<ServerExchange> exchange_;
  std::optional<Move> next_;
  Duration penalty_{};
  std::optional<Instant> due_;
};

/// A line in an exchange of POP3 or IMAP: a plus, a space, base64.
[[nodiscard]] inline std::string continuation(const ServerDialogue::Question& question) {
  return "+ " + question.base64;
}

}  // namespace mailscope::sasl
