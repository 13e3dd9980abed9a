// The lesson's servers on real sockets: what to type into a mail program, who is connected, and the end of it.
#pragma once

#include "viz/model/rect.hpp"
#include "viz/model/view.hpp"

namespace mailscope {

/// Precondition: view.live is present.
void draw_live_panel(const View& view, const Rect& area, Intents& intents);

}  // namespace mailscope
