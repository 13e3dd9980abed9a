// How a client of the IMAP server becomes a user: LOGIN (RFC 3501 §6.2.3), AUTHENTICATE (§6.2.2, RFC 4959).
#include <cassert>
#include <string>

#include "protocols/core/line_text.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

namespace {

/// The response codes are those of RFC 5530 §3.
std::string_view refusal(sasl::Failure failure) {
  switch (failure) {
    case sasl::Failure::Malformed:
      return "[AUTHENTICATIONFAILED] the response breaks the mechanism's syntax";
    case sasl::Failure::Unavailable:
      return "[UNAVAILABLE] authentication is not possible now";
    case sasl::Failure::NotBase64:
      return "the response is no base64";
    case sasl::Failure::TooLong:
      return "authentication exchange line too long";
    case sasl::Failure::Cancelled:
      return "authentication cancelled";
    case sasl::Failure::Unsupported:
      return "unsupported authentication mechanism";
    case sasl::Failure::NeedsTls:
      return "[PRIVACYREQUIRED] this authentication mechanism is disabled without TLS";
    case sasl::Failure::TooWeak:
      return "authentication mechanism too weak";
    case sasl::Failure::Transition:  // RFC 5530 §3: only another mechanism helps
      return "[AUTHENTICATIONFAILED] a password transition is needed: log in once with PLAIN under TLS";
    case sasl::Failure::Rejected:
      break;
  }
  return "[AUTHENTICATIONFAILED] invalid user name or password";
}

/// What breaks the protocol is BAD, and so is to cancel (RFC 3501 §6.2.2).
bool is_bad(sasl::Failure failure) {
  return failure == sasl::Failure::NotBase64 || failure == sasl::Failure::TooLong ||
         failure == sasl::Failure::Cancelled;
}

}  // namespace

sasl::ServerDialogue& Server::new_dialogue() {
  return dialogue_.emplace(
      sasl::ServerTerms{config_.hostname, &config_.authentication, channel_ ? &*channel_ : nullptr});
}

/// authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] (RFC 3501 §9, RFC 4959 §7)
void Server::on_authenticate(Cursor& arguments, bool) {
  const auto mechanism = arguments.space() ? arguments.atom() : std::nullopt;
  if (!mechanism) return invalid();
  std::optional<std::string_view> initial;
  if (arguments.space()) {
    initial = arguments.rest();
    if (initial->empty()) return invalid();
  } else if (!arguments.at_end()) {
    return invalid();
  }
  new_dialogue().start(*mechanism, initial, config_.plaintext_login);
}

/// A line of the SASL exchange. False when none has come.
bool Server::take_response(Instant now) {
  const auto line = responses_.take(input_);
  if (!line) return false;
  idle_since_ = now;
  out_.hear(line->bytes, state_, state_, step_text(line->text), sasl::topic(dialogue_->mechanism()));
  dialogue_->line(line->text, line->too_long);
  return true;
}

/// login = "LOGIN" SP userid SP password (RFC 3501 §6.2.3)
void Server::on_login(Cursor& arguments, bool) {
  const auto user = arguments.space() ? arguments.astring() : std::nullopt;
  const auto password = user && arguments.space() ? arguments.astring() : std::nullopt;
  if (!password || !arguments.at_end()) return invalid();
  if (!allows_plaintext()) return done(Status::No, "[PRIVACYREQUIRED] LOGIN is disabled without TLS");
  new_dialogue().password(*user, *password);
}

void Server::tell_secret(const sasl::Secret& secret, mailstore::Account* account, Duration penalty) {
  assert(secret_wanted_);
  secret_wanted_ = false;
  candidate_ = account;
  dialogue_->answer(secret, penalty);
}

void Server::authenticate(const sasl::ServerDialogue::Move& move) {
  if (const auto* question = std::get_if<sasl::ServerDialogue::Question>(&move)) {
    const StateId from = state_;
    state_ = machine().next(state_, context_ + " +").value_or(state_);
    return emit(sasl::continuation(*question), std::string(continuation_topic), false, from);
  }
  if (const auto* wanted = std::get_if<sasl::SecretWanted>(&move)) {
    secret_wanted_ = true;
    out_.tell(*wanted);
    return;
  }
  dialogue_.reset();
  if (const auto* failure = std::get_if<sasl::Failure>(&move))
    return done(is_bad(*failure) ? Status::Bad : Status::No, refusal(*failure));
  assert(candidate_);
  account_ = candidate_;
  out_.tell(std::get<sasl::Authenticated>(move));
  done(Status::Ok, "[CAPABILITY " + capabilities(true) + "] " + context_ + " completed");  // RFC 9051 §7.1
}

}  // namespace mailscope::imap
