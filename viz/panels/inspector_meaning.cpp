#include <algorithm>

#include "sim/words/explanations.hpp"
#include "sim/words/sub_topics.hpp"
#include "sim/words/translate.hpp"
#include "viz/draw/graph.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/panels/inspector_tabs.hpp"

namespace mailscope {
namespace {

constexpr std::size_t well_octets_max = 600, well_lines_max = 10;
constexpr float well_padding = 11, well_edge = 3;

/// The beginning of a text, at most some lines and octets, cut between characters.
std::string beginning(const std::string& text) {
  std::size_t end = 0, lines = 0;
  while (end < text.size() && end < well_octets_max && (text[end] != '\n' || ++lines < well_lines_max)) ++end;
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return end < text.size() ? text.substr(0, end) + " …" : text;
}

void section(const char* title) {
  gap(8);
  caption(title);
}

/// Codes in a column, what they mean beside them.
void draw_answers(const Explanation& known, Language language, float width) {
  float column = 0;
  for (const auto& answer : known.could_answer) column = std::max(column, text_size(Face::MonoSmall, answer.wire).x);
  column = std::min(column + px(10), width * 0.5F);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  for (const auto& answer : known.could_answer) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImU32 colour = answer.is_transient ? colours().warning
                         : answer.is_error   ? colours().failure
                                             : colours().success;
    const float lift = (line_height(Face::Body) - line_height(Face::MonoSmall)) / 2;
    draw_text(draw, Face::MonoSmall, {at.x, at.y + lift}, colour, elided(Face::MonoSmall, answer.wire, column - px(4)));
    ImGui::SetCursorScreenPos({at.x + column, at.y});
    rich_text(answer.meaning.in(language).c_str(), width - column, colours().text_dim);
    ImGui::SetCursorScreenPos({at.x, ImGui::GetCursorScreenPos().y - px(3)});
  }
  gap(1);
}

/// Below the line's own explanation those of its parts.
void draw_parts(const ConversationRow& row, Language language, float width) {
  for (const SubTopic& part : sub_topics(row.topic, row.text)) {
    const Explanation& known = *explanation(part.topic);
    section(part.label.c_str());
    wrapped_text(Face::Body, colours().text, known.title.in(language), width);
    if (!known.meaning.empty()) rich_text(known.meaning.in(language).c_str(), width, colours().text_dim);
  }
}

void draw_session_state(const View& view, const ConversationRow& row) {
  if (row.connection.value >= view.now.connections.size()) return;
  const ConnectionState& connection = view.now.connections[row.connection.value];
  const auto& engine = connection.server ? connection.server : connection.client;
  if (!engine) return;
  section(tr("Session state"));
  const MachineStand stand{engine->state, engine->previous, protocol_colour(colours(), connection.opened.protocol)};
  draw_state_graph(view.lesson.trace.machines()[engine->machine.value], stand, ImGui::GetContentRegionAvail().x, false);
}

}  // namespace

void gap(float design) { ImGui::Dummy({1, px(design)}); }

void draw_wire_well(const View& view, std::size_t index) {
  const ConversationRow& row = view.lesson.conversation.rows[index];
  const ConnectionOpened& opened = view.lesson.conversation.connections.at(row.connection.value);
  const std::string text = beginning(row.text);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, inner = width - px(2 * well_padding);
  const float height = wrapped_height(Face::Mono, text, inner - px(well_edge)) + px(2 * well_padding);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_card(draw, {at.x, at.y, width, height}, colours().inset, colours().border_strong, 1, 6);
  const ImU32 edge = row.is_error ? colours().failure : protocol_colour(colours(), opened.protocol);
  draw.AddRectFilled(at, {at.x + px(well_edge), at.y + height}, edge, px(6), ImDrawFlags_RoundCornersLeft);
  ImGui::SetCursorScreenPos({at.x + px(well_padding) + px(well_edge), at.y + px(well_padding)});
  wrapped_text(Face::Mono, colours().text, text, inner - px(well_edge));
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
}

void draw_meaning_tab(const View& view, std::size_t index) {
  const ConversationRow& row = view.lesson.conversation.rows[index];
  const Language language = view.settings.language;
  const float width = ImGui::GetContentRegionAvail().x;
  draw_wire_well(view, index);
  const Explanation* known = explanation(row.topic);
  if (known == nullptr) {
    gap(2);
    wrapped_text(Face::Body, colours().text_dim, tr("There is no explanation of this line."), width);
  } else {
    gap(2);
    wrapped_text(Face::Strong, colours().text, known->title.in(language), width);
    if (!known->meaning.empty()) rich_text(known->meaning.in(language).c_str(), width);
    if (!known->why_now.empty()) {
      section(tr("Why now"));
      rich_text(known->why_now.in(language).c_str(), width);
    }
    if (!known->could_answer.empty()) {
      section(row.speaker == Side::Client ? tr("It could have answered") : tr("Other answers"));
      draw_answers(*known, language, width);
    }
    if (!known->standard.empty()) {
      section(tr("Standard"));
      wrapped_text(Face::Body, colours().text, known->standard, width);
    }
  }
  draw_parts(row, language, width);
  draw_session_state(view, row);
}

}  // namespace mailscope
