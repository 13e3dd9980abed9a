// STLS at the client (RFC 2595 §4): when to ask for it, and what to forget afterwards.
#include <utility>

#include "protocols/pop3/client.hpp"
#include "protocols/pop3/reply.hpp"

namespace mailscope::pop3 {

static_assert(SecurableEngine<Client>);

/// After CAPA: true where the session goes on with TLS, or ends for lack of it.
bool Client::begins_tls() {
  if (channel_ || tls_was_refused_ || config_.stls == StartTlsPolicy::Never) return false;
  if (offers("STLS")) {
    send("STLS");
    return true;
  }
  if (config_.stls == StartTlsPolicy::Opportunistic) return false;
  quit("TLS is required, but the server does not offer it");
  return true;
}

void Client::stls_answered(const Reply& reply) {
  if (reply.ok) {
    securing_ = true;
    out_.emplace_back(StartTls{});
  } else if (config_.stls == StartTlsPolicy::Required) {
    quit(reply.line);
  } else {
    tls_was_refused_ = true;
    send("CAPA");  // nothing has changed, but the login is chosen by what this says
  }
}

/// RFC 2595 §4: what the server said in the clear counts no more; the client asks for its capabilities again.
void Client::secured(Instant now, const SecureChannel& channel) {
  channel_ = channel;
  if (!std::exchange(securing_, false)) return;  // implicit TLS: the greeting comes first
  heard_ = now;
  framer_ = LineFramer(reply_octets_max);
  framer_.bare_line_feed(config_.bare_lines);
  send("CAPA");
}

void Client::securing_failed(Instant, std::string_view reason) { finish(std::string(reason)); }

}  // namespace mailscope::pop3
