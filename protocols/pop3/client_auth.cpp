// How the POP3 client becomes a user: AUTH (RFC 5034) or APOP where the password need not be told, else USER and PASS
// (RFC 1939 §7).
#include <algorithm>

#include "protocols/core/cursor.hpp"
#include "protocols/pop3/apop.hpp"
#include "protocols/pop3/client.hpp"
#include "protocols/pop3/reply.hpp"

namespace mailscope::pop3 {

namespace {

/// What a capability list says of `tag`: the words after it, or nothing where it is not named (RFC 2449 §3).
std::optional<std::vector<std::string>> capability(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    Cursor line(list.substr(0, list.find("\r\n")));
    list.remove_prefix(std::min(list.size(), line.rest().size() + 2));
    std::vector<std::string> words;
    while (!line.at_end()) {
      words.emplace_back(line.take_while([](char c) { return c != ' '; }));
      line.take(' ');
    }
    if (words.empty() || !ascii::iequals(words.front(), tag)) continue;
    words.erase(words.begin());
    return words;
  }
  return std::nullopt;
}

}  // namespace

/// USER and PASS are as good as PLAIN, and plainer to read: AUTH is for what is better, or where nothing else is
/// offered. A server that knows CAPA and does not name USER wants no password in the clear (RFC 2449 §6.2).
void Client::log_in(const Reply& capabilities) {
  const sasl::ClientPolicy& policy = config_.authentication;
  const bool user_offered = !capabilities.ok || offers("USER");
  const bool user_allowed = user_offered && !policy.mechanism && (policy.plaintext_allowed || channel_);
  const std::vector<std::string> offered =
      capability(capabilities.content, "SASL").value_or(std::vector<std::string>());
  dialogue_ = sasl::ClientDialogue::begin(offered, policy, sasl::Credentials{config_.user, config_.password},
                                          channel_ ? &*channel_ : nullptr);
  // A digest that hides the password comes before the password itself, and after what hides it better.
  const bool apop = !timestamp_.empty() && !policy.mechanism && is_sendable(config_.user + " " + config_.password) &&
                    config_.user.find(' ') == std::string::npos;
  if (apop && !(dialogue_ && dialogue_->hides_password()))
    return send("APOP", config_.user + " " + apop_digest(timestamp_, config_.password));
  if (dialogue_ && (dialogue_->hides_password() || !user_allowed))
    return send("AUTH", dialogue_->arguments(command_octets_max - std::string_view("AUTH \r\n").size()));
  if (!user_allowed) return quit("the server offers no login that this program would use");
  if (!is_sendable(config_.user) || !is_sendable(config_.password))
    return quit("user name or password cannot be sent in a POP3 command");
  send("USER", config_.user);
}

/// "+" SP base64 (RFC 5034 §4): a question in the exchange. False where the line is something else.
bool Client::take_challenge(const Line& line) {
  if (awaited_ != "AUTH" || line.too_long || !(line.text.starts_with("+ ") || line.text == "+")) return false;
  const StateId from = state_;
  state_ = machine().next(state_, "AUTH +").value_or(state_);
  out_.emplace_back(
      Step{Direction::Received, line.bytes, from, state_, step_text(line.text), std::string(challenge_topic), false});
  if (dialogue_->cancelled()) {
    finish("the server goes on with a cancelled authentication");
  } else {
    respond(dialogue_->answer(std::string_view(line.text).substr(std::min<std::size_t>(2, line.text.size()))));
  }
  return true;
}

void Client::respond(std::string_view line) {
  const ByteRange range{sent_, sent_ + line.size() + 2};
  sent_ = range.end;
  out_.emplace_back(
      Step{Direction::Sent, range, state_, state_, step_text(line), sasl::topic(dialogue_->mechanism()), false});
  out_.emplace_back(Transmit{std::string(line) + "\r\n"});
}

/// +OK was said. Whoever cannot prove to know the password is not the server.
void Client::authenticated() { dialogue_->complete() ? send("STAT") : finish(sasl::unproved_server); }

}  // namespace mailscope::pop3
