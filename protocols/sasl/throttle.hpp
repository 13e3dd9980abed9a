// Makes guessing of passwords slow: each failed login from one peer is answered later than the one before.
#pragma once

#include <map>
#include <string>

#include "protocols/core/time.hpp"

namespace mailscope::sasl {

class Throttle {
 public:
  /// The first failure costs a second, each further one twice as long. Never more than this: a person who mistypes
  /// has to live with it, and a client would lose patience.
  static constexpr Duration penalty_max = std::chrono::seconds(16);
  /// A peer who has not failed for so long is forgiven.
  static constexpr Duration forgiven_after = std::chrono::minutes(10);
  /// So many peers are remembered; the one that failed longest ago is forgotten first.
  static constexpr std::size_t peers_max = 1024;

  /// A try of `peer` begins: it counts as failed until it has succeeded. What its failure would cost.
  [[nodiscard]] Duration tried(Instant now, const std::string& peer);
  void succeeded(const std::string& peer) { peers_.erase(peer); }
  [[nodiscard]] std::size_t size() const { return peers_.size(); }

 private:
  struct Tries {
    unsigned count{};
    Instant last;
  };
  std::map<std::string, Tries> peers_;
};

}  // namespace mailscope::sasl
