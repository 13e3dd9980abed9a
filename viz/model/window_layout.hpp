// Where the panels of the window lie. Pure arithmetic on design pixels: no two panels ever overlap, at any size.
#pragma once

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

[[nodiscard]] WindowLayout layout_window(const WindowShape& shape);

}  // namespace mailscope
