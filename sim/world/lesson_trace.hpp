// The trace of a lesson: each step stands before the first record that belongs to it, whichever host wrote that.
#pragma once

#include <cstdint>
#include <span>

#include "sim/scenario/scenario.hpp"
#include "sim/trace/trace.hpp"
#include "sim/world/moment.hpp"

namespace mailscope {

class LessonTrace final : public Trace {
 public:
  /// The steps that begin with the world; call it once the hosts are known. `steps` outlives this.
  void begin(std::span<const LessonStep> steps);
  void append(Instant at, Happening what) override;
  [[nodiscard]] std::size_t packets_on_wire() const { return packets_on_wire_; }

 private:
  std::span<const LessonStep> steps_left_;
  std::uint32_t steps_reached_{};
  ConnectionEnds ends_;
  std::size_t packets_on_wire_{};
};

}  // namespace mailscope
