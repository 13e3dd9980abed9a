#include "protocols/imap/syntax/sequence_set.hpp"

#include <algorithm>

namespace mailscope::imap {

NumberSet::NumberSet(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {}, &Range::first);
  for (const Range& range : ranges) {
    if (!ranges_.empty() && range.first <= ranges_.back().last) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

bool NumberSet::contains(std::uint32_t number) const {
  const auto after = std::ranges::upper_bound(ranges_, number, {}, &Range::first);
  return after != ranges_.begin() && number <= (after - 1)->last;
}

NumberSet SequenceSet::resolve(std::uint32_t largest) const {
  std::vector<NumberSet::Range> resolved;
  for (const Range& range : ranges) {
    const std::uint32_t one = range.one.value_or(largest), other = range.other.value_or(largest);
    resolved.push_back({std::min(one, other), std::max(one, other)});
  }
  return NumberSet(std::move(resolved));
}

bool SequenceSet::has_star() const {
  return std::ranges::any_of(ranges, [](const Range& range) { return !range.one || !range.other; });
}

}  // namespace mailscope::imap
