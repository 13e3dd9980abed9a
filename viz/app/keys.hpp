// The keyboard's part: which keys mean which intent. Text fields and open menus keep their keys.
#pragma once

#include "viz/model/view.hpp"

namespace mailscope {

/// Adds what the keys pressed in this frame mean. Call within a frame. `menu_is_open`: a menu or dialogue has the keys.
void collect_keys(bool lesson_is_open, bool menu_is_open, const Settings& settings, Intents& intents);

}  // namespace mailscope
