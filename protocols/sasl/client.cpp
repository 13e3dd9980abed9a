#include "protocols/sasl/client.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/core/ascii.hpp"

namespace mailscope::sasl {

namespace {

bool is_scram(Mechanism mechanism) { return mechanism <= Mechanism::ScramSha1; }

}  // namespace

std::optional<Mechanism> choose(std::span<const std::string> offered, const ClientPolicy& policy,
                                const Credentials& credentials, const SecureChannel* channel) {
  for (const MechanismTraits& each : mechanism_table) {
    if (policy.mechanism && *policy.mechanism != each.mechanism) continue;
    if (each.plaintext && !channel && !policy.plaintext_allowed) continue;
    if (each.token == credentials.token.empty()) continue;
    if (each.bound && binding_type(channel).empty()) continue;
    if (is_scram(each.mechanism) && !policy.random) continue;
    if (std::ranges::any_of(offered, [&](const std::string& other) { return ascii::iequals(each.name, other); }))
      return each.mechanism;
  }
  return std::nullopt;
}

std::vector<std::string> left_after(std::span<const Mechanism> refused, std::span<const std::string> offered,
                                    bool is_verified) {
  std::vector<std::string> left;
  for (const std::string& each : offered) {
    const auto next = mechanism(each);
    const bool is_out =
        next && std::ranges::any_of(refused, [&](Mechanism before) {
          const MechanismTraits &was = traits(before), &will = traits(*next);
          if (was.plaintext || before == *next) return true;
          if (was.bound) return will.bound || !is_verified;
          return will.bound || (is_scram(before) && is_scram(*next)) || (will.plaintext && !is_verified);
        });
    if (!is_out) left.push_back(each);
  }
  return left;
}

std::unique_ptr<ClientExchange> begin_client(Mechanism mechanism, Credentials credentials, ClientTerms terms) {
  switch (mechanism) {
    case Mechanism::Plain:
      return plain_client(std::move(credentials));
    case Mechanism::Login:
      return login_client(std::move(credentials));
    case Mechanism::CramMd5:
      return cram_md5_client(std::move(credentials));
    case Mechanism::OAuthBearer:
    case Mechanism::XOAuth2:
      return bearer_client(mechanism, std::move(credentials));
    case Mechanism::ScramSha256Plus:
    case Mechanism::ScramSha1Plus:
    case Mechanism::ScramSha256:
    case Mechanism::ScramSha1:
      break;
  }
  assert(terms.random);
  return scram_client(mechanism, std::move(credentials), std::move(terms));
}

}  // namespace mailscope::sasl
