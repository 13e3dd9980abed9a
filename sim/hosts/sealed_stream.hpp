// The security layer of one side of a simulated connection: a TLS stage, what it says for the trace, and which octets
// of the wire carry which octets of the engine. It knows no engine.
#pragma once

#include <deque>

#include "sim/hosts/certificates.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

class SealedStream {
 public:
  /// `wire` and `plain` count what each direction has carried before, on the wire and for the engine.
  struct Counts {
    std::uint64_t sent{}, received{};
  };
  SealedStream(const TlsSetting& setting, tls::RandomSource random, Counts wire, Counts plain)
      : stage(setting.context, setting.options, std::move(random), wire.sent, wire.received), plain_(plain) {}

  tls::Stage stage;

  /// Encrypts; the ciphertext comes out of the stage.
  void send(std::string_view plaintext);
  /// The stage has given this to the engine.
  void received(const tls::Received& octets);
  /// The records that carry these octets of the engine's stream in that direction. Forgets those before them: lines
  /// come in order.
  [[nodiscard]] ByteRange wire_of(Direction direction, ByteRange plain);

 private:
  struct Piece {
    ByteRange plain, wire;
  };
  static void add(std::deque<Piece>& pieces, std::uint64_t& at, std::size_t octets, ByteRange wire);

  Counts plain_;
  std::deque<Piece> sent_, received_;  ///< not asked for yet: at most a message's records
};

/// A message of TLS as a line of the conversation.
[[nodiscard]] LineSpoken line_of(ConnectionId connection, Side side, StateId state, const tls::Message& message);
/// "notice/certificate-wrong-name" and its like; the argument is the server's name.
[[nodiscard]] std::string notice_topic(tls::CertificateFault fault);

}  // namespace mailscope
