// The receiving side of SMTP (RFC 5321) and of message submission (RFC 6409).
// It refuses to know who the users are, where mail goes and what is stored: it asks its host by events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/dot_body.hpp"
#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/outbox.hpp"
#include "protocols/core/secure_channel.hpp"
#include "protocols/sasl/sasl.hpp"
#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/grammar.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/smtp/session.hpp"

namespace mailscope::smtp {

struct ServerConfig {
  std::string hostname;       ///< in the greeting and in Received
  std::string peer_address;   ///< IPv4 of the client, for Received
  bool submission{};          ///< RFC 6409: authentication required before MAIL
  bool plaintext_auth{true};  ///< offer AUTH PLAIN and LOGIN without TLS
  StartTlsOffer starttls{};
  std::size_t message_octets_max{10'485'760};  ///< announced by SIZE (RFC 1870)
  std::size_t recipients_max{100};             ///< at least 100 (RFC 5321 §4.5.3.1.8)
  Duration idle_max{std::chrono::minutes(5)};  ///< RFC 5321 §4.5.3.2.7
};

/// So many commands refused by the engine or failed authentications end the session with 421: a real program makes
/// few, a guesser of passwords many. Recipients that the host refuses do not count.
inline constexpr int errors_max = 20;
/// A message with so many Received fields goes round in a loop (RFC 5321 §6.3).
inline constexpr std::ptrdiff_t received_fields_max = 100;

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
  void secured(Instant now, const SecureChannel& channel);
  void securing_failed(Instant now, std::string_view reason);

  /// The host's answer to the last event; poll() pauses until it comes. It travels as it is, also without an enhanced
  /// code; 421 closes the session. Precondition: an event is unanswered.
  void decide(Reply reply);

 private:
  using Handler = void (Server::*)(std::string_view argument);
  struct Verb {
    std::string_view name;
    Handler run;
    bool takes_argument;
  };
  enum class Owed : std::uint8_t { Nothing, Authentication, Sender, Recipient, Message };

  [[nodiscard]] bool consume(Instant now);
  void command(const Line& line);
  void auth_response(const Line& line);
  void content(DotBody body, Instant now);
  [[nodiscard]] std::string received_field(Instant now) const;

  static std::span<const Verb> verbs();
  void ehlo(std::string_view argument);
  void helo(std::string_view argument);
  void mail(std::string_view argument);
  void rcpt(std::string_view argument);
  void data(std::string_view argument);
  void rset(std::string_view argument);
  void noop(std::string_view argument);
  void quit(std::string_view argument);
  void vrfy(std::string_view argument);
  void help(std::string_view argument);
  void auth(std::string_view argument);
  void starttls(std::string_view argument);
  void not_implemented(std::string_view argument);

  [[nodiscard]] bool may(std::string_view move);
  [[nodiscard]] bool offers_auth() const;
  [[nodiscard]] std::string_view lacks() const;
  [[nodiscard]] bool is_client_name(std::string_view argument);
  [[nodiscard]] std::optional<Reply> fault_of(const Parameter& parameter) const;
  void begin_session(std::string_view name, std::string_view verb, bool extended);
  void path_refused(PathFault fault, std::string_view enhanced);
  void auth_move(sasl::ServerMove move);
  void auth_finished(Reply reply);

  void ask(Event event, Owed owed);
  void answer(const Reply& reply) { answer_and_move(reply, state_); }
  void accept(const Reply& reply, std::string_view move);
  void answer_and_move(const Reply& reply, State to);
  void refuse(std::uint16_t code, std::string_view enhanced, std::string_view text);
  [[nodiscard]] Reply counted(Reply refusal);
  void forget_transaction();

  ServerConfig config_;
  Session session_;
  State state_{State::Connected};
  Outbox<Event> outbox_;
  InputBuffer input_;
  LineFramer lines_{command_octets_max};
  DotBodyDecoder body_;
  bool greeted_{}, ended_{};
  bool securing_{};                       ///< between 220 and secured()
  std::optional<SecureChannel> channel_;  ///< once it is secured
  Instant active_;                        ///< when the session last moved
  int errors_{};

  std::string context_;  ///< of the reply's explanation: the verb that is being answered
  Owed owed_{};
  std::string client_name_;  ///< as EHLO or HELO said
  bool extended_{};          ///< EHLO, not HELO
  std::optional<sasl::ServerExchange> exchange_;
  std::string user_, candidate_;  ///< authenticated, and asked about
  Envelope envelope_;
  std::string offered_path_;  ///< of the sender or recipient asked about
  bool recipient_refused_{};
};

}  // namespace mailscope::smtp
