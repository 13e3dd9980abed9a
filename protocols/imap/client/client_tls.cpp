// STARTTLS at the client (RFC 3501 §6.2.1, RFC 9051 §6.2.1): when to ask for it, and what to forget afterwards.
#include <utility>

#include "protocols/imap/client/client.hpp"

namespace mailscope::imap {

static_assert(SecurableEngine<Client>);

/// When the capabilities are known: true where the session goes on with TLS, or ends for lack of it.
bool Client::begins_tls() {
  if (channel_ || tls_was_refused_ || config_.starttls == StartTlsPolicy::Never) return false;
  if (capabilities_.contains("STARTTLS")) {
    send("STARTTLS", {}, &Client::starttls_answered);
    return true;
  }
  if (config_.starttls == StartTlsPolicy::Opportunistic) return false;
  log_out("TLS is required, but the server does not offer it");
  return true;
}

void Client::starttls_answered(const Response& response, std::string_view line) {
  if (response.name == "OK") {
    securing_ = true;
    out_.emplace_back(StartTls{});
  } else if (config_.starttls == StartTlsPolicy::Required) {
    log_out(line);
  } else {
    tls_was_refused_ = true;
    proceed();
  }
}

/// RFC 3501 §6.2.1: cached capabilities are discarded; the client asks for them again.
void Client::secured(Instant now, const SecureChannel& channel) {
  channel_ = channel;
  if (!std::exchange(securing_, false)) return;  // implicit TLS: the greeting comes first
  heard_ = now;
  read_lines();
  capabilities_.clear();
  capabilities_asked_ = false;
  proceed();
}

void Client::securing_failed(Instant, std::string_view reason) { finish(std::string(reason)); }

void Client::unpacking_failed(Instant) { finish("what the server has compressed cannot be unpacked (RFC 4978)"); }

}  // namespace mailscope::imap
