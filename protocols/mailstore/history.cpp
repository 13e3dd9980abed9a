#include "protocols/mailstore/history.hpp"

#include <algorithm>

namespace mailscope::mailstore {

void History::removed(Uid uid, ModSeq at) {
  removals_.push_back({at, uid});
  if (removals_.size() <= removals_max) return;
  removals_forgotten_ = removals_.front().at;
  removals_.pop_front();
}

std::span<const History::Entry> History::changes_since(ModSeq since) const {
  return {std::ranges::upper_bound(changes_, since, {}, &Entry::at), changes_.end()};
}

std::vector<Uid> History::removals_since(ModSeq since) const {
  std::vector<Uid> uids;
  for (auto place = std::ranges::upper_bound(removals_, since, {}, &Entry::at); place != removals_.end(); ++place)
    uids.push_back(place->uid);
  std::ranges::sort(uids);
  return uids;
}

}  // namespace mailscope::mailstore
