#include "viz/draw/theme.hpp"

#include <cmath>

namespace mailscope {
namespace {

/// 0xRRGGBB as everybody writes colours.
constexpr ImU32 rgb(std::uint32_t hex) { return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255, 255); }

// The protocols' hues differ in lightness too, so that they stay apart for colour-blind eyes (checked by a test).
const Palette dark{
    .window = rgb(0x0E131C),
    .panel = rgb(0x151B27),
    .card = rgb(0x1B2333),
    .inset = rgb(0x0E131C),
    .border = rgb(0x222B3B),
    .border_strong = rgb(0x34405A),
    .text = rgb(0xE6EAF2),
    .text_soft = rgb(0xC5CCDA),
    .text_dim = rgb(0x8F9BB0),
    .text_faint = rgb(0x66728A),
    .accent = rgb(0x3765F5),
    .on_accent = rgb(0xFFFFFF),
    .hover = rgb(0x20293B),
    .selected = rgb(0x2A3550),
    .link = rgb(0x34405A),
    .success = rgb(0x62D095),
    .failure = rgb(0xF0705C),
    .warning = rgb(0xF0B84A),
    .smtp = rgb(0xF0B84A),
    .pop3 = rgb(0x4A9DF2),
    .imap = rgb(0x48D6AC),
    .dns = rgb(0xDCADF9),
    .other = rgb(0xA9B4C6),
    .on_protocol = rgb(0x1A1405),
};

const Palette light{
    .window = rgb(0xEDF0F5),
    .panel = rgb(0xFFFFFF),
    .card = rgb(0xF5F7FB),
    .inset = rgb(0xE8ECF3),
    .border = rgb(0xD3D9E4),
    .border_strong = rgb(0xA9B4C8),
    .text = rgb(0x141A26),
    .text_soft = rgb(0x333D4F),
    .text_dim = rgb(0x556176),
    .text_faint = rgb(0x737E92),
    .accent = rgb(0x2450E0),
    .on_accent = rgb(0xFFFFFF),
    .hover = rgb(0xEAEEF6),
    .selected = rgb(0xD8E1F7),
    .link = rgb(0xA9B4C8),
    .success = rgb(0x0F6B3B),
    .failure = rgb(0xC23A20),
    .warning = rgb(0x8F5A00),
    .smtp = rgb(0x8F5A00),
    .pop3 = rgb(0x0F6CC4),
    .imap = rgb(0x00664D),
    .dns = rgb(0x661C94),
    .other = rgb(0x55617A),
    .on_protocol = rgb(0xFFFFFF),
};

float scale = 1.0F;
const Palette* current = &dark;

void set_colours(ImGuiStyle& style, const Palette& p) {
  const auto set = [&style](ImGuiCol which, ImU32 colour) {
    style.Colors[which] = ImGui::ColorConvertU32ToFloat4(colour);
  };
  for (ImVec4& colour : style.Colors) colour = ImGui::ColorConvertU32ToFloat4(p.accent);  // nothing keeps a default
  set(ImGuiCol_Text, p.text);
  set(ImGuiCol_TextDisabled, p.text_dim);
  set(ImGuiCol_WindowBg, p.window);
  set(ImGuiCol_ChildBg, 0);
  set(ImGuiCol_PopupBg, p.card);
  set(ImGuiCol_Border, p.border_strong);
  set(ImGuiCol_BorderShadow, 0);
  for (const ImGuiCol frame : {ImGuiCol_FrameBg, ImGuiCol_FrameBgHovered, ImGuiCol_FrameBgActive}) set(frame, p.inset);
  for (const ImGuiCol button : {ImGuiCol_Button, ImGuiCol_Header}) set(button, p.card);
  for (const ImGuiCol hovered : {ImGuiCol_ButtonHovered, ImGuiCol_HeaderHovered}) set(hovered, p.hover);
  for (const ImGuiCol active : {ImGuiCol_ButtonActive, ImGuiCol_HeaderActive}) set(active, p.selected);
  set(ImGuiCol_ScrollbarBg, 0);
  set(ImGuiCol_ScrollbarGrab, p.border_strong);
  set(ImGuiCol_ScrollbarGrabHovered, p.text_faint);
  set(ImGuiCol_ScrollbarGrabActive, p.text_dim);
  set(ImGuiCol_Separator, p.border);
  set(ImGuiCol_TextSelectedBg, faded(p.accent, 0.35F));
  set(ImGuiCol_NavHighlight, 0);  // focus_ring() draws ours
  set(ImGuiCol_ModalWindowDimBg, faded(p.window, 0.6F));
}

}  // namespace

const Palette& palette(Theme theme) { return theme == Theme::Light ? light : dark; }

ImU32 protocol_colour(const Palette& palette, std::string_view protocol) {
  if (protocol == "SMTP") return palette.smtp;
  if (protocol == "POP3") return palette.pop3;
  if (protocol == "IMAP") return palette.imap;
  if (protocol == "DNS") return palette.dns;
  return palette.other;
}

ImU32 faded(ImU32 colour, float factor) {
  const auto alpha = static_cast<float>((colour >> IM_COL32_A_SHIFT) & 255U) * factor;
  return (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha + 0.5F) << IM_COL32_A_SHIFT);
}

void apply_theme(const Settings& settings) {
  scale = static_cast<float>(settings.scale_percent) / 100.0F;
  current = &palette(settings.theme);
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  set_colours(style, *current);
  style.WindowPadding = style.FramePadding = {px(10), px(7)};
  style.ItemSpacing = {px(8), px(8)};
  style.ItemInnerSpacing = {px(6), px(4)};
  style.WindowRounding = style.ChildRounding = style.PopupRounding = px(10);
  style.FrameRounding = style.GrabRounding = px(8);
  style.WindowBorderSize = style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.ScrollbarSize = px(8);
  style.ScrollbarRounding = px(4);
  style.DisabledAlpha = 0.45F;
  style.HoverStationaryDelay = 0.1F;
  style.CircleTessellationMaxError = 0.15F;
}

float ui_scale() { return scale; }
float px(float design) { return std::round(design * scale); }
const Palette& colours() { return *current; }

}  // namespace mailscope
