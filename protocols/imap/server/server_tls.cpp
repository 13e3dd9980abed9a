// STARTTLS at the server (RFC 3501 §6.2.1, RFC 9051 §6.2.1), and what a secured channel changes.
#include <array>
#include <utility>

#include "protocols/imap/server/server.hpp"

namespace mailscope::imap {

static_assert(SecurableEngine<Server>);

/// What CAPABILITY says before anybody has logged in (RFC 3501 §6.1.1, §6.2.3).
std::string_view Server::tls_capabilities() const {
  const bool offered = !channel_ && config_.starttls != StartTlsOffer::None;
  if (allows_plaintext()) return offered ? " STARTTLS" : "";
  return offered ? " STARTTLS LOGINDISABLED" : " LOGINDISABLED";
}

void Server::on_starttls(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  if (config_.starttls == StartTlsOffer::None) return done(Status::Bad, "TLS is not offered here");
  if (channel_) return done(Status::Bad, "TLS is active already");
  if (config_.starttls == StartTlsOffer::Unavailable) return done(Status::No, "[UNAVAILABLE] TLS is not available now");
  done(Status::Ok, "begin TLS negotiation now");
  securing_ = true;
  out_.start_tls();
}

void Server::secured(Instant now, const SecureChannel& channel) {
  channel_ = channel;
  if (!std::exchange(securing_, false)) return;
  idle_since_ = now;
  framer_ = UnitFramer(UnitFramer::Of::Commands, line_octets_max);
}

void Server::securing_failed(Instant, std::string_view) { end(); }

void Server::refuse_tls(Instant) {
  if (!ended_) bye("[CLIENTBUG] TLS begins here with STARTTLS");
}

}  // namespace mailscope::imap
