#include "viz/model/stage_layout.hpp"

#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "viz/model/link_route.hpp"

namespace mailscope {
namespace {

constexpr float gap_min = 24;  // between neighbours that no link joins: a lane for others' links
constexpr float column_gap_min = 76, column_gap_max = 190;  // along a link: its label and some of its line stay visible
constexpr float row_gap_min = 56, row_gap_max = 120;
constexpr float edge_gap = 20;  // around the whole, room for links that go outside

using Cell = std::pair<int, int>;  // column, row

/// Gives cells to the hosts that have none.
class Placer {
 public:
  Placer(std::span<const HostInfo> hosts, std::span<const LinkInfo> links) : hosts_(hosts), neighbours_(hosts.size()) {
    for (const LinkInfo& link : links) {
      if (link.a.value >= hosts.size() || link.b.value >= hosts.size()) continue;
      neighbours_[link.a.value].push_back(link.b.value);
      neighbours_[link.b.value].push_back(link.a.value);
    }
  }

  std::vector<StagePlace> place() {
    cells_.resize(hosts_.size());
    for (std::size_t i = 0; i < hosts_.size(); ++i)
      if (const auto given = hosts_[i].place) cells_[i] = {given->column, given->row};
    close_up();
    for (std::optional<Cell>& cell : cells_) {
      if (!cell) continue;
      cell = nearest_free({*cell});
      taken_.insert(*cell);
    }
    for (std::size_t left = hosts_.size() - taken_.size(); left > 0; --left) {
      const std::size_t host = most_connected_unplaced();
      std::vector<Cell> around;
      for (const std::size_t neighbour : neighbours_[host])
        if (cells_[neighbour]) around.push_back(*cells_[neighbour]);
      cells_[host] = nearest_free(around);
      taken_.insert(*cells_[host]);
    }
    close_up();
    std::vector<StagePlace> places;
    for (const auto& cell : cells_) places.push_back({cell->first, cell->second});
    return places;
  }

 private:
  /// The host without a cell that has most neighbours with one, then most neighbours, then the lowest id.
  std::size_t most_connected_unplaced() const {
    std::optional<std::size_t> best;
    std::pair<std::size_t, std::size_t> most;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      if (cells_[i]) continue;
      std::size_t placed = 0;
      for (const std::size_t neighbour : neighbours_[i]) placed += cells_[neighbour] ? 1U : 0U;
      const std::pair found{placed, neighbours_[i].size()};
      if (!best || found > most) best = i, most = found;
    }
    return *best;
  }

  /// The free cell with the least way to all of `around`; rows count double, as the panel is wider than high.
  Cell nearest_free(const std::vector<Cell>& around) const {
    Cell low{0, 0}, high{0, 0};
    const auto widen = [&](Cell cell) {
      low = {std::min(low.first, cell.first), std::min(low.second, cell.second)};
      high = {std::max(high.first, cell.first), std::max(high.second, cell.second)};
    };
    if (!around.empty()) low = high = around.front();
    for (const Cell& cell : around) widen(cell);
    for (const Cell& cell : taken_) widen(cell);
    Cell best;
    long least = std::numeric_limits<long>::max();
    for (int row = low.second - 1; row <= high.second + 1; ++row)
      for (int column = low.first - 1; column <= high.first + 1; ++column) {
        if (taken_.contains({column, row})) continue;
        long way = around.empty() ? std::abs(long{column}) + 2 * std::abs(long{row}) : 0;
        for (const Cell& cell : around)
          way += std::abs(long{column} - cell.first) + 2 * std::abs(long{row} - cell.second);
        if (way < least) least = way, best = {column, row};
      }
    return best;
  }

  /// Empty columns and rows take no room: places far apart in the file do not tear the stage (or the search) apart.
  void close_up() {
    std::map<int, int> columns, rows;
    for (const auto& cell : cells_)
      if (cell) columns[cell->first] = 0, rows[cell->second] = 0;
    for (auto* axis : {&columns, &rows}) {
      int next = 0;
      for (auto& [given, compact] : *axis) compact = next++;
    }
    for (auto& cell : cells_)
      if (cell) cell = {columns[cell->first], rows[cell->second]};
  }

  std::span<const HostInfo> hosts_;
  std::vector<std::vector<std::size_t>> neighbours_;
  std::vector<std::optional<Cell>> cells_;
  std::set<Cell> taken_;
};

/// Sizes and starts of the columns (or rows), and the gutters beside them.
struct Axis {
  std::vector<float> sizes, starts, gutters;
  std::vector<bool> is_joined;  ///< whether a link runs straight over the gap after this column

