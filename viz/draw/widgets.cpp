#include "viz/draw/widgets.hpp"

#include "protocols/core/utf8.hpp"
#include "viz/draw/text.hpp"

namespace mailscope {
namespace {

constexpr float button_height = 32, button_padding = 14, button_icon = 14, row_height = 30;
constexpr float segment_padding = 18, segment_height = 28, segment_gap = 4, well_padding = 3;
constexpr float chip_height = 22, chip_padding = 8, caret = 8;

ImU32 surface(Look look, const ItemState& item) {
  const Palette& p = colours();
  if (look == Look::Primary) return item.hovered || item.held ? faded(p.accent, 0.85F) : p.accent;
  if (item.held) return p.selected;
  if (item.hovered) return p.hover;
  return look == Look::Raised ? p.card : 0;
}

ImU32 ink(Look look) {
  return look == Look::Primary ? colours().on_accent : look == Look::Plain ? colours().text_dim : colours().text;
}

void draw_button(ImDrawList& draw, const Rect& area, Look look, const ItemState& item) {
  const ImU32 border = look == Look::Raised ? colours().border_strong : 0;
  draw_card(draw, area, surface(look, item), border, 1, 8);
}

/// One line of an open dropdown.
bool option_row(const Option& option, bool chosen, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect area{at.x, at.y, width, px(row_height)};
  const ItemState item = hit_area(option.id, area, 6);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (item.hovered || item.held) draw.AddRectFilled(low(area), high(area), colours().hover, px(6));
  const float text_y = area.y + (area.height - line_height(Face::Body)) / 2;
  if (chosen) draw_icon(draw, Icon::Check, {area.x + px(14), area.y + area.height / 2}, px(11), colours().text);
  draw_text(draw, chosen ? Face::Strong : Face::Body, {area.x + px(28), text_y}, colours().text, option.text);
  return item.clicked;
}

float widest(std::span<const Option> options, Face face) {
  float width = 0;
  for (const Option& option : options) width = std::max(width, text_size(face, option.text).x);
  return width;
}

}  // namespace

void draw_card(ImDrawList& draw, const Rect& area, ImU32 fill, ImU32 border, float thickness, float radius) {
  if (fill & IM_COL32_A_MASK) draw.AddRectFilled(low(area), high(area), fill, px(radius));
  if (border & IM_COL32_A_MASK)
    draw.AddRect(low(area), high(area), border, px(radius), 0, std::max(1.0F, px(thickness)));
}

void begin_panel(const char* id, const Rect& area, float padding) {
  draw_card(*ImGui::GetWindowDrawList(), area, colours().panel, colours().border);
  // What scrolls ends before the border, and its scroll bar stands inside the rounded corners.
  const float inset = std::min(px(padding), px(5));
  ImGui::SetCursorScreenPos({area.x, area.y + inset});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(padding), px(padding) - inset});
  ImGui::BeginChild(id, {area.width - std::min(inset, px(3)), area.height - 2 * inset},
                    ImGuiChildFlags_AlwaysUseWindowPadding,
                    ImGuiWindowFlags_NavFlattened | ImGuiWindowFlags_NoSavedSettings);
  ImGui::PopStyleVar();
}

void end_panel() { ImGui::EndChild(); }

void show_tip(const std::string& text) {
  constexpr std::size_t octets_max = 2'000;  // what came by the wire may be of any length
  constexpr float width_max = 460;
  if (!ImGui::BeginTooltip()) return;
  ImGui::PushFont(font(Face::Small));
  ImGui::PushTextWrapPos(px(width_max));
  if (text.size() <= octets_max) {
    ImGui::TextUnformatted(text.c_str());
  } else {
    const std::string_view start = std::string_view(text).substr(0, octets_max);
    ImGui::TextUnformatted((std::string(start.substr(0, utf8_valid_prefix(start))) + "…").c_str());
  }
  ImGui::PopTextWrapPos();
  ImGui::PopFont();
  ImGui::EndTooltip();
}

void tooltip(const char* text) {
  const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
  if (!focused && !ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) return;
  if (focused) ImGui::SetNextWindowPos({ImGui::GetItemRectMin().x, ImGui::GetItemRectMax().y + px(6)});
  show_tip(text);
}

void focus_ring(float radius) {
  if (!ImGui::IsItemFocused() || !ImGui::GetIO().NavVisible) return;
  const float gap = px(2);
  const ImVec2 a = ImGui::GetItemRectMin(), b = ImGui::GetItemRectMax();
  ImDrawList& draw = *ImGui::GetForegroundDrawList();
  draw.AddRect({a.x - gap, a.y - gap}, {b.x + gap, b.y + gap}, colours().text, px(radius) + gap, 0, px(2));
}

ItemState hit_area(const char* id, const Rect& area, float radius) {
  ImGui::SetCursorScreenPos(low(area));
  ItemState item;
  item.clicked = ImGui::InvisibleButton(id, {std::max(1.0F, area.width), std::max(1.0F, area.height)});
  item.hovered = ImGui::IsItemHovered();
  item.held = ImGui::IsItemActive();
  focus_ring(radius);
  return item;
}

