#include "protocols/sasl/server.hpp"

#include <cassert>

#include "protocols/sasl/prepare.hpp"

namespace mailscope::sasl {

bool fits(const Secret& secret, std::string_view password) {
  const auto given = prepare(password);
  if (!given || given->empty()) return false;
  if (const auto* known = std::get_if<Password>(&secret))
    return equal_secrets(prepare(known->text).value_or(std::string()), *given);
  if (const auto* keys = std::get_if<ScramKeys>(&secret))
    return equal_secrets(scram_keys(keys->hash, *given, keys->salt, keys->iterations).stored_key, keys->stored_key);
  return false;
}

std::unique_ptr<ServerExchange> begin_server(Mechanism mechanism, ServerTerms terms) {
  switch (mechanism) {
    case Mechanism::Plain:
      return plain_server();
    case Mechanism::Login:
      return login_server();
    case Mechanism::CramMd5:
      return cram_md5_server(terms);
    case Mechanism::OAuthBearer:
    case Mechanism::XOAuth2:
      return bearer_server(mechanism);
    case Mechanism::ScramSha256Plus:
    case Mechanism::ScramSha1Plus:
    case Mechanism::ScramSha256:
    case Mechanism::ScramSha1:
      break;
  }
  assert(terms.policy && terms.policy->random);
  return scram_server(mechanism, terms);
}

}  // namespace mailscope::sasl
