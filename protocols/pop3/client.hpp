// The client side of POP3 (RFC 1939): logs in, collects what is new, deletes or leaves it, and quits. Commands are
// pipelined where the server says that they may be (RFC 2449 §6.6). What earlier sessions did is its host's memory.
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
#include "protocols/sasl/client_dialogue.hpp"

namespace mailscope::pop3 {

struct ClientConfig {
  std::string user, password;
  bool leave_on_server{};       ///< compare UIDL with `known` and send no DELE
  std::set<std::string> known;  ///< unique-ids retrieved in earlier sessions
  StartTlsPolicy stls{};
  /// Unique-ids that have been left on the server for long enough: they are deleted now.
  std::set<std::string> expired{};
  /// Ask only for the header and so many lines of the body (TOP, RFC 1939 §7) of what is new, and delete nothing.
  std::optional<std::uint32_t> preview_lines{};
  bool utf8{};             ///< say UTF8 where it is offered (RFC 6856 §2)
  std::string language{};  ///< ask for this language where LANG is offered (RFC 6856 §3); empty: do not
  sasl::ClientPolicy authentication{};
  bool user_only{};  ///< USER and PASS, whatever else the server offers
  /// What an LF without CR is. Some servers end their lines so, and people's programs read them all the same.
  BareLineFeed bare_lines{};
};

/// A message came whole; `unique_id` is empty where the server has no UIDL.
struct MessageRetrieved {
  std::string unique_id;
  std::string content;  ///< RFC 5322, CR LF, dot-stuffing removed
};
/// The first lines of a message came (ClientConfig::preview_lines).
struct MessagePreviewed {
  std::string unique_id;
  std::uint64_t octets{};  ///< of the whole message, as LIST says
  std::string content;
};
/// What the server has, before any of it is collected.
struct MaildropListed {
  std::set<std::string> unique_ids;
  bool has_all_ids{};  ///< each message has one: else what is not named may be there all the same
};
/// The server has refused a mechanism, and another one is tried (RFC 4422).
struct LoginRetried {
  std::string refused, next;
};
/// The session is over. `error` is the server's first -ERR line, or why the connection was lost; empty when all went
/// well. An error with one message does not end the session.
struct SessionDone {
  std::string error;
  /// Nothing is wrong but the time: another session holds the maildrop, the last login was not long ago, or the server
  /// says so ([IN-USE], [LOGIN-DELAY], [SYS/TEMP]; RFC 2449 §8.1, RFC 3206 §4).
  bool try_later{};
};

class Client {
 public:
  using Event = std::variant<MessageRetrieved, MessagePreviewed, MaildropListed, LoginRetried, SessionDone>;

  /// A message or listing above this is refused: it would be a server gone wrong.
  static constexpr std::size_t body_octets_max = 64 << 20;
  /// Commands on their way at once where the server pipelines: enough to fill a long line, and few enough that the
  /// server's answers need not wait for room (RFC 2449 §6.6). Their messages together have at most window_octets_max,
  /// unless it is one message.
  static constexpr std::size_t window_max = 16;
  static constexpr std::uint64_t window_octets_max = 1 << 20;
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
  /// Octets of a line that waits for its CR LF, for who watches.
  [[nodiscard]] std::size_t unfinished_line() const {
    return ended_ || securing_ || status_line_ ? 0 : input_.unfinished_line();
  }

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
  /// A command whose reply has not come.
  struct Command {
    std::string verb;
    std::size_t message{};   ///< index into maildrop_, of RETR, TOP and DELE
    std::uint64_t octets{};  ///< that the reply will have, about
  };

  [[nodiscard]] bool take_reply();
  [[nodiscard]] bool take_body();
  void finish_reply(bool ok, std::string_view body_text, std::uint64_t end, std::string content);
  void answered(const Command& command, const Reply& reply);
  [[nodiscard]] bool offers(std::string_view tag) const;
  void stls_answered(const Reply& reply);
  [[nodiscard]] bool begins_tls();
  void begin_login();
  void log_in();
  void login_refused(const std::string& verb, const Reply& reply);
  [[nodiscard]] bool is_verified() const { return channel_ && config_.stls != StartTlsPolicy::Opportunistic; }
  [[nodiscard]] bool take_challenge(const Line& line);
  void respond(std::string_view line);
  void authenticated();
  void ask_lists();
  void begin_collecting();
  void answered_message(const Command& command, const Reply& reply);
  void note(std::string_view error);
  void send(std::string_view verb, std::string_view argument = {}, std::size_t message = 0, std::uint64_t octets = 0);
  void fill_window();
  [[nodiscard]] bool plan_next();
  void quit(std::string_view error);
  void finish(std::string error);

  ClientConfig config_;
  InputBuffer input_;
  LineFramer framer_;
  DotBodyDecoder body_;
  std::deque<Output<Event>> out_;
  StateId state_;
  std::deque<Command> outstanding_{{"greeting", 0, 0}};  ///< oldest first
  std::string awaited_{"greeting"};                      ///< the verb whose reply comes next, or came last
  std::optional<Line> status_line_;                      ///< of a multi-line reply whose body is still coming
  std::optional<Instant> heard_;                         ///< when the server, or this side, last said something
  std::uint64_t sent_{};                                 ///< octets transmitted
  bool eof_{}, ended_{};
  bool securing_{};  ///< between +OK and secured()
  bool tls_was_refused_{};
  std::optional<SecureChannel> channel_;  ///< once it is secured
  std::optional<sasl::ClientDialogue> dialogue_;
  std::vector<sasl::Mechanism> refused_mechanisms_;
  bool apop_refused_{};
  std::string timestamp_;  ///< that the greeting offered for APOP
  std::string error_;
  std::map<std::string, std::string> unique_ids_;  ///< by message number
  std::vector<Listed> maildrop_;
  Reply capabilities_;
  bool ids_refused_{};
  bool utf8_asked_{}, language_asked_{}, pipelining_{}, list_asked_{};
  std::size_t next_{};                 ///< index into maildrop_ of the first message that nothing was decided of
  std::deque<std::size_t> to_delete_;  ///< messages that have come whole
};

}  // namespace mailscope::pop3
