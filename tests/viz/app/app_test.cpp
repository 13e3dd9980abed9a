// The window as a person uses it: clicks by name, keys, drags; no display.
#include <catch2/catch_all.hpp>
#include <set>

#include "imgui_internal.h"
#include "tests/viz/driver.hpp"
#include "tests/viz/fixture.hpp"
#include "viz/app/screenshot.hpp"
#include "viz/draw/text.hpp"

using namespace mailscope;
using std::chrono::milliseconds;

namespace {

/// The window with the fixture's lesson open.
class OpenLessonDriver : public Driver {
 public:
  explicit OpenLessonDriver(const Settings& settings = {}, int width = 1600, int height = 900)
      : Driver(fixture::services(), settings, width, height) {
    click("lesson post");
    REQUIRE(app.lesson() != nullptr);
  }
  [[nodiscard]] Duration at() const { return app.playback().at - app.lesson()->trace.start; }
  [[nodiscard]] Duration total() const { return app.lesson()->trace.end() - app.lesson()->trace.start; }
};

/// What the keyboard's focus is on.
ImGuiID focused_item() { return ImGui::GetCurrentContext()->NavId; }

std::size_t colours_in(const Picture& picture, const Rect& area) {
  std::set<std::array<std::uint8_t, 3>> colours;
  for (int y = static_cast<int>(area.y); y < static_cast<int>(area.bottom()); ++y)
    for (int x = static_cast<int>(area.x); x < static_cast<int>(area.right()); ++x) {
      const std::size_t at =
          (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)) * 4;
      colours.insert({picture.rgba[at], picture.rgba[at + 1], picture.rgba[at + 2]});
    }
  return colours.size();
}

}  // namespace

TEST_CASE("the window opens on the gallery, and a click on a card opens its lesson at the start") {
  Driver driver(fixture::services());
  CHECK(driver.app.lesson() == nullptr);
  CHECK(driver.shows("lesson post"));
  CHECK(driver.shows("lesson faulty"));
  CHECK_FALSE(driver.shows("play"));
  driver.click("lesson post");
  REQUIRE(driver.app.lesson() != nullptr);
  CHECK(driver.app.playback().at == driver.app.lesson()->trace.start);
  CHECK_FALSE(driver.app.playback().playing);
  CHECK(driver.shows("play"));
  driver.click("lessons");
  CHECK(driver.app.lesson() == nullptr);
  CHECK(driver.shows("lesson post"));
}

TEST_CASE("a card of the gallery is reached and opened by the keyboard alone") {
  Driver driver(fixture::services());
  for (int i = 0; i < 20 && driver.app.lesson() == nullptr; ++i) {
    driver.key(ImGuiKey_Tab);
    if (focused_item() == driver.item("lesson post").id) driver.key(ImGuiKey_Space);
  }
  CHECK(driver.app.lesson() != nullptr);
}

TEST_CASE("a faulty file shows its faults, and what was open stays") {
  OpenLessonDriver driver;
  driver.app.apply(Seek{driver.app.lesson()->trace.start + milliseconds(500)});
  const Lesson* before = driver.app.lesson();
  driver.app.drop(fixture::faulty_file);
  driver.frames(3);
  REQUIRE(driver.app.faults().size() == 1);
  CHECK(driver.app.faults().front().find(":7:12:") != std::string::npos);
  CHECK(driver.app.lesson() == before);
  CHECK(driver.at() == milliseconds(500));
  REQUIRE(driver.shows("close"));
  driver.click("close");
  CHECK(driver.app.faults().empty());
  CHECK(driver.app.lesson() == before);
}

TEST_CASE("the Escape key closes the faults without leaving the lesson, then leaves it") {
  OpenLessonDriver driver;
  driver.app.drop(fixture::faulty_file);
  driver.frames(3);
  driver.key(ImGuiKey_Escape);
  CHECK(driver.app.faults().empty());
  CHECK(driver.app.lesson() != nullptr);
  driver.key(ImGuiKey_Escape);
  CHECK(driver.app.lesson() == nullptr);
}

TEST_CASE("a path can be typed into the gallery") {
  Driver driver(fixture::services());
  driver.click("##file");
  driver.type(fixture::lesson_file);
  driver.key(ImGuiKey_Enter);
  CHECK(driver.app.lesson() != nullptr);
}

TEST_CASE("playing moves the cursor by the time that passes times the speed, and stops at the end") {
  OpenLessonDriver driver;
  driver.click("play");
  REQUIRE(driver.app.playback().playing);
  Duration before = driver.at();
  driver.frames(6);
  CHECK((driver.at() - before).count() == Catch::Approx(6 * Driver::frame_s * 1e6).margin(6));
  driver.app.apply(SetSpeed{10});
  before = driver.at();
  driver.frames(3);
  CHECK((driver.at() - before).count() == Catch::Approx(30 * Driver::frame_s * 1e6).margin(6));
  driver.app.apply(SetSpeed{1e9});
  CHECK(driver.app.playback().speed == speed_max);
  driver.frames(100);
  CHECK(driver.at() == driver.total());
  CHECK_FALSE(driver.app.playback().playing);
  driver.app.apply(SetSpeed{1});
  driver.click("play");  // from the end it begins anew
  CHECK(driver.app.playback().playing);
  CHECK(driver.app.playback().at < driver.app.lesson()->trace.end());
}

