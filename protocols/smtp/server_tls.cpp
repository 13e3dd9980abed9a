// STARTTLS at the server (RFC 3207), and what a secured channel changes.
#include "protocols/smtp/server.hpp"

namespace mailscope::smtp {

/// "STARTTLS" without parameters (RFC 3207 §4). After the 220 both sides forget what was said before (§4.2).
void Server::starttls(std::string_view argument) {
  if (config_.starttls == StartTlsOffer::None) return not_implemented(argument);
  if (channel_) return refuse(503, "5.5.1", "TLS is active already");
  if (!may("STARTTLS")) return;
  if (config_.starttls == StartTlsOffer::Unavailable)
    return refuse(454, "4.7.0", "TLS is not available for a temporary reason");
  accept({220, "2.0.0", {"Ready to start TLS"}}, "STARTTLS");
  forget_transaction();
  client_name_.clear();
  user_.clear();
  extended_ = false;
  securing_ = true;
  outbox_.start_tls();
}

void Server::secured(Instant now, const SecureChannel& channel) {
  channel_ = channel;
  securing_ = false;
  active_ = now;
}

/// RFC 3207 §4.1: without agreement on a channel there is nothing more to say.
void Server::securing_failed(Instant, std::string_view) {
  if (state_ == State::Closed) return;
  state_ = State::Closed;
  outbox_.close();
}

void Server::refuse_tls(Instant) {
  if (state_ == State::Closed) return;
  context_ = {};
  answer(own_reply(Say::TlsInTheClear, config_.hostname));
}

/// Why a submission cannot begin yet (RFC 4954 §6 and RFC 3207 §4, both 530).
std::string_view Server::lacks() const {
  const bool tls_lacks = !channel_ && config_.starttls != StartTlsOffer::None && !offers_auth();
  return tls_lacks ? "Must issue a STARTTLS command first" : "Authentication required";
}

}  // namespace mailscope::smtp
