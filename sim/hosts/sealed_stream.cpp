#include "sim/hosts/sealed_stream.hpp"

namespace mailscope {

void SealedStream::add(std::deque<Piece>& pieces, std::uint64_t& at, std::size_t octets, ByteRange wire) {
  pieces.push_back({{at, at + octets}, wire});
  at += octets;
}

void SealedStream::send(std::string_view plaintext) {
  add(sent_, plain_.sent, plaintext.size(), stage.send(plaintext));
}

void SealedStream::received(const tls::Received& octets) {
  add(received_, plain_.received, octets.plaintext.size(), octets.wire);
}

ByteRange SealedStream::wire_of(Direction direction, ByteRange plain) {
  std::deque<Piece>& pieces = direction == Direction::Sent ? sent_ : received_;
  while (!pieces.empty() && pieces.front().plain.end <= plain.begin) pieces.pop_front();
  if (pieces.empty()) return {};
  ByteRange wire = pieces.front().wire;
  for (const Piece& piece : pieces) {
    if (piece.plain.begin >= plain.end) break;
    wire.end = piece.wire.end;
  }
  return wire;
}

LineSpoken line_of(ConnectionId connection, Side side, StateId state, const tls::Message& message) {
  LineSpoken line{connection,
                  side,
                  {message.direction, message.wire, state, state, message.text, message.topic, message.is_error},
                  {}};
  if (message.encrypted) line.sealed = message.wire;
  return line;
}

std::string notice_topic(tls::CertificateFault fault) {
  switch (fault) {
    case tls::CertificateFault::WrongName:
      return "notice/certificate-wrong-name";
    case tls::CertificateFault::Expired:
    case tls::CertificateFault::NotYetValid:
      return "notice/certificate-expired";
    case tls::CertificateFault::Untrusted:
      return "notice/certificate-untrusted";
    case tls::CertificateFault::Other:
    case tls::CertificateFault::None:
      break;
  }
  return "notice/certificate-refused";
}

}  // namespace mailscope
