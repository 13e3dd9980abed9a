// LOGIN (draft-murchison-sasl-login-00): PLAIN in two questions. Obsolete, yet some programs know nothing else.
#include <utility>

#include "protocols/sasl/client.hpp"
#include "protocols/sasl/prepare.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::sasl {

namespace {

class LoginServer final : public ServerExchange {
 public:
  ServerMove ask() override { return Challenge{"Username:"}; }
  /// A user name as initial response is not in the draft, but in use.
  ServerMove respond(std::string_view response) override {
    if (!std::exchange(asked_user_, true)) {
      const auto user = prepare(response);
      if (!user || user->empty()) return Failure::Malformed;
      user_ = *user;
      return Challenge{"Password:"};
    }
    if (response.empty()) return Failure::Malformed;
    password_ = response;
    return SecretWanted{Mechanism::Login, user_, "", ""};
  }
  ServerMove answer(const Secret& secret) override {
    if (!fits(secret, password_)) return Failure::Rejected;
    return Authenticated{Mechanism::Login, user_};
  }

 private:
  bool asked_user_{};
  std::string user_, password_;
};

class LoginClient final : public ClientExchange {
 public:
  explicit LoginClient(Credentials credentials) : credentials_(std::move(credentials)) {}
  /// The questions are answered by their order: servers word them differently.
  std::optional<std::string> respond(std::string_view) override {
    const int turn = turn_++;
    if (turn > 1) return std::nullopt;
    return turn == 0 ? credentials_.user : credentials_.password;
  }
  bool complete() const override { return turn_ >= 2; }

 private:
  Credentials credentials_;
  int turn_{};
};

}  // namespace

std::unique_ptr<ServerExchange> login_server() { return std::make_unique<LoginServer>(); }

std::unique_ptr<ClientExchange> login_client(Credentials credentials) {
  return std::make_unique<LoginClient>(std::move(credentials));
}

}  // namespace mailscope::sasl
