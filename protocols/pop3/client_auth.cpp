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

bool is_plaintext(const std::string& name) {
  const auto known = sasl::mechanism(name);
  return known && traits(*known).plaintext;
}

}  // namespace

/// USER and PASS are as good as PLAIN, and plainer to read: AUTH is for what is better, or where nothing else is
/// offered. A server that knows CAPA and does not name USER wants no password in the clear (RFC 2449 §6.2).
void Client::log_in() {
  const sasl::ClientPolicy& policy = config_.authentication;
  const bool is_second = apop_refused_ || !refused_mechanisms_.empty();
  const bool told_already = std::ranges::any_of(refused_mechanisms_, [](auto each) { return traits(each).plaintext; });
  const bool user_offered = config_.user_only || !capabilities_.ok || offers("USER");
  // After what hides the password it is told only to whom TLS has proved to be the server.
  const bool user_allowed = user_offered && !policy.mechanism && !told_already &&
                            (is_second ? is_verified() : policy.plaintext_allowed || channel_);
  std::vector<std::string> offered;
  if (!config_.user_only) offered = capability(capabilities_.content, "SASL").value_or(std::vector<std::string>());
  // APOP is as good as what hides the password.
  if (apop_refused_ && !is_verified()) std::erase_if(offered, is_plaintext);
  dialogue_ = sasl::ClientDialogue::begin(offered, policy, sasl::Credentials{config_.user, config_.password},
                                          channel_ ? &*channel_ : nullptr, refused_mechanisms_, is_verified());
  // A digest that hides the password comes before the password itself, and after what hides it better.
  const bool apop = !timestamp_.empty() && !policy.mechanism && !config_.user_only && !apop_refused_ &&
                    is_sendable(config_.user + " " + config_.password) && config_.user.find(' ') == std::string::npos &&
                    !(dialogue_ && dialogue_->hides_password());
  const bool speaks_sasl = !apop && dialogue_ && (dialogue_->hides_password() || !user_allowed);
  if (is_second) {
    if (!apop && !speaks_sasl && !user_allowed) return quit(error_);
    const std::string next = apop ? "APOP" : speaks_sasl ? std::string(sasl::name(dialogue_->mechanism())) : "USER";
    const std::string refused = apop_refused_ ? "APOP" : std::string(sasl::name(refused_mechanisms_.back()));
    out_.emplace_back(Event{LoginRetried{refused, next}});
  }
  if (apop) return send("APOP", config_.user + " " + apop_digest(timestamp_, config_.password));
  if (speaks_sasl) return send("AUTH", dialogue_->arguments(command_octets_max - std::string_view("AUTH \r\n").size()));
  if (!user_allowed) return quit("the server offers no login that this program would use");
  if (!is_sendable(config_.user) || !is_sendable(config_.password))
    return quit("user name or password cannot be sent in a POP3 command");
  send("USER", config_.user);
}

/// What may have passed the next time is left to that (RFC 2449 §8.1, RFC 3206 §4); else another way is tried.
void Client::login_refused(const std::string& verb, const Reply& reply) {
  if (is_passing(reply.line)) return quit(reply.line);
  note(reply.line);
  verb == "APOP" ? (void)(apop_refused_ = true) : refused_mechanisms_.push_back(dialogue_->mechanism());
  log_in();
}

bool Client::offers(std::string_view tag) const {
  return capabilities_.ok && capability(capabilities_.content, tag).has_value();
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
void Client::authenticated() {
  error_.clear();
  dialogue_->complete() ? send("STAT") : finish(dialogue_->why_incomplete());
}

}  // namespace mailscope::pop3
