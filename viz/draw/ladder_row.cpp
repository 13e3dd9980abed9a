#include "viz/draw/ladder_row.hpp"

#include <algorithm>
#include <cmath>

#include "viz/draw/icons.hpp"
#include "viz/draw/widgets.hpp"

namespace mailscope {
namespace {

constexpr float number_column = 34, time_column = 62, column_gap = 10, lane_margin = 16, text_inset = 12;
constexpr float lock_size = 11, lock_gap = 5;
constexpr float arrow_length = 8, arrow_half = 4.5F;

void draw_arrow_head(ImDrawList& draw, ImVec2 tip, bool is_rightwards, ImU32 colour) {
  const float back = is_rightwards ? -px(arrow_length) : px(arrow_length);
  const float half = is_rightwards ? px(arrow_half) : -px(arrow_half);  // clockwise, or the edges are smoothed inwards
  draw.AddTriangleFilled(tip, {tip.x + back, tip.y + half}, {tip.x + back, tip.y - half}, colour);
}

void draw_arrow(ImDrawList& draw, const LadderRow& row, float y, const LadderColumns& columns) {
  const bool is_rightwards = row.speaker == Side::Client;
  const float from = is_rightwards ? columns.left : columns.right, to = is_rightwards ? columns.right : columns.left;
  const float t = row.moment.phase == RowPhase::ToCome ? 1 : static_cast<float>(row.moment.progress);
  const ImVec2 end(from + (to - from) * t, y + px(row.slant) * t);
  const ImU32 colour = faded(row.colour, row.opacity);
  const bool has_head = !row.is_lost && row.moment.phase != RowPhase::Travelling;
  const float back = !has_head ? 0 : is_rightwards ? -px(arrow_length) : px(arrow_length);
  draw.AddLine({from, y}, {end.x + back, end.y}, colour, std::max(1.0F, px(2)));
  if (row.is_lost)
    draw_icon(draw, Icon::Cross, {(from + to) / 2, y + px(row.slant) / 2}, px(13),
              faded(colours().failure, row.opacity));
  else if (row.moment.phase == RowPhase::Travelling)
    draw.AddCircleFilled(end, px(4.5F), colour);
  else
    draw_arrow_head(draw, {to + (is_rightwards ? -px(1) : px(1)), y + px(row.slant)}, is_rightwards, colour);
}

void draw_right_aligned(ImDrawList& draw, Face face, ImVec2 right, ImU32 colour, std::string_view text) {
  draw_text(draw, face, {std::floor(right.x - text_size(face, text).x), right.y}, colour, text);
}

}  // namespace

LadderColumns ladder_columns(const Rect& area, std::string_view number, std::string_view time) {
  const auto column = [](float least, std::string_view text) {
    return std::max(px(least), text_size(Face::MonoSmall, text).x + px(column_gap));
  };
  LadderColumns columns;
  columns.number_right = area.x + column(number_column, number);
  columns.time_right = columns.number_right + column(time_column, time);
  columns.left = columns.time_right + px(lane_margin);
  columns.right = std::max(columns.left + px(40), area.right() - px(lane_margin));
  return columns;
}

void draw_ladder_row(ImDrawList& draw, const LadderRow& row, const Rect& area, const LadderColumns& columns) {
  const Palette& p = colours();
  if (row.is_current || row.is_hovered)
    draw.AddRectFilled(low(area), high(area), row.is_current ? p.hover : faded(p.hover, 0.5F), px(6));
  if (row.is_selected) draw.AddRect(low(area), high(area), p.border_strong, px(6), 0, std::max(1.0F, px(1)));
  const float text_y = area.y + px(3);
  const float small_y = text_y + (line_height(Face::Mono) - line_height(Face::MonoSmall)) / 2;
  const ImU32 ink = faded(row.is_error ? p.failure : p.text, row.opacity);
  draw_right_aligned(draw, Face::MonoSmall, {columns.number_right, small_y}, p.text_faint, row.number);
  draw_right_aligned(draw, Face::MonoSmall, {columns.time_right, small_y}, p.text_dim, row.time);
  const float lock_room = row.is_sealed ? px(lock_size + lock_gap) : 0;
  const float room = columns.right - columns.left - px(2 * text_inset) - lock_room;
  const std::string shown = elided(Face::Mono, row.text, room);
  const bool from_left = row.speaker == Side::Client;
  const float edge = from_left ? columns.left + px(text_inset) : columns.right - px(text_inset);
  if (from_left)
    draw_text(draw, Face::Mono, {edge + lock_room, text_y}, ink, shown);
  else
    draw_right_aligned(draw, Face::Mono, {edge - lock_room, text_y}, ink, shown);
  if (row.is_sealed)
    draw_icon(draw, Icon::Lock,
              {edge + (from_left ? px(lock_size / 2) : -px(lock_size / 2)), text_y + line_height(Face::Mono) / 2},
              px(lock_size), faded(row.colour, row.opacity));
  draw_arrow(draw, row, text_y + line_height(Face::Mono) + px(1), columns);
}

void draw_ladder_heading(ImDrawList& draw, const Rect& area, const LadderColumns& columns, std::string_view client,
                         std::string_view server, std::string_view purpose, ImU32 colour) {
  const float y = area.y + (area.height - line_height(Face::Small)) / 2;
  const float middle = (columns.left + columns.right) / 2, purpose_width = text_size(Face::Small, purpose).x;
  const float room = std::max(0.0F, (columns.right - columns.left - purpose_width) / 2 - px(16));
  // The lifelines pause here: what is above and what is below are other connections.
  draw.AddRectFilled({columns.left - px(2), area.y}, {columns.right + px(2), area.bottom()}, colours().panel);
  draw_text(draw, Face::Small, {columns.left - px(4), y}, colours().text_soft, elided(Face::Small, client, room));
  draw_right_aligned(draw, Face::Small, {columns.right + px(4), y}, colours().text_soft,
                     elided(Face::Small, server, room));
  draw_text(draw, Face::Small, {middle - purpose_width / 2, y}, colour, purpose);
}

}  // namespace mailscope
