#include "viz/panels/gallery.hpp"

#include <algorithm>
#include <map>

#include "imgui.h"
#include "imgui_stdlib.h"
#include "sim/words/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"

namespace mailscope {
namespace {

constexpr float card_width_min = 320, card_gap = 20, card_pad = 18, picture_height = 150, edge = 40;
constexpr float content_width_max = 1280;

const char* level_name(Level level) {
  switch (level) {
    case Level::Intermediate:
      return tr("Intermediate");
    case Level::Advanced:
      return tr("Advanced");
    default:
      return tr("Beginner");
  }
}

Icon host_icon(HostKind kind) {
  switch (kind) {
    case HostKind::Laptop:
      return Icon::Laptop;
    case HostKind::Phone:
      return Icon::Phone;
    case HostKind::DnsServer:
      return Icon::Globe;
    default:
      return Icon::Server;
  }
}

/// Where the picture's hosts stand, in cells: the scenario's own places, and the rest on a row below.
std::map<std::string, ImVec2> cells_of(const Scenario& scenario) {
  std::map<std::string, ImVec2> cells;
  int rows = 0, spare = 0;
  for (const HostSetting& host : scenario.hosts)
    if (host.place) rows = std::max(rows, host.place->row + 1);
  for (const HostSetting& host : scenario.hosts)
    cells[host.name] = host.place ? ImVec2(static_cast<float>(host.place->column), static_cast<float>(host.place->row))
                                  : ImVec2(static_cast<float>(spare++), static_cast<float>(rows));
  return cells;
}

void draw_picture(ImDrawList& draw, const Scenario& scenario, const Rect& area) {
  draw.AddRectFilled(low(area), high(area), colours().inset, px(9), ImDrawFlags_RoundCornersTop);
  auto places = cells_of(scenario);
  if (places.empty()) return;
  ImVec2 least = places.begin()->second, most = least;
  for (const auto& [name, cell] : places) {
    least = {std::min(least.x, cell.x), std::min(least.y, cell.y)};
    most = {std::max(most.x, cell.x), std::max(most.y, cell.y)};
  }
  const float columns = most.x - least.x, rows = most.y - least.y;
  const float step_x = (area.width - px(110)) / std::max(1.0F, columns);
  const float step_y = std::min(px(66), (area.height - px(70)) / std::max(1.0F, rows));
  for (auto& [name, cell] : places)
    cell = {area.x + area.width / 2 + (cell.x - least.x - columns / 2) * step_x,
            area.y + area.height / 2 + (cell.y - least.y - rows / 2) * step_y};
  for (const LinkSetting& link : scenario.links)
    if (places.contains(link.a) && places.contains(link.b))
      draw.AddLine(places[link.a], places[link.b], colours().link, px(2));
  for (const HostSetting& host : scenario.hosts) {
    const ImVec2 at = places[host.name];
    const Rect tile{at.x - px(21), at.y - px(18), px(42), px(36)};
    draw_card(draw, tile, colours().card, colours().border_strong, 1, 8);
    draw_icon(draw, host_icon(host.kind), at, px(18),
              host.kind == HostKind::DnsServer ? colours().dns : colours().text);
  }
}

/// What stands on a lesson's card below its picture.
struct CardText {
  std::string title, summary;
  bool is_faulty{};
};

CardText text_of(const GalleryEntry& entry, Language language) {
  if (entry.scenario) return {entry.scenario->title.in(language), entry.scenario->summary.in(language), false};
  std::string first = entry.faults.empty() ? std::string() : entry.faults.front();
  first.resize(std::min(first.find('\n'), first.size()));
  return {entry.file.filename().string(), first, true};
}

float card_height(const CardText& text, float width) {
  const float inner = width - 2 * px(card_pad);
  return px(picture_height + card_pad + 8 + 14 + 22 + card_pad) + wrapped_height(Face::Title, text.title, inner) +
         wrapped_height(Face::Body, text.summary, inner);
}

void draw_card_text(const GalleryEntry& entry, const CardText& text, const Rect& area) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float inner = area.width - 2 * px(card_pad), x = area.x + px(card_pad);
  ImGui::SetCursorScreenPos({x, area.y + px(picture_height + card_pad)});
  wrapped_text(Face::Title, colours().text, text.title, inner);
  ImGui::SetCursorScreenPos({x, ImGui::GetItemRectMax().y + px(8)});
  wrapped_text(Face::Body, text.is_faulty ? colours().failure : colours().text_soft, text.summary, inner);
  const float y = area.bottom() - px(22 + card_pad);
  if (text.is_faulty) {
    draw_chip(draw, {x, y}, faded(colours().failure, 0.15F), colours().failure, tr("This file has a fault"));
    return;
  }
  const float level = draw_chip(draw, {x, y}, colours().selected, colours().text, level_name(entry.scenario->level));
  draw_chip(draw, {x + level + px(8), y}, colours().inset, colours().text_dim,
            tr("{0} min", {std::to_string(entry.scenario->minutes)}));
}

void draw_lesson_card(const GalleryEntry& entry, const CardText& text, const Rect& area, Intents& intents) {
  const ItemState item = hit_area(("lesson " + entry.file.stem().string()).c_str(), area, 10);
  if (item.clicked) intents.push_back(OpenLesson{entry.file});
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_card(draw, area, item.hovered ? colours().hover : colours().panel,
            item.hovered ? colours().accent : colours().border, 1);
  const Rect picture{area.x + 1, area.y + 1, area.width - 2, px(picture_height)};
  if (entry.scenario) {
    draw_picture(draw, *entry.scenario, picture);
  } else {
    draw.AddRectFilled(low(picture), high(picture), colours().inset, px(9), ImDrawFlags_RoundCornersTop);
    draw_icon(draw, Icon::Warning, centre(picture), px(40), colours().failure);
  }
  draw_card_text(entry, text, area);
}

void draw_cards(const std::vector<GalleryEntry>& lessons, const Settings& settings, Intents& intents) {
  const float available = ImGui::GetContentRegionAvail().x, gap = px(card_gap);
  const int columns = std::max(1, static_cast<int>((available + gap) / (px(card_width_min) + gap)));
  const float width =
      std::min(px(420), (available - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  float y = origin.y;
  for (std::size_t first = 0; first < lessons.size(); first += static_cast<std::size_t>(columns)) {
    const std::size_t last = std::min(lessons.size(), first + static_cast<std::size_t>(columns));
    float height = 0;
    std::vector<CardText> texts;
    for (std::size_t i = first; i < last; ++i) {
      texts.push_back(text_of(lessons[i], settings.language));
      height = std::max(height, card_height(texts.back(), width));
    }
    for (std::size_t i = first; i < last; ++i)
      draw_lesson_card(lessons[i], texts[i - first],
                       {origin.x + static_cast<float>(i - first) * (width + gap), y, width, height}, intents);
    y += height + gap;
  }
  ImGui::SetCursorScreenPos({origin.x, y});
  ImGui::Dummy({available, px(edge)});
}

void draw_open_field(Intents& intents) {
  static std::string path;  // what is being typed; it outlives nothing but the field itself
  caption(tr("Your own lesson"));
  ImGui::SetNextItemWidth(
      std::min(px(460), ImGui::GetContentRegionAvail().x - text_button_width(tr("Open"), true) - px(8)));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, px(1));
  ImGui::PushStyleColor(ImGuiCol_FrameBg, colours().panel);
  const bool entered = ImGui::InputTextWithHint("##file", tr("Path of a .yaml file, or drop one on this window"), &path,
                                                ImGuiInputTextFlags_EnterReturnsTrue);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  focus_ring();
  ImGui::SameLine();
  const bool pressed = text_button("open", tr("Open"), Look::Raised, Icon::Folder);
  if ((entered || pressed) && !path.empty()) intents.push_back(OpenLesson{path});
}

}  // namespace

void draw_gallery(const std::vector<GalleryEntry>& lessons, const Settings& settings, const Rect& area,
                  Intents& intents) {
  const float width = std::min(area.width, px(content_width_max));
  const float side = std::max(px(24), (area.width - width) / 2 + px(edge));
  ImGui::SetCursorScreenPos(low(area));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {side, px(28)});
  ImGui::BeginChild("gallery", {area.width, area.height}, ImGuiChildFlags_AlwaysUseWindowPadding,
                    ImGuiWindowFlags_NavFlattened);
  ImGui::PopStyleVar();
  const float inner = ImGui::GetContentRegionAvail().x;
  label(Face::Title, colours().text, tr("Lessons"));
  wrapped_text(Face::Body, colours().text_dim, tr("Watch e-mail travel: every command, every reply, every mailbox."),
               inner);
  ImGui::Dummy({0, px(4)});
  if (lessons.empty())
    wrapped_text(Face::Body, colours().text_soft, tr("There are no lessons here yet. Open a file below."), inner);
  draw_cards(lessons, settings, intents);
  draw_open_field(intents);
  ImGui::EndChild();
}

}  // namespace mailscope
