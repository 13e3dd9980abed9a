#include "protocols/sasl/client_dialogue.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"

namespace mailscope::sasl {

std::optional<ClientDialogue> ClientDialogue::begin(std::span<const std::string> offered, const ClientPolicy& policy,
                                                    Credentials credentials, const SecureChannel* channel,
                                                    std::span<const Mechanism> refused, bool is_verified) {
  const std::optional<Mechanism> chosen =
      choose(left_after(refused, offered, is_verified), policy, credentials, channel);
  if (!chosen) return std::nullopt;
  ClientTerms terms{policy.random, binding_type(channel), binding_data(channel, binding_type(channel)), false};
  terms.plus_offered =
      std::ranges::any_of(offered, [](const std::string& each) { return ascii::upper(each).ends_with("-PLUS"); });
  return ClientDialogue(*chosen, begin_client(*chosen, std::move(credentials), std::move(terms)));
}

std::string ClientDialogue::arguments(std::size_t octets_max) {
  std::string result(name(mechanism_));
  if (!traits(mechanism_).client_first) return result;
  std::string first = base64_encode(exchange_->respond("").value_or(""));
  if (result.size() + 1 + first.size() > octets_max) {
    waiting_ = std::move(first);
    return result;
  }
  return result + " " + (first.empty() ? "=" : first);
}

std::string ClientDialogue::answer(std::string_view challenge_base64) {
  if (waiting_) return *std::exchange(waiting_, std::nullopt);
  const std::optional<std::string> challenge = base64_decode(challenge_base64);
  const auto response = challenge ? exchange_->respond(*challenge) : std::nullopt;
  cancelled_ = !response;
  return response ? base64_encode(*response) : "*";
}

}  // namespace mailscope::sasl
