#include "viz/panels/inspector.hpp"

#include "sim/words/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/panels/inspector_tabs.hpp"

namespace mailscope {
namespace {

constexpr float tabs_height = 44, tab_gap = 16, underline = 2;

/// The four headings; the chosen one is bright and underlined.
void draw_tabs(const View& view, const Rect& area, Intents& intents) {
  struct Tab {
    const char* id;
    const char* text;
  };
  const std::array<Tab, 4> tabs{
      {{"Meaning", tr("Meaning")}, {"State", tr("State")}, {"Bytes", tr("Bytes")}, {"Mailboxes", tr("Mailboxes")}}};
  float total = 0;
  for (const Tab& tab : tabs) total += text_size(Face::Strong, tab.text).x;
  const float room = area.width - px(32);
  const float between = std::clamp((room - total) / 3, px(4), px(tab_gap));
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  float x = area.x + px(16);
  const float bottom = area.y + px(tabs_height);
  draw.AddLine({x, bottom}, {x + room, bottom}, colours().border_strong);
  for (std::size_t i = 0; i < tabs.size(); ++i) {
    const bool is_chosen = static_cast<std::size_t>(view.selection.tab) == i;
    const float width = text_size(Face::Strong, tabs[i].text).x;
    const ItemState item = hit_area(tabs[i].id, {x - px(4), area.y + px(10), width + px(8), px(30)}, 6);
    if (item.clicked) intents.push_back(SelectTab{static_cast<InspectorTab>(i)});
    const ImU32 ink = is_chosen ? colours().text : item.hovered ? colours().text_soft : colours().text_dim;
    draw_text(draw, is_chosen ? Face::Strong : Face::Body, {x, area.y + px(16)}, ink, tabs[i].text);
    if (is_chosen) draw.AddRectFilled({x, bottom - px(underline)}, {x + width, bottom}, colours().text, px(1));
    x += width + between;
  }
}

void draw_page(const View& view, InspectorPanelState& state) {
  if (view.selection.tab == InspectorTab::Mailboxes) return draw_mailboxes_tab(view);
  const auto row = inspected_row(view);
  if (!row) {
    rich_text(tr("Press play, or step on with →. Each line that is said is explained here."),
              ImGui::GetContentRegionAvail().x, colours().text_dim);
    return;
  }
  switch (view.selection.tab) {
    case InspectorTab::Meaning:
      return draw_meaning_tab(view, *row);
    case InspectorTab::State:
      return draw_state_tab(view, *row);
    case InspectorTab::Bytes:
      return draw_bytes_tab(view, state, *row);
    case InspectorTab::Mailboxes:
      return;
  }
}

}  // namespace

std::optional<std::size_t> inspected_row(const View& view) {
  const Conversation& conversation = view.lesson.conversation;
  if (view.selection.row && *view.selection.row < conversation.rows.size()) return view.selection.row;
  return conversation.row_at(view.now.at);
}

void draw_inspector_panel(const View& view, InspectorPanelState& state, const Rect& area, Intents& intents) {
  begin_panel("inspector", area, 0);
  draw_tabs(view, area, intents);
  ImGui::SetCursorScreenPos({area.x, area.y + px(tabs_height) + 1});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(16), px(14)});
  // Another page begins at its own top: each has a scroll position of its own.
  const std::string page = "page " + std::to_string(static_cast<int>(view.selection.tab));
  ImGui::BeginChild(page.c_str(), {area.width, area.height - px(tabs_height) - px(8)},
                    ImGuiChildFlags_AlwaysUseWindowPadding,
                    ImGuiWindowFlags_NavFlattened | ImGuiWindowFlags_NoSavedSettings);
  ImGui::PopStyleVar();
  draw_page(view, state);
  ImGui::EndChild();
  end_panel();
}

}  // namespace mailscope
