// PLAIN (RFC 4616): one message tells everything, so the channel has to keep it secret.
#include <utility>

#include "protocols/sasl/client.hpp"
#include "protocols/sasl/prepare.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::sasl {

namespace {

class PlainServer final : public ServerExchange {
 public:
  /// message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 §2); authcid and passwd are not empty.
  ServerMove respond(std::string_view message) override {
    const std::size_t first = message.find('\0');
    const std::size_t second = first == std::string_view::npos ? first : message.find('\0', first + 1);
    if (second == std::string_view::npos) return Failure::Malformed;
    password_ = message.substr(second + 1);
    if (password_.empty() || password_.find('\0') != std::string::npos) return Failure::Malformed;
    const auto authorization = prepare(message.substr(0, first));
    const auto user = prepare(message.substr(first + 1, second - first - 1));
    if (!user || user->empty() || !authorization || (first > 0 && authorization->empty())) return Failure::Malformed;
    wanted_ = {Mechanism::Plain, *user, *authorization, ""};
    return wanted_;
  }
  ServerMove answer(const Secret& secret) override {
    if (!fits(secret, password_)) return Failure::Rejected;
    return Authenticated{Mechanism::Plain, wanted_.authorization.empty() ? wanted_.user : wanted_.authorization};
  }

 private:
  SecretWanted wanted_;
  std::string password_;
};

class PlainClient final : public ClientExchange {
 public:
  explicit PlainClient(Credentials credentials) : credentials_(std::move(credentials)) {}
  std::optional<std::string> respond(std::string_view) override {
    if (std::exchange(complete_, true)) return std::nullopt;
    std::string message = credentials_.authorization;
    (message += '\0') += credentials_.user;
    (message += '\0') += credentials_.password;
    return message;
  }
  bool complete() const override { return complete_; }

 private:
  Credentials credentials_;
  bool complete_{};
};

}  // namespace

std::unique_ptr<ServerExchange> plain_server() { return std::make_unique<PlainServer>(); }

std::unique_ptr<ClientExchange> plain_client(Credentials credentials) {
  return std::make_unique<PlainClient>(std::move(credentials));
}

}  // namespace mailscope::sasl
