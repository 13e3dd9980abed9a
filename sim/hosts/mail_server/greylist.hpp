// Greylisting (RFC 6647): a client that nobody knows is asked to come back, which real servers do.
// It knows triplets of client, sender and recipient, and no message.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>

#include "protocols/core/time.hpp"

namespace mailscope {

class Greylist {
 public:
  using Triplet = std::tuple<std::string, std::string, std::string>;  ///< client's address, sender, recipient
  /// A server's database of a day; the oldest are forgotten, who then have to wait once more.
  static constexpr std::size_t triplets_max = 100'000;

  /// Whether this one may pass: it came for the first time at least `delay` ago.
  [[nodiscard]] bool passes(Instant now, Triplet triplet, Duration delay);

 private:
  std::map<Triplet, Instant> first_seen_;
  std::deque<Triplet> order_;
};

}  // namespace mailscope
