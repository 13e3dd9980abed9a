// The network: hosts as cards, links between them, and the packets that are on their way at this instant.
#pragma once

#include "viz/model/stage_layout.hpp"
#include "viz/model/view.hpp"

namespace mailscope {

/// What the panel keeps between frames: the reader's camera, and the layout while nothing that it depends on changes.
struct NetworkPanelState {
  StageCamera camera;
  std::vector<Extent> sizes;
  Extent available;
  std::map<HostId, Point> dragged;
  StageLayout layout;
};

void draw_network_panel(const View& view, NetworkPanelState& state, const Rect& area, Intents& intents);

}  // namespace mailscope
