// How long TCP waits for an acknowledgement before it sends again (RFC 6298). Knows round trips, and no segment.
#pragma once

#include <algorithm>
#include <optional>

#include "protocols/core/time.hpp"

namespace mailscope {

class RetransmissionTimeout {
 public:
  static constexpr Duration initial = std::chrono::seconds(1);             ///< §2.1, and the least that §2.4 allows
  static constexpr Duration after_lost_opening = std::chrono::seconds(3);  ///< §5.7
  static constexpr Duration max = std::chrono::seconds(60);                ///< §2.5

  [[nodiscard]] Duration value() const { return value_; }
  /// A segment that was sent once was acknowledged after `round_trip` (§2.2, §2.3).
  void measured(Duration round_trip) {
    if (!smoothed_) {
      smoothed_ = round_trip;
      variation_ = round_trip / 2;
    } else {
      const Duration off = *smoothed_ > round_trip ? *smoothed_ - round_trip : round_trip - *smoothed_;
      variation_ = (3 * variation_ + off) / 4;
      smoothed_ = (7 * *smoothed_ + round_trip) / 8;
    }
    value_ = std::clamp(*smoothed_ + 4 * variation_, initial, max);
  }
  /// Nothing came: the next wait is twice as long (§5.5).
  void back_off() { value_ = std::min(value_ * 2, max); }
  /// The connection is open, but its SYN had to be repeated: there is no measurement yet (§5.7).
  void opening_was_lost() { value_ = after_lost_opening; }

 private:
  std::optional<Duration> smoothed_;
  Duration variation_{}, value_{initial};
};

}  // namespace mailscope
