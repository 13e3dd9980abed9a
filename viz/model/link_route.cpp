#include "viz/model/link_route.hpp"

#include <array>
#include <limits>
#include <map>

namespace mailscope {
namespace {

enum class Edge : std::uint8_t { Left, Top, Right, Bottom };
constexpr std::array all_edges{Edge::Left, Edge::Top, Edge::Right, Edge::Bottom};
constexpr int curve_pieces = 32;
constexpr float card_clearance = 5;  // a link keeps this far from cards that it does not belong to

struct Hold {  // where a link holds on to its card
  Edge edge{};
  Point at;
};

Point normal(Edge edge) {
  switch (edge) {
    case Edge::Left:
      return {-1, 0};
    case Edge::Top:
      return {0, -1};
    case Edge::Right:
      return {1, 0};
    case Edge::Bottom:
      return {0, 1};
  }
  return {};
}

/// The point at `share` (0 to 1) of an edge.
Hold hold_on(const Rect& card, Edge edge, float share) {
  const bool is_upright = edge == Edge::Left || edge == Edge::Right;
  const Point along = is_upright ? Point{0, (share - 0.5F) * card.height} : Point{(share - 0.5F) * card.width, 0};
  const Point out = normal(edge);
  return {edge, middle(card) + Point{out.x * card.width / 2, out.y * card.height / 2} + along};
}

LinkPath measured(std::vector<Point> points) {
  LinkPath path{std::move(points), {0}};
  for (std::size_t i = 1; i < path.points.size(); ++i)
    path.lengths.push_back(path.lengths.back() + distance(path.points[i - 1], path.points[i]));
  return path;
}

/// A cubic curve that leaves both edges squarely; `bulge` pushes its middle aside.
LinkPath curve(const Hold& a, const Hold& b, Point bulge) {
  const float reach = std::clamp(distance(a.at, b.at) * 0.4F, 12.0F, 120.0F);
  const Point c1 = a.at + normal(a.edge) * reach + bulge, c2 = b.at + normal(b.edge) * reach + bulge;
  std::vector<Point> points;
  for (int i = 0; i <= curve_pieces; ++i) {
    const float t = static_cast<float>(i) / curve_pieces, u = 1 - t;
    points.push_back(a.at * (u * u * u) + c1 * (3 * u * u * t) + c2 * (3 * u * t * t) + b.at * (t * t * t));
  }
  return measured(std::move(points));
}

/// Straight pieces through `corners`, each corner rounded.
LinkPath rounded(const std::vector<Point>& corners) {
  std::vector<Point> points{corners.front()};
  for (std::size_t i = 1; i + 1 < corners.size(); ++i) {
    const Point corner = corners[i];
    const float before = distance(corners[i - 1], corner), after = distance(corner, corners[i + 1]);
    const float radius = std::min({14.0F, before / 2, after / 2});
    if (radius < 1) continue;
    const Point in = between(corner, corners[i - 1], radius / before);
    const Point out = between(corner, corners[i + 1], radius / after);
    for (int k = 0; k <= 6; ++k) {
      const float t = static_cast<float>(k) / 6, u = 1 - t;
      points.push_back(in * (u * u) + corner * (2 * u * t) + out * (t * t));
    }
  }
  points.push_back(corners.back());
  std::vector<Point> fine{points.front()};  // pieces short enough that none jumps over a card
  for (std::size_t i = 1; i < points.size(); ++i) {
    const int pieces = std::max(1, static_cast<int>(distance(points[i - 1], points[i]) / 12));
    for (int k = 1; k <= pieces; ++k)
      fine.push_back(between(points[i - 1], points[i], static_cast<float>(k) / static_cast<float>(pieces)));
  }
  return measured(std::move(fine));
}

class Router {
 public:
  Router(std::span<const Rect> cards, std::span<const StagePlace> cells, std::span<const Joint> joints,
         const Gutters& gutters)
      : cards_(cards), cells_(cells), joints_(joints), gutters_(gutters) {}

  std::vector<LinkPath> route() {
    choose_edges();
    spread_holds();
    std::vector<LinkPath> paths;
    for (std::size_t i = 0; i < joints_.size(); ++i) paths.push_back(best_path(i));
    return paths;
  }

 private:
  struct Ends {
    Hold a, b;
  };

  float cost(const LinkPath& path, Joint joint) const {
    float inside = 0;  // its own cards may not be crossed either
    for (std::size_t i = 2; i + 2 < path.points.size(); ++i)
      inside += holds(cards_[joint.a], path.points[i]) || holds(cards_[joint.b], path.points[i]) ? 1.0F : 0.0F;
    const auto crossed = static_cast<float>(points_in_cards(path, cards_, joint, 0));
    const auto near = static_cast<float>(points_in_cards(path, cards_, joint, card_clearance));
    return path.length() + 5000 * (inside + crossed) + 30 * near;  // any way round is better than one through a card
  }

