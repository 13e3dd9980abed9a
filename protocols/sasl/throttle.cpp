#include "protocols/sasl/throttle.hpp"

#include <algorithm>

namespace mailscope::sasl {

Duration Throttle::tried(Instant now, const std::string& peer) {
  if (!peers_.contains(peer) && peers_.size() == peers_max)
    peers_.erase(std::ranges::min_element(peers_, {}, [](const auto& entry) { return entry.second.last; }));
  Tries& tries = peers_[peer];
  if (now - tries.last >= forgiven_after) tries.count = 0;
  tries.last = now;
  const Duration penalty =
      std::min<Duration>(std::chrono::seconds(1) * (1U << std::min(tries.count, 16U)), penalty_max);
  ++tries.count;
  return penalty;
}

}  // namespace mailscope::sasl
