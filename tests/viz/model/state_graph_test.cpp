#include "viz/model/state_graph.hpp"

#include <catch2/catch_all.hpp>
#include <random>

using namespace mailscope;

namespace {

GraphStyle style_of(float width) {
  return {.width = width,
          .node_width = [](const std::string& name) { return 24 + 7 * static_cast<float>(name.size()); },
          .label_width = [](const std::string& label) { return 6 * static_cast<float>(label.size()); }};
}

StateId state(int value) { return StateId{static_cast<std::uint8_t>(value)}; }

void require_clear(const StateGraph& graph) {
  std::vector<Rect> boxes = graph.nodes;
  for (const StateGraph::Edge& edge : graph.edges)
    if (!edge.label.empty()) boxes.push_back(edge.label_box);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    CAPTURE(i);
    REQUIRE(Rect{0, 0, graph.size.width, graph.size.height}.contains(boxes[i]));
    for (std::size_t j = 0; j < i; ++j) REQUIRE_FALSE(boxes[i].overlaps(boxes[j]));
  }
}

/// The order of commands in RFC 5321 §4.1.4, as a machine.
MachineInfo submission() {
  return {"server",
          {"connected", "greeted", "authenticating", "ready", "mail", "rcpt", "data", "closed"},
          {{state(0), "EHLO", state(1)},
           {state(0), "QUIT", state(7)},
           {state(1), "AUTH", state(2)},
           {state(2), "235", state(3)},
           {state(2), "535", state(1)},
           {state(1), "QUIT", state(7)},
           {state(3), "MAIL", state(4)},
           {state(4), "RCPT", state(5)},
           {state(5), "RCPT", state(5)},
           {state(5), "DATA", state(6)},
           {state(6), "250", state(3)},
           {state(4), "RSET", state(3)},
           {state(5), "RSET", state(3)},
           {state(3), "QUIT", state(7)},
           {state(4), "QUIT", state(7)},
           {state(5), "QUIT", state(7)}}};
}

}  // namespace

TEST_CASE("the picture of random machines has no overlapping state and no overlapping label") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto pick = [&random](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  for (int round = 0; round < 80; ++round) {
    MachineInfo machine{"random", {}, {}};
    const int states = 1 + round % 14;
    for (int i = 0; i < states; ++i) machine.states.push_back(std::string(static_cast<std::size_t>(pick(3, 14)), 'x'));
    for (int i = pick(0, 3 * states); i > 0; --i)
      machine.moves.push_back({state(pick(0, states - 1)), std::string(static_cast<std::size_t>(pick(3, 9)), 'V'),
                               state(pick(0, states - 1))});
    CAPTURE(round, states);
    const StateGraph graph = state_graph(machine, style_of(314));
    REQUIRE(graph.nodes.size() == machine.states.size());
    require_clear(graph);
  }
}

TEST_CASE("a submission server's machine fits the inspector's width with every label in its place") {
  const StateGraph graph = state_graph(submission(), style_of(314));
  require_clear(graph);
  CHECK(graph.size.width == 314);
  for (const StateGraph::Edge& edge : graph.edges) {
    CAPTURE(edge.from, edge.to);
    if (edge.from != edge.to) CHECK_FALSE(edge.label.empty());
  }
}

TEST_CASE("moves between the same two states share a line, and the first state stands at the top") {
  MachineInfo machine{"m", {"first", "second"}, {{state(0), "HELO", state(1)}, {state(0), "EHLO", state(1)}}};
  const StateGraph graph = state_graph(machine, style_of(200));
  REQUIRE(graph.edges.size() == 1);
  CHECK(graph.edges[0].on == std::vector<std::string>{"HELO", "EHLO"});
  CHECK(graph.nodes[0].y < graph.nodes[1].y);
}

TEST_CASE("a line begins at its state's edge, ends at the other's, and runs through no third state") {
  const StateGraph graph = state_graph(submission(), style_of(314));
  for (const StateGraph::Edge& edge : graph.edges) {
    CAPTURE(edge.from, edge.to);
    const Point first = edge.points.front(), last = edge.points.back();
    CHECK(holds(grown(graph.nodes[edge.from], 3), first));
    CHECK(holds(grown(graph.nodes[edge.to], 3), last));
    for (std::size_t node = 0; node < graph.nodes.size(); ++node)
      for (std::size_t i = 1; i < edge.points.size() && node != edge.from && node != edge.to; ++i)
        for (float t = 0; t <= 1; t += 0.05F)
          CHECK_FALSE(holds(graph.nodes[node], between(edge.points[i - 1], edge.points[i], t)));
  }
}

TEST_CASE("a move of a state that the table does not name is left out") {
  MachineInfo machine{"m", {"only"}, {{state(0), "X", state(9)}}};
  CHECK(state_graph(machine, style_of(200)).edges.empty());
}
