// The client side of POP3 (RFC 1939): logs in, collects what is new, deletes or leaves it, and quits.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/engine.hpp"

namespace mailscope::pop3 {

struct ClientConfig {
  std::string user, password;
  bool leave_on_server{};                         ///< compare UIDL with `known` and send no DELE
  std::set<std::string> known;                    ///< unique-ids retrieved in earlier sessions
};

/// A message came whole; `unique_id` is empty where the server has no UIDL.
struct MessageRetrieved {
  std::string unique_id;
  std::string content;                            ///< RFC 5322, CR LF, dot-stuffing removed
};
/// The session is over. `error` is the server's -ERR line, or why the connection was lost; empty when all went well.
struct SessionDone {
  std::string error;
};

class Client {
 public:
  using Event = std::variant<MessageRetrieved, SessionDone>;

  explicit Client(ClientConfig config);
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
};

}  // namespace mailscope::pop3
