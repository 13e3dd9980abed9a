#include "viz/model/state_graph.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>

namespace mailscope {
namespace {

constexpr float channel_gap = 8;       // between two lines that run beside the rows
constexpr float loop_reach = 11;       // how far a move to the same state stands out
constexpr int label_attempts_max = 8;  // each widens the rows; 8 double the picture, more would not be a picture
constexpr std::size_t label_words_max = 2;

class Layout {
 public:
  Layout(const MachineInfo& machine, const GraphStyle& style) : machine_(machine), style_(style) {}

  StateGraph make() {
    merge_moves();
    rank_states();
    order_rows();
    float gap = style_.row_gap;
    for (int attempt = 0; attempt < label_attempts_max; ++attempt, gap += style_.label_height) {
      place_nodes(gap);
      route_edges(gap);
      if (!style_.label_width || place_labels()) break;
    }
    return std::move(graph_);
  }

 private:
  void merge_moves() {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
    for (const MachineInfo::Move& move : machine_.moves) {
      const std::size_t from = move.from.value, to = move.to.value;
      if (from >= machine_.states.size() || to >= machine_.states.size()) continue;
      const auto [place, is_new] = known.try_emplace({from, to}, graph_.edges.size());
      if (is_new)
        graph_.edges.push_back({.from = from, .to = to, .on = {}, .points = {}, .label = {}, .label_box = {}});
      graph_.edges[place->second].on.push_back(move.on);
    }
  }

  /// Breadth first from the first state; what it cannot reach begins again below.
  void rank_states() {
    std::vector<std::optional<std::size_t>> ranks(machine_.states.size());
    std::size_t next_rank = 0;
    for (std::size_t first = 0; first < ranks.size(); ++first) {
      if (ranks[first]) continue;
      ranks[first] = next_rank;
      std::deque<std::size_t> queue{first};
      while (!queue.empty()) {
        const std::size_t state = queue.front();
        queue.pop_front();
        next_rank = std::max(next_rank, *ranks[state] + 1);
        for (const StateGraph::Edge& edge : graph_.edges)
          if (edge.from == state && !ranks[edge.to]) ranks[edge.to] = *ranks[state] + 1, queue.push_back(edge.to);
      }
    }
    ranks_.resize(next_rank + 1);  // a row of its own at the end for where it is over, to which most states lead
    for (std::size_t state = 0; state < ranks.size(); ++state)
      ranks_[is_end(state) ? next_rank : *ranks[state]].push_back(state);
    std::erase_if(ranks_, [](const auto& rank) { return rank.empty(); });
  }
  [[nodiscard]] bool is_end(std::size_t state) const {
    return std::ranges::none_of(graph_.edges,
                                [state](const auto& edge) { return edge.from == state && edge.to != state; });
  }

  /// Within a rank, states stand under the middle of their neighbours above; a rank too wide breaks into rows.
  void order_rows() {
    row_of_.resize(machine_.states.size());
    std::vector<float> position(machine_.states.size());
    const float room = style_.width - 2 * side_room();
    for (std::vector<std::size_t>& rank : ranks_) {
      std::map<std::size_t, float> middle;
      for (const std::size_t state : rank) {
        float sum = 0, count = 0;
        for (const StateGraph::Edge& edge : graph_.edges)
          if (edge.to == state && edge.from != state && is_placed_.contains(edge.from))
            sum += position[edge.from], count += 1;
        middle[state] = count > 0 ? sum / count : 0;
      }
      std::ranges::stable_sort(rank, {}, [&](std::size_t state) { return middle[state]; });
      float used = 0;
      rows_.emplace_back();
      for (const std::size_t state : rank) {
        const float width = style_.node_width(machine_.states[state]);
        if (!rows_.back().empty() && used + width > room) rows_.emplace_back(), used = 0;
        used += width + style_.node_gap;
        row_of_[state] = rows_.size() - 1;
        rows_.back().push_back(state);
      }
      for (std::size_t row = row_of_[rank.front()]; row < rows_.size(); ++row)
        for (std::size_t i = 0; i < rows_[row].size(); ++i) {
          position[rows_[row][i]] = static_cast<float>(i) - static_cast<float>(rows_[row].size() - 1) / 2;
          is_placed_.insert(rows_[row][i]);
        }
    }
  }

