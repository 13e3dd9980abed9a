// SCRAM at the client (RFC 5802, RFC 7677). It believes no success before the server has proved itself.
#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "protocols/sasl/client.hpp"
#include "protocols/sasl/prepare.hpp"
#include "protocols/sasl/scram_message.hpp"

namespace mailscope::sasl {

namespace {

class ScramClient final : public ClientExchange {
 public:
  ScramClient(Mechanism mechanism, Credentials credentials, ClientTerms terms)
      : hash_(hash_of(mechanism)), password_(std::move(credentials.password)), nonce_(fresh_nonce(terms.random)) {
    const bool bound = traits(mechanism).bound;
    // "y": we could bind, but saw no offer (RFC 5802 §6); the server knows whether it made one.
    const bool could = !terms.binding_type.empty() && !terms.plus_offered;
    header_ = bound ? "p=" + std::string(terms.binding_type) : could ? "y" : "n";
    header_ += ",";
    if (!credentials.authorization.empty()) header_ += "a=" + saslname(credentials.authorization);
    header_ += ",";
    binding_ = header_ + (bound ? terms.binding_data : "");
    client_first_bare_ = "n=" + saslname(prepare(credentials.user).value_or(credentials.user)) + ",r=" + nonce_;
  }

  std::optional<std::string> respond(std::string_view challenge) override {
    // server-error (RFC 5802 §7): the protocol around us says the rest.
    if (turn_ > 0 && turn_ < ended && challenge.starts_with("e=")) {
      turn_ = ended;
      return std::string();
    }
    switch (std::exchange(turn_, turn_ + 1)) {
      case 0:
        return header_ + client_first_bare_;
      case 1:
        return final(challenge);
      case 2:
        return acknowledge(challenge);
      default:
        return std::nullopt;
    }
  }
  bool complete() const override { return proved_; }

 private:
  /// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions] (RFC 5802 §7)
  std::optional<std::string> final(std::string_view server_first) {
    std::string_view rest = server_first;
    const auto nonce = take_attribute(rest, 'r');
    const auto salt_text = nonce ? take_attribute(rest, 's') : std::nullopt;
    const auto count = salt_text ? take_attribute(rest, 'i') : std::nullopt;
    const auto salt = salt_text ? base64_decode(*salt_text) : std::nullopt;
    const auto iterations = count ? ascii::number<unsigned>(*count) : std::nullopt;
    if (!salt || !iterations || *iterations < scram_iterations_min || *iterations > scram_iterations_max)
      return std::nullopt;
    // A server that adds nothing of its own could be replaying an old exchange (§5.1).
    if (!is_nonce(*nonce) || !nonce->starts_with(nonce_) || nonce->size() == nonce_.size()) return std::nullopt;
    const auto password = prepare(password_);
    if (!password || password->empty()) return std::nullopt;
    const std::string without_proof = "c=" + base64_encode(binding_) + ",r=" + std::string(*nonce);
    const std::string auth_message = client_first_bare_ + "," + std::string(server_first) + "," + without_proof;
    const std::string salted = pbkdf2(hash_, *password, *salt, *iterations);
    const std::string client_key = hmac(hash_, salted, "Client Key");
    const std::string signature = hmac(hash_, digest(hash_, client_key), auth_message);
    server_signature_ = hmac(hash_, hmac(hash_, salted, "Server Key"), auth_message);
    return without_proof + ",p=" + base64_encode(exclusive_or(client_key, signature));
  }

  /// server-final-message = (server-error / verifier) ["," extensions] (RFC 5802 §7)
  std::optional<std::string> acknowledge(std::string_view message) {
    const auto verifier = take_attribute(message, 'v');
    const auto signature = verifier ? base64_decode(*verifier) : std::nullopt;
    proved_ = signature && equal_secrets(*signature, server_signature_);
    return proved_ ? std::optional(std::string()) : std::nullopt;
  }

  Hash hash_;
  std::string password_, nonce_, header_, binding_, client_first_bare_, server_signature_;
  static constexpr int ended = 3;
  int turn_{};
  bool proved_{};
};

}  // namespace

std::unique_ptr<ClientExchange> scram_client(Mechanism mechanism, Credentials credentials, ClientTerms terms) {
  return std::make_unique<ScramClient>(mechanism, std::move(credentials), std::move(terms));
}

}  // namespace mailscope::sasl
