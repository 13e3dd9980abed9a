#include "viz/model/bubble_place.hpp"

#include <array>
#include <limits>

namespace mailscope {
namespace {

constexpr float bubble_weight = 20;  // to hide another notice is worse than to hide a card

float shared_area(const Rect& a, const Rect& b) {
  const float width = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const float height = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/// Moved into `canvas`; at its upper left corner if it is larger.
Rect kept_in(Rect r, const Rect& canvas) {
  r.x = std::max(canvas.x, std::min(r.x, canvas.right() - r.width));
  r.y = std::max(canvas.y, std::min(r.y, canvas.bottom() - r.height));
  return r;
}

}  // namespace

Rect place_bubble(const Rect& card, Extent size, const Rect& canvas, float gap, std::span<const Rect> taken,
                  std::span<const Rect> cards) {
  const Point middle_of_card = middle(card);
  const float x = middle_of_card.x - size.width / 2, y = middle_of_card.y - size.height / 2;
  const float above = card.y - gap - size.height, below = card.bottom() + gap;
  const float step = size.height + gap / 2;
  // In the order of liking; the second above and below is for a host with two notices.
  const std::array<Point, 6> places{{{x, above},
                                     {x, below},
                                     {card.right() + gap, y},
                                     {card.x - gap - size.width, y},
                                     {x, above - step},
                                     {x, below + step}}};
  Rect best;
  float least = std::numeric_limits<float>::infinity();
  for (const Point place : places) {
    const Rect bubble = kept_in({place.x, place.y, size.width, size.height}, canvas);
    float covered = 0;
    for (const Rect& other : taken) covered += bubble_weight * shared_area(bubble, other);
    for (const Rect& other : cards) covered += shared_area(bubble, other);
    if (covered < least) least = covered, best = bubble;
  }
  return best;
}

}  // namespace mailscope
