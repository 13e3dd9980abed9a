// The Live view as a teacher uses it, with a real client on a socket of this machine.
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sim/live/service.hpp"
#include "sim/live/sockets.hpp"
#include "tests/sim/world/lesson_fixture.hpp"
#include "tests/viz/driver.hpp"
#include "tests/viz/fixture.hpp"
#include "viz/draw/text.hpp"

using namespace mailscope;

namespace {

constexpr std::uint32_t loopback = 127U << 24 | 1;
constexpr std::uint16_t first_port = 29'310;  // below those that Linux gives out by itself

/// The shipped lesson, its servers on ports of this test's own.
AppServices live_services() {
  AppServices services = fixture::services();
  services.open = [](const std::filesystem::path& file) -> LessonReading {
    auto lesson = std::make_shared<Lesson>();
    lesson->file = file;
    lesson->scenario = scenario_from(lesson_text());
    World world(lesson->scenario);
    lesson->trace = world.trace();
    lesson->conversation = conversation_of(lesson->trace);
    return {lesson, {}};
  };
  services.serve = [](const Scenario& scenario, std::function<void()> news) {
    live::Setting setting;
    std::uint16_t real = first_port;
    for (const live::Door& door : live::doors_of(scenario, {}))
      setting.mappings.push_back({door.host, door.port.port.number, real++});
    return std::make_unique<live::Service>(scenario, setting, std::move(news));
  };
  return services;
}

struct LiveDriver : Driver {
  explicit LiveDriver(const Settings& settings = {}, int width = 1600, int height = 900)
      : Driver(live_services(), settings, width, height) {
    click("lesson post");
    click("live");
    REQUIRE(app.live() != nullptr);
    for (const std::string& failure : app.live()->failures) FAIL_CHECK(failure);
    REQUIRE(app.live()->serving);
  }
  /// Null where nobody answers: a loopback address does so at once.
  [[nodiscard]] std::unique_ptr<live::Stream> connect(std::string_view host, std::uint16_t port) {
    for (const live::Door& door : app.live()->doors)
      if (door.host == host && door.port.port.number == port) {
        auto stream = live::Stream::open({loopback, door.real});
        return stream && stream->opening() == live::Stream::Opening::Done ? std::move(stream) : nullptr;
      }
    return nullptr;
  }
  /// Says `line`, if any, and draws until the server's answer is whole and is on the stage.
  std::string ask(live::Stream& client, std::string line) {
    if (!line.empty()) {
      line += "\r\n";
      REQUIRE(client.write(line) == live::Stream::Outcome::Progress);
    }
    std::string heard;
    for (int i = 0; i < 500 && !heard.ends_with("\r\n"); ++i) {
      frames(1);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      if (client.read(heard) == live::Stream::Outcome::Ended) break;
    }
    for (int i = 0; i < 500 && !has_row(heard.substr(0, heard.find('\r'))); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      frames(1);
    }
    return heard;
  }
  [[nodiscard]] bool has_row(const std::string& text) const {
    return std::ranges::any_of(app.lesson()->conversation.rows,
                               [&](const ConversationRow& row) { return row.text.starts_with(text); });
  }
};

}  // namespace

TEST_CASE("a real client's conversation stands in the window while it is held, and can be stepped through") {
  LiveDriver driver;
  CHECK(driver.app.playback().following);
  const auto client = driver.connect("mx.llevant.example", 110);
  REQUIRE(client);
  CHECK(driver.ask(*client, "").starts_with("+OK"));
  CHECK(driver.ask(*client, "USER bruno").starts_with("+OK"));
  CHECK(driver.ask(*client, "PASS wrong").starts_with("-ERR"));
  CHECK(driver.has_row("USER bruno"));
  CHECK(driver.has_row("-ERR"));
  CHECK(driver.app.playback().at >= driver.app.lesson()->trace.end());

  driver.key(ImGuiKey_LeftArrow);  // to the last line
  driver.key(ImGuiKey_LeftArrow);
  CHECK_FALSE(driver.app.playback().following);
  const Instant stepped = driver.app.playback().at;
  CHECK(stepped < driver.app.lesson()->trace.end());
  CHECK(driver.ask(*client, "NOOP").starts_with("-ERR"));  // not in this state (RFC 1939 §5)
  CHECK(driver.app.playback().at == stepped);              // who looks back is not carried away
  driver.key(ImGuiKey_End);
  CHECK(driver.app.playback().following);

  driver.click("close servers");
  CHECK_FALSE(driver.app.live()->serving);
  CHECK_FALSE(driver.app.playback().playing);
  CHECK(driver.has_row("USER bruno"));
  CHECK(driver.connect("mx.llevant.example", 110) == nullptr);
  driver.key(ImGuiKey_Home);
  CHECK(driver.app.playback().at == driver.app.lesson()->trace.start);
}

