// The bar at the top: where one is, and how the window is dressed.
#pragma once

#include "viz/model/rect.hpp"
#include "viz/model/view.hpp"

namespace mailscope {

struct TopBar {
  const Lesson* lesson{};  ///< the open one; null in the gallery
  const Settings& settings;
  Front front{};
  bool can_go_live{}, serving{};
};
void draw_top_bar(const TopBar& bar, const Rect& area, Intents& intents);

}  // namespace mailscope
