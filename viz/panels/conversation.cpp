#include "viz/panels/conversation.hpp"

#include <algorithm>
#include <cmath>

#include "sim/words/explanations.hpp"
#include "sim/words/translate.hpp"
#include "viz/draw/ladder_row.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/flow.hpp"

namespace mailscope {
namespace {

constexpr float header_height = 44, chooser_height = 28, bottom_padding = 10;
constexpr float choice_height = 30, choices_shown_max = 12;
constexpr float current_place = 0.66F;  // of the height: what led here is seen, and a little of what comes

float slant_of(const ConversationRow& row) {
  if (!row.arrived) return 4;
  const auto ms = static_cast<float>((*row.arrived - row.sent).count()) / 1000;
  return std::clamp(2 + ms * 0.1F, 2.0F, 10.0F);
}

/// What the speaker may be taken by: commands in their protocol's colour, positive answers as success.
ImU32 colour_of(const ConversationRow& row, const ConnectionOpened& opened) {
  if (row.is_error) return colours().failure;
  return row.speaker == Side::Server ? colours().success : protocol_colour(colours(), opened.protocol);
}

std::string text_of(const ConversationRow& row, Language language) {
  const bool is_line = row.bytes.size() != 0;
  const Explanation* known = is_line ? nullptr : explanation(row.topic);
  return known ? row.text + " · " + known->title.in(language) : first_line(row.text);
}

std::string purpose_text(const ConnectionOpened& opened) {
  const std::string& purpose = opened.purpose;
  const char* known = purpose == "submission"  ? tr("submission")
                      : purpose == "relay"     ? tr("relay")
                      : purpose == "retrieval" ? tr("retrieval")
                      : purpose == "lookup"    ? tr("lookup")
                                               : purpose.c_str();
  return opened.protocol + (purpose.empty() ? "" : " · ") + known;
}

/// The rows in their scrolling child.
class Rows {
 public:
  Rows(const View& view, ConversationPanelState& state, Intents& intents)
      : view_(view), state_(state), intents_(intents), ladder_(*state.ladder) {}

  void draw(const Rect& area) {
    ImGui::SetCursorScreenPos(low(area));
    ImGui::BeginChild("rows", {area.width, area.height}, 0,
                      ImGuiWindowFlags_NavFlattened | ImGuiWindowFlags_NoSavedSettings);
    const auto& all = view_.lesson.conversation.rows;
    if (!all.empty()) number_ = std::to_string(all.size()), time_ = seconds_text(view_.lesson.trace, all.back().sent);
    const float height = px(ladder_row_height), count = static_cast<float>(ladder_.items.size());
    follow(area.height, height);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const float scroll = ImGui::GetScrollY();
    const auto first = static_cast<std::size_t>(std::max(0.0F, std::floor(scroll / height)));
    const auto last = static_cast<std::size_t>(std::max(0.0F, std::ceil((scroll + area.height) / height)));
    draw_lifelines(area, origin.y, count * height);
    for (std::size_t i = first; i < std::min(last, ladder_.items.size()); ++i)
      draw_item(i, {area.x, origin.y + static_cast<float>(i) * height, area.width - px(14), height});
    ImGui::SetCursorScreenPos(origin);
    ImGui::Dummy({1, count * height});
    ImGui::EndChild();
  }

 private:
  [[nodiscard]] std::optional<std::size_t> current_item() const {
    const auto row = view_.lesson.conversation.row_at(view_.now.at);
    return row ? ladder_.item_of(*row) : std::nullopt;
  }

  /// Keeps the current row in its place, unless the reader has scrolled away.
  void follow(float area_height, float row_height) {
    const float now = ImGui::GetScrollY(), max = ImGui::GetScrollMaxY();
    if (state_.scroll >= 0 && state_.is_following && std::abs(now - std::min(state_.scroll, max)) > 1.5F)
      state_.is_following = false;
    if (!state_.is_following) return;
    const float top = row_height * static_cast<float>(current_item().value_or(0));
    const float rows = std::floor((top - area_height * current_place) / row_height);  // no row is cut at the top
    const float wanted = std::clamp(rows * row_height, 0.0F, max);
    ImGui::SetScrollY(wanted);
    state_.scroll = wanted;
  }

