// A layered picture of a state machine: states in rows by their distance from the first, moves as lines between them.
// Deterministic; knows tables and text widths, no ImGui.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/trace/trace.hpp"
#include "viz/model/geometry.hpp"

namespace mailscope {

struct GraphStyle {
  float width{};  ///< all of it must fit in this width where the states' names allow
  float node_height{28}, node_gap{12};
  float row_gap{30};  ///< least distance between rows; grows until the labels have room
  std::function<float(const std::string&)> node_width;   ///< of a state's whole pill
  std::function<float(const std::string&)> label_width;  ///< of a move's label; empty: no labels are laid out
  float label_height{12};
};

struct StateGraph {
  struct Edge {
    std::size_t from{}, to{};     ///< StateId values
    std::vector<std::string> on;  ///< every move between the two, in table order
    std::vector<Point> points;    ///< from the edge of one node to the edge of the other
    std::string label;            ///< as much of `on` as found room; may be empty
    Rect label_box;
  };
  std::vector<Rect> nodes;  ///< by StateId; none overlap
  std::vector<Edge> edges;  ///< one for each ordered pair of states with moves
  Extent size;
};

[[nodiscard]] StateGraph state_graph(const MachineInfo& machine, const GraphStyle& style);

}  // namespace mailscope
