// Who works when, among sessions whose peers are real: a round is a short time, each session has a slice of it, and who
// has more to do waits for its next turn behind the others. In a simulation there is none: time stands still there.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "protocols/core/time.hpp"
#include "sim/trace/record.hpp"

namespace mailscope {

class Turns {
 public:
  using End = std::pair<ConnectionId, Side>;
  /// A round: short against what a person notices, long against what a look at all sockets costs.
  static constexpr Duration round = std::chrono::milliseconds(10);
  /// A session's part of it. What is under way then is finished: a command, or one piece of a long one.
  static constexpr Duration slice = std::chrono::milliseconds(1);

  /// `time` never goes back, and goes on while a session works.
  explicit Turns(std::function<Duration()> time) : time_(std::move(time)) {}
  void begin_round() { round_ends_ = time_() + round; }
  /// A session begins to work; false where the round is over, and it has to wait().
  [[nodiscard]] bool begin() {
    const Duration now = time_();
    slice_ends_ = now + slice;
    return now < round_ends_;
  }
  /// The slice that began last is over.
  [[nodiscard]] bool over() const { return time_() >= slice_ends_; }
  void wait(End end) {
    if (waiting_.insert(end).second) order_.push_back(end);
  }
  [[nodiscard]] bool waits(End end) const { return waiting_.contains(end); }
  [[nodiscard]] bool anybody_waits() const { return !order_.empty(); }
  /// The one that has waited longest, whose turn it is now; nothing where the round is over or nobody waits.
  [[nodiscard]] std::optional<End> next() {
    if (order_.empty() || time_() >= round_ends_) return std::nullopt;
    const End end = order_.front();
    order_.pop_front();
    waiting_.erase(end);
    return end;
  }

 private:
  std::function<Duration()> time_;
  Duration round_ends_{}, slice_ends_{};
  std::deque<End> order_;  ///< the same as waiting_
  std::set<End> waiting_;
};

}  // namespace mailscope