  /// Room that is left over widens the gaps that links run over, up to `joined_max`.
  void lay(float available, float joined_min, float joined_max) {
    float total = 0, joined = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      total += sizes[i];
      if (i + 1 == sizes.size()) break;
      total += is_joined[i] ? joined_min : gap_min;
      joined += is_joined[i] ? 1.0F : 0.0F;
    }
    const float spare = std::max(0.0F, available - 2 * edge_gap - total) / std::max(1.0F, joined);
    const float joined_gap = std::min(joined_min + spare, joined_max);
    float at = 0;
    gutters.push_back(-edge_gap / 2);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const float gap = is_joined[i] ? joined_gap : gap_min;
      starts.push_back(at);
      at += sizes[i] + gap;
      gutters.push_back(at - gap / 2);
    }
  }
  void take(std::size_t index, float size) {
    if (index >= sizes.size()) sizes.resize(index + 1), is_joined.resize(index + 1);
    sizes[index] = std::max(sizes[index], size);
  }
};

/// Columns, then rows.
std::pair<Axis, Axis> lay_grid(std::span<const StagePlace> cells, std::span<const LinkInfo> links,
                               std::span<const Extent> sizes, Extent available) {
  Axis columns, rows;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    columns.take(static_cast<std::size_t>(cells[i].column), sizes[i].width);
    rows.take(static_cast<std::size_t>(cells[i].row), sizes[i].height);
  }
  for (const LinkInfo& link : links) {
    const StagePlace a = cells[link.a.value], b = cells[link.b.value];
    if (a.row == b.row && std::abs(a.column - b.column) == 1)
      columns.is_joined[static_cast<std::size_t>(std::min(a.column, b.column))] = true;
    if (std::abs(a.row - b.row) == 1) rows.is_joined[static_cast<std::size_t>(std::min(a.row, b.row))] = true;
  }
  columns.lay(available.width, column_gap_min, column_gap_max);
  rows.lay(available.height, row_gap_min, row_gap_max);
  return {std::move(columns), std::move(rows)};
}

}  // namespace

Point LinkPath::at(float t) const {
  const float wanted = std::clamp(t, 0.0F, 1.0F) * length();
  const auto after = std::ranges::lower_bound(lengths, wanted);
  if (after == lengths.begin()) return points.front();
  const auto i = static_cast<std::size_t>(after - lengths.begin());
  const float piece = lengths[i] - lengths[i - 1];
  return piece > 0 ? mailscope::between(points[i - 1], points[i], (wanted - lengths[i - 1]) / piece) : points[i];
}

std::vector<StagePlace> stage_places(std::span<const HostInfo> hosts, std::span<const LinkInfo> links) {
  return Placer(hosts, links).place();
}

StageLayout arrange_stage(std::span<const HostInfo> hosts, std::span<const LinkInfo> links,
                          std::span<const Extent> sizes, Extent available, const std::map<HostId, Point>& dragged) {
  StageLayout layout;
  if (hosts.empty()) return layout;
  const std::vector<StagePlace> cells = stage_places(hosts, links);
  const auto [columns, rows] = lay_grid(cells, links, sizes, available);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto column = static_cast<std::size_t>(cells[i].column), row = static_cast<std::size_t>(cells[i].row);
    Rect card{columns.starts[column] + (columns.sizes[column] - sizes[i].width) / 2,
              rows.starts[row] + (rows.sizes[row] - sizes[i].height) / 2, sizes[i].width, sizes[i].height};
    if (const auto moved = dragged.find(HostId{static_cast<std::uint32_t>(i)}); moved != dragged.end())
      card.x += moved->second.x, card.y += moved->second.y;
    layout.cards.push_back(card);
  }
  std::vector<Joint> joints;
  for (const LinkInfo& link : links) joints.push_back({link.a.value, link.b.value});
  layout.links = route_links(layout.cards, cells, joints, {rows.gutters, columns.gutters});
  layout.bounds = layout.cards.front();
  for (const Rect& card : layout.cards) layout.bounds = united(layout.bounds, card);
  for (const LinkPath& path : layout.links)
    for (const Point p : path.points) layout.bounds = united(layout.bounds, {p.x, p.y, 0, 0});
  return layout;
}

Rect StageCamera::to_panel(const Rect& box) const {
  const Point corner = to_panel(Point{box.x, box.y});
  return {corner.x, corner.y, box.width * zoom, box.height * zoom};
}

void StageCamera::magnify(float factor, Point fixed) {
  const Point under = to_stage(fixed);
  zoom = std::clamp(zoom * factor, stage_zoom_min, stage_zoom_max);
  pan = fixed - under * zoom;
  is_fitted = false;
}

void StageCamera::fit(const Rect& bounds, Extent panel) {
  const float wanted = std::min((panel.width - edge_gap) / std::max(1.0F, bounds.width),
                                (panel.height - edge_gap) / std::max(1.0F, bounds.height));
  zoom = std::clamp(wanted, stage_zoom_min, 1.0F);
  pan = Point{panel.width / 2, panel.height / 2} - middle(bounds) * zoom;
  is_fitted = true;
}

}  // namespace mailscope
