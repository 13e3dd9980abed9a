// The client's AUTH command (RFC 4954): the frame around a SASL exchange.
#include "protocols/smtp/client.hpp"

namespace mailscope::smtp {

void Client::authenticate(Instant now) {
  dialogue_ = sasl::ClientDialogue::begin(offers_.mechanisms, config_.authentication, *config_.credentials,
                                          channel_ ? &*channel_ : nullptr);
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
void Client::authenticated(Instant now) { dialogue_->complete() ? go_on(now) : lost(sasl::unproved_server); }

}  // namespace mailscope::smtp