TEST_CASE("an idle window draws nothing, and a playing one draws") {
  OpenLessonDriver driver;
  driver.frames(60);
  CHECK_FALSE(driver.app.needs_frame());
  driver.app.wake();
  CHECK(driver.app.needs_frame());
  driver.frames(60);
  CHECK_FALSE(driver.app.needs_frame());
  driver.app.apply(TogglePlay{});
  CHECK(driver.app.needs_frame());
}

TEST_CASE("the step buttons and the arrow keys lead over the same instants, on and back") {
  OpenLessonDriver driver;
  std::vector<Duration> by_button{driver.at()}, back;
  for (int i = 0; i < 4; ++i) {
    driver.click("step on");
    by_button.push_back(driver.at());
  }
  CHECK(std::is_sorted(by_button.begin(), by_button.end()));
  CHECK(by_button[0] < by_button[1]);
  for (int i = 0; i < 4; ++i) {
    back.push_back(driver.at());
    driver.key(ImGuiKey_LeftArrow);
  }
  back.push_back(driver.at());
  std::reverse(back.begin(), back.end());
  CHECK(back == by_button);
  driver.key(ImGuiKey_RightArrow);
  CHECK(driver.at() == by_button[1]);
  driver.click("step back");
  CHECK(driver.at() == by_button[0]);
}

TEST_CASE("the keys play, jump to both ends and choose how far a step goes") {
  OpenLessonDriver driver;
  driver.key(ImGuiKey_Space);
  CHECK(driver.app.playback().playing);
  driver.key(ImGuiKey_Space);
  CHECK_FALSE(driver.app.playback().playing);
  driver.key(ImGuiKey_End);
  CHECK(driver.at() == driver.total());
  driver.key(ImGuiKey_Home);
  CHECK(driver.at() == Duration(0));
  driver.key(ImGuiKey_2);
  CHECK(driver.app.playback().granularity == Granularity::Packet);
  driver.key(ImGuiKey_RightArrow);
  const Duration packet = driver.at();
  driver.key(ImGuiKey_Home);
  driver.key(ImGuiKey_1);
  driver.key(ImGuiKey_RightArrow);
  CHECK(driver.at() > packet);
  driver.key(ImGuiKey_3);
  CHECK(driver.app.playback().granularity == Granularity::LessonStep);
}

TEST_CASE("the step size and the speed are chosen from lists") {
  OpenLessonDriver driver;
  driver.click("step by");
  driver.click("packet");
  CHECK(driver.app.playback().granularity == Granularity::Packet);
  driver.click("speed");
  driver.click("0.25 \u00D7");
  CHECK(driver.app.playback().speed == 0.25);
}

TEST_CASE("the scrubber is dragged, and its two ends are the lesson's") {
  OpenLessonDriver driver;
  const Item scrubber = driver.item("scrubber");
  const float y = (scrubber.low.y + scrubber.high.y) / 2, middle = (scrubber.low.x + scrubber.high.x) / 2;
  driver.drag({scrubber.low.x + 20, y}, {middle, y});
  CHECK(driver.at().count() == Catch::Approx(static_cast<double>(driver.total().count()) / 2).epsilon(0.01));
  driver.drag({middle, y}, {5000, y});
  CHECK(driver.at() == driver.total());
  driver.drag({scrubber.high.x - 12, y}, {-500, y});
  CHECK(driver.at() == Duration(0));
}

TEST_CASE("a lesson's step is reached from the list and from its mark") {
  OpenLessonDriver driver;
  const auto marks = lesson_marks(driver.app.lesson()->trace);
  driver.click("step 3");
  CHECK(driver.app.playback().at == marks[2].at);
  driver.click("mark 2");
  CHECK(driver.app.playback().at == marks[1].at);
}

TEST_CASE("every way to an instant shows the same picture") {
  OpenLessonDriver driver;
  const auto settled = [&driver] {
    ImGui::GetIO().AddMousePosEvent(5, 5);
    driver.frames(40);
    return driver.picture().rgba;
  };
  driver.key(ImGuiKey_RightArrow);
  driver.key(ImGuiKey_RightArrow);
  driver.key(ImGuiKey_RightArrow);
  const Instant there = driver.app.playback().at;
  const auto stepped = settled();
  driver.key(ImGuiKey_End);
  driver.app.apply(Seek{there});
  const bool same_after_seek = settled() == stepped;
  CHECK(same_after_seek);
  driver.key(ImGuiKey_RightArrow);
  driver.key(ImGuiKey_LeftArrow);
  const bool same_after_step_back = settled() == stepped;
  CHECK(same_after_step_back);
}

