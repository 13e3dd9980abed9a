// The shapes of the ladder: lifelines, slanted arrows, headings.
#pragma once

#include "viz/draw/text.hpp"
#include "viz/model/ladder.hpp"
#include "viz/model/rect.hpp"

namespace mailscope {

/// Across the panel, in screen pixels: the numbers, the times, the two lifelines.
struct LadderColumns {
  float number_right{}, time_right{};  ///< right-aligned
  float left{}, right{};               ///< lifeline of the client, of the server
};
/// `number` and `time` are the longest that will stand there.
[[nodiscard]] LadderColumns ladder_columns(const Rect& area, std::string_view number, std::string_view time);

/// A row as it is drawn.
struct LadderRow {
  std::string number, time, text;
  Side speaker{};
  RowMoment moment;
  bool is_lost{};  ///< it never arrived
  bool is_error{};
  bool is_sealed{};  ///< it travels inside TLS: marked with a small lock
  bool is_current{}, is_selected{}, is_hovered{};
  float slant{};  ///< how far the arrow falls, design pixels
  float opacity{1};
  ImU32 colour{};
};
/// Height of each item in design pixels.
inline constexpr float ladder_row_height = 34;

void draw_ladder_row(ImDrawList& draw, const LadderRow& row, const Rect& area, const LadderColumns& columns);

/// Where the connection changes: both ends over their lifelines, what it is for between them.
void draw_ladder_heading(ImDrawList& draw, const Rect& area, const LadderColumns& columns, std::string_view client,
                         std::string_view server, std::string_view purpose, ImU32 colour);

}  // namespace mailscope
