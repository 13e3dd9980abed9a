// The server side of POP3 (RFC 1939, CAPA of RFC 2449). It shows one account's INBOX from the store; who may log in
// is its host's matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/engine.hpp"
#include "protocols/mailstore/mailstore.hpp"

namespace mailscope::pop3 {

struct ServerConfig {
  std::string hostname;
  bool plaintext_login{true};                     ///< allow USER and PASS without TLS
  Duration idle_max{std::chrono::minutes(10)};    ///< at least 10 minutes (RFC 1939 §3)
};

/// Is this the user's password? Answer with accept() or reject().
struct LoginOffered {
  std::string user, password;
};

class Server {
 public:
  using Event = std::variant<LoginOffered>;

  explicit Server(ServerConfig config);
  ~Server();                                      ///< gives the maildrop's lock back; nothing is deleted
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;

  /// Answers to LoginOffered. `account` outlives the engine.
  void accept(mailstore::Account& account);
  void reject();
};

}  // namespace mailscope::pop3
