#include "viz/panels/inspector.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/panels/panel_driver.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

constexpr std::array tabs{"Meaning", "State", "Bytes", "Mailboxes"};

std::size_t inked(const Stage& stage) {
  const Palette& p = palette(stage.app.settings().theme);
  const Rect panel = stage.app.layout().inspector;
  const Rect page{panel.x + 4, panel.y + panel.height * 0.1F, panel.width - 8, panel.height * 0.9F - 4};
  return static_cast<std::size_t>(page.width * page.height) - stage.pixels(page, p.panel);
}

}  // namespace

TEST_CASE("each of the four pages opens by its heading and is filled") {
  const Theme theme = GENERATE(Theme::Dark, Theme::Light);
  Stage stage(640, {.theme = theme});
  for (std::size_t i = 0; i < tabs.size(); ++i) {
    CAPTURE(tabs[i]);
    stage.click(tabs[i]);
    CHECK(static_cast<std::size_t>(stage.app.selection().tab) == i);
    CHECK(inked(stage) > 4000);
  }
}

TEST_CASE("before the first line the inspector says what to do") {
  Stage stage(0);
  CHECK(inked(stage) > 300);
  const View view{*stage.app.lesson(), stage.app.lesson()->trace.state_at(stage.app.playback().at),
                  stage.app.playback(), stage.app.selection(), stage.app.settings()};
  CHECK_FALSE(inspected_row(view));
}

TEST_CASE("the inspector follows the cursor, and stays with a row that was chosen") {
  Stage stage(135);
  const Lesson& lesson = *stage.app.lesson();
  const auto inspected = [&] {
    const WorldState now = lesson.trace.state_at(stage.app.playback().at);
    return inspected_row({lesson, now, stage.app.playback(), stage.app.selection(), stage.app.settings()});
  };
  CHECK(inspected() == lesson.conversation.row_at(stage.app.playback().at));
  stage.app.apply(SelectRow{2});
  stage.seek(900);
  CHECK(inspected() == 2U);
  stage.app.apply(SelectRow{lesson.conversation.rows.size()});  // a row that is not there
  CHECK(inspected() == lesson.conversation.row_at(stage.app.playback().at));
}

TEST_CASE("every row of the lesson can be inspected on every page") {
  Stage stage(1271);
  for (std::size_t tab = 0; tab < tabs.size(); ++tab) {
    stage.app.apply(SelectTab{static_cast<InspectorTab>(tab)});
    for (std::size_t row = 0; row < stage.app.lesson()->conversation.rows.size(); ++row) {
      CAPTURE(tab, row);
      stage.app.apply(SelectRow{row});
      stage.frames(1);
      CHECK(inked(stage) > 2000);
    }
  }
}

TEST_CASE("no text of the inspector's own is cut in any language") {
  const Language language = GENERATE(Language::English, Language::Catalan, Language::Spanish, Language::Italian);
  const int scale = GENERATE(100, 200);
  CAPTURE(code(language), scale);
  Stage stage(640, {.language = language, .scale_percent = scale}, 16 * scale, 9 * scale);
  for (const char* tab : tabs) {
    stage.click(tab);
    CAPTURE(tab);
    CHECK(cut_texts() == std::vector<std::string>{});
  }
  const Rect panel = stage.app.layout().inspector;
  for (const char* tab : tabs) CHECK(panel.contains(rect_of(stage.item(tab))));
}
