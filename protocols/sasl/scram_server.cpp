// SCRAM at the server (RFC 5802, RFC 7677). The server needs no password, and proves that it knows the user too.
#include <algorithm>
#include <utility>

#include "protocols/core/base64.hpp"
#include "protocols/sasl/prepare.hpp"
#include "protocols/sasl/scram_message.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::sasl {

namespace {

constexpr std::size_t salt_octets = 16;

class ScramServer final : public ServerExchange {
 public:
  ScramServer(Mechanism mechanism, ServerTerms terms)
      : mechanism_(mechanism), hash_(hash_of(mechanism)), terms_(std::move(terms)) {}

  ServerMove respond(std::string_view response) override {
    switch (std::exchange(awaited_, Awaited::Nothing)) {
      case Awaited::First:
        return first(response);
      case Awaited::Final:
        return final(response);
      case Awaited::End:
        return Failure::Rejected;
      case Awaited::Acknowledgement:  // our proof was our last word (RFC 4422 §3.1); the client has none
        if (response.empty()) return Authenticated{mechanism_, user_};
        break;
      case Awaited::Nothing:
        break;
    }
    return Failure::Malformed;
  }

  std::optional<Failure> verdict() const override {
    return awaited_ == Awaited::End ? std::optional(Failure::Rejected) : std::nullopt;
  }

  ServerMove answer(const Secret& secret) override {
    const ServerPolicy& policy = *terms_.policy;
    const auto* stored = std::get_if<ScramKeys>(&secret);
    if (stored && stored->hash != hash_) return Failure::Transition;
    const auto* password = std::get_if<Password>(&secret);
    known_ = stored || (password && !prepare(password->text).value_or("").empty());
    if (stored) {
      keys_ = *stored;
    } else {
      // The same work and the same salt for users who exist and who do not.
      const std::string salt = hmac(Hash::Sha256, policy.secret, "salt " + user_).substr(0, salt_octets);
      keys_ = scram_keys(hash_, known_ ? password->text : hexadecimal(hmac(Hash::Sha256, policy.secret, user_)), salt,
                         policy.scram_iterations);
    }
    awaited_ = Awaited::Final;
    server_first_ = "r=" + nonce_ + ",s=" + base64_encode(keys_.salt) + ",i=" + std::to_string(keys_.iterations);
    return Challenge{server_first_};
  }

 private:
  enum class Awaited : std::uint8_t { Nothing, First, Final, Acknowledgement, End };

  /// server-error = "e=" server-error-value (RFC 5802 §7). What the client says to it is heard, and changes nothing.
  ServerMove fail(std::string_view error) {
    awaited_ = Awaited::End;
    return Challenge{"e=" + std::string(error)};
  }

  /// client-first-message = gs2-header client-first-message-bare;
  /// client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions] (RFC 5802 §7).
  /// A reserved-mext ("m=") is something that we must understand and do not, so it is refused.
  ServerMove first(std::string_view message) {
    const auto header = read_gs2_header(message);
    if (!header) return Failure::Malformed;
    client_first_bare_ = message;
    const auto name = take_attribute(message, 'n');
    const auto nonce = name ? take_attribute(message, 'r') : std::nullopt;
    if (!nonce || !is_nonce(*nonce)) return Failure::Malformed;
    const auto saslname = read_saslname(*name);
    const auto user = saslname ? prepare(*saslname) : std::nullopt;
    const auto authorization = prepare(header->authorization);
    if (!user || user->empty() || !authorization) return Failure::Malformed;
    if (const std::string_view error = binding_error(*header); !error.empty()) return fail(error);
    binding_ = header->text + (header->flag == 'p' ? binding_data(terms_.channel, header->binding_type) : "");
    user_ = authorization->empty() ? *user : *authorization;
    nonce_ = std::string(*nonce) + fresh_nonce(terms_.policy->random);
    return SecretWanted{mechanism_, *user, *authorization, ""};
  }

  /// What is wrong with the header's channel binding for this mechanism and channel, as server-error-value (RFC 5802
  /// §6, §7); empty where nothing is. "y" means: I could have, had you offered it. We had: somebody took it out.
  std::string_view binding_error(const Gs2Header& header) const {
    if (traits(mechanism_).bound) {
      if (header.flag != 'p') return "server-does-support-channel-binding";
      return binding_data(terms_.channel, header.binding_type).empty() ? "unsupported-channel-binding-type" : "";
    }
    if (header.flag == 'p') return "channel-binding-not-supported";
    const auto& all = terms_.policy->mechanisms;
    const bool offered_bound = !binding_type(terms_.channel).empty() &&
                               std::ranges::any_of(all, [](Mechanism each) { return traits(each).bound; });
    return header.flag == 'y' && offered_bound ? "server-does-support-channel-binding" : "";
  }

  /// client-final-message = channel-binding "," nonce ["," extensions] "," proof (RFC 5802 §7)
  ServerMove final(std::string_view message) {
    const std::size_t proof_at = message.rfind(",p=");
    if (proof_at == std::string_view::npos) return Failure::Malformed;
    const std::string without_proof(message.substr(0, proof_at));
    const auto proof = base64_decode(message.substr(proof_at + 3));
    std::string_view rest = without_proof;
    const auto channel = take_attribute(rest, 'c');
    const auto nonce = channel ? take_attribute(rest, 'r') : std::nullopt;
    const auto bound = channel ? base64_decode(*channel) : std::nullopt;
    if (!nonce || !bound || !proof || proof->size() != keys_.stored_key.size()) return Failure::Malformed;
    const std::string auth_message = client_first_bare_ + "," + server_first_ + "," + without_proof;
    // ClientKey := ClientProof XOR ClientSignature; its hash must be StoredKey (§3).
    const std::string client_key = exclusive_or(*proof, hmac(hash_, keys_.stored_key, auth_message));
    const bool proved = equal_secrets(digest(hash_, client_key), keys_.stored_key);
    if (*nonce != nonce_) return fail("other-error");
    if (!equal_secrets(*bound, binding_)) return fail("channel-bindings-dont-match");
    if (!known_ || !proved) return fail("invalid-proof");  // who does not exist is not told apart
    awaited_ = Awaited::Acknowledgement;
    return Challenge{"v=" + base64_encode(hmac(hash_, keys_.server_key, auth_message))};
  }

  Mechanism mechanism_;
  Hash hash_;
  ServerTerms terms_;
  Awaited awaited_{Awaited::First};
  bool known_{};
  std::string user_;  ///< whom the client will act as
  std::string nonce_, binding_, client_first_bare_, server_first_;
  ScramKeys keys_;
};

}  // namespace

ScramKeys scram_keys(Hash hash, std::string_view password, std::string salt, unsigned iterations) {
  const std::string salted = pbkdf2(hash, prepare(password).value_or(std::string(password)), salt, iterations);
  return {hash, std::move(salt), iterations, digest(hash, hmac(hash, salted, "Client Key")),
          hmac(hash, salted, "Server Key")};
}

std::unique_ptr<ServerExchange> scram_server(Mechanism mechanism, ServerTerms terms) {
  return std::make_unique<ScramServer>(mechanism, std::move(terms));
}

}  // namespace mailscope::sasl
