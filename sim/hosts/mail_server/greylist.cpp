#include "sim/hosts/mail_server/greylist.hpp"

#include <utility>

namespace mailscope {

bool Greylist::passes(Instant now, Triplet triplet, Duration delay) {
  const auto [known, is_new] = first_seen_.try_emplace(triplet, now);
  if (!is_new) return now - known->second >= delay;
  order_.push_back(std::move(triplet));
  if (order_.size() > triplets_max) {
    first_seen_.erase(order_.front());
    order_.pop_front();
  }
  return false;
}

}  // namespace mailscope