  /// Moves that cannot go straight run beside the rows: one channel for each state that they lead to.
  [[nodiscard]] bool is_straight(const StateGraph::Edge& edge) const {
    const std::size_t a = row_of_[edge.from], b = row_of_[edge.to];
    if (a != b) return a + 1 == b || b + 1 == a;
    const auto& row = rows_[a];
    const auto i = std::ranges::find(row, edge.from) - row.begin(), j = std::ranges::find(row, edge.to) - row.begin();
    return std::abs(i - j) == 1;
  }
  [[nodiscard]] float side_room() const { return channel_gap * 3; }

  void place_nodes(float gap) {
    graph_.nodes.assign(machine_.states.size(), {});
    float y = gap / 2, widest = 0;
    std::vector<float> widths;
    for (const auto& row : rows_) {
      float width = -style_.node_gap;
      for (const std::size_t state : row) width += style_.node_width(machine_.states[state]) + style_.node_gap;
      widths.push_back(width);
      widest = std::max(widest, width);
    }
    const float total = std::max(style_.width, widest + 2 * side_room());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      // A row spreads over half of what is left, so that lines between rows do not bundle.
      const float spare = (total - 2 * side_room() - widths[row]) / 2;
      const float spread = rows_[row].size() > 1 ? spare / static_cast<float>(rows_[row].size() - 1) : 0;
      float x = (total - widths[row] - spread * static_cast<float>(rows_[row].size() - 1)) / 2;
      for (const std::size_t state : rows_[row]) {
        const float width = style_.node_width(machine_.states[state]);
        graph_.nodes[state] = {x, y, width, style_.node_height};
        x += width + style_.node_gap + spread;
      }
      y += style_.node_height + gap;
    }
    graph_.size = {total, y - gap / 2};
  }

  void route_edges(float gap) {
    std::map<std::size_t, std::size_t> channels;  // by the state led to
    for (StateGraph::Edge& edge : graph_.edges) {
      const Rect &a = graph_.nodes[edge.from], &b = graph_.nodes[edge.to];
      if (edge.from == edge.to)
        edge.points = loop(a);
      else if (!is_straight(edge))
        edge.points = beside(edge, channels.try_emplace(edge.to, channels.size()).first->second, gap);
      else if (row_of_[edge.from] == row_of_[edge.to])
        edge.points = a.x < b.x ? std::vector<Point>{{a.right(), middle(a).y - 4}, {b.x, middle(b).y - 4}}
                                : std::vector<Point>{{a.x, middle(a).y + 4}, {b.right(), middle(b).y + 4}};
      else
        edge.points = bow(edge);
    }
  }

  /// Where a line between neighbouring rows holds on: towards the other end, moves down left of moves up.
  [[nodiscard]] float hold_x(const Rect& own, const Rect& other, bool goes_down) const {
    const float half = own.width * 0.32F;
    const float lean = std::clamp((middle(other).x - middle(own).x) * 0.25F, -half * 0.6F, half * 0.6F);
    return middle(own).x + lean + (goes_down ? -half * 0.35F : half * 0.35F);
  }

  [[nodiscard]] std::vector<Point> bow(const StateGraph::Edge& edge) const {
    const Rect &a = graph_.nodes[edge.from], &b = graph_.nodes[edge.to];
    const bool goes_down = a.y < b.y;
    const Point from{hold_x(a, b, goes_down), goes_down ? a.bottom() : a.y};
    const Point to{hold_x(b, a, goes_down), goes_down ? b.y : b.bottom()};
    const float reach = (to.y - from.y) / 2;
    std::vector<Point> points;
    for (int i = 0; i <= 16; ++i) {
      const float t = static_cast<float>(i) / 16, u = 1 - t;
      points.push_back(from * (u * u * u) + Point{from.x, from.y + reach} * (3 * u * u * t) +
                       Point{to.x, to.y - reach} * (3 * u * t * t) + to * (t * t * t));
    }
    return points;
  }

  /// Most of a circle at the node's right end.
  static std::vector<Point> loop(const Rect& node) {
    constexpr float radius = loop_reach * 0.6F, half_turn = 2.2F;  // radians to each side of the outermost point
    const Point centre{node.right() + loop_reach - radius - 2, middle(node).y};
    std::vector<Point> points;
    for (int i = 0; i <= 14; ++i) {
      const float angle = half_turn * (static_cast<float>(i) / 7 - 1);
      points.push_back(centre + Point{std::cos(angle), std::sin(angle)} * radius);
    }
    return points;
  }

