// The lesson: the current step's text, how the steps before it came out, and the list of all steps.
#pragma once

#include "viz/model/rect.hpp"
#include "viz/model/stepping.hpp"

namespace mailscope {

void draw_lesson_panel(const View& view, const std::vector<LessonMark>& marks, const Rect& area, Intents& intents);

}  // namespace mailscope
