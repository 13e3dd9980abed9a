// The server's AUTH command (RFC 4954): the frame around a SASL exchange.
#include <cassert>
#include <utility>

#include "protocols/smtp/server.hpp"

namespace mailscope::smtp {

namespace {

/// RFC 4954 §4, §6.
Reply refusal(sasl::Failure failure) {
  switch (failure) {
    case sasl::Failure::Malformed:
      return {535, "5.7.8", {"The response breaks the mechanism's syntax"}};
    case sasl::Failure::Unavailable:
      return {454, "4.7.0", {"Temporary authentication failure"}};
    case sasl::Failure::NotBase64:
      return {501, "5.5.2", {"The response is no base64"}};
    case sasl::Failure::TooLong:
      return {500, "5.5.6", {"Authentication exchange line is too long"}};
    case sasl::Failure::Cancelled:
      return {501, "5.7.0", {"Authentication cancelled"}};
    case sasl::Failure::Unsupported:
      return {504, "5.5.4", {"Authentication mechanism not supported"}};
    case sasl::Failure::NeedsTls:
      return {538, "5.7.11", {"Encryption required for this authentication mechanism"}};
    case sasl::Failure::TooWeak:
      return {534, "5.7.9", {"Authentication mechanism is too weak"}};
    case sasl::Failure::Transition:
      return {432, "4.7.12", {"A password transition is needed: authenticate once with PLAIN under TLS"}};
    case sasl::Failure::Rejected:
      break;
  }
  return {535, "5.7.8", {"Authentication credentials invalid"}};
}

}  // namespace

/// Those that the client may choose now.
std::vector<sasl::Mechanism> Server::mechanisms() const {
  if (session_ == Session::Relay) return {};
  return sasl::offered(config_.authentication, channel_ ? &*channel_ : nullptr, config_.plaintext_auth);
}

/// "AUTH" SP mechanism [SP initial-response] (RFC 4954 §4)
void Server::auth(std::string_view argument) {
  if (!offers_auth()) return refuse(530, "5.7.0", lacks());
  if (!user_.empty()) return refuse(503, "5.5.1", "Already authenticated");
  if (!may(on_challenge)) return;
  if (!extended_) return refuse(503, "5.5.1", "Authentication needs EHLO");
  if (argument.empty()) return refuse(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]");
  const std::size_t space = argument.find(' ');
  std::optional<std::string_view> initial;
  if (space != std::string_view::npos) initial = argument.substr(space + 1);
  dialogue_.emplace(sasl::ServerTerms{config_.hostname, &config_.authentication, channel_ ? &*channel_ : nullptr});
  dialogue_->start(argument.substr(0, space), initial, config_.plaintext_auth);
}

/// A line of the SASL exchange.
void Server::auth_response(const Line& line) {
  context_ = "auth-response";
  hear(line.bytes, line.text, sasl::topic(dialogue_->mechanism()));
  dialogue_->line(line.text, line.too_long);
}

void Server::tell_secret(const sasl::Secret& secret, Duration penalty) {
  assert(owed_ == Owed::Authentication);
  owed_ = Owed::Nothing;
  dialogue_->answer(secret, penalty);
}

void Server::authenticate(const sasl::ServerDialogue::Move& move) {
  if (const auto* question = std::get_if<sasl::ServerDialogue::Question>(&move)) {
    const Reply challenge{334, "", {question->base64}};
    return state_ == State::Auth ? answer(challenge) : accept(challenge, on_challenge);
  }
  if (const auto* wanted = std::get_if<sasl::SecretWanted>(&move)) return ask(*wanted, Owed::Authentication);
  if (const auto* failure = std::get_if<sasl::Failure>(&move)) return auth_finished(counted(refusal(*failure)));
  const auto& authenticated = std::get<sasl::Authenticated>(move);
  user_ = authenticated.user;
  outbox_.tell(Event(authenticated));
  auth_finished({235, "2.7.0", {"Authentication successful"}});
}

/// The reply that ends an AUTH command, with or without lines of an exchange.
void Server::auth_finished(const Reply& reply) {
  const bool inside = state_ == State::Auth;
  dialogue_.reset();
  if (reply.positive()) return accept(reply, inside ? on_auth : on_auth_at_once);
  inside ? accept(reply, on_auth_refused) : answer(reply);
}

}  // namespace mailscope::smtp