bool icon_button(const char* id, Icon icon, const Rect& area, const char* tip, Look look) {
  const ItemState item = hit_area(id, area);
  tooltip(tip);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_button(draw, area, look, item);
  const ImU32 colour = look == Look::Plain && item.hovered ? colours().text : ink(look);
  draw_icon(draw, icon, centre(area), px(16), colour);
  return item.clicked;
}

float text_button_width(const char* text, bool with_icon) {
  return text_size(Face::Strong, text).x + px(2 * button_padding) + (with_icon ? px(button_icon + 8) : 0);
}

bool text_button(const char* id, const char* text, Look look, std::optional<Icon> icon) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect area{at.x, at.y, text_button_width(text, icon.has_value()), px(button_height)};
  const ItemState item = hit_area(id, area);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_button(draw, area, look, item);
  float x = area.x + px(button_padding);
  if (icon) {
    draw_icon(draw, *icon, {x + px(button_icon) / 2, area.y + area.height / 2}, px(button_icon), ink(look));
    x += px(button_icon + 8);
  }
  draw_text(draw, Face::Strong, {x, area.y + (area.height - line_height(Face::Strong)) / 2}, ink(look), text);
  return item.clicked;
}

float segmented_width(std::span<const Option> options) {
  float width = px(2 * well_padding) - px(segment_gap);
  for (const Option& option : options)
    width += text_size(Face::Strong, option.text).x + px(2 * segment_padding) + px(segment_gap);
  return width;
}

std::optional<std::size_t> segmented(const char* id, std::span<const Option> options, std::size_t chosen) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Rect well{at.x, at.y, segmented_width(options), px(segment_height + 2 * well_padding)};
  draw_card(draw, well, colours().inset, colours().border, 1, 9);
  std::optional<std::size_t> pressed;
  ImGui::PushID(id);
  float x = well.x + px(well_padding);
  for (std::size_t i = 0; i < options.size(); ++i) {
    const float width = text_size(Face::Strong, options[i].text).x + px(2 * segment_padding);
    const Rect area{x, well.y + px(well_padding), width, px(segment_height)};
    const ItemState item = hit_area(options[i].id, area, 6);
    if (item.clicked) pressed = i;
    if (i == chosen || item.hovered)
      draw.AddRectFilled(low(area), high(area), i == chosen ? colours().selected : colours().hover, px(6));
    draw_text(draw, Face::Strong, {x + px(segment_padding), area.y + (area.height - line_height(Face::Strong)) / 2},
              i == chosen ? colours().text : colours().text_dim, options[i].text);
    x += width + px(segment_gap);
  }
  ImGui::PopID();
  return pressed;
}

float dropdown_width(const char* caption, std::span<const Option> options) {
  const float value = widest(options, Face::Strong) + px(6 + caret);
  return std::max(value, caption ? text_size(Face::Small, caption).x : 0) + px(12);
}

std::optional<std::size_t> dropdown(const char* id, const char* caption, std::span<const Option> options,
                                    std::size_t chosen, const char* tip) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float captioned = caption ? line_height(Face::Small) : 0;
  const Rect area{at.x, at.y, dropdown_width(caption, options), captioned + line_height(Face::Strong) + px(10)};
  const ItemState item = hit_area(id, area);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (item.hovered || item.held) draw.AddRectFilled(low(area), high(area), colours().hover, px(8));
  ImGui::PushID(id);
  if (item.clicked) ImGui::OpenPopup("options");
  const bool open = ImGui::IsPopupOpen("options");
  if (!open) tooltip(tip);
  const float x = area.x + px(6), y = area.y + px(5);
  if (caption) draw_text(draw, Face::Small, {x, y}, colours().text_dim, caption);
  const std::string& value = options[chosen].text;
  const float value_y = y + captioned;
  draw_text(draw, Face::Strong, {x, value_y}, colours().text, value);
  draw_icon(draw, Icon::CaretDown,
            {x + text_size(Face::Strong, value).x + px(6) + px(caret) / 2, value_y + line_height(Face::Strong) / 2},
            px(caret), colours().text_dim);

  std::optional<std::size_t> picked;
  const float width = std::max(area.width, widest(options, Face::Strong) + px(28 + 14));
  const float height = static_cast<float>(options.size()) * px(row_height) + 2 * px(6);
  const bool below = area.bottom() + px(4) + height < ImGui::GetIO().DisplaySize.y;
  ImGui::SetNextWindowPos({area.x, below ? area.bottom() + px(4) : area.y - px(4) - height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  if (ImGui::BeginPopup("options")) {
    for (std::size_t i = 0; i < options.size(); ++i)
      if (option_row(options[i], i == chosen, width)) picked = i;
    if (picked) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
  ImGui::PopID();
  return picked;
}

float draw_chip(ImDrawList& draw, ImVec2 at, ImU32 fill, ImU32 colour, std::string_view text) {
  const float width = text_size(Face::Small, text).x + px(2 * chip_padding);
  draw_card(draw, {at.x, at.y, width, px(chip_height)}, fill, 0, 0, 6);
  draw_text(draw, Face::Small, {at.x + px(chip_padding), at.y + (px(chip_height) - line_height(Face::Small)) / 2},
            colour, text);
  return width;
}

}  // namespace mailscope
