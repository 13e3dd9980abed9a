// Colours, fonts and measures: the one place where the window's look is decided. All lengths are given in design
// pixels at 100 %; px() scales them.
#pragma once

#include <string_view>

#include "imgui.h"
#include "viz/model/view.hpp"

namespace mailscope {

/// Surfaces in three steps (window, panel, card) and what stands on them. IM_COL32 values.
struct Palette {
  ImU32 window, panel, card, inset;  ///< inset: wells such as the scrubber and wire text
  ImU32 border, border_strong;
  ImU32 text, text_soft, text_dim, text_faint;  ///< at least 4.5:1 on panel, but text_faint: at least 3:1
  ImU32 accent, on_accent;                      ///< the play button, focus
  ImU32 hover, selected;                        ///< fills behind rows and chips
  ImU32 link;                                   ///< idle links and lifelines
  ImU32 success, failure, warning;
  ImU32 smtp, pop3, imap, dns, other;
  ImU32 on_protocol;  ///< text on a protocol's fill
};
[[nodiscard]] const Palette& palette(Theme theme);
/// The colour of "SMTP", "POP3", "IMAP", "DNS"; `other` for anything else.
[[nodiscard]] ImU32 protocol_colour(const Palette& palette, std::string_view protocol);
/// `colour` with its opacity multiplied by `factor` (0 to 1).
[[nodiscard]] ImU32 faded(ImU32 colour, float factor);

/// Inter 14 · Inter SemiBold 14 · Inter Bold 19 · Inter SemiBold 11 (for small capitals) · Inter 12 · Mono 13 · …
enum class Face : std::uint8_t { Body, Strong, Title, Caption, Small, Mono, MonoStrong, MonoSmall, Count };
[[nodiscard]] ImFont* font(Face face);
/// Height of a line of this face in screen pixels, as ImDrawList::AddText wants its size.
[[nodiscard]] float line_height(Face face);

/// (Re)builds the font atlas for this scale; call outside a frame. The renderer then uploads the texture anew.
/// `framebuffer_scale`: framebuffer pixels per screen pixel (2 on doubled displays), so that glyphs stay crisp there.
void build_fonts(int scale_percent, float framebuffer_scale = 1.0F);
/// Applies palette and measures to ImGui's own style, so that every stock widget looks like ours.
void apply_theme(const Settings& settings);

/// The scale of the frame being drawn: 1.0 at 100 %.
[[nodiscard]] float ui_scale();
/// Design pixels to screen pixels, rounded to whole pixels.
[[nodiscard]] float px(float design);
/// The palette of the frame being drawn.
[[nodiscard]] const Palette& colours();

}  // namespace mailscope
