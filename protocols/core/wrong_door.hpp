// What a client can tell from a server's first octets, or from their absence, when one of the two begins with TLS and
// the other does not: so that a person reads what is wrong, not what octets came.
#pragma once

#include <string_view>

namespace mailscope {

inline constexpr std::string_view no_greeting =
    "the server did not greet; one that begins with TLS waits for the client to begin";
inline constexpr std::string_view speaks_tls =
    "the server answers with TLS: this port begins with TLS, and the account's setting begins in the clear";

/// The beginning of a TLS record: alert or handshake, of a version from SSL 3.0 to TLS 1.3 (RFC 8446 §5.1).
[[nodiscard]] constexpr bool is_tls_record(std::string_view octets) {
  return octets.size() >= 3 && (octets[0] == '\x15' || octets[0] == '\x16') && octets[1] == '\x03' && octets[2] >= 0 &&
         octets[2] <= 4;
}

/// Why a session ended with the connection, where `unread` is what came last and made no line.
[[nodiscard]] constexpr std::string_view why_closed(std::string_view unread, bool is_secured) {
  return !is_secured && is_tls_record(unread) ? speaks_tls : std::string_view("the server closed the connection");
}

}  // namespace mailscope
