// CRAM-MD5 (RFC 2195): the password does not travel, but a digest of it and of the server's challenge. Old: whoever
// reads along can try passwords at leisure, and the server has to know the password itself.
#include <utility>

#include "protocols/sasl/client.hpp"
#include "protocols/sasl/prepare.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::sasl {

namespace {

/// Prepared where that is possible: a password that is not cannot be known to a server that prepares.
std::string proof(std::string_view password, std::string_view challenge) {
  return hexadecimal(hmac(Hash::Md5, prepare(password).value_or(std::string(password)), challenge));
}

class CramMd5Server final : public ServerExchange {
 public:
  /// A message identifier with random digits (RFC 2195 §2): the same challenge never comes twice.
  explicit CramMd5Server(const ServerTerms& terms)
      : challenge_("<" + hexadecimal(terms.policy->random(16)) + "@" + terms.hostname + ">") {}
  ServerMove ask() override {
    asked_ = true;
    return Challenge{challenge_};
  }
  /// user SP 32 lower-case hexadecimal digits; the user's name may hold spaces. The server speaks first, so an
  /// initial response is wrong (RFC 4422 §5).
  ServerMove respond(std::string_view response) override {
    const std::size_t space = response.rfind(' ');
    if (!asked_ || space == std::string_view::npos) return Failure::Malformed;
    const auto user = prepare(response.substr(0, space));
    if (!user || user->empty() || response.size() - space - 1 != 32) return Failure::Malformed;
    user_ = *user;
    proof_ = response.substr(space + 1);
    return SecretWanted{Mechanism::CramMd5, user_, "", ""};
  }
  ServerMove answer(const Secret& secret) override {
    const auto* password = std::get_if<Password>(&secret);  // of stored keys no digest can be made
    const bool right = equal_secrets(proof(password ? password->text : "", challenge_), proof_);
    if (!password || !right) return Failure::Rejected;
    return Authenticated{Mechanism::CramMd5, user_};
  }

 private:
  std::string challenge_, user_, proof_;
  bool asked_{};
};

class CramMd5Client final : public ClientExchange {
 public:
  explicit CramMd5Client(Credentials credentials) : credentials_(std::move(credentials)) {}
  std::optional<std::string> respond(std::string_view challenge) override {
    // A server that chooses an empty challenge would get the same digest every time.
    if (challenge.empty() || std::exchange(complete_, true)) return std::nullopt;
    return credentials_.user + " " + proof(credentials_.password, challenge);
  }
  bool complete() const override { return complete_; }

 private:
  Credentials credentials_;
  bool complete_{};
};

}  // namespace

std::unique_ptr<ServerExchange> cram_md5_server(const ServerTerms& terms) {
  return std::make_unique<CramMd5Server>(terms);
}

std::unique_ptr<ClientExchange> cram_md5_client(Credentials credentials) {
  return std::make_unique<CramMd5Client>(std::move(credentials));
}

}  // namespace mailscope::sasl
