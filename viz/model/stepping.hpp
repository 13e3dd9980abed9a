// Where stepping stops, and what the scrubber shows: plain functions of a trace and its conversation.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "viz/model/view.hpp"

namespace mailscope {

/// The instants at which steps of each size stop: ascending, without repetition, the trace's start and end included.
/// As the stops are fixed, any way on and back leads over the same instants.
class Stops {
 public:
  /// Command: a row has arrived (or, where it never does, has left). Packet: a packet leaves or its way ends.
  /// LessonStep: the lesson reaches a step.
  Stops(const Trace& trace, const Conversation& conversation);

  /// The first stop after `at`; the last stop when there is none.
  [[nodiscard]] Instant next(Granularity granularity, Instant at) const;
  /// The last stop before `at`; the first stop when there is none.
  [[nodiscard]] Instant previous(Granularity granularity, Instant at) const;
  [[nodiscard]] const std::vector<Instant>& of(Granularity granularity) const;

 private:
  std::array<std::vector<Instant>, 3> stops_;
};

/// A stretch of time in which one protocol was spoken for one purpose.
struct ProtocolSpan {
  Instant from, to;
  std::string protocol, purpose;  ///< as in ConnectionOpened
};
/// Connections as spans, ascending by start; those of one protocol and purpose that follow one another with nothing
/// else between them are one.
[[nodiscard]] std::vector<ProtocolSpan> protocol_spans(const Trace& trace);

/// The instant at which each step of the lesson was reached; steps that never were are left out.
struct LessonMark {
  std::uint32_t step{};
  Instant at;
};
[[nodiscard]] std::vector<LessonMark> lesson_marks(const Trace& trace);

/// "00:03.980": minutes, seconds, milliseconds; hours in front when there are any. Rounded down.
[[nodiscard]] std::string clock_text(Duration since_start);

}  // namespace mailscope
