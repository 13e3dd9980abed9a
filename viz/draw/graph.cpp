#include "viz/draw/graph.hpp"

#include <algorithm>
#include <cmath>

#include "sim/words/translate.hpp"
#include "viz/draw/widgets.hpp"

namespace mailscope {
namespace {

constexpr float node_height = 26, node_padding = 24, head_length = 6, head_half = 3.5F;
constexpr float reach_of_pointer = 5;  // how near the pointer must come to a line

class GraphPen {
 public:
  GraphPen(const MachineInfo& machine, const MachineStand& stand, const StateGraph& graph, ImVec2 origin)
      : machine_(machine), stand_(stand), graph_(graph), origin_(origin), draw_(*ImGui::GetWindowDrawList()) {}

  void draw() const {
    for (const auto& edge : graph_.edges) draw_edge(edge);
    for (const auto& edge : graph_.edges) draw_label(edge);
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) draw_node(node);
    tell_hovered();
  }

 private:
  [[nodiscard]] ImVec2 at(Point p) const { return {origin_.x + p.x, origin_.y + p.y}; }
  [[nodiscard]] bool is_last(const StateGraph::Edge& edge) const {
    return stand_.previous && edge.from == stand_.previous->value && edge.to == stand_.state.value;
  }
  [[nodiscard]] bool is_next(const StateGraph::Edge& edge) const { return edge.from == stand_.state.value; }
  [[nodiscard]] ImU32 edge_colour(const StateGraph::Edge& edge) const {
    return is_last(edge) ? stand_.colour : is_next(edge) ? colours().text_dim : colours().link;
  }

  void draw_edge(const StateGraph::Edge& edge) const {
    const ImU32 colour = edge_colour(edge);
    std::vector<ImVec2> points;
    for (const Point p : edge.points) points.push_back(at(p));
    draw_.AddPolyline(points.data(), static_cast<int>(points.size()), colour, 0,
                      std::max(1.0F, px(is_last(edge) ? 2.5F : 1.3F)));
    const ImVec2 tip = points.back(), before = points[points.size() - 2];
    const float length = std::max(0.001F, std::hypot(tip.x - before.x, tip.y - before.y));
    const ImVec2 along((tip.x - before.x) / length, (tip.y - before.y) / length);
    const ImVec2 base(tip.x - along.x * px(head_length), tip.y - along.y * px(head_length));
    draw_.AddTriangleFilled(tip, {base.x - along.y * px(head_half), base.y + along.x * px(head_half)},
                            {base.x + along.y * px(head_half), base.y - along.x * px(head_half)}, colour);
  }

  void draw_label(const StateGraph::Edge& edge) const {
    if (edge.label.empty()) return;
    const ImVec2 a = at({edge.label_box.x, edge.label_box.y});
    const ImVec2 b = at({edge.label_box.right(), edge.label_box.bottom()});
    draw_.AddRectFilled(a, b, colours().panel);
    const ImU32 ink = is_last(edge) ? stand_.colour : is_next(edge) ? colours().text : colours().text_dim;
    draw_text(draw_, Face::MonoSmall, {a.x + 2, a.y}, ink, edge.label);
  }

  void draw_node(std::size_t node) const {
    const Palette& p = colours();
    const Rect& box = graph_.nodes[node];
    const ImVec2 a = at({box.x, box.y}), b = at({box.right(), box.bottom()});
    const bool is_current = node == stand_.state.value;
    const bool is_open = std::ranges::any_of(
        graph_.edges, [&](const auto& edge) { return is_next(edge) && edge.to == node && edge.from != node; });
    draw_.AddRectFilled(a, b, is_current ? stand_.colour : p.card, box.height / 2);
    if (!is_current)
      draw_.AddRect(a, b, is_open ? stand_.colour : p.border_strong, box.height / 2, 0,
                    std::max(1.0F, px(is_open ? 2 : 1)));
    const std::string& name = machine_.states[node];
    const Face face = is_current ? Face::Strong : Face::Small;
    const ImVec2 size = text_size(face, name);
    draw_text(draw_, face, {std::floor((a.x + b.x - size.x) / 2), std::floor((a.y + b.y - size.y) / 2)},
              is_current ? p.on_protocol : p.text, name);
  }

  [[nodiscard]] std::string moves_of(std::size_t state) const {
    std::string text = machine_.states[state];
    for (const auto& edge : graph_.edges)
      if (edge.from == state)
        for (const std::string& on : edge.on) text += "\n" + on + " → " + machine_.states[edge.to];
    return text;
  }

  void tell_hovered() const {
    if (!ImGui::IsWindowHovered()) return;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const Point pointer{mouse.x - origin_.x, mouse.y - origin_.y};
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node)
      if (holds(graph_.nodes[node], pointer)) return show_tip(moves_of(node));
    for (const auto& edge : graph_.edges)
      for (std::size_t i = 1; i < edge.points.size(); ++i)
        for (const float t : {0.0F, 0.25F, 0.5F, 0.75F})
          if (distance(between(edge.points[i - 1], edge.points[i], t), pointer) < px(reach_of_pointer)) {
            std::string text = machine_.states[edge.from] + " → " + machine_.states[edge.to];
            for (const std::string& on : edge.on) text += "\n" + on;
            return show_tip(text);
          }
  }

  const MachineInfo& machine_;
  const MachineStand& stand_;
  const StateGraph& graph_;
  ImVec2 origin_;
  ImDrawList& draw_;
};

/// From design to screen pixels.
StateGraph scaled(StateGraph graph) {
  const float scale = ui_scale();
  const auto scaled_rect = [scale](const Rect& r) {
    return Rect{r.x * scale, r.y * scale, r.width * scale, r.height * scale};
  };
  for (Rect& node : graph.nodes) node = scaled_rect(node);
  for (StateGraph::Edge& edge : graph.edges) {
    for (Point& point : edge.points) point = point * scale;
    edge.label_box = scaled_rect(edge.label_box);
  }
  graph.size = {graph.size.width * scale, graph.size.height * scale};
  return graph;
}

}  // namespace

void draw_state_graph(const MachineInfo& machine, const MachineStand& stand, float width, bool with_labels) {
  // Laid out in design pixels, so that the picture keeps its proportions at every scale.
  const auto design_width = [](Face face, const std::string& text) { return text_size(face, text).x / ui_scale(); };
  GraphStyle style{
      .width = width / ui_scale(),
      .node_height = node_height,
      .row_gap = with_labels ? 34.0F : 22.0F,
      .node_width = [&](const std::string& name) { return design_width(Face::Strong, name) + node_padding; },
      .label_width = {},
      .label_height = line_height(Face::MonoSmall) / ui_scale()};
  if (with_labels) style.label_width = [&](const std::string& label) { return design_width(Face::MonoSmall, label); };
  const StateGraph graph = scaled(state_graph(machine, style));
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  GraphPen(machine, stand, graph, origin).draw();
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({graph.size.width, graph.size.height});
}

}  // namespace mailscope
