#include <algorithm>

#include "sim/words/translate.hpp"
#include "viz/draw/graph.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/panels/inspector_tabs.hpp"

namespace mailscope {
namespace {

/// The moves that the table allows from here, as a list: what the picture's outlined states are reached by.
void draw_next_moves(const MachineInfo& machine, StateId state, float width) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  wrapped_text(Face::Small, colours().text_dim, tr("From here:"), width);
  bool has_any = false;
  for (const MachineInfo::Move& move : machine.moves) {
    if (move.from != state || move.to.value >= machine.states.size()) continue;
    has_any = true;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string on = elided(Face::MonoSmall, move.on, width * 0.6F);
    draw_text(draw, Face::MonoSmall, at, colours().text, on);
    const float x = at.x + text_size(Face::MonoSmall, on).x + px(8);
    draw_text(draw, Face::Small, {x, at.y - px(1)}, colours().text_dim, "→ " + machine.states[move.to.value]);
    ImGui::Dummy({width, line_height(Face::MonoSmall) - px(4)});
  }
  if (!has_any) wrapped_text(Face::Small, colours().text_dim, tr("Nothing: this is where it ends."), width);
}

void draw_engine(const View& view, const ConnectionState& connection, Side side) {
  const auto& engine = side == Side::Client ? connection.client : connection.server;
  const Endpoint& end = side == Side::Client ? connection.opened.client : connection.opened.server;
  const float width = ImGui::GetContentRegionAvail().x;
  wrapped_text(Face::Strong, colours().text, view.lesson.trace.hosts.at(end.host.value).label, width);
  if (!engine) {
    wrapped_text(Face::Small, colours().text_dim, tr("No engine is at work on this side yet."), width);
    return;
  }
  const MachineInfo& machine = view.lesson.trace.machines().at(engine->machine.value);
  wrapped_text(Face::Small, colours().text_dim, machine.name, width);
  const MachineStand stand{engine->state, engine->previous, protocol_colour(colours(), connection.opened.protocol)};
  draw_state_graph(machine, stand, width, true);
  draw_next_moves(machine, engine->state, width);
}

}  // namespace

void draw_state_tab(const View& view, std::size_t row) {
  const ConnectionId id = view.lesson.conversation.rows[row].connection;
  if (id.value >= view.now.connections.size()) {
    wrapped_text(Face::Body, colours().text_dim, tr("This connection is not open yet at this instant."),
                 ImGui::GetContentRegionAvail().x);
    return;
  }
  draw_engine(view, view.now.connections[id.value], Side::Client);
  gap(14);
  draw_engine(view, view.now.connections[id.value], Side::Server);
}

}  // namespace mailscope
