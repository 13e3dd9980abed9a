// The scrubber's line: instants as places on it, on which what happens has its true length and pauses are short.
// A lesson of a week and one of five seconds can both be pointed at. Knows instants, no pixels.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/trace/trace.hpp"

namespace mailscope {

class Timeline {
 public:
  /// A stretch in which nothing was recorded.
  struct Pause {
    Instant from, to;
    Duration busy_before;  ///< how much happened before it
  };

  explicit Timeline(Instant start = {}) : start_(start), last_(start), end_(start) {}

  /// Takes what was recorded since the last call; `trace` only grows. The line ends at `end` if that is later than the
  /// last record: live servers' time goes on.
  void read(const Trace& trace, Instant end = {});

  /// Where `at` is on the line: from 0 at the start to length() at the end, in microseconds of what happens. Instants
  /// outside the line are at its nearer end.
  [[nodiscard]] double place(Instant at) const;
  /// The instant at a place of the line, rounded to a microsecond: place() the other way round.
  [[nodiscard]] Instant at(double place) const;
  [[nodiscard]] double length() const { return place(end_); }
  /// Ascending; the last may still go on.
  [[nodiscard]] const std::vector<Pause>& pauses() const { return pauses_; }

 private:
  [[nodiscard]] double pause_length() const;

  Instant start_, last_, end_;  ///< last_: of the last record
  std::size_t records_read_{};
  std::vector<Pause> pauses_;
  Duration busy_{};  ///< how much happened, in all
};

}  // namespace mailscope
