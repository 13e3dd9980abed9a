// The server side of IMAP4rev1 (RFC 3501). It shows one account of the store; who may log in
// is its host's matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/engine.hpp"
#include "protocols/mailstore/mailstore.hpp"

namespace mailscope::imap {

struct ServerConfig {
  std::string hostname;
  bool plaintext_login{true};                     ///< allow LOGIN without TLS; else LOGINDISABLED (RFC 3501 §6.2.3)
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
  ~Server();                                      ///< ends the session without expunging
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

}  // namespace mailscope::imap
