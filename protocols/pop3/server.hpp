// The server side of POP3 (RFC 1939, CAPA of RFC 2449). It shows one account's INBOX from the store; who may log in
// is its host's matter.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/secure_channel.hpp"
#include "protocols/mailstore/account.hpp"
#include "protocols/pop3/language.hpp"
#include "protocols/sasl/server_dialogue.hpp"

namespace mailscope::pop3 {

struct ServerConfig {
  std::string hostname;
  bool plaintext_login{true};  ///< allow passwords to travel without TLS
  StartTlsOffer stls{};
  Duration idle_max{std::chrono::minutes(10)};  ///< at least 10 minutes (RFC 1939 §3)
  /// The same before anybody has logged in. The RFC does not tell the states apart; with ten minutes a few connections
  /// of strangers would keep everybody else out.
  Duration strangers_idle_max{std::chrono::seconds(60)};
  Duration login_delay{};                       ///< between two logins of a user (RFC 2449 §6.5); 0: any
  /// Days that a message may stay (RFC 2449 §6.7), removed by the QUIT that finds it older; 0: what was retrieved does
  /// not stay; nothing: for ever.
  std::optional<std::uint32_t> expire_days{};
  sasl::ServerPolicy authentication{};
  bool utf8{true};  ///< offer UTF8 (RFC 6856)
  bool apop{};      ///< greet with a timestamp, and take APOP (RFC 1939 §7); wants authentication.random
};

class Server {
 public:
  using Event = std::variant<sasl::SecretWanted, sasl::Authenticated>;

  explicit Server(ServerConfig config);
  ~Server();  ///< gives the maildrop's lock back; nothing is deleted
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
  void secured(Instant now, const SecureChannel& channel);
  void securing_failed(Instant now, std::string_view reason);

  /// The host's answer to SecretWanted; poll() pauses until it comes. `account` is what is opened if the client
  /// proves to be the user: it outlives the engine, and is null only with NoSecret and TryLater. Otherwise the client
  /// is told after `penalty`. Precondition: SecretWanted is unanswered.
  void tell_secret(const sasl::Secret& secret, mailstore::Account* account, Duration penalty = {});
  /// The server's host goes down: -ERR, and the end without UPDATE (RFC 1939 §6).
  void shut_down(Instant now);
  /// Octets that came while a login is decided upon, and wait: who guesses must not fill the memory meanwhile.
  [[nodiscard]] std::size_t kept_waiting() const { return dialogue_ ? unread() : 0; }
  /// Nobody has logged in.
  [[nodiscard]] bool is_stranger() const { return account_ == nullptr; }
  /// Octets that came and were not looked at yet.
  [[nodiscard]] std::size_t unread() const { return input_.view().size(); }
  /// Octets of a command that waits for its CR LF.
  [[nodiscard]] std::size_t unfinished_line() const { return dialogue_ || ended_ ? 0 : input_.unfinished_line(); }
  /// The client has begun TLS here, where the conversation begins in the clear: it is told, and the session ends.
  void refuse_tls(Instant now);

 private:
  /// A message as it was at login: numbers, sizes and contents stay for the session (RFC 1939 §4).
  struct Entry {
    mailstore::Uid uid;
    mailstore::ContentPointer content;
    bool deleted{}, retrieved{};
    mutable std::optional<std::uint64_t> octets{};  ///< see octets(), once it was asked
  };
  /// What is sent of a message: the stored octets, or what was made of them.
  struct Shown {
    std::string_view stored;
    std::optional<std::string> made;
    [[nodiscard]] std::string_view octets() const { return made ? std::string_view(*made) : stored; }
  };
  struct Verb;
  static const Verb verbs[];

  void greet(Instant now);
  void handle(const Line& line);
  void reply(bool ok, std::string_view text);
  void reply_lines(std::string_view text, std::string_view content);
  void end();
  Entry* message(std::string_view number);
  [[nodiscard]] std::pair<std::size_t, std::uint64_t> count() const;  ///< messages not deleted, and their octets
  [[nodiscard]] std::string summary() const;
  void list(std::string_view number, std::string (Server::*line)(std::size_t) const);
  [[nodiscard]] std::string scan_line(std::size_t index) const;
  [[nodiscard]] std::string unique_id_line(std::size_t index) const;

  [[nodiscard]] std::vector<sasl::Mechanism> mechanisms() const;
  [[nodiscard]] sasl::ServerDialogue& new_dialogue();
  void auth_response(const Line& line);
  void authenticate(const sasl::ServerDialogue::Move& move);
  void challenge(const sasl::ServerDialogue::Question& question);
  void open_maildrop();

  void on_auth(std::string_view arguments);
  void on_apop(std::string_view arguments);
  void on_user(std::string_view arguments);
  void on_pass(std::string_view arguments);
  void on_stat(std::string_view arguments);
  void on_list(std::string_view arguments);
  void on_uidl(std::string_view arguments);
  void on_retr(std::string_view arguments);
  void on_top(std::string_view arguments);
  void on_dele(std::string_view arguments);
  void on_noop(std::string_view arguments);
  void on_rset(std::string_view arguments);
  void on_capa(std::string_view arguments);
  void on_quit(std::string_view arguments);
  void on_stls(std::string_view arguments);
  [[nodiscard]] bool allows_plaintext() const { return config_.plaintext_login || channel_; }
  void on_lang(std::string_view arguments);
  void on_utf8(std::string_view arguments);
  [[nodiscard]] std::int64_t login_delay_seconds() const;
  [[nodiscard]] Shown shown(const Entry& entry) const;
  [[nodiscard]] std::uint64_t octets(const Entry& entry) const;
  void update();

  ServerConfig config_;
  InputBuffer input_;
  LineFramer framer_;
  std::deque<Output<Event>> out_;
  StateId state_;
  std::optional<Instant> idle_since_;  ///< nothing before the greeting
  std::string context_;                ///< what is being answered: a verb, "greeting" or "unknown"
  std::string user_;
  std::string timestamp_;  ///< of the greeting, where APOP is taken
  Language language_{};
  bool utf8_{};           ///< the client has said UTF8
  Instant now_;           ///< of the poll() that is going on
  std::uint64_t sent_{};  ///< octets transmitted
  bool secret_wanted_{}, eof_{}, ended_{};
  int strangers_bad_commands_{};
  bool securing_{};                       ///< between +OK and secured()
  std::optional<SecureChannel> channel_;  ///< once it is secured
  std::optional<sasl::ServerDialogue> dialogue_;
  mailstore::Account* candidate_{};  ///< whose maildrop is opened if the client proves to be its user
  mailstore::Account* account_{};    ///< whose maildrop is locked
  std::uint32_t uid_validity_{};
  std::vector<Entry> maildrop_;
};

}  // namespace mailscope::pop3