TEST_CASE("the lesson and its live servers keep a cursor each, and leaving the lesson closes the servers") {
  LiveDriver driver;
  const auto client = driver.connect("mail.alba.example", 587);
  REQUIRE(client);
  CHECK(driver.ask(*client, "").starts_with("220"));
  driver.click("stage");
  CHECK_FALSE(driver.has_row("220"));
  CHECK_FALSE(driver.app.playback().following);
  driver.click("live");
  CHECK(driver.has_row("220"));
  CHECK(driver.app.playback().following);
  driver.click("lessons");
  CHECK(driver.app.live() == nullptr);
}

TEST_CASE("the live record is saved, opened again as it was, and where it cannot be saved, the reason is told") {
  LiveDriver driver;
  const auto client = driver.connect("mail.alba.example", 587);
  REQUIRE(client);
  CHECK(driver.ask(*client, "").starts_with("220"));
  const auto folder = std::filesystem::temp_directory_path() / "mailscope-live-test";
  std::filesystem::create_directories(folder);
  const auto file = folder / "record.jsonl";
  driver.app.apply(SaveRecord{file});
  CHECK(driver.app.live()->saved == file.string());
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  CHECK(text.find("220 mail.alba.example") != std::string::npos);
  const LessonReading again = open_lesson(file);
  REQUIRE(again.lesson);
  CHECK(again.lesson->conversation.rows.size() == driver.app.lesson()->conversation.rows.size());
  CHECK(again.lesson->scenario.title.in(Language::Catalan) == driver.app.lesson()->trace.title);
  std::ofstream(file, std::ios::app) << "{}\n";
  const LessonReading damaged = open_lesson(file);
  CHECK_FALSE(damaged.lesson);
  REQUIRE(damaged.faults.size() == 1);
  CHECK(damaged.faults.front().find("record.jsonl:") != std::string::npos);
  std::filesystem::remove_all(folder);
  driver.app.apply(SaveRecord{folder / "nowhere" / "record.jsonl"});
  driver.frames(2);
  REQUIRE(driver.app.faults().size() == 1);
  CHECK(driver.app.faults().front().find("record.jsonl") != std::string::npos);
}

TEST_CASE("ports that are taken are told, and tried again") {
  const live::Library library;
  auto taken = live::Listener::open(first_port, live::Listener::At::Loopback);
  REQUIRE(taken);
  Driver driver(live_services());
  driver.click("lesson post");
  driver.click("live");
  CHECK_FALSE(driver.app.live()->serving);
  REQUIRE(driver.app.live()->failures.size() == 1);
  CHECK(driver.app.live()->failures.front().find(std::to_string(first_port)) != std::string::npos);
  taken.reset();
  driver.click("open servers");
  CHECK(driver.app.live()->serving);
}

TEST_CASE("the Live view cuts no text of its own in any language, at any size") {
  for (const Language language : all_languages)
    for (const int scale : {100, 200}) {
      LiveDriver driver({.language = language, .scale_percent = scale});
      const auto client = driver.connect("mail.alba.example", 587);
      REQUIRE(client);
      CHECK(driver.ask(*client, "").starts_with("220"));
      CHECK(cut_texts() == std::vector<std::string>{});
      driver.click("close servers");
      driver.frames(3);
      CHECK(cut_texts() == std::vector<std::string>{});
    }
}
