// The security layer of one side of a simulated connection: a TLS stage, what it says for the trace, and which octets
// of the wire carry which octets of the engine. It knows no engine.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "sim/hosts/session/byte_map.hpp"
#include "sim/hosts/session/certificates.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

class SealedStream {
 public:
  /// `wire` and `plain` count what each direction has carried before, on the wire and above TLS.
  SealedStream(const TlsSetting& setting, tls::RandomSource random, OctetCounts wire, OctetCounts plain)
      : stage(setting.context, setting.options, std::move(random), wire.sent, wire.received),
        sent_(plain.sent),
        received_(plain.received) {}

  tls::Stage stage;

  /// Encrypts; the ciphertext comes out of the stage.
  void send(std::string_view plaintext) { sent_.add(plaintext.size(), stage.send(plaintext)); }
  /// The stage has given this out.
  void received(const tls::Received& octets) { received_.add(octets.plaintext.size(), octets.wire); }
  /// The records that carry these octets in that direction.
  [[nodiscard]] ByteRange wire_of(Direction direction, ByteRange plain) {
    return (direction == Direction::Sent ? sent_ : received_).lower(plain);
  }
  /// As ByteMap's.
  void forget() {
    sent_.forget();
    received_.forget();
  }

 private:
  ByteMap sent_, received_;
};

/// A message of TLS as a line of the conversation.
[[nodiscard]] LineSpoken line_of(ConnectionId connection, Side side, StateId state, const tls::Message& message);
/// "notice/certificate-wrong-name" and its like; the argument is the server's name.
[[nodiscard]] std::string notice_topic(tls::CertificateFault fault);

}  // namespace mailscope
