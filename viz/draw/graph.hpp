// Draws a state graph: the current state lit, the states of its next moves outlined, the last move thick.
#pragma once

#include "viz/draw/text.hpp"
#include "viz/model/state_graph.hpp"

namespace mailscope {

/// Where a machine stands.
struct MachineStand {
  StateId state;
  std::optional<StateId> previous;  ///< where its last move came from
  ImU32 colour{};                   ///< of its protocol
};

/// As an item of the current window, centred in `width` screen pixels. `with_labels`: moves are named; else only drawn.
/// Hovering a state or a line tells its moves.
void draw_state_graph(const MachineInfo& machine, const MachineStand& stand, float width, bool with_labels);

}  // namespace mailscope
