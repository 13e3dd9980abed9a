// Icons as strokes and fills: crisp at every scale, and independent of what the fonts hold.
#pragma once

#include <cstdint>

#include "imgui.h"

namespace mailscope {

enum class Icon : std::uint8_t {
  Laptop,
  Phone,
  Server,
  Globe,
  Lock,
  Play,
  Pause,
  StepBack,
  StepOn,
  ToStart,
  ToEnd,
  Sun,
  Moon,
  Motion,
  Stillness,
  Question,
  Envelope,
  Check,
  Cross,
  CaretDown,
  CaretRight,
  Plus,
  Minus,
  Folder,
  Back,
  Warning,
  Dot,
  Fit,
  Count
};

/// Draws `icon` centred at `centre` in a square of `size` screen pixels.
void draw_icon(ImDrawList& draw, Icon icon, ImVec2 centre, float size, ImU32 colour);

}  // namespace mailscope
