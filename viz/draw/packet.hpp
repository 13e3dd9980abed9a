// What travels over the stage: capsules with text, dots, lanes, and the bubbles and marks beside hosts.
#pragma once

#include <span>

#include "sim/trace/record.hpp"
#include "viz/draw/zoomed.hpp"
#include "viz/model/geometry.hpp"

namespace mailscope {

/// A packet with its middle at `middle`. `width_max` in design pixels; longer text is cut. A small lock before the text
/// says that it travels inside TLS.
void draw_capsule(const Zoomed& draw, ImVec2 middle, std::string_view text, ImU32 fill, float width_max,
                  bool is_sealed);
/// A packet without text.
void draw_dot(const Zoomed& draw, ImVec2 middle, ImU32 fill);
/// A link; `points` on the screen.
void draw_lane(const Zoomed& draw, std::span<const ImVec2> points, ImU32 colour, float thickness, bool is_dashed);
/// A cross in a disc, where something was turned away.
void draw_bounce(const Zoomed& draw, ImVec2 middle, float opacity);
/// A small cross where a packet was lost on its way; it fades.
void draw_loss(const Zoomed& draw, ImVec2 middle, float opacity);
/// The size on the screen of a bubble with this text; it grows and shrinks with the stage.
[[nodiscard]] ImVec2 bubble_size(const Zoomed& draw, std::string_view text);
/// A notice with its upper left corner at `at`; its text wraps. Opacity from 0 to 1.
void draw_bubble(const Zoomed& draw, ImVec2 at, std::string_view text, Severity severity, float opacity);

}  // namespace mailscope
