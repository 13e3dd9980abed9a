// Which octets of a lower layer carry which octets of the one above it, in one direction of a connection: records of
// TLS, or what DEFLATE made of a line. It knows no layer.
#pragma once

#include <deque>

#include "protocols/core/engine.hpp"

namespace mailscope {

class ByteMap {
 public:
  /// The upper layer has carried `upper` octets before.
  explicit ByteMap(std::uint64_t upper) : upper_(upper) {}
  /// The next `octets` of the upper layer travel in `lower`.
  void add(std::size_t octets, ByteRange lower) {
    pieces_.push_back({{upper_, upper_ + octets}, lower});
    upper_ += octets;
  }
  /// What carries these octets; empty where that is not known. Forgets those before them: lines come in order.
  [[nodiscard]] ByteRange lower(ByteRange upper) {
    while (!pieces_.empty() && pieces_.front().upper.end <= upper.begin) pieces_.pop_front();
    if (pieces_.empty()) return {};
    ByteRange lower = pieces_.front().lower;
    for (const Piece& piece : pieces_) {
      if (piece.upper.begin >= upper.end) break;
      lower.end = piece.lower.end;
    }
    return lower;
  }
  /// Nobody will ask about what has been carried so far.
  void forget() { pieces_.clear(); }

 private:
  struct Piece {
    ByteRange upper, lower;
  };
  std::uint64_t upper_;
  std::deque<Piece> pieces_;  ///< not asked for yet: at most a message's
};

/// Octets of both directions.
struct OctetCounts {
  std::uint64_t sent{}, received{};
};

}  // namespace mailscope
