#include "viz/draw/text.hpp"

#include <cfloat>

#include "protocols/core/utf8.hpp"

namespace mailscope {
namespace {

constexpr std::string_view ellipsis = "\u2026";
constexpr std::size_t cut_texts_max = 256;  // a frame that cuts more has told enough
constexpr float caption_spacing = 0.08F;    // of the em, as in the design

std::vector<std::string> noted;

char32_t upper(char32_t c) {
  if (c >= U'a' && c <= U'z') return c - 0x20;
  if (c >= 0xE0 && c <= 0xFE && c != 0xF7) return c - 0x20;
  if (c == 0xFF) return 0x178;
  // Latin Extended-A alternates capital and small letter; two stretches have the capital at the odd place.
  const bool odd_capitals = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  const bool paired = c >= 0x100 && c <= 0x17E && c != 0x131 && c != 0x138 && c != 0x149 && c != 0x130 && c != 0x178;
  if (paired && (c % 2 == 1) != odd_capitals) return c - 1;
  return c;
}

/// Calls `place` with each letter of the caption and its offset; returns the whole width.
template <class Place>
float lay_out_caption(std::string_view text, Place place) {
  const float spacing = px(11) * caption_spacing;
  const std::string capitals = upper_case(text);
  std::string_view rest = capitals;
  float x = 0;
  while (!rest.empty()) {
    const std::string_view before = rest;
    take_code_point(rest);
    const std::string_view letter = before.substr(0, before.size() - rest.size());
    place(letter, x);
    x += text_size(Face::Caption, letter).x + spacing;
  }
  return x > 0 ? x - spacing : 0;
}

}  // namespace

ImVec2 text_size(Face face, std::string_view text) {
  return font(face)->CalcTextSizeA(line_height(face), FLT_MAX, 0, text.data(), text.data() + text.size());
}

void draw_text(ImDrawList& draw, Face face, ImVec2 at, ImU32 colour, std::string_view text) {
  if (!text.empty()) draw.AddText(font(face), line_height(face), at, colour, text.data(), text.data() + text.size());
}

std::string elided(Face face, std::string_view text, float width) {
  if (text_size(face, text).x <= width) return std::string(text);
  const float room = width - text_size(face, ellipsis).x;
  std::string kept;
  float used = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    take_code_point(rest);
    const std::string_view letter = before.substr(0, before.size() - rest.size());
    used += text_size(face, letter).x;
    if (used > room) break;
    kept += letter;
  }
  while (!kept.empty() && kept.back() == ' ') kept.pop_back();
  return kept.append(ellipsis);
}

bool draw_elided(ImDrawList& draw, Face face, ImVec2 at, ImU32 colour, std::string_view text, float width,
                 Origin origin) {
  const std::string shown = elided(face, text, width);
  draw_text(draw, face, at, colour, shown);
  const bool cut = shown != text;
  if (cut && origin == Origin::Ours && noted.size() < cut_texts_max) noted.emplace_back(text);
  return cut;
}

const std::vector<std::string>& cut_texts() { return noted; }
void clear_cut_texts() { noted.clear(); }

std::string upper_case(std::string_view text) {
  std::string capitals;
  while (!text.empty()) append_utf8(capitals, upper(take_code_point(text)));
  return capitals;
}

float draw_caption(ImDrawList& draw, ImVec2 at, ImU32 colour, std::string_view text) {
  return lay_out_caption(text, [&](std::string_view letter, float x) {
    draw_text(draw, Face::Caption, {at.x + x, at.y}, colour, letter);
  });
}

float caption_width(std::string_view text) {
  return lay_out_caption(text, [](std::string_view, float) {});
}

void caption(std::string_view text) { caption(text, colours().text_dim); }

void caption(std::string_view text, ImU32 colour) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = draw_caption(*ImGui::GetWindowDrawList(), at, colour, text);
  if (width > ImGui::GetContentRegionAvail().x + 1 && noted.size() < cut_texts_max) noted.emplace_back(text);
  ImGui::Dummy({width, line_height(Face::Caption)});
}

void label(Face face, ImU32 colour, std::string_view text) {
  const float width = ImGui::GetContentRegionAvail().x;
  draw_elided(*ImGui::GetWindowDrawList(), face, ImGui::GetCursorScreenPos(), colour, text, width);
  ImGui::Dummy({std::min(width, text_size(face, text).x), line_height(face)});
}

}  // namespace mailscope