TEST_CASE("language, theme and scale are changed in the window and kept") {
  std::vector<Settings> saved;
  AppServices services = fixture::services();
  services.save = [&saved](const Settings& settings) { saved.push_back(settings); };
  Driver driver(std::move(services));
  driver.click("language");
  driver.click("ca");
  CHECK(driver.app.settings().language == Language::Catalan);
  driver.click("theme");
  CHECK(driver.app.settings().theme == Theme::Light);
  driver.click("larger");
  CHECK(driver.app.settings().scale_percent == 125);
  driver.key(ImGuiKey_Equal, ImGuiMod_Ctrl);
  CHECK(driver.app.settings().scale_percent == 150);
  driver.key(ImGuiKey_Minus, ImGuiMod_Ctrl);
  CHECK(driver.app.settings().scale_percent == 125);
  driver.key(ImGuiKey_0, ImGuiMod_Ctrl);
  CHECK(driver.app.settings().scale_percent == 100);
  for (int i = 0; i < 12; ++i) driver.key(ImGuiKey_Equal, ImGuiMod_Ctrl);
  CHECK(driver.app.settings().scale_percent == scale_percent_max);
  REQUIRE_FALSE(saved.empty());
  CHECK(saved.back().language == Language::Catalan);
  CHECK(saved.back().theme == Theme::Light);
  driver.click("motion");
  CHECK(saved.back().reduced_motion);
  driver.click("motion");
  CHECK_FALSE(saved.back().reduced_motion);
}

TEST_CASE("a small window brings each panel to the front") {
  Settings settings;
  settings.scale_percent = 200;
  OpenLessonDriver driver(settings);
  CHECK(driver.app.layout().inspector.empty());
  driver.click("inspector");
  CHECK_FALSE(driver.app.layout().inspector.empty());
  CHECK(driver.app.layout().lesson.empty());
  driver.click("conversation");
  CHECK_FALSE(driver.app.layout().conversation.empty());
  CHECK(driver.app.layout().network.empty());
}

TEST_CASE("no text of the window is cut, in any language, at 100 % and at 200 %") {
  for (const Language language : all_languages)
    for (const int percent : {100, 200}) {
      Settings settings;
      settings.language = language;
      settings.scale_percent = percent;
      Driver driver(fixture::services(), settings);
      INFO(code(language) << " at " << percent
                          << " %: " << Catch::StringMaker<std::vector<std::string>>::convert(cut_texts()));
      CHECK(cut_texts().empty());
      driver.click("lesson post");
      driver.app.apply(Seek{driver.app.lesson()->trace.start + milliseconds(600)});
      driver.frames(3);
      INFO("lesson: " << Catch::StringMaker<std::vector<std::string>>::convert(cut_texts()));
      CHECK(cut_texts().empty());
    }
}

TEST_CASE("every panel's place holds a picture, in both themes, and two runs give the same one") {
  for (const Theme theme : {Theme::Dark, Theme::Light}) {
    Settings settings;
    settings.theme = theme;
    const auto run = [&settings](WindowLayout& layout) {
      OpenLessonDriver driver(settings);
      driver.app.apply(Seek{driver.app.lesson()->trace.start + milliseconds(300)});
      ImGui::GetIO().AddMousePosEvent(5, 5);
      driver.frames(10);
      layout = driver.app.layout();
      return driver.picture();
    };
    WindowLayout layout, again;
    const Picture picture = run(layout);
    for (const Rect& panel :
         {layout.top_bar, layout.lesson, layout.network, layout.conversation, layout.inspector, layout.transport})
      CHECK(colours_in(picture, panel) > 20);
    const bool same = run(again).rgba == picture.rgba;
    CHECK(same);
  }
}

TEST_CASE("a screenshot needs no display, and tells what is wrong with its lesson") {
  Opening opening;
  const auto png = std::filesystem::temp_directory_path() / "mailscope-screenshot-test.png";
  opening.lesson = fixture::lesson_file;
  opening.at = milliseconds(200);
  CHECK(write_screenshot(opening, png, fixture::services()) == std::nullopt);
  CHECK(std::filesystem::file_size(png) > 10'000);
  std::filesystem::remove(png);
  opening.lesson = fixture::faulty_file;
  const auto problem = write_screenshot(opening, png, fixture::services());
  REQUIRE(problem);
  CHECK(problem->find(":7:12:") != std::string::npos);
  opening.lesson = std::nullopt;
  CHECK(write_screenshot(opening, "/nowhere/at/all.png", fixture::services()) != std::nullopt);
}
