#include "viz/panels/conversation.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/panels/panel_driver.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

void wheel(Stage& stage, const Rect& area, float notches) {
  ImGui::GetIO().AddMousePosEvent(area.x + area.width / 2, area.y + area.height / 2);
  stage.frames(1);
  ImGui::GetIO().AddMouseWheelEvent(0, notches);
  stage.frames(6);
}

/// A lesson in which one connection says 100,000 lines.
AppServices endless() {
  AppServices services = fixture::services();
  services.open = [](const std::filesystem::path&) -> LessonReading {
    auto made = std::make_shared<Lesson>();
    made->scenario = fixture::scenario();
    made->trace.hosts = fixture::lesson()->trace.hosts;
    made->trace.links = fixture::lesson()->trace.links;
    made->trace.append(
        {},
        ConnectionOpened{
            ConnectionId{0}, Transport::Tcp, {HostId{0}, Port{49152}}, {HostId{1}, Port{587}}, "SMTP", "submission"});
    for (std::uint64_t i = 0; i < 100'000; ++i) {
      Step step;
      step.bytes = {i * 6, i * 6 + 6}, step.text = "NOOP", step.topic = "smtp/command/NOOP";
      made->trace.append(Instant(std::chrono::milliseconds(i)), LineSpoken{ConnectionId{0}, Side::Client, step});
    }
    made->conversation = conversation_of(made->trace);
    return {made, {}};
  };
  return services;
}

}  // namespace

TEST_CASE("a click on a row chooses it and goes to the instant at which it was sent") {
  Stage stage(135);
  stage.click("row 2");
  const ConversationRow& row = stage.app.lesson()->conversation.rows[1];
  CHECK(stage.app.selection().row == 1U);
  CHECK(stage.app.playback().at == row.sent);
}

TEST_CASE("the ladder scrolls with the cursor, until the reader scrolls; then it can be told to follow again") {
  Stage stage(0);
  CHECK(stage.shows("row 1"));
  stage.seek(1200);
  CHECK_FALSE(stage.shows("row 1"));
  CHECK_FALSE(stage.shows("follow"));
  wheel(stage, stage.app.layout().conversation, 200);
  CHECK(stage.shows("row 1"));
  CHECK(stage.shows("follow"));
  stage.seek(1250);
  CHECK(stage.shows("row 1"));
  stage.click("follow");
  CHECK_FALSE(stage.shows("row 1"));
  CHECK_FALSE(stage.shows("follow"));
}

TEST_CASE("one connection can be chosen, and all of them again") {
  Stage stage(1200);
  stage.click("choose connection");
  stage.click("connection 2");
  REQUIRE(stage.app.selection().connection == ConnectionId{1});
  const auto& rows = stage.app.lesson()->conversation.rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    CHECK(stage.shows("row " + std::to_string(i + 1)) == (rows[i].connection == ConnectionId{1}));
  }
  stage.click("choose connection");
  stage.click("all connections");
  CHECK_FALSE(stage.app.selection().connection);
}

TEST_CASE("rows to come are paler than rows that were said") {
  Stage stage(2000);
  const ImU32 failure = palette(Theme::Dark).failure;
  stage.click("choose connection");
  stage.click("connection 1");
  CHECK(stage.pixels(stage.app.layout().conversation, failure) == 0);  // past, and faded
  for (const ConversationRow& row : stage.app.lesson()->conversation.rows)
    if (row.is_error && row.connection == ConnectionId{0})
      stage.app.apply(Seek{row.sent + std::chrono::milliseconds(9)});
  stage.frames(4);
  CHECK(stage.pixels(stage.app.layout().conversation, failure) > 100);  // on its way
}

TEST_CASE("of 100,000 rows only those in sight are drawn, also at the far end") {
  Stage stage(0, {}, 1600, 900, endless());
  CHECK(items_named("row ").size() < 20);
  stage.seek(99'999);
  CHECK(items_named("row ").size() < 20);
  CHECK(stage.shows("row 100000"));
}

TEST_CASE("no text of the ladder's own is cut in any language and at any scale") {
  const Language language = GENERATE(Language::English, Language::Catalan, Language::Spanish, Language::Italian);
  const int scale = GENERATE(100, 200);
  CAPTURE(code(language), scale);
  Stage stage(640, {.language = language, .scale_percent = scale}, 16 * scale, 9 * scale);
  CHECK(cut_texts() == std::vector<std::string>{});
}
