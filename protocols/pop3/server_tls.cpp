// STLS at the server (RFC 2595 §4), and what a secured channel changes.
#include <utility>

#include "protocols/pop3/server.hpp"

namespace mailscope::pop3 {

static_assert(SecurableEngine<Server>);

/// RFC 2595 §4: in AUTHORIZATION only, once; afterwards the session is as after the greeting, which is not repeated.
void Server::on_stls(std::string_view) {
  if (config_.stls == StartTlsOffer::None) return reply(false, "TLS is not offered here");
  if (channel_) return reply(false, "TLS is active already");
  if (config_.stls == StartTlsOffer::Unavailable) return reply(false, "[SYS/TEMP] TLS is not available now");
  reply(true, "begin TLS negotiation");
  user_.clear();
  securing_ = true;
  out_.emplace_back(StartTls{});
}

void Server::secured(Instant now, const SecureChannel& channel) {
  channel_ = channel;
  if (std::exchange(securing_, false)) idle_since_ = now;
}

void Server::securing_failed(Instant, std::string_view) { end(); }

void Server::refuse_tls(Instant) {
  if (ended_) return;
  context_ = "unknown";
  reply(false, "TLS begins here with STLS");
  end();
}

}  // namespace mailscope::pop3
