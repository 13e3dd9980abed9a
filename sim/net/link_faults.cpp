#include "sim/net/link_faults.hpp"

#include <algorithm>

namespace mailscope {
namespace {

constexpr std::uint64_t million = 1'000'000;

/// Nothing is drawn where nothing can happen: a perfect link costs no randomness.
bool happens(RandomStream& stream, std::uint32_t share_ppm) {
  return share_ppm > 0 && stream.below(million) < share_ppm;
}

bool is_down(const LinkFaults& faults, Duration departs, Duration arrives) {
  return std::ranges::any_of(faults.outages, [&](const LinkFaults::Outage& outage) {
    return departs < outage.until && outage.from <= arrives;
  });
}

}  // namespace

LinkChances::LinkChances(std::uint64_t seed, const std::string& name)
    : loss_(seed, "loss, " + name),
      jitter_(seed, "jitter, " + name),
      duplicate_(seed, "duplicate, " + name),
      reorder_(seed, "reorder, " + name) {}

LinkChances::Passage LinkChances::pass(const LinkInfo& link, Instant start, Instant departs, Instant due,
                                       Instant& last_arrival) {
  const LinkFaults& faults = link.faults;
  // Every packet draws for each fault, lost or not, so that one fault's course does not depend on another's.
  const bool lost = happens(loss_, faults.loss_ppm);
  const bool twice = happens(duplicate_, faults.duplicate_ppm);
  const bool overtaken = happens(reorder_, faults.reorder_ppm);
  if (faults.jitter > Duration::zero())
    due += Duration{static_cast<std::int64_t>(jitter_.below(static_cast<std::uint64_t>(faults.jitter.count()) + 1))};
  if (lost || is_down(faults, departs - start, due - start)) return {departs + (due - departs) / 2, true, {}};
  if (overtaken) {
    due += link.latency;  // long enough for those right behind it
  } else {
    due = last_arrival = std::max(due, last_arrival);  // jitter is a queue's: it keeps the order
  }
  return {due, false, twice ? std::optional(due + link.latency / 2) : std::nullopt};
}

}  // namespace mailscope
