// APOP (RFC 1939 §7): a login in one command, with a digest of the greeting's timestamp in place of the password. Old,
// and MD5: whoever reads along can try passwords at leisure. Knows no session.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocols/sasl/server.hpp"

namespace mailscope::pop3 {

/// The msg-id in a server's greeting; empty where there is none. Only printable ASCII counts: what a false server could
/// hide elsewhere would help it to find the password (CVE-2007-1558).
[[nodiscard]] std::string apop_timestamp(std::string_view greeting);

/// MD5 of the timestamp, angle brackets included, and the shared secret: 32 lower-case hexadecimal digits.
[[nodiscard]] std::string apop_digest(std::string_view timestamp, std::string_view secret);

/// Takes the command's arguments, "name SP digest", as its one response.
[[nodiscard]] std::unique_ptr<sasl::ServerExchange> apop_server(std::string timestamp);

}  // namespace mailscope::pop3
