// Points, extents and boxes in design pixels, for the layouts that know no ImGui.
#pragma once

#include <algorithm>
#include <cmath>

namespace mailscope {

struct Point {
  float x{}, y{};
  friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  friend Point operator*(Point a, float factor) { return {a.x * factor, a.y * factor}; }
  friend bool operator==(const Point&, const Point&) = default;
};

[[nodiscard]] inline float distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }
[[nodiscard]] inline Point between(Point a, Point b, float t) { return a + (b - a) * t; }

struct Extent {
  float width{}, height{};
};

/// x to the right, y down; the right and bottom edges are outside.
struct Box {
  float x{}, y{}, width{}, height{};

  [[nodiscard]] float right() const { return x + width; }
  [[nodiscard]] float bottom() const { return y + height; }
  [[nodiscard]] Point centre() const { return {x + width / 2, y + height / 2}; }
  [[nodiscard]] bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  [[nodiscard]] bool overlaps(const Box& b) const {
    return x < b.right() && b.x < right() && y < b.bottom() && b.y < bottom();
  }
  /// Larger by `by` on every side.
  [[nodiscard]] Box grown(float by) const { return {x - by, y - by, width + 2 * by, height + 2 * by}; }
  /// The smallest box around both.
  [[nodiscard]] Box united(const Box& b) const {
    const float left = std::min(x, b.x), top = std::min(y, b.y);
    return {left, top, std::max(right(), b.right()) - left, std::max(bottom(), b.bottom()) - top};
  }
};

}  // namespace mailscope
