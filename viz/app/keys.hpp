// The keyboard's part: which keys mean which intent. Text fields and open menus keep their keys.
#pragma once

#include "viz/model/view.hpp"

namespace mailscope {

/// The steps in which Ctrl + and Ctrl - change the scale.
inline constexpr int scale_step_percent = 25;

/// Adds what the keys pressed in this frame mean. Call within a frame. `menu_is_open`: a menu or dialogue has the keys.
void collect_keys(bool lesson_is_open, bool menu_is_open, const Settings& settings, Intents& intents);

}  // namespace mailscope
