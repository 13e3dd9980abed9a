// What people are told of the messages that TLS sends for itself (RFC 8446 §4, §6; RFC 5246 §7): a name and the facts
// that can be seen in it. It decides nothing; OpenSSL reads the same octets for itself. Hostile octets make a shorter
// text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailscope::tls {

struct Description {
  std::string text;   ///< first line: name and the most telling facts; details on further lines; wire text
  std::string topic;  ///< key of its explanation: "tls/client-hello", "tls/alert/unknown_ca"
  bool is_error{};
};

/// A handshake message with its four octets of header. `version` as on the wire (0x0304 is TLS 1.3), once it is agreed
/// on.
[[nodiscard]] Description describe_handshake(std::string_view message, std::uint16_t version);
/// The two octets of an alert: level and description.
[[nodiscard]] Description describe_alert(std::string_view alert);
[[nodiscard]] Description describe_change_cipher_spec();

}  // namespace mailscope::tls
