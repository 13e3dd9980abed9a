// What ties an authentication to the channel that it ran over (RFC 5056): so that nobody in the middle can pass it on.
#pragma once

#include <string>

#include "protocols/tls/library.hpp"

struct ssl_st;

namespace mailscope::tls {

/// "tls-exporter": 32 octets (RFC 9266 §2). Empty for TLS 1.2 without extended master secret (§3), where a man in the
/// middle can make both sides have the same keys. Precondition: the handshake is complete.
[[nodiscard]] std::string exporter_binding(ssl_st* connection);
/// "tls-server-end-point": the server certificate's digest (RFC 5929 §4.1). Empty where its signature has no one
/// digest.
[[nodiscard]] std::string server_end_point_binding(ssl_st* connection, const Library& library);

}  // namespace mailscope::tls
