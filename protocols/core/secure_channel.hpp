// What an engine may know of the security layer under it once it stands: for its policy, for SASL's channel binding and
// for people. It refuses to know how the layer is made.
#pragma once

#include <cstdint>
#include <string>

namespace mailscope {

/// What a client makes of an offer to begin TLS (STARTTLS, STLS).
enum class StartTlsPolicy : std::uint8_t {
  Never,
  Opportunistic,  ///< takes the offer, and goes on in the clear where there is none (RFC 7435)
  Required,       ///< says nothing of value before the channel is secure (RFC 8314 §4.1)
};
/// What a server says to it.
enum class StartTlsOffer : std::uint8_t {
  None,
  Offered,
  Unavailable,  ///< offered and refused for now: a certificate that cannot be read (RFC 3207 §4, 454)
};

struct SecureChannel {
  std::string version;           ///< "TLSv1.3" or "TLSv1.2"
  std::string cipher_suite;      ///< IANA's name, e.g. "TLS_AES_128_GCM_SHA256"
  std::string server_name;       ///< that the client asked for (SNI, RFC 6066 §3); may be empty
  std::string protocol;          ///< agreed on by ALPN (RFC 7301), e.g. "imap"; may be empty
  std::string exporter;          ///< channel binding "tls-exporter" (RFC 9266); empty where there is none
  std::string server_end_point;  ///< channel binding "tls-server-end-point" (RFC 5929 §4)
};

}  // namespace mailscope
