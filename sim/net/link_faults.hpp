// What happens to packets on a link that is not perfect: they are lost, late, doubled, or overtaken. Each fault of each
// link draws from a stream of its own, so that adding loss does not move another packet's latency.
#pragma once

#include <optional>
#include <string>

#include "sim/kernel/random.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

class LinkChances {
 public:
  /// `name` distinguishes the link from all others of its world.
  LinkChances(std::uint64_t seed, const std::string& name);

  struct Passage {
    Instant ends;  ///< at the receiver, or where the packet is lost, half-way
    bool lost{};
    std::optional<Instant> twice;  ///< when a second copy arrives
  };
  /// The way of a packet that occupies the link from `departs` and would arrive at `due`. `last_arrival` is of the
  /// packets before it in this direction, and moves on; `start` is the world's.
  [[nodiscard]] Passage pass(const LinkInfo& link, Instant start, Instant departs, Instant due, Instant& last_arrival);

 private:
  RandomStream loss_, jitter_, duplicate_, reorder_;
};

}  // namespace mailscope
