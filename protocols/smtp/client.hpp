// The sending side of SMTP (RFC 5321), for submission and relay. One session: it sends the messages that it was
// given, in order, tells what became of each recipient, and leaves with QUIT.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailscope::smtp {

struct Credentials {
  std::string user, password;
};

struct ClientConfig {
  std::string helo_name;                          ///< our own name for EHLO
  std::optional<Credentials> credentials;         ///< with them, AUTH must succeed before MAIL
};

struct OutgoingMessage {
  Envelope envelope;
  std::string content;                            ///< RFC 5322, lines ended by CR LF
};

/// What became of one message. A recipient's reply is the one that decided: to RCPT, or to the end of DATA, or to
/// whatever failed before (greeting, AUTH, MAIL); code 0 with a text when the connection was lost or timed out.
struct MessageDone {
  struct Recipient {
    std::string forward_path;
    Reply reply;
  };
  std::vector<Recipient> recipients;
};
/// The session is over; nothing follows but Close.
struct SessionDone {
  bool in_order{};                                ///< QUIT was answered, or the connection ended after it
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
};

}  // namespace mailscope::smtp
