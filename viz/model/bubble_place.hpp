// Where the bubble of a notice stands: beside its card, off the other bubbles, and if it can be off the other cards.
#pragma once

#include <span>

#include "viz/model/geometry.hpp"

namespace mailscope {

/// The place of a bubble of this size beside `card`, inside `canvas` where it fits: above, below, right or left of the
/// card, wherever it covers least of `taken` (bubbles, which weigh most) and of `cards`.
[[nodiscard]] Rect place_bubble(const Rect& card, Extent size, const Rect& canvas, float gap,
                                std::span<const Rect> taken, std::span<const Rect> cards);

}  // namespace mailscope
