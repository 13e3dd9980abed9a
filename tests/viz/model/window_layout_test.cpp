#include "viz/model/window_layout.hpp"

#include <array>
#include <catch2/catch_all.hpp>

using namespace mailscope;

namespace {

std::vector<Rect> shown(const WindowLayout& layout) {
  std::vector<Rect> all{layout.top_bar,      layout.lesson,    layout.network,
                        layout.conversation, layout.inspector, layout.transport};
  for (const auto& control : {layout.side_switch, layout.middle_switch})
    if (control) all.push_back(*control);
  std::erase_if(all, [](const Rect& r) { return r.empty(); });
  return all;
}

}  // namespace

TEST_CASE("no two panels overlap and none leaves the window, at every size and scale") {
  for (const int wanted : {75, 100, 125, 150, 200, 250})
    for (float width = 480; width <= 2600; width += 53)
      for (float height = 320; height <= 1500; height += 59)
        for (const SidePanel side : {SidePanel::Lesson, SidePanel::Inspector}) {
          const float scale = static_cast<float>(fitting_scale(wanted, width, height)) / 100;
          const WindowLayout layout = layout_window({width, height, scale, side, MiddlePanel::Conversation});
          const auto panels = shown(layout);
          INFO(width << " x " << height << " at " << scale);
          const Rect window{0, 0, width + 1, height + 1};
          for (std::size_t i = 0; i < panels.size(); ++i) {
            REQUIRE(window.contains(panels[i]));
            for (std::size_t j = i + 1; j < panels.size(); ++j) REQUIRE_FALSE(panels[i].overlaps(panels[j]));
          }
        }
}

TEST_CASE("a roomy window has all panels with their designed widths") {
  const WindowLayout layout = layout_window({1600, 900, 1, {}, {}});
  CHECK(layout.lesson.width == 286);
  CHECK(layout.inspector.width == 346);
  CHECK(layout.top_bar.height == 52);
  CHECK(layout.transport.height == 68);
  CHECK(layout.network.height > layout.conversation.height);
  CHECK_FALSE(layout.side_switch);
  CHECK_FALSE(layout.middle_switch);
}

TEST_CASE("a small window shows one panel at a time, and each can be brought to the front") {
  WindowShape shape{1600, 900, 2, SidePanel::Lesson, MiddlePanel::Network};
  WindowLayout layout = layout_window(shape);
  REQUIRE(layout.side_switch);
  REQUIRE(layout.middle_switch);
  CHECK_FALSE(layout.lesson.empty());
  CHECK(layout.inspector.empty());
  CHECK_FALSE(layout.network.empty());
  CHECK(layout.conversation.empty());
  shape.side = SidePanel::Inspector;
  shape.middle = MiddlePanel::Conversation;
  const WindowLayout other = layout_window(shape);
  CHECK(other.inspector == layout.lesson);
  CHECK(other.conversation == layout.network);
  CHECK(other.lesson.empty());
}

TEST_CASE("a scale that leaves no room for the panels is lowered, and the least stays") {
  CHECK(fitting_scale(200, 1600, 900) == 200);
  CHECK(fitting_scale(250, 1600, 900) == 250);
  CHECK(fitting_scale(250, 1280, 720) == 200);
  CHECK(fitting_scale(100, 640, 400) == 100);
  CHECK(fitting_scale(150, 640, 400) == 100);
  CHECK(fitting_scale(200, 100, 100) == 75);
}

TEST_CASE("the network has at least a third of the window at the common sizes") {
  for (const auto& [width, height] : {std::pair{1280.0F, 720.0F}, {1366.0F, 768.0F}, {1920.0F, 1080.0F}}) {
    const WindowLayout layout = layout_window({width, height, 1, {}, {}});
    CHECK(layout.network.width * 3 >= width);
  }
}
