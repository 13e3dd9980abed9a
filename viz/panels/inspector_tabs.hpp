// The four pages of the inspector. Each draws into the current child window, from the cursor down.
#pragma once

#include "viz/panels/inspector.hpp"

namespace mailscope {

void draw_meaning_tab(const View& view, std::size_t row);
void draw_state_tab(const View& view, std::size_t row);
void draw_bytes_tab(const View& view, InspectorPanelState& state, std::size_t row);
void draw_mailboxes_tab(const View& view);

/// Blank space between two parts, `design` pixels high.
void gap(float design);
/// The line itself, in a well with an edge in its protocol's colour; long text is cut after some lines.
void draw_wire_well(const View& view, std::size_t row);

}  // namespace mailscope
