// What the tests of the stage's panels share: an open lesson at an instant, and questions about what is seen.
#pragma once

#include "tests/viz/driver.hpp"
#include "tests/viz/fixture.hpp"
#include "viz/draw/text.hpp"
#include "viz/model/rect.hpp"

namespace mailscope::test {

/// A window that shows `services`' lesson (the fixture's, unless told) at so many milliseconds since its start.
class Stage : public Driver {
 public:
  explicit Stage(std::int64_t ms = 0, const Settings& settings = {}, int width = 1600, int height = 900,
                 AppServices services = fixture::services())
      : Driver(std::move(services), settings, width, height) {
    app.apply(OpenLesson{fixture::lesson_file});
    seek(ms);
  }

  void seek(std::int64_t ms) {
    app.apply(Seek{app.lesson()->trace.start + std::chrono::milliseconds(ms)});
    frames(4);
  }

  /// How many pixels of the newest frame in `area` have exactly this colour.
  [[nodiscard]] std::size_t pixels(const Rect& area, ImU32 colour) const {
    const Picture shown = picture();
    std::size_t count = 0;
    for (int y = static_cast<int>(area.y); y < static_cast<int>(area.bottom()); ++y)
      for (int x = static_cast<int>(area.x); x < static_cast<int>(area.right()); ++x) {
        const auto i = static_cast<std::size_t>(y * shown.width + x) * 4;
        count += IM_COL32(shown.rgba[i], shown.rgba[i + 1], shown.rgba[i + 2], 255) == colour ? 1U : 0U;
      }
    return count;
  }
};

[[nodiscard]] inline Rect rect_of(const Item& item) {
  return {item.low.x, item.low.y, item.high.x - item.low.x, item.high.y - item.low.y};
}

/// The visible items whose name begins with `prefix`.
[[nodiscard]] inline std::vector<Item> items_named(std::string_view prefix) {
  std::vector<Item> found;
  for (const Item& item : items())
    if (item.is_visible && item.name.starts_with(prefix)) found.push_back(item);
  return found;
}

}  // namespace mailscope::test