  void draw_lifelines(const Rect& area, float top, float height) const {
    const LadderColumns columns = ladder_columns({area.x, area.y, area.width - px(14), area.height}, number_, time_);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float end = std::min(area.bottom(), top + height);
    for (const float x : {columns.left, columns.right})
      draw.AddLine({x, std::max(area.y, top)}, {x, end}, colours().link, std::max(1.0F, px(1.5F)));
  }

  void draw_item(std::size_t index, const Rect& area) {
    const LadderItem& item = ladder_.items[index];
    const ConnectionOpened& opened = view_.lesson.conversation.connections.at(item.connection.value);
    const LadderColumns columns = ladder_columns(area, number_, time_);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    if (!item.row)
      draw_ladder_heading(draw, area, columns, endpoint_text(view_.lesson.trace, opened.client),
                          endpoint_text(view_.lesson.trace, opened.server), purpose_text(opened),
                          protocol_colour(colours(), opened.protocol));
    else
      draw_row(*item.row, opened, area, columns);
  }

  void draw_row(std::size_t index, const ConnectionOpened& opened, const Rect& area, const LadderColumns& columns) {
    const ConversationRow& row = view_.lesson.conversation.rows[index];
    const auto current = view_.lesson.conversation.row_at(view_.now.at);
    const ItemState item = hit_area(("row " + std::to_string(index + 1)).c_str(), area, 6);
    if (item.clicked) {
      intents_.push_back(SelectRow{index});
      intents_.push_back(Seek{row.sent});
    }
    LadderRow shown{.number = std::to_string(index + 1),
                    .time = seconds_text(view_.lesson.trace, row.sent),
                    .text = text_of(row, view_.settings.language),
                    .speaker = row.speaker,
                    .moment = moment_of(row, view_.now.at),
                    .is_lost = !row.arrived,
                    .is_error = row.is_error,
                    .is_sealed = row.is_sealed,
                    .is_current = current == index,
                    .is_selected = view_.selection.row == index,
                    .is_hovered = item.hovered,
                    .slant = slant_of(row),
                    .opacity = 1,
                    .colour = colour_of(row, opened)};
    const bool is_recent = current && index + 2 >= *current;
    if (shown.moment.phase == RowPhase::ToCome)
      shown.opacity = 0.35F;
    else if (shown.moment.phase == RowPhase::Past && !shown.is_current)
      shown.opacity = is_recent ? 0.85F : 0.65F;
    draw_ladder_row(*ImGui::GetWindowDrawList(), shown, area, columns);
  }

