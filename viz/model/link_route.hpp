// Finds a way for each link between the cards: a curve between two edges that crosses no other card, or a way along
// the gutters of the grid. Knows boxes only.
#pragma once

#include <span>
#include <vector>

#include "viz/model/stage_layout.hpp"

namespace mailscope {

/// One link between two cards, by index.
struct Joint {
  std::size_t a{}, b{};
};

/// The free lanes of the grid: y of the horizontal one above each row (and below the last), x of the vertical one left
/// of each column (and right of the last).
struct Gutters {
  std::vector<float> above_row, left_of_column;
};

/// The way of each joint. Ends on the same edge of a card are spread along it, in the order of their other ends.
[[nodiscard]] std::vector<LinkPath> route_links(std::span<const Rect> cards, std::span<const StagePlace> cells,
                                                std::span<const Joint> joints, const Gutters& gutters);

/// How many of the path's points lie in a card (grown by `margin`) that is neither of its two ends.
[[nodiscard]] std::size_t points_in_cards(const LinkPath& path, std::span<const Rect> cards, Joint joint, float margin);

}  // namespace mailscope
