// Where the cards and links of the stage lie, in design pixels. Knows hosts, links and sizes; no text, no colours.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "sim/trace/trace.hpp"
#include "viz/model/geometry.hpp"

namespace mailscope {

/// The way of a link from the edge of its first host's card to the edge of its second's, as short straight pieces.
struct LinkPath {
  std::vector<Point> points;   ///< at least two
  std::vector<float> lengths;  ///< from the start to each point

  [[nodiscard]] float length() const { return lengths.back(); }
  /// The point at `t` of its length, 0 to 1.
  [[nodiscard]] Point at(float t) const;
};

struct StageLayout {
  std::vector<Rect> cards;      ///< by HostId; no two overlap while nothing was dragged
  std::vector<LinkPath> links;  ///< by LinkId
  Rect bounds;                  ///< around all of it
};

/// The cell of each host: its own place where the scenario gives one, else the free cell nearest to its neighbours.
/// No two hosts share a cell; of two with the same place the later moves on. Columns and rows start at 0.
[[nodiscard]] std::vector<StagePlace> stage_places(std::span<const HostInfo> hosts, std::span<const LinkInfo> links);

/// Lays out the stage. `sizes` by HostId. Precondition: links name existing hosts. The gaps between columns and rows
/// grow to fill `available`, within bounds, and never shrink so far that a link's label would not fit. `dragged` moves
/// cards away from their cells.
[[nodiscard]] StageLayout arrange_stage(std::span<const HostInfo> hosts, std::span<const LinkInfo> links,
                                        std::span<const Extent> sizes, Extent available,
                                        const std::map<HostId, Point>& dragged = {});

/// What the reader did to the stage: how far it is moved and magnified, and which cards were dragged where.
struct StageCamera {
  Point pan;  ///< of the stage's origin within the panel, in design pixels
  float zoom{1};
  bool is_fitted{true};             ///< pan and zoom follow the panel's size until the reader takes over
  std::map<HostId, Point> dragged;  ///< from the card's own place

  [[nodiscard]] Point to_panel(Point stage) const { return stage * zoom + pan; }
  [[nodiscard]] Point to_stage(Point panel) const { return (panel - pan) * (1 / zoom); }
  [[nodiscard]] Rect to_panel(const Rect& box) const;
  /// Magnifies by `factor` and keeps what lies under `fixed` (in the panel) where it is.
  void magnify(float factor, Point fixed);
  /// Shows `bounds` whole in the middle of a panel of this size; never larger than 1:1.
  void fit(const Rect& bounds, Extent panel);
};

inline constexpr float stage_zoom_min = 0.2F, stage_zoom_max = 3.0F;

}  // namespace mailscope
