// The few widgets that every panel is made of. Each interactive one is an ImGui item whose id is its English name,
// whatever language is shown, so that tests find it; each has a tooltip or a text, and shows the keyboard's focus.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "viz/draw/icons.hpp"
#include "viz/draw/theme.hpp"
#include "viz/model/rect.hpp"

namespace mailscope {

[[nodiscard]] inline ImVec2 low(const Rect& r) { return {r.x, r.y}; }
[[nodiscard]] inline ImVec2 high(const Rect& r) { return {r.right(), r.bottom()}; }
[[nodiscard]] inline ImVec2 centre(const Rect& r) { return {r.x + r.width / 2, r.y + r.height / 2}; }

/// A filled rectangle with a border; lengths in design pixels.
void draw_card(ImDrawList& draw, const Rect& area, ImU32 fill, ImU32 border, float thickness = 1, float radius = 10);

/// A panel: its surface, and a child window for what is in it, `padding` design pixels from the edge. The content
/// scrolls when it is higher than the panel. `id` is also the name of the child window.
void begin_panel(const char* id, const Rect& area, float padding = 16);
void end_panel();

/// Shows `text` beside the mouse in this frame, or as much of it as a glance can read.
void show_tip(const std::string& text);
/// Shows `text` beside the last item while the mouse rests on it or the keyboard's focus is on it.
void tooltip(const char* text);
/// Marks the last item when the keyboard's focus is on it. `radius` in design pixels.
void focus_ring(float radius = 8);
/// An invisible button over `area` (screen pixels) with focus ring; the caller draws what it looks like.
struct ItemState {
  bool clicked{}, hovered{}, held{};
};
ItemState hit_area(const char* id, const Rect& area, float radius = 8);

/// Raised: filled like a card. Primary: filled with the accent. Plain: only the icon, a fill when hovered.
enum class Look : std::uint8_t { Raised, Primary, Plain };
/// An icon in a button over `area`; returns whether it was pressed.
bool icon_button(const char* id, Icon icon, const Rect& area, const char* tip, Look look = Look::Raised);
/// A button with a text. It is as wide as its text needs, 32 design pixels high, at the cursor.
bool text_button(const char* id, const char* text, Look look = Look::Raised, std::optional<Icon> icon = std::nullopt);
[[nodiscard]] float text_button_width(const char* text, bool with_icon = false);

struct Option {
  const char* id;    ///< stable English name
  std::string text;  ///< as shown
};
/// One of a few, side by side in a well, centred at the cursor's height. Returns the one pressed.
std::optional<std::size_t> segmented(const char* id, std::span<const Option> options, std::size_t chosen);
[[nodiscard]] float segmented_width(std::span<const Option> options);
/// A value with a caret that opens a list. `caption` (may be null) stands above the value. Returns the one picked.
std::optional<std::size_t> dropdown(const char* id, const char* caption, std::span<const Option> options,
                                    std::size_t chosen, const char* tip);
[[nodiscard]] float dropdown_width(const char* caption, std::span<const Option> options);

/// A small filled label such as a level; returns its width. `at`: upper left corner; 22 design pixels high.
float draw_chip(ImDrawList& draw, ImVec2 at, ImU32 fill, ImU32 colour, std::string_view text);

}  // namespace mailscope
