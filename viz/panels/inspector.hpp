// The inspector: what the chosen line means, the machines on both sides, the octets it travelled in, and the mailboxes.
// Without a chosen line it follows the last one at the cursor.
#pragma once

#include "viz/model/rect.hpp"
#include "viz/model/state_graph.hpp"
#include "viz/model/view.hpp"

namespace mailscope {

/// What the panel keeps between frames: the packets of the line, which are searched in the trace once a line.
struct InspectorPanelState {
  std::optional<std::size_t> packets_of;  ///< the row that `packets` belong to
  std::vector<std::size_t> packets;
};

void draw_inspector_panel(const View& view, InspectorPanelState& state, const Rect& area, Intents& intents);

/// The row that the inspector is about: the chosen one, else the last at the cursor; none before the first.
[[nodiscard]] std::optional<std::size_t> inspected_row(const View& view);

}  // namespace mailscope
