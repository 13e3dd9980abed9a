// The client's AUTH command (RFC 4954): the frame around a SASL exchange.
#include "protocols/smtp/client.hpp"

namespace mailscope::smtp {

void Client::authenticate(Instant now) {
  dialogue_ = sasl::ClientDialogue::begin(offers_.mechanisms, config_.authentication, *config_.credentials,
                                          channel_ ? &*channel_ : nullptr, refused_mechanisms_,
                                          channel_ && config_.starttls != StartTlsPolicy::Opportunistic);
  if (!refused_mechanisms_.empty()) {
    if (!dialogue_) return give_up(refusal_, now);
    outbox_.tell(LoginRetried{std::string(sasl::name(refused_mechanisms_.back())),
                              std::string(sasl::name(dialogue_->mechanism()))});
  }
  if (!dialogue_) {
    settle_all({504, "5.7.4", {"The server offers no authentication mechanism that we have"}}, true);
    return go_on(now);
  }
  // RFC 4954 §4: an initial response that would make the line too long has to wait for the server's question.
  command("AUTH", dialogue_->arguments(plain_command_octets_max - std::string_view("AUTH \r\n").size()), Awaited::Auth,
          now);
}

void Client::challenged(const Reply& reply, Instant now) {
  if (dialogue_->cancelled()) return lost("The server goes on with a cancelled authentication");
  send(dialogue_->answer(reply.lines.front()) + "\r\n", sasl::topic(dialogue_->mechanism()), Awaited::AuthResponse,
       now);
}

/// 235 was said. Whoever cannot prove to know the password is not the server.
void Client::authenticated(Instant now) { dialogue_->complete() ? go_on(now) : lost(dialogue_->why_incomplete()); }

/// A refusal for good is of this mechanism perhaps, and another one may do.
void Client::login_refused(const Reply& reply, Instant now) {
  if (!reply.permanent()) return give_up(reply, now);
  if (refused_mechanisms_.empty()) refusal_ = reply;
  refused_mechanisms_.push_back(dialogue_->mechanism());
  authenticate(now);
}

}  // namespace mailscope::smtp