  const View& view_;
  ConversationPanelState& state_;
  Intents& intents_;
  const Ladder& ladder_;
  std::string number_, time_;  ///< of the last row: the longest
};

/// One line of the open chooser; nothing chosen means all connections.
bool choice(const char* id, const std::string& text, ImU32 colour, bool is_chosen, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect area{at.x, at.y, width, px(choice_height)};
  const ItemState item = hit_area(id, area, 6);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (item.hovered || is_chosen)
    draw.AddRectFilled(low(area), high(area), is_chosen ? colours().selected : colours().hover, px(6));
  draw.AddCircleFilled({area.x + px(14), area.y + area.height / 2}, px(4), colour);
  draw_elided(draw, Face::Body, {area.x + px(28), area.y + (area.height - line_height(Face::Body)) / 2}, colours().text,
              text, width - px(36), Origin::Wire);
  return item.clicked;
}

void draw_choices(const View& view, Intents& intents, ImVec2 at) {
  const auto& connections = view.lesson.conversation.connections;
  const float rows = std::min(choices_shown_max, static_cast<float>(connections.size()) + 1);
  const float width = px(400);
  ImGui::SetNextWindowPos(at);
  ImGui::SetNextWindowSize({width, rows * px(choice_height) + px(12)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  if (ImGui::BeginPopup("connections")) {
    const float inner = ImGui::GetContentRegionAvail().x;
    std::optional<SelectConnection> picked;
    if (choice("all connections", tr("All connections"), colours().text_dim, !view.selection.connection, inner))
      picked = SelectConnection{};
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(connections.size()), px(choice_height));
    while (clipper.Step())
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        const ConnectionOpened& opened = connections[static_cast<std::size_t>(i)];
        const std::string id = "connection " + std::to_string(i + 1);
        if (choice(id.c_str(), connection_title(view.lesson.trace, opened), protocol_colour(colours(), opened.protocol),
                   view.selection.connection == opened.connection, inner))
          picked = SelectConnection{opened.connection};
      }
    if (picked) {
      intents.push_back(*picked);
      ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
}

/// "CONVERSATION", then a button that says what is shown and opens the choice.
void draw_header(const View& view, ConversationPanelState& state, const Rect& area, Intents& intents) {
  ImGui::SetCursorScreenPos({area.x + px(16), area.y + px(14)});
  caption(tr("Conversation"));
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float x = area.x + px(16) + caption_width(tr("Conversation")) + px(12);
  const auto shown = view.selection.connection;
  const auto current = view.lesson.conversation.row_at(view.now.at);
  const auto now = current ? std::optional(view.lesson.conversation.rows[*current].connection) : std::nullopt;
  const auto& connections = view.lesson.conversation.connections;
  std::string value = tr("All connections");
  if (shown) value = connection_title(view.lesson.trace, connections.at(shown->value));
  const float follow_width = state.is_following ? 0 : text_button_width(tr("Follow")) + px(12);
  const float room = area.right() - px(16) - follow_width - x - px(34);
  value = elided(Face::Strong, value, room);
  const float width = text_size(Face::Strong, value).x + px(34);
  const Rect button{x, area.y + px(8), width, px(chooser_height)};
  const ItemState item = hit_area("choose connection", button, 8);
  tooltip(tr("Choose whose conversation is shown"));
  draw_card(draw, button, item.hovered ? colours().hover : colours().card, colours().border_strong, 1, 8);
  const float text_y = button.y + (button.height - line_height(Face::Strong)) / 2;
  draw_text(draw, Face::Strong, {button.x + px(10), text_y}, colours().text, value);
  draw_icon(draw, Icon::CaretDown, {button.right() - px(13), button.y + button.height / 2}, px(8), colours().text_dim);
  if (item.clicked) ImGui::OpenPopup("connections");
  draw_choices(view, intents, {button.x, button.bottom() + px(4)});
  if (!shown && now) {
    const std::string title = connection_title(view.lesson.trace, connections.at(now->value));
    const float left = button.right() + px(12);
    const float small_y = button.y + (button.height - line_height(Face::Small)) / 2;
    const float title_room = area.right() - px(16) - follow_width - left;
    if (title_room > px(120))
      draw_text(draw, Face::Small, {left, small_y}, colours().text_dim, elided(Face::Small, title, title_room));
  }
  if (!state.is_following) {
    ImGui::SetCursorScreenPos({area.right() - px(16) - text_button_width(tr("Follow")), area.y + px(6)});
    if (text_button("follow", tr("Follow"))) state.is_following = true, state.scroll = -1;
    tooltip(tr("Scroll along with the clock again"));
  }
}

}  // namespace

void draw_conversation_panel(const View& view, ConversationPanelState& state, const Rect& area, Intents& intents) {
  const bool is_other = !state.ladder || state.shown != view.selection.connection;
  if (is_other || state.rows != view.lesson.conversation.rows.size()) {
    state.ladder = ladder_of(view.lesson.conversation, view.selection.connection);
    state.shown = view.selection.connection;
    state.rows = view.lesson.conversation.rows.size();
    if (is_other) state.scroll = -1;
  }
  begin_panel("conversation", area, 0);
  draw_header(view, state, area, intents);
  const Rect rows{area.x + px(8), area.y + px(header_height), area.width - px(12),
                  area.height - px(header_height) - px(bottom_padding)};
  if (state.ladder->items.empty()) {
    ImGui::SetCursorScreenPos({area.x + px(16), rows.y});
    wrapped_text(Face::Body, colours().text_dim,
                 view.live
                     ? tr("Nobody has connected yet. What a mail program says will stand here.")
                     : tr("Nothing is said in this lesson. Give it an action: a message to send, or mail to check."),
                 area.width - px(32));
  } else if (!rows.empty()) {
    Rows(view, state, intents).draw(rows);
  }
  end_panel();
}

}  // namespace mailscope
