// How the IMAP client becomes a user: LOGIN (RFC 3501 §6.2.3), or AUTHENTICATE (§6.2.2, RFC 4959) where that is safer.
#include <algorithm>

#include "protocols/imap/client/client.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

/// LOGIN is as good as AUTHENTICATE PLAIN, and plainer to read: AUTHENTICATE is for what is better, or where LOGIN is
/// not to be had (RFC 3501 §6.2.3).
void Client::log_in() {
  if (!capabilities_.contains("IMAP4REV1") && !capabilities_.contains("IMAP4REV2"))
    return log_out("the server does not speak IMAP4");
  const sasl::ClientPolicy& policy = config_.authentication;
  const bool disabled = capabilities_.contains("LOGINDISABLED");
  const bool is_second = !refused_mechanisms_.empty();
  const bool login_allowed =
      !disabled && !policy.mechanism &&
      (is_second ? is_verified() && dialogue_ && dialogue_->hides_password() : policy.plaintext_allowed || channel_);
  std::vector<std::string> offered;
  for (const std::string& each : capabilities_)
    if (each.starts_with("AUTH=")) offered.push_back(each.substr(5));
  dialogue_ = sasl::ClientDialogue::begin(offered, policy, sasl::Credentials{config_.user, config_.password},
                                          channel_ ? &*channel_ : nullptr, refused_mechanisms_, is_verified());
  capabilities_told_ = false;
  const bool speaks_sasl = dialogue_ && (dialogue_->hides_password() || !login_allowed);
  if (is_second) {
    if (!speaks_sasl && !login_allowed) return log_out(error_);
    out_.emplace_back(Event{LoginRetried{std::string(sasl::name(refused_mechanisms_.back())),
                                         speaks_sasl ? std::string(sasl::name(dialogue_->mechanism())) : "LOGIN"}});
  }
  if (speaks_sasl)
    return send("AUTHENTICATE", {dialogue_->arguments(has("SASL-IR") ? sasl::line_octets_max / 2 : 0)},
                &Client::logged_in);
  if (disabled) return log_out("the server has LOGIN disabled");
  if (!login_allowed) return log_out("the server offers no login that this program would use");
  const std::string both = config_.user + config_.password;
  if (both.find('\0') != std::string::npos) return log_out("user name or password cannot be sent in an IMAP command");
  send("LOGIN", {astring(config_.user), astring(config_.password)}, &Client::logged_in);
}

/// continue-req = "+" SP base64: a question in the exchange, and its answer.
void Client::challenged(std::string_view line) {
  if (dialogue_->cancelled()) return finish("the server goes on with a cancelled authentication");
  send_line(dialogue_->answer(line.substr(std::min<std::size_t>(2, line.size()))), sasl::topic(dialogue_->mechanism()));
}

/// What the server can do may be another now (RFC 3501 §6.2.2, §6.2.3): it says so, or is asked.
void Client::logged_in(const Response& response, std::string_view line) {
  if (response.name != "OK") {
    if (error_.empty()) error_ = line;
    if (awaited_ != "AUTHENTICATE") return log_out(line);
    refused_mechanisms_.push_back(dialogue_->mechanism());
    return log_in();
  }
  error_.clear();
  if (awaited_ == "AUTHENTICATE" && !dialogue_->complete()) return finish(dialogue_->why_incomplete());
  if (capabilities_told_) return set_up();
  send("CAPABILITY", {}, &Client::set_up_done);
}

}  // namespace mailscope::imap
