// Points, extents and what layouts compute with rectangles. Units are the caller's. Knows no ImGui.
#pragma once

#include <algorithm>
#include <cmath>

#include "viz/model/rect.hpp"

namespace mailscope {

struct Point {
  float x{}, y{};
  friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  friend Point operator*(Point a, float factor) { return {a.x * factor, a.y * factor}; }
  friend bool operator==(const Point&, const Point&) = default;
};

[[nodiscard]] inline float distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }
/// The point at `t` (0 to 1) of the way from `a` to `b`.
[[nodiscard]] inline Point between(Point a, Point b, float t) { return a + (b - a) * t; }

struct Extent {
  float width{}, height{};
  friend bool operator==(const Extent&, const Extent&) = default;
};

[[nodiscard]] inline Point middle(const Rect& r) { return {r.x + r.width / 2, r.y + r.height / 2}; }
/// Whether `p` lies in `r`; the right and bottom edges are outside.
[[nodiscard]] inline bool holds(const Rect& r, Point p) {
  return p.x >= r.x && p.x < r.right() && p.y >= r.y && p.y < r.bottom();
}
/// Larger by `by` on every side.
[[nodiscard]] inline Rect grown(const Rect& r, float by) {
  return {r.x - by, r.y - by, r.width + 2 * by, r.height + 2 * by};
}
/// The smallest rectangle around both.
[[nodiscard]] inline Rect united(const Rect& a, const Rect& b) {
  const float left = std::min(a.x, b.x), top = std::min(a.y, b.y);
  return {left, top, std::max(a.right(), b.right()) - left, std::max(a.bottom(), b.bottom()) - top};
}

}  // namespace mailscope
