// The client side of POP3 (RFC 1939): logs in, collects what is new, deletes or leaves it, and quits.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/dot_body.hpp"
#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/secure_channel.hpp"

namespace mailscope::pop3 {

struct ClientConfig {
  std::string user, password;
  bool leave_on_server{};       ///< compare UIDL with `known` and send no DELE
  std::set<std::string> known;  ///< unique-ids retrieved in earlier sessions
  StartTlsPolicy stls{};
};

/// A message came whole; `unique_id` is empty where the server has no UIDL.
struct MessageRetrieved {
  std::string unique_id;
  std::string content;  ///< RFC 5322, CR LF, dot-stuffing removed
};
/// The session is over. `error` is the server's -ERR line, or why the connection was lost; empty when all went well.
struct SessionDone {
  std::string error;
};

class Client {
 public:
  using Event = std::variant<MessageRetrieved, SessionDone>;

  /// A message or listing above this is refused: it would be a server gone wrong.
  static constexpr std::size_t body_octets_max = 64 << 20;
  /// How long the server may stay silent; a person would have given up by then.
  static constexpr Duration silence_max = std::chrono::minutes(2);

  explicit Client(ClientConfig config);
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
  struct Reply {
    bool ok{};
    std::string line;     ///< without CR LF
    std::string content;  ///< of a multi-line reply
  };
  struct Listed {
    std::string number;  ///< as the server wrote it
    std::uint64_t octets{};
  };

  [[nodiscard]] bool take_reply();
  [[nodiscard]] bool take_body();
  void finish_reply(bool ok, std::string_view body_text, std::uint64_t end, std::string content);
  void answered(const Reply& reply);
  void stls_answered(const Reply& reply);
  [[nodiscard]] bool begins_tls(const Reply& capabilities);
  void log_in(const Reply& capabilities);
  void answered_message(const Reply& reply);
  void note(const Reply& reply);
  void send(std::string_view verb, std::string_view argument = {});
  void next_message();
  void quit(std::string_view error);
  void finish(std::string error);

  ClientConfig config_;
  InputBuffer input_;
  LineFramer framer_;
  DotBodyDecoder body_;
  std::deque<Output<Event>> out_;
  StateId state_;
  std::string awaited_{"greeting"};  ///< the verb whose reply is awaited
  std::optional<Line> status_line_;  ///< of a multi-line reply whose body is still coming
  std::optional<Instant> heard_;     ///< when the server, or this side, last said something
  std::uint64_t sent_{};             ///< octets transmitted
  bool eof_{}, ended_{};
  bool securing_{};  ///< between +OK and secured()
  bool tls_was_refused_{};
  std::optional<SecureChannel> channel_;  ///< once it is secured
  std::string error_;
  std::map<std::string, std::string> unique_ids_;  ///< by message number
  std::vector<Listed> maildrop_;
  std::size_t current_{};  ///< index into maildrop_ of the message being collected
};

}  // namespace mailscope::pop3
