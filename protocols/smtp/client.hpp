// The sending side of SMTP (RFC 5321), for submission and relay. One session: it sends the messages that it was
// given, in order, tells what became of each recipient, and leaves with QUIT.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/outbox.hpp"
#include "protocols/core/secure_channel.hpp"
#include "protocols/sasl/sasl.hpp"
#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/smtp/reply_reader.hpp"
#include "protocols/smtp/session.hpp"

namespace mailscope::smtp {

using Credentials = sasl::Credentials;

struct ClientConfig {
  std::string helo_name;                   ///< our own name for EHLO
  std::optional<Credentials> credentials;  ///< with them, AUTH must succeed before MAIL
  StartTlsPolicy starttls{};
};

struct OutgoingMessage {
  Envelope envelope;
  std::string content;  ///< RFC 5322; a bare CR or LF travels as CR LF (RFC 5321 §2.3.8)
};

/// What became of one message. A recipient's reply is the one that decided: to RCPT, or to the end of DATA, or to
/// whatever failed before (greeting, AUTH, MAIL). Replies that no server gave: code 0 with a text when the connection
/// was lost, timed out or spoke no SMTP; 504 5.7.4 when the server offers no mechanism that we have; 554 5.6.3 when the
/// content has 8-bit octets and the server has no 8BITMIME (RFC 6152 §3); 553 5.1.7 or 5.1.3 for a path with
/// characters that may not travel in a command.
struct MessageDone {
  struct Recipient {
    std::string forward_path;
    Reply reply;
  };
  std::vector<Recipient> recipients;
};
/// The session is over; nothing follows but Close.
struct SessionDone {
  bool in_order{};  ///< QUIT was answered, or the connection ended after it
};

class Client {
 public:
  using Event = std::variant<MessageDone, SessionDone>;

  Client(ClientConfig config, std::vector<OutgoingMessage> messages);
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
  void secured(Instant now, const SecureChannel& channel);
  void securing_failed(Instant now, std::string_view reason);

 private:
  /// What the server owes a reply to.
  enum class Awaited : std::uint8_t {
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Auth,
    AuthResponse,
    Mail,
    Rcpt,
    Data,
    Content,
    Rset,
    Quit
  };
  enum class Verdict : std::uint8_t { Accepted, Refused, Nonsense };

  void hear(const ReceivedReply& received, Instant now);
  [[nodiscard]] Verdict judge(const Reply& reply) const;
  [[nodiscard]] State state_after(const Reply& reply, Verdict verdict) const;
  void accepted(const Reply& reply, Instant now);
  void refused(const Reply& reply, Instant now);

  void session_begun(Instant now);
  [[nodiscard]] bool begins_tls(Instant now);
  void tls_refused(const Reply& reply, Instant now);
  void authenticate(Instant now);
  void challenged(const Reply& reply, Instant now);
  void next_message(Instant now);
  void next_recipient(Instant now);
  void send_content(Instant now);
  void reset_or_quit(Instant now);
  void give_up(const Reply& reply, Instant now);

  void send(std::string wire, std::string topic, Awaited awaited, Instant now);
  void command(std::string_view verb, std::string_view argument, Awaited awaited, Instant now);
  [[nodiscard]] std::optional<Reply> obstacle(const OutgoingMessage& message) const;
  [[nodiscard]] bool offers(std::string_view keyword) const;
  void settle(const Reply& reply);
  void settle_all(const Reply& reply);
  void lost(std::string_view why);
  void end(bool in_order);

  ClientConfig config_;
  std::deque<OutgoingMessage> messages_;
  Session session_;
  State state_{State::Connected};
  Outbox<Event> outbox_;
  InputBuffer input_;
  ReplyReader replies_;
  bool begun_{}, ended_{};
  bool securing_{};  ///< between 220 and secured()
  bool tls_was_refused_{};
  std::optional<SecureChannel> channel_;  ///< once it is secured
  Awaited awaited_{Awaited::Greeting};
  std::optional<Instant> deadline_;
  std::vector<std::string> extensions_;  ///< lines of EHLO's reply, without the first
  std::optional<sasl::ClientExchange> exchange_;
  std::vector<Reply> outcomes_;  ///< of the current message's recipients, as far as they were given
};

}  // namespace mailscope::smtp
