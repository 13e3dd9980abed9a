#include "viz/model/window_layout.hpp"

#include <algorithm>
#include <cmath>

#include "viz/model/view.hpp"

namespace mailscope {
namespace {

constexpr float top_bar = 52, margin = 12, transport = 68, switch_height = 34;
constexpr float lesson_width = 286, inspector_width = 346;  // as designed, for 1600 pixels
constexpr float lesson_narrow = 248, inspector_narrow = 288;
constexpr float roomy_width = 1280;         // from here on the side panels are as designed
constexpr float both_sides_width = 1020;    // below: one side panel in front of the other
constexpr float any_side_width = 560;       // below: no side panel
constexpr float both_middles_height = 560;  // below: network and conversation share a place
constexpr float network_share = 0.56F;

/// In whole screen pixels, so that borders are crisp.
Rect scaled(const Rect& r, float scale) {
  const float x = std::round(r.x * scale), y = std::round(r.y * scale);
  return {x, y, std::max(0.0F, std::round(r.right() * scale) - x), std::max(0.0F, std::round(r.bottom() * scale) - y)};
}

/// Takes the upper `height` off `area`, and the margin below.
Rect take_top(Rect& area, float height) {
  const Rect top{area.x, area.y, area.width, height};
  area.y += height + margin;
  area.height -= height + margin;
  return top;
}

Rect take_left(Rect& area, float width) {
  const Rect left{area.x, area.y, width, area.height};
  area.x += width + margin;
  area.width -= width + margin;
  return left;
}

void place_sides(WindowLayout& layout, Rect& middle, const WindowShape& shape, float width) {
  const bool roomy = width >= roomy_width;
  if (width >= both_sides_width) {
    layout.lesson = take_left(middle, roomy ? lesson_width : lesson_narrow);
    const float inspector = roomy ? inspector_width : inspector_narrow;
    layout.inspector = {middle.right() - inspector, middle.y, inspector, middle.height};
    middle.width -= inspector + margin;
  } else if (width >= any_side_width) {
    Rect side = take_left(middle, lesson_narrow);
    layout.side_switch = take_top(side, switch_height);
    (shape.side == SidePanel::Lesson ? layout.lesson : layout.inspector) = side;
  }
}

void place_middle(WindowLayout& layout, Rect middle, const WindowShape& shape, float height) {
  if (height >= both_middles_height) {
    layout.network = take_top(middle, (middle.height - margin) * network_share);
    layout.conversation = middle;
  } else {
    layout.middle_switch = take_top(middle, switch_height);
    (shape.middle == MiddlePanel::Network ? layout.network : layout.conversation) = middle;
  }
}

}  // namespace

int fitting_scale(int wanted_percent, float width, float height) {
  constexpr int step = 25;
  const float most = std::min(width / layout_width_min, height / layout_height_min) * 100;
  const int fitting = static_cast<int>(most / step) * step;
  return std::clamp(std::min(wanted_percent, fitting), scale_percent_min, scale_percent_max);
}

WindowLayout layout_window(const WindowShape& shape) {
  const float width = shape.width / shape.scale, height = shape.height / shape.scale;
  WindowLayout layout;
  layout.top_bar = {0, 0, width, top_bar};
  layout.transport = {margin, height - margin - transport, width - 2 * margin, transport};
  Rect middle{margin, top_bar + margin, width - 2 * margin, layout.transport.y - 2 * margin - top_bar};
  place_sides(layout, middle, shape, width);
  place_middle(layout, middle, shape, height);
  for (Rect* panel :
       {&layout.top_bar, &layout.lesson, &layout.network, &layout.conversation, &layout.inspector, &layout.transport})
    *panel = scaled(*panel, shape.scale);
  for (std::optional<Rect>* control : {&layout.side_switch, &layout.middle_switch})
    if (*control) *control = scaled(**control, shape.scale);
  return layout;
}

}  // namespace mailscope
