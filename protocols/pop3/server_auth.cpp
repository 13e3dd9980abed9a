// How a client of the POP3 server becomes a user: USER and PASS, APOP (RFC 1939 §7), AUTH (RFC 5034).
#include <cassert>
#include <string>

#include "protocols/pop3/apop.hpp"
#include "protocols/pop3/reply.hpp"
#include "protocols/pop3/server.hpp"

namespace mailscope::pop3 {

namespace {

/// What follows -ERR; the response codes are those of RFC 3206 §3, §4.
std::string_view refusal(sasl::Failure failure) {
  switch (failure) {
    case sasl::Failure::Malformed:
      return "the response breaks the mechanism's syntax";
    case sasl::Failure::Unavailable:
      return "[SYS/TEMP] authentication is not possible now";
    case sasl::Failure::NotBase64:
      return "the response is no base64";
    case sasl::Failure::TooLong:
      return "authentication exchange line too long";
    case sasl::Failure::Cancelled:
      return "authentication cancelled";
    case sasl::Failure::Unsupported:
      return "unsupported authentication mechanism";
    case sasl::Failure::NeedsTls:
      return "this authentication mechanism is not allowed without TLS";
    case sasl::Failure::TooWeak:
      return "authentication mechanism too weak";
    case sasl::Failure::Transition:
      return "[AUTH] a password transition is needed: log in once with PLAIN under TLS";
    case sasl::Failure::Rejected:
      break;
  }
  return "[AUTH] invalid user name or password";
}

}  // namespace

/// Those that the client may choose now.
std::vector<sasl::Mechanism> Server::mechanisms() const {
  return sasl::offered(config_.authentication, channel_ ? &*channel_ : nullptr, config_.plaintext_login);
}

sasl::ServerDialogue& Server::new_dialogue() {
  return dialogue_.emplace(
      sasl::ServerTerms{config_.hostname, &config_.authentication, channel_ ? &*channel_ : nullptr});
}

void Server::on_user(std::string_view arguments) {
  if (!allows_plaintext()) return reply(false, "plaintext login is not allowed without TLS");
  user_ = arguments;
  reply(true, "send PASS");
}

void Server::on_pass(std::string_view arguments) { new_dialogue().password(user_, arguments); }

/// APOP SP name SP digest (RFC 1939 §7)
void Server::on_apop(std::string_view arguments) {
  if (timestamp_.empty()) return reply(false, "APOP is not offered");
  new_dialogue().prove(apop_server(timestamp_), arguments);
}

/// "AUTH" [mechanism [SP initial-response]] (RFC 5034 §4). Alone it lists them, as servers did before CAPA.
void Server::on_auth(std::string_view arguments) {
  if (arguments.empty()) {
    std::string list;
    for (const sasl::Mechanism each : mechanisms()) list.append(sasl::name(each)) += "\r\n";
    return reply_lines("mechanisms follow", list);
  }
  const std::size_t space = arguments.find(' ');
  std::optional<std::string_view> initial;
  if (space != std::string_view::npos) initial = arguments.substr(space + 1);
  new_dialogue().start(arguments.substr(0, space), initial, config_.plaintext_login);
}

/// A line of the SASL exchange.
void Server::auth_response(const Line& line) {
  out_.emplace_back(Step{Direction::Received, line.bytes, state_, state_, step_text(line.text),
                         sasl::topic(dialogue_->mechanism()), false});
  dialogue_->line(line.text, line.too_long);
}

void Server::tell_secret(const sasl::Secret& secret, mailstore::Account* account, Duration penalty) {
  assert(secret_wanted_);
  secret_wanted_ = false;
  candidate_ = account;
  dialogue_->answer(secret, penalty);
}

void Server::authenticate(const sasl::ServerDialogue::Move& move) {
  if (const auto* question = std::get_if<sasl::ServerDialogue::Question>(&move)) return challenge(*question);
  if (const auto* wanted = std::get_if<sasl::SecretWanted>(&move)) {
    secret_wanted_ = true;
    out_.emplace_back(Event{*wanted});
    return;
  }
  if (const auto* failure = std::get_if<sasl::Failure>(&move)) {
    const std::string_view text = refusal(*failure);
    dialogue_.reset();
    return reply(false, text);
  }
  dialogue_.reset();
  out_.emplace_back(Event{std::get<sasl::Authenticated>(move)});
  open_maildrop();
}

void Server::open_maildrop() {
  assert(candidate_);
  if (const auto last = candidate_->last_maildrop_login; last && now_ - *last < config_.login_delay)
    return reply(false, "[LOGIN-DELAY] wait " + std::to_string(login_delay_seconds()) + " seconds between logins");
  if (!candidate_->lock_maildrop())
    return reply(false, "[IN-USE] another session holds the maildrop");  // RFC 2449 §8.1.2
  account_ = candidate_;
  account_->last_maildrop_login = now_;
  const mailstore::Mailbox& inbox = account_->inbox();
  uid_validity_ = inbox.uid_validity();
  for (const auto& message : inbox.messages()) maildrop_.push_back({message.uid, message.content, false});
  reply(true, "maildrop locked and ready, " + summary());
}

}  // namespace mailscope::pop3
