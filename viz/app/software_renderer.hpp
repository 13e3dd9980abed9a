// Draws ImGui's triangles without a display or a graphics driver: the same pixels on every machine. It knows the font
// atlas as its only texture, and no window.
#pragma once

#include "imgui.h"
#include "viz/app/picture.hpp"

namespace mailscope {

/// The frame that ImGui::Render() has finished, over `background` (IM_COL32). Blends like the OpenGL back end.
[[nodiscard]] Picture draw_in_software(const ImDrawData& data, ImU32 background);

}  // namespace mailscope