  /// The pair of edges with the shortest free curve between their middles.
  void choose_edges() {
    for (const Joint joint : joints_) {
      float least = std::numeric_limits<float>::infinity();
      Ends best;
      for (const Edge edge_a : all_edges)
        for (const Edge edge_b : all_edges) {
          const Ends ends{hold_on(cards_[joint.a], edge_a, 0.5F), hold_on(cards_[joint.b], edge_b, 0.5F)};
          const float found = cost(curve(ends.a, ends.b, {}), joint);
          if (found < least) least = found, best = ends;
        }
      ends_.push_back(best);
    }
  }

  /// Several links on one edge stand side by side, so that they do not cross near the card.
  void spread_holds() {
    struct User {
      float other_end{};
      std::size_t joint{};
      bool is_a{};
    };
    std::map<std::pair<std::size_t, Edge>, std::vector<User>> users;
    const auto along = [](Edge edge, Point p) { return edge == Edge::Left || edge == Edge::Right ? p.y : p.x; };
    for (std::size_t i = 0; i < joints_.size(); ++i) {
      const Point centre_a = middle(cards_[joints_[i].a]), centre_b = middle(cards_[joints_[i].b]);
      users[{joints_[i].a, ends_[i].a.edge}].push_back({along(ends_[i].a.edge, centre_b), i, true});
      users[{joints_[i].b, ends_[i].b.edge}].push_back({along(ends_[i].b.edge, centre_a), i, false});
    }
    for (auto& [place, list] : users) {
      std::ranges::stable_sort(list, {}, &User::other_end);
      for (std::size_t k = 0; k < list.size(); ++k) {
        const float share = static_cast<float>(k + 1) / static_cast<float>(list.size() + 1);
        Ends& ends = ends_[list[k].joint];
        (list[k].is_a ? ends.a : ends.b) = hold_on(cards_[place.first], place.second, share);
      }
    }
  }

  LinkPath best_path(std::size_t index) const {
    const Joint joint = joints_[index];
    const Ends& ends = ends_[index];
    LinkPath best = curve(ends.a, ends.b, {});
    float least = cost(best, joint);
    const auto consider = [&](LinkPath path) {
      if (const float found = cost(path, joint); found < least) least = found, best = std::move(path);
    };
    const Point way = ends.b.at - ends.a.at;
    const Point aside = Point{-way.y, way.x} * (1 / std::max(1.0F, distance({}, way)));
    for (const float amount : {40.0F, 80.0F, 130.0F, 200.0F})
      for (const float sign : {-1.0F, 1.0F}) consider(curve(ends.a, ends.b, aside * (amount * sign)));
    for (const bool by_left : {true, false})
      for (const bool a_up : {true, false})
        for (const bool b_up : {true, false}) consider(along_gutters(index, joint, by_left, a_up, b_up));
    return best;
  }

  /// Out of one card into the gutter beside its row, along it, up or down a column's gutter, and into the other card.
  LinkPath along_gutters(std::size_t index, Joint joint, bool by_left, bool a_up, bool b_up) const {
    const float apart = static_cast<float>(index % 5) * 3 - 6;  // links in one gutter stay apart, and clear of cards
    const StagePlace cell_a = cells_[joint.a], cell_b = cells_[joint.b];
    const Hold a = hold_on(cards_[joint.a], a_up ? Edge::Top : Edge::Bottom, 0.5F + apart / 60);
    const Hold b = hold_on(cards_[joint.b], b_up ? Edge::Top : Edge::Bottom, 0.5F + apart / 60);
    const float y_a = gutters_.above_row[static_cast<std::size_t>(cell_a.row) + (a_up ? 0U : 1U)] + apart;
    const float y_b = gutters_.above_row[static_cast<std::size_t>(cell_b.row) + (b_up ? 0U : 1U)] + apart;
    const float x = gutters_.left_of_column[static_cast<std::size_t>(cell_b.column) + (by_left ? 0U : 1U)] + apart;
    return rounded({a.at, {a.at.x, y_a}, {x, y_a}, {x, y_b}, {b.at.x, y_b}, b.at});
  }

  std::span<const Rect> cards_;
  std::span<const StagePlace> cells_;
  std::span<const Joint> joints_;
  const Gutters& gutters_;
  std::vector<Ends> ends_;
};

}  // namespace

std::size_t points_in_cards(const LinkPath& path, std::span<const Rect> cards, Joint joint, float margin) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    if (i == joint.a || i == joint.b) continue;
    const Rect card = grown(cards[i], margin);
    for (const Point p : path.points) count += holds(card, p) ? 1U : 0U;
  }
  return count;
}

std::vector<LinkPath> route_links(std::span<const Rect> cards, std::span<const StagePlace> cells,
                                  std::span<const Joint> joints, const Gutters& gutters) {
  return Router(cards, cells, joints, gutters).route();
}

}  // namespace mailscope
