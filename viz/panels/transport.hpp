// The controls of time: play, step, speed, and the scrubber with what was spoken when.
#pragma once

#include "viz/model/rect.hpp"
#include "viz/model/stepping.hpp"
#include "viz/model/timeline.hpp"

namespace mailscope {

void draw_transport(const View& view, const Timeline& line, const std::vector<ProtocolSpan>& spans,
                    const std::vector<LessonMark>& marks, const Rect& area, Intents& intents);

}  // namespace mailscope
