// OAUTHBEARER (RFC 7628) and XOAUTH2, its predecessor: the password's place is taken by a token that somebody else
// has issued. Whether a token is good, the host decides.
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/sasl/client.hpp"
#include "protocols/sasl/prepare.hpp"
#include "protocols/sasl/scram_message.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::sasl {

namespace {

constexpr char separator = '\x01';  // kvsep (RFC 7628 §3.1)

/// *kvpair kvsep (RFC 7628 §3.1): the value of `key`; nothing where it is missing or the pairs are not well-formed.
std::optional<std::string> value_of(std::string_view pairs, std::string_view key) {
  Cursor at(pairs);
  std::optional<std::string> found;
  while (!at.at_end() && !at.at(separator)) {
    const std::string_view name = at.take_while(ascii::is_alpha);
    if (name.empty() || !at.take('=')) return std::nullopt;
    const std::string_view value = at.take_while([](char c) { return c != separator; });
    if (!at.take(separator)) return std::nullopt;
    if (ascii::iequals(name, key)) found = value;
  }
  return at.take(separator) && at.at_end() ? found : std::nullopt;
}

class BearerServer final : public ServerExchange {
 public:
  explicit BearerServer(Mechanism mechanism) : mechanism_(mechanism) {}

  /// client-resp = gs2-header kvsep *kvpair kvsep (RFC 7628 §3.1), or "user=" name kvsep "auth=Bearer " token 2kvsep.
  ServerMove respond(std::string_view response) override {
    if (refused_) return Failure::Rejected;  // §3.2.3: the dummy response to our error; whatever it is
    std::string_view pairs = response;
    std::optional<std::string> user;
    if (mechanism_ == Mechanism::OAuthBearer) {
      const auto header = read_gs2_header(pairs);
      if (!header || header->flag == 'p' || !pairs.starts_with(separator)) return Failure::Malformed;
      pairs.remove_prefix(1);
      user = header->authorization;
    } else {
      user = value_of(pairs, "user");
    }
    const auto authorization = value_of(pairs, "auth");
    const auto name = user ? prepare(*user) : std::nullopt;
    if (!name || !authorization) return Failure::Malformed;
    Cursor token(*authorization);
    if (!token.take("Bearer ") || token.at_end()) return Failure::Malformed;
    return SecretWanted{mechanism_, *name, "", std::string(token.rest())};
  }
  ServerMove answer(const Secret& secret) override {
    if (const auto* accepted = std::get_if<TokenAccepted>(&secret)) return Authenticated{mechanism_, accepted->user};
    refused_ = true;
    return Challenge{R"({"status":"invalid_token"})"};  // §3.2.2
  }

 private:
  Mechanism mechanism_;
  bool refused_{};
};

class BearerClient final : public ClientExchange {
 public:
  BearerClient(Mechanism mechanism, Credentials credentials)
      : mechanism_(mechanism), credentials_(std::move(credentials)) {}
  std::optional<std::string> respond(std::string_view) override {
    const bool oauth_bearer = mechanism_ == Mechanism::OAuthBearer;
    if (turn_++ == 0) {
      std::string message = oauth_bearer ? "n,a=" + saslname(credentials_.user) + "," : "user=" + credentials_.user;
      return message + separator + "auth=Bearer " + credentials_.token + separator + separator;
    }
    if (turn_ > 2) return std::nullopt;
    return oauth_bearer ? std::string(1, separator) : std::string();  // RFC 7628 §3.2.3: lets the server fail us
  }
  bool complete() const override { return turn_ == 1; }

 private:
  Mechanism mechanism_;
  Credentials credentials_;
  int turn_{};
};

}  // namespace

std::unique_ptr<ServerExchange> bearer_server(Mechanism mechanism) { return std::make_unique<BearerServer>(mechanism); }

std::unique_ptr<ClientExchange> bearer_client(Mechanism mechanism, Credentials credentials) {
  return std::make_unique<BearerClient>(mechanism, std::move(credentials));
}

}  // namespace mailscope::sasl
