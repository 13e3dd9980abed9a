// The bar at the top: where one is, and how the window is dressed.
#pragma once

#include "viz/model/rect.hpp"
#include "viz/model/view.hpp"

namespace mailscope {

/// `lesson`: the open one; null in the gallery.
void draw_top_bar(const Lesson* lesson, const Settings& settings, const Rect& area, Intents& intents);

}  // namespace mailscope
