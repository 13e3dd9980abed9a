// DEFLATE (RFC 1951) as a stage of octets in and octets out, over zlib. It knows no protocol, reads no clock, and gives
// out only as much at a time as it is asked for, however much a peer has packed into a few octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct z_stream_s;

namespace mailscope::compress {

/// One direction of a connection, towards the peer. It keeps about 256 KiB.
class Deflater {
 public:
  Deflater();
  /// What the peer can make all of `octets` from at once, without waiting for more (RFC 1951 §3.2.4: an empty stored
  /// block ends it on an octet).
  [[nodiscard]] std::string compress(std::string_view octets);

 private:
  std::unique_ptr<z_stream_s, void (*)(z_stream_s*)> stream_;
};

/// One direction of a connection, from the peer. It keeps about 48 KiB, and what was not asked for yet.
class Inflater {
 public:
  /// Octets given out at a time: some kilobytes in can be a thousand times as much.
  static constexpr std::size_t piece_octets_max = 64 << 10;

  Inflater();
  void receive(std::string_view octets);
  /// The next piece, of one block at most (RFC 1951 §3.2.3); nothing while more has to come, or when it is broken.
  [[nodiscard]] std::optional<std::string> next();
  /// What came is no DEFLATE data, or the stream has ended: nothing more will come out.
  [[nodiscard]] bool broken() const { return broken_; }
  /// Octets received and not used yet.
  [[nodiscard]] std::size_t waiting() const { return waiting_.size() - taken_; }
  /// Octets used so far.
  [[nodiscard]] std::uint64_t used() const { return used_; }
  /// The stream ends where it is, behind the mark that follows its last block: gives back what came after that.
  [[nodiscard]] std::string end();

 private:
  std::size_t advance();

  std::unique_ptr<z_stream_s, void (*)(z_stream_s*)> stream_;
  std::string waiting_;  ///< from taken_ on; those before are used
  std::size_t taken_{};
  std::uint64_t used_{};
  bool broken_{};
};

}  // namespace mailscope::compress
