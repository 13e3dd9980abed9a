// Where the panels of the window lie. Pure arithmetic on design pixels: no two panels ever overlap, at any size.
#pragma once

#include <cstdint>
#include <optional>

#include "viz/model/rect.hpp"

namespace mailscope {

/// Which panel is in front where a small window has room for only one.
enum class SidePanel : std::uint8_t { Lesson, Inspector };
enum class MiddlePanel : std::uint8_t { Network, Conversation };

struct WindowShape {
  float width{}, height{};  ///< screen pixels
  float scale{1};           ///< screen pixels a design pixel
  SidePanel side{};
  MiddlePanel middle{};
};

/// Screen pixels; a panel that is not shown is empty.
struct WindowLayout {
  Rect top_bar, lesson, network, conversation, inspector, transport;
  std::optional<Rect> side_switch, middle_switch;  ///< where the reader chooses the panel in front
};

/// What the panels need at least, in design pixels.
inline constexpr float layout_width_min = 560, layout_height_min = 340;

/// `wanted`, or the largest step of 25 % below at which the panels still fit in `width` x `height` screen pixels.
[[nodiscard]] int fitting_scale(int wanted_percent, float width, float height);

/// Precondition: the window has at least layout_width_min x layout_height_min design pixels.
[[nodiscard]] WindowLayout layout_window(const WindowShape& shape);

}  // namespace mailscope
