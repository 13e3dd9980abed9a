// STARTTLS at the client (RFC 3207): when to ask for it, and what to forget afterwards.
#include <utility>

#include "protocols/smtp/client.hpp"

namespace mailscope::smtp {

namespace {

/// 4yz: the server may have it tomorrow; a man in the middle, who takes the offer away, may be gone (RFC 3207 §6).
const Reply not_offered{454, "4.7.4", {"TLS is required, but the server does not offer it"}};

}  // namespace

/// After EHLO or HELO: true where the session goes on with TLS, or ends for lack of it.
bool Client::begins_tls(Instant now) {
  if (channel_ || tls_was_refused_ || config_.starttls == StartTlsPolicy::Never) return false;
  if (offers_.starttls) {
    command("STARTTLS", "", Awaited::StartTls, now);
    return true;
  }
  if (config_.starttls == StartTlsPolicy::Opportunistic) return false;
  settle_all(not_offered, true);
  go_on(now);
  return true;
}

void Client::tls_refused(const Reply& reply, Instant now) {
  if (config_.starttls == StartTlsPolicy::Required) return give_up(reply, now);
  tls_was_refused_ = true;
  session_begun(now);
}

/// RFC 3207 §4.2: what the server said in the clear counts no more; the client says EHLO again.
void Client::secured(Instant now, const SecureChannel& channel) {
  channel_ = channel;
  if (!std::exchange(securing_, false)) return;  // implicit TLS: the greeting comes first
  replies_ = {};
  replies_.bare_line_feed(config_.bare_lines);
  offers_ = {};
  command("EHLO", config_.helo_name, Awaited::Ehlo, now);
}

void Client::securing_failed(Instant, std::string_view reason) {
  if (state_ == State::Closed) return;
  if (channel_) return lost(reason);  // the handshake was well: this is a connection that broke
  settle_all({454, tls_failed_status, {std::string(reason)}}, true);
  end(false);
}

}  // namespace mailscope::smtp
