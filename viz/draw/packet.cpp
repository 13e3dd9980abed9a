#include "viz/draw/packet.hpp"

#include <cmath>

#include "viz/draw/icons.hpp"

namespace mailscope {
namespace {

constexpr float capsule_height = 26, capsule_padding = 13, dot_radius = 4.5F;
constexpr float capsule_lock = 11, capsule_lock_gap = 4;
constexpr float dash = 5, dash_gap = 6;
constexpr float bubble_width_max = 230, bubble_padding = 10, bubble_padding_y = 7, bubble_icon = 22;
constexpr float bubble_lines_max = 5;
constexpr float bubble_room = bubble_width_max - 2 * bubble_padding - bubble_icon;

ImU32 severity_colour(Severity severity) {
  switch (severity) {
    case Severity::Info:
      return colours().text_dim;
    case Severity::Success:
      return colours().success;
    case Severity::Warning:
      return colours().warning;
    case Severity::Failure:
      return colours().failure;
  }
  return colours().text_dim;
}

Icon severity_icon(Severity severity) {
  switch (severity) {
    case Severity::Info:
      return Icon::Envelope;
    case Severity::Success:
      return Icon::Check;
    case Severity::Warning:
      return Icon::Warning;
    case Severity::Failure:
      return Icon::Cross;
  }
  return Icon::Envelope;
}

/// Where a bubble's text wraps: the same for measuring and drawing.

}  // namespace

void draw_capsule(const Zoomed& draw, ImVec2 middle, std::string_view text, ImU32 fill, float width_max,
                  bool is_sealed) {
  const float zoom = draw.text_height(Face::MonoStrong) / line_height(Face::MonoStrong);
  const float lock = is_sealed ? draw.length(capsule_lock + capsule_lock_gap) : 0;
  const float room = (draw.length(width_max) - draw.length(2 * capsule_padding) - lock) / zoom;
  const std::string shown = elided(Face::MonoStrong, text, room);
  const float width = draw.text_width(Face::MonoStrong, shown) + draw.length(2 * capsule_padding) + lock;
  const float height = draw.length(capsule_height);
  const ImVec2 a(middle.x - width / 2, middle.y - height / 2), b(middle.x + width / 2, middle.y + height / 2);
  draw.list().AddRectFilled({a.x, a.y + draw.length(2)}, {b.x, b.y + draw.length(2)}, faded(colours().window, 0.4F),
                            height / 2);
  draw.list().AddRectFilled(a, b, fill, height / 2);
  if (is_sealed)
    draw_icon(draw.list(), Icon::Lock, {a.x + draw.length(capsule_padding + capsule_lock / 2), middle.y},
              draw.length(capsule_lock), colours().on_protocol);
  draw.text_centred(Face::MonoStrong, {middle.x + lock / 2, middle.y}, colours().on_protocol, shown);
}

void draw_dot(const Zoomed& draw, ImVec2 middle, ImU32 fill) {
  draw.list().AddCircleFilled(middle, draw.length(dot_radius + 2), colours().panel);
  draw.list().AddCircleFilled(middle, draw.length(dot_radius), fill);
}

void draw_lane(const Zoomed& draw, std::span<const ImVec2> points, ImU32 colour, float thickness, bool is_dashed) {
  const float stroke = draw.stroke(thickness);
  if (!is_dashed) {
    draw.list().AddPolyline(points.data(), static_cast<int>(points.size()), colour, 0, stroke);
    return;
  }
  const float on = draw.length(dash), period = draw.length(dash + dash_gap);
  float phase = 0;  // how far into the current dash and gap
  for (std::size_t i = 1; i < points.size(); ++i) {
    const ImVec2 a = points[i - 1], b = points[i];
    const float piece = std::hypot(b.x - a.x, b.y - a.y);
    const auto at = [&](float t) { return ImVec2(a.x + (b.x - a.x) * t / piece, a.y + (b.y - a.y) * t / piece); };
    for (float t = 0; t < piece;) {
      const bool is_on = phase < on;
      const float step = std::min(piece - t, (is_on ? on : period) - phase + 0.01F);
      if (is_on) draw.list().AddLine(at(t), at(t + step), colour, stroke);
      t += step;
      phase += step;
      if (phase >= period) phase = 0;
    }
  }
}

void draw_bounce(const Zoomed& draw, ImVec2 middle, float opacity) {
  draw.list().AddCircleFilled(middle, draw.length(11), faded(colours().panel, opacity));
  draw.list().AddCircle(middle, draw.length(10), faded(colours().failure, opacity), 0, draw.stroke(2));
  draw_icon(draw.list(), Icon::Cross, middle, draw.length(12), faded(colours().failure, opacity));
}

void draw_loss(const Zoomed& draw, ImVec2 middle, float opacity) {
  draw.list().AddCircleFilled(middle, draw.length(7), faded(colours().panel, opacity));
  draw_icon(draw.list(), Icon::Cross, middle, draw.length(9), faded(colours().failure, opacity));
}

/// A list of a hundred names is not read on the stage: the beginning of it stands there.
std::string bubble_text(std::string_view text) { return elided(Face::Small, text, bubble_lines_max * px(bubble_room)); }

ImVec2 bubble_size(const Zoomed& draw, std::string_view whole) {
  const std::string text = bubble_text(whole);
  const float room = px(bubble_room);
  const float width = std::min(room, text_size(Face::Small, text).x) / ui_scale();
  const float height = wrapped_height(Face::Small, text, room) / ui_scale();
  return {draw.length(width + 2 * bubble_padding + bubble_icon), draw.length(height + 2 * bubble_padding_y)};
}

void draw_bubble(const Zoomed& draw, ImVec2 at, std::string_view whole, Severity severity, float opacity) {
  const std::string text = bubble_text(whole);
  const ImVec2 size = bubble_size(draw, whole);
  const Rect place{at.x, at.y, size.x, size.y};
  const ImU32 colour = faded(severity_colour(severity), opacity);
  draw.box(place, faded(colours().panel, opacity), 0, 1, 8);
  draw.box(place, faded(colour, 0.14F), colour, 1, 8);
  draw_icon(draw.list(), severity_icon(severity), {at.x + draw.length(bubble_padding + 6), at.y + size.y / 2},
            draw.length(13), colour);
  const ImVec2 corner(at.x + draw.length(bubble_padding + bubble_icon), at.y + draw.length(bubble_padding_y));
  const float zoom = draw.length(1) / ui_scale();
  for (const WrappedWord& word : wrapped_words(Face::Small, text, px(bubble_room)))
    draw.text(Face::Small, {corner.x + word.at.x * zoom, corner.y + word.at.y * zoom}, faded(colours().text, opacity),
              word.text);
}

}  // namespace mailscope
