#include "viz/model/stage_layout.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "viz/model/link_route.hpp"

using namespace mailscope;

namespace {

HostInfo host(std::optional<StagePlace> place = {}) {
  HostInfo info;
  info.place = place;
  return info;
}

LinkInfo link(std::uint32_t a, std::uint32_t b) { return {HostId{a}, HostId{b}, {}, {}}; }

void require_no_overlap(const StageLayout& layout) {
  for (std::size_t i = 0; i < layout.cards.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      CAPTURE(i, j);
      REQUIRE_FALSE(layout.cards[i].overlaps(layout.cards[j]));
    }
}

std::size_t crossings(const StageLayout& layout, const std::vector<LinkInfo>& links) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < links.size(); ++i)
    count += points_in_cards(layout.links[i], layout.cards, {links[i].a.value, links[i].b.value}, 0);
  return count;
}

}  // namespace

TEST_CASE("cards of random networks of 1 to 20 hosts never overlap and links cross no card") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto pick = [&random](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  for (int round = 0; round < 60; ++round) {
    const int count = 1 + round % 20;
    std::vector<HostInfo> hosts;
    std::vector<Extent> sizes;
    std::vector<LinkInfo> links;
    for (int i = 0; i < count; ++i) {
      const bool is_placed = pick(0, 2) == 0;
      hosts.push_back(host(is_placed ? std::optional(StagePlace{pick(-3, 5), pick(-2, 3)}) : std::nullopt));
      sizes.push_back({static_cast<float>(pick(120, 260)), static_cast<float>(pick(60, 190))});
      if (i > 0) links.push_back(link(static_cast<std::uint32_t>(pick(0, i - 1)), static_cast<std::uint32_t>(i)));
    }
    CAPTURE(round, count);
    const Extent panel{static_cast<float>(pick(200, 2000)), static_cast<float>(pick(150, 1200))};
    const StageLayout layout = arrange_stage(hosts, links, sizes, panel);
    REQUIRE(layout.cards.size() == hosts.size());
    REQUIRE(layout.links.size() == links.size());
    require_no_overlap(layout);
    REQUIRE(crossings(layout, links) == 0);
    for (const Rect& card : layout.cards) REQUIRE(grown(layout.bounds, 0.01F).contains(card));  // sums of floats
  }
}

TEST_CASE("a host stands in the cell that the scenario gives it, and of two in one cell the later moves on") {
  const std::vector<HostInfo> hosts{host(StagePlace{0, 0}), host(StagePlace{1, 0}), host(StagePlace{1, 1}),
                                    host(StagePlace{1, 1})};
  const auto places = stage_places(hosts, {});
  const auto is_at = [&](std::size_t i, int column, int row) {
    return places[i].column == column && places[i].row == row;
  };
  CHECK(is_at(0, 0, 0));
  CHECK(is_at(1, 1, 0));
  CHECK(is_at(2, 1, 1));
  CHECK_FALSE(is_at(3, 1, 1));
}

TEST_CASE("places a world apart give a small grid") {
  const std::vector<HostInfo> hosts{host(StagePlace{-2'000'000'000, 0}), host(StagePlace{2'000'000'000, 7}), host()};
  for (const StagePlace& place : stage_places(hosts, {})) {
    CHECK(place.column >= 0);
    CHECK(place.column <= 2);
    CHECK(place.row <= 2);
  }
}

TEST_CASE("a host without a place stands beside the host that it is linked to") {
  const std::vector<HostInfo> hosts{host(StagePlace{0, 0}), host(StagePlace{4, 0}), host()};
  const std::vector<LinkInfo> links{link(2, 1)};
  const auto places = stage_places(hosts, links);
  CHECK(std::abs(places[2].column - places[1].column) + std::abs(places[2].row - places[1].row) == 1);
}

TEST_CASE("a path gives its ends and the middle of its length") {
  const LinkPath path{{{0, 0}, {10, 0}, {10, 30}}, {0, 10, 40}};
  CHECK(path.at(0) == Point{0, 0});
  CHECK(path.at(1) == Point{10, 30});
  CHECK(path.at(0.5F) == Point{10, 10});
  CHECK(path.at(-1) == Point{0, 0});
  CHECK(path.at(2) == Point{10, 30});
}

TEST_CASE("fit shows the whole stage in a panel of any size, and never magnifies it") {
  const std::vector<HostInfo> hosts(6, host());
  const std::vector<Extent> sizes(6, Extent{180, 150});
  for (const Extent panel : {Extent{300, 200}, Extent{920, 410}, Extent{3000, 1700}}) {
    CAPTURE(panel.width);
    const StageLayout layout = arrange_stage(hosts, {}, sizes, panel);
    StageCamera camera;
    camera.fit(layout.bounds, panel);
    const Rect shown = camera.to_panel(layout.bounds);
    CHECK(camera.zoom <= 1);
    CHECK(shown.x >= 0);
    CHECK(shown.y >= 0);
    CHECK(shown.right() <= panel.width);
    CHECK(shown.bottom() <= panel.height);
  }
}

TEST_CASE("magnifying keeps what is under the pointer there, and stops at the limits") {
  StageCamera camera;
  camera.pan = {30, -20};
  const Point pointer{200, 100}, under = camera.to_stage(pointer);
  camera.magnify(1.5F, pointer);
  CHECK(distance(camera.to_panel(under), pointer) < 0.01F);
  CHECK_FALSE(camera.is_fitted);
  camera.magnify(1000, pointer);
  CHECK(camera.zoom == stage_zoom_max);
  camera.magnify(0.00001F, pointer);
  CHECK(camera.zoom == stage_zoom_min);
}

TEST_CASE("a dragged card takes its links along") {
  const std::vector<HostInfo> hosts{host(StagePlace{0, 0}), host(StagePlace{1, 0})};
  const std::vector<LinkInfo> links{link(0, 1)};
  const std::vector<Extent> sizes(2, Extent{100, 60});
  const auto before = arrange_stage(hosts, links, sizes, {600, 300});
  const auto after = arrange_stage(hosts, links, sizes, {600, 300}, {{HostId{1}, Point{40, 200}}});
  CHECK(after.cards[1].x == before.cards[1].x + 40);
  CHECK(after.cards[1].y == before.cards[1].y + 200);
  const Point end = after.links[0].points.back();
  CHECK(grown(after.cards[1], 1).contains({end.x, end.y, 0, 0}));
}
