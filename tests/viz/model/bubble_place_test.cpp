#include "viz/model/bubble_place.hpp"

#include <catch2/catch_all.hpp>
#include <vector>

using namespace mailscope;

namespace {

constexpr Rect canvas{0, 0, 900, 400};
constexpr Extent size{220, 50};

}  // namespace

TEST_CASE("a notice stands above its card, or below it where there is no room above") {
  const std::vector<Rect> low_card{{300, 200, 180, 100}}, high_card{{300, 10, 180, 100}};
  CHECK(place_bubble(low_card[0], size, canvas, 8, {}, low_card).bottom() == 192);
  CHECK(place_bubble(high_card[0], size, canvas, 8, {}, high_card).y == 118);
}

TEST_CASE("notices of neighbours and two notices of one host do not cover each other") {
  const std::vector<Rect> cards{{20, 120, 150, 90}, {190, 120, 190, 110}, {400, 120, 190, 110}};
  std::vector<Rect> bubbles;
  for (const std::size_t card : {0U, 1U, 2U, 1U}) {
    const Rect bubble = place_bubble(cards[card], size, canvas, 8, bubbles, cards);
    CHECK(canvas.contains(bubble));
    for (const Rect& other : bubbles) CHECK_FALSE(bubble.overlaps(other));
    bubbles.push_back(bubble);
  }
}

TEST_CASE("a notice larger than the stage begins at its corner") {
  const std::vector<Rect> cards{{20, 20, 50, 50}};
  const Rect bubble = place_bubble(cards[0], {1000, 500}, canvas, 8, {}, cards);
  CHECK(bubble.x == 0);
  CHECK(bubble.y == 0);
}
