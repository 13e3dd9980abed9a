// The compression layer of one side of a simulated connection (RFC 4978): between its engine and what carries octets,
// be that TLS or the wire. It tells which of their octets carry which of the engine's, and knows no engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/compress/deflate.hpp"
#include "sim/hosts/session/byte_map.hpp"

namespace mailscope {

class CompressedStream {
 public:
  /// `carried`: octets that each direction has carried so far, for the engine and below it alike.
  explicit CompressedStream(OctetCounts carried)
      : carried_(carried), sent_(carried.sent), received_(carried.received) {}

  /// From here on octets are compressed, or pass as they are.
  void begin();
  void end();

  /// What is to be carried.
  [[nodiscard]] std::string send(std::string_view plain);
  void receive(std::string_view octets);
  /// The engine's next octets, at most compress::Inflater::piece_octets_max; nothing when none have come, or what came
  /// is no DEFLATE.
  [[nodiscard]] std::optional<std::string> next();
  [[nodiscard]] bool broken() const { return inflater_ && inflater_->broken(); }
  /// Octets received that next() has not used yet.
  [[nodiscard]] std::size_t waiting() const { return inflater_ ? inflater_->waiting() : passing_.size(); }
  /// The octets below that carry these of the engine's.
  [[nodiscard]] ByteRange carried(Direction direction, ByteRange plain) {
    return (direction == Direction::Sent ? sent_ : received_).lower(plain);
  }
  /// As ByteMap's.
  void forget() {
    sent_.forget();
    received_.forget();
  }

 private:
  std::optional<compress::Deflater> deflater_;
  std::optional<compress::Inflater> inflater_;
  std::string passing_;  ///< received while nothing is compressed
  OctetCounts carried_;
  ByteMap sent_, received_;
};

}  // namespace mailscope
