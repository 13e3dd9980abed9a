// A rectangle in screen pixels, x to the right and y down. Knows no ImGui, so that layouts can be plain functions.
#pragma once

namespace mailscope {

struct Rect {
  float x{}, y{}, width{}, height{};

  [[nodiscard]] constexpr float right() const { return x + width; }
  [[nodiscard]] constexpr float bottom() const { return y + height; }
  [[nodiscard]] constexpr bool empty() const { return width <= 0 || height <= 0; }
  /// Whether the two share any area; a common edge is none.
  [[nodiscard]] constexpr bool overlaps(const Rect& other) const {
    return !empty() && !other.empty() && x < other.right() && other.x < right() && y < other.bottom() &&
           other.y < bottom();
  }
  [[nodiscard]] constexpr bool contains(const Rect& inner) const {
    return inner.x >= x && inner.y >= y && inner.right() <= right() && inner.bottom() <= bottom();
  }
  friend bool operator==(const Rect&, const Rect&) = default;
};

}  // namespace mailscope
