#include "protocols/sasl/server_dialogue.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "protocols/core/base64.hpp"

namespace mailscope::sasl {

namespace {

/// Why a mechanism that was asked for is not to be had, or nothing.
std::optional<Failure> obstacle(std::optional<Mechanism> wanted, const ServerTerms& terms, bool plaintext_allowed) {
  if (!wanted) return Failure::Unsupported;
  const std::vector<Mechanism> available = offered(*terms.policy, terms.channel, plaintext_allowed);
  if (std::ranges::find(available, *wanted) != available.end()) return std::nullopt;
  const std::vector<Mechanism>& all = terms.policy->mechanisms;
  if (traits(*wanted).plaintext && std::ranges::find(all, *wanted) != all.end()) return Failure::NeedsTls;
  const bool weaker = std::ranges::all_of(available, [&](Mechanism each) { return each < *wanted; });
  return weaker && !available.empty() ? Failure::TooWeak : Failure::Unsupported;
}

}  // namespace

void ServerDialogue::start(std::string_view name, std::optional<std::string_view> initial, bool plaintext_allowed) {
  const std::optional<Mechanism> wanted = sasl::mechanism(name);
  if (const auto failure = obstacle(wanted, terms_, plaintext_allowed)) return move(*failure);
  mechanism_ = *wanted;
  exchange_ = begin_server(*wanted, terms_);
  if (!initial) return move(exchange_->ask());
  *initial == "=" ? move(exchange_->respond("")) : respond(*initial);
}

void ServerDialogue::line(std::string_view text, bool too_long) {
  if (too_long) return move(Failure::TooLong);
  if (text == "*") return move(exchange_->verdict().value_or(Failure::Cancelled));
  respond(text);
}

void ServerDialogue::password(std::string_view user, std::string_view password) {
  std::string message(1, '\0');
  (message += user) += '\0';
  prove(plain_server(), message += password);
}

void ServerDialogue::prove(std::unique_ptr<ServerExchange> exchange, std::string_view message) {
  exchange_ = std::move(exchange);
  const ServerMove wanted = exchange_->respond(message);
  move(std::holds_alternative<SecretWanted>(wanted) ? wanted : Failure::Rejected);
}

void ServerDialogue::answer(const Secret& secret, Duration penalty) {
  penalty_ = penalty;
  move(std::holds_alternative<TryLater>(secret) ? Failure::Unavailable : exchange_->answer(secret));
}

void ServerDialogue::respond(std::string_view base64) {
  const std::optional<std::string> response = base64_decode(base64);
  move(response ? exchange_->respond(*response) : Failure::NotBase64);
}

void ServerDialogue::move(ServerMove move) {
  std::visit(
      [this](auto& item) {
        if constexpr (std::is_same_v<std::decay_t<decltype(item)>, Challenge>) {
          next_ = Question{base64_encode(item.octets)};
        } else {
          next_ = std::move(item);
        }
      },
      move);
}

std::optional<ServerDialogue::Move> ServerDialogue::take(Instant now) {
  if (!next_) return std::nullopt;
  const auto* failure = std::get_if<Failure>(&*next_);
  if (failure && *failure == Failure::Rejected) {
    if (!due_) due_ = now + penalty_;
    if (now < *due_) return std::nullopt;
  }
  due_.reset();
  return std::exchange(next_, std::nullopt);
}

}  // namespace mailscope::sasl
