// The lessons as cards: a drawn picture of each network, title, summary, level and minutes; and any other file.
#pragma once

#include "viz/model/open_lesson.hpp"
#include "viz/model/rect.hpp"

namespace mailscope {

void draw_gallery(const std::vector<GalleryEntry>& lessons, const Settings& settings, const Rect& area,
                  Intents& intents);

}  // namespace mailscope
