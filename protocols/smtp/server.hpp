// The receiving side of SMTP (RFC 5321) and of message submission (RFC 6409).
// It refuses to know who the users are, where mail goes and what is stored: it asks its host by events.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/engine.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailscope::smtp {

struct ServerConfig {
  std::string hostname;                           ///< in the greeting and in Received
  std::string peer_address;                       ///< IPv4 of the client, for Received
  bool submission{};                              ///< RFC 6409: authentication required before MAIL
  bool plaintext_auth{true};                      ///< offer AUTH PLAIN and LOGIN without TLS
  std::size_t message_octets_max{10'485'760};     ///< announced by SIZE (RFC 1870)
  std::size_t recipients_max{100};                ///< at least 100 (RFC 5321 §4.5.3.1.8)
  Duration idle_max{std::chrono::minutes(5)};     ///< RFC 5321 §4.5.3.2.7
};

/// Is this the user's password? Answer with decide(): positive or 535.
struct AuthenticationOffered {
  std::string mechanism, authorization_identity, user, password;
};
/// May the message begin with this sender? `user` is the authenticated one or empty.
struct SenderOffered {
  std::string reverse_path, user;
};
/// Deliver or relay for this address? Answer with decide(): 250, 550, 450 …
struct RecipientOffered {
  std::string forward_path, user;
};
/// Take the responsibility for this message (RFC 5321 §4.2.5)? `content` starts with our Received field,
/// is free of dot-stuffing and ends in CR LF.
struct MessageOffered {
  Envelope envelope;
  std::string content, user;
};

class Server {
 public:
  using Event = std::variant<AuthenticationOffered, SenderOffered, RecipientOffered, MessageOffered>;

  explicit Server(ServerConfig config);
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;

  /// The host's answer to the last event; poll() pauses until it comes. Precondition: an event is unanswered.
  void decide(Reply reply);
};

}  // namespace mailscope::smtp
