#include "sim/world/lesson_trace.hpp"

#include <utility>

namespace mailscope {

void LessonTrace::begin(std::span<const LessonStep> steps) {
  steps_left_ = steps;
  while (!steps_left_.empty() && steps_left_.front().when.at_start) {
    Trace::append(start, LessonStepReached{steps_reached_++});
    steps_left_ = steps_left_.subspan(1);
  }
}

void LessonTrace::append(Instant at, Happening what) {
  if (std::holds_alternative<PacketSent>(what)) ++packets_on_wire_;
  if (std::holds_alternative<PacketEnded>(what)) --packets_on_wire_;
  ends_.note(what);
  if (!steps_left_.empty() && matches(steps_left_.front().when, what, hosts, ends_)) {
    Trace::append(at, LessonStepReached{steps_reached_++});
    steps_left_ = steps_left_.subspan(1);
  }
  Trace::append(at, std::move(what));
}

}  // namespace mailscope
