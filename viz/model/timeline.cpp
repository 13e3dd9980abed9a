#include "viz/model/timeline.hpp"

#include <algorithm>
#include <cmath>

namespace mailscope {
namespace {

constexpr Duration pause_min = std::chrono::milliseconds(1500);  // longer than any link's delay, shorter than a retry
constexpr double pause_length_max = 1e6;                         // a second when it is played at 1×
constexpr double pauses_per_line = 20;  // so many fit in the length of what happens; all together take half of that

double length_of(Duration duration) { return static_cast<double>(duration.count()); }

}  // namespace

void Timeline::read(const Trace& trace, Instant end) {
  if (!pauses_.empty() && pauses_.back().to > last_) pauses_.pop_back();  // it went on when the line was last read
  for (const Record& record : trace.records().subspan(records_read_)) {
    if (record.at - last_ >= pause_min)
      pauses_.push_back({last_, record.at, busy_});
    else
      busy_ += record.at - last_;
    last_ = record.at;
  }
  records_read_ = trace.records().size();
  end_ = std::max(last_, end);
  if (end_ - last_ >= pause_min) pauses_.push_back({last_, end_, busy_});
}

double Timeline::pause_length() const {
  const double share = std::max(pauses_per_line, 2 * static_cast<double>(pauses_.size()));
  return busy_ > Duration{} ? std::min(length_of(busy_) / share, pause_length_max) : pause_length_max;
}

double Timeline::place(Instant at) const {
  const Instant inside = std::clamp(at, start_, end_);
  const auto later = std::ranges::upper_bound(pauses_, inside, {}, &Pause::from);
  if (later == pauses_.begin()) return length_of(inside - start_);
  const Pause& pause = *(later - 1);
  const double each = pause_length();
  const double before = length_of(pause.busy_before) + each * static_cast<double>(later - 1 - pauses_.begin());
  if (inside >= pause.to) return before + each + length_of(inside - pause.to);
  return before + each * (length_of(inside - pause.from) / length_of(pause.to - pause.from));
}

Instant Timeline::at(double place) const {
  const double each = pause_length(), wanted = std::clamp(place, 0.0, length());
  const auto begins = [&](const Pause& pause) {
    return length_of(pause.busy_before) + each * static_cast<double>(&pause - pauses_.data());
  };
  const auto later = std::ranges::upper_bound(pauses_, wanted, {}, begins);
  if (later == pauses_.begin()) return start_ + Duration(std::llround(wanted));
  const Pause& pause = *(later - 1);
  const double into = wanted - begins(pause);
  if (into >= each) return std::min(end_, pause.to + Duration(std::llround(into - each)));
  return pause.from + Duration(std::llround(into / each * length_of(pause.to - pause.from)));
}

}  // namespace mailscope
