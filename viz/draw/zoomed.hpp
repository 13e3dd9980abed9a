// A draw list seen through the stage's camera: lengths in design pixels, text that grows with the zoom.
#pragma once

#include <cmath>

#include "viz/draw/text.hpp"
#include "viz/model/rect.hpp"

namespace mailscope {

class Zoomed {
 public:
  Zoomed(ImDrawList& draw, float zoom) : draw_(draw), zoom_(zoom) {}

  [[nodiscard]] ImDrawList& list() const { return draw_; }
  /// Design pixels to screen pixels.
  [[nodiscard]] float length(float design) const { return design * ui_scale() * zoom_; }
  [[nodiscard]] float stroke(float design) const { return std::max(1.0F, length(design)); }
  [[nodiscard]] float text_width(Face face, std::string_view text) const { return text_size(face, text).x * zoom_; }
  [[nodiscard]] float text_height(Face face) const { return line_height(face) * zoom_; }

  /// One line with its upper left corner at `at`, on whole pixels where it is not magnified.
  void text(Face face, ImVec2 at, ImU32 colour, std::string_view text) const {
    const ImVec2 snapped(std::floor(at.x + 0.5F), std::floor(at.y + 0.5F));
    draw_.AddText(font(face), text_height(face), snapped, colour, text.data(), text.data() + text.size());
  }
  void text_centred(Face face, ImVec2 middle, ImU32 colour, std::string_view what) const {
    text(face, {middle.x - text_width(face, what) / 2, middle.y - text_height(face) / 2}, colour, what);
  }
  void box(const Rect& r, ImU32 fill, ImU32 border, float thickness, float radius) const {
    const ImVec2 a(r.x, r.y), b(r.right(), r.bottom());
    draw_.AddRectFilled(a, b, fill, length(radius));
    draw_.AddRect(a, b, border, length(radius), 0, stroke(thickness));
  }

 private:
  ImDrawList& draw_;
  float zoom_;
};

}  // namespace mailscope