  /// Into the gap below (or above) its row, out to a channel at the side, and back in through the gap at its target.
  [[nodiscard]] std::vector<Point> beside(const StateGraph::Edge& edge, std::size_t channel, float gap) const {
    const Rect &a = graph_.nodes[edge.from], &b = graph_.nodes[edge.to];
    const bool is_left = channel % 2 == 1;
    const float inset = channel_gap * (0.5F + static_cast<float>(channel / 2 % 3));
    const float x = is_left ? inset : graph_.size.width - inset;
    const float apart = (static_cast<float>(channel % 5) - 2) * std::min(4.0F, gap / 10);
    const bool goes_down = a.y <= b.y;
    const float shift = is_left ? -a.width * 0.36F : a.width * 0.36F,
                shift_b = is_left ? -b.width * 0.36F : b.width * 0.36F;
    const float y_a = goes_down ? a.bottom() + gap / 3 + apart : a.y - gap / 3 + apart;
    const float y_b = goes_down ? b.y - gap / 3 + apart : b.bottom() + gap / 3 + apart;
    return {{middle(a).x + shift, goes_down ? a.bottom() : a.y},
            {middle(a).x + shift, y_a},
            {x, y_a},
            {x, y_b},
            {middle(b).x + shift_b, y_b},
            {middle(b).x + shift_b, goes_down ? b.y : b.bottom()}};
  }

  static Point along(const std::vector<Point>& points, float t) {
    float length = 0;
    for (std::size_t i = 1; i < points.size(); ++i) length += distance(points[i - 1], points[i]);
    float left = t * length;
    for (std::size_t i = 1; i < points.size(); ++i) {
      const float piece = distance(points[i - 1], points[i]);
      if (left <= piece && piece > 0) return between(points[i - 1], points[i], left / piece);
      left -= piece;
    }
    return points.back();
  }

  [[nodiscard]] bool is_free(const Rect& box, const std::vector<Rect>& taken) const {
    if (box.x < 0 || box.right() > graph_.size.width || box.y < 0 || box.bottom() > graph_.size.height) return false;
    const auto overlaps = [&box](const Rect& other) { return box.overlaps(other); };
    return std::ranges::none_of(taken, overlaps) && std::ranges::none_of(graph_.nodes, overlaps);
  }

  /// Each label sits on its own line where nothing else is. False if one found no place.
  bool place_labels() {
    bool are_all_placed = true;
    std::vector<Rect> taken;
    for (StateGraph::Edge& edge : graph_.edges) {
      edge.label.clear(), edge.label_box = {};
      if (edge.from == edge.to) continue;  // the loop says it; its moves are listed beside the picture
      std::string full;
      for (std::size_t i = 0; i < std::min(edge.on.size(), label_words_max); ++i) full += (i ? ", " : "") + edge.on[i];
      if (edge.on.size() > label_words_max) full += " …";
      const std::string brief = edge.on.front() + (edge.on.size() > 1 ? " …" : "");
      for (const std::string& text : {full, brief}) {
        const float width = style_.label_width(text) + 4;
        for (const float t : {0.5F, 0.4F, 0.6F, 0.3F, 0.7F, 0.22F, 0.78F, 0.15F, 0.85F, 0.1F, 0.9F}) {
          const Point p = along(edge.points, t);
          const Rect box{std::clamp(p.x - width / 2, 0.0F, std::max(0.0F, graph_.size.width - width)),
                         p.y - style_.label_height / 2, width, style_.label_height};
          if (!is_free(box, taken)) continue;
          edge.label = text, edge.label_box = box;
          break;
        }
        if (!edge.label.empty()) break;
      }
      if (edge.label.empty())
        are_all_placed = false;
      else
        taken.push_back(edge.label_box);
    }
    return are_all_placed;
  }

  const MachineInfo& machine_;
  const GraphStyle& style_;
  std::vector<std::vector<std::size_t>> ranks_, rows_;
  std::vector<std::size_t> row_of_;
  std::set<std::size_t> is_placed_;
  StateGraph graph_;
};

}  // namespace

StateGraph state_graph(const MachineInfo& machine, const GraphStyle& style) { return Layout(machine, style).make(); }

}  // namespace mailscope
