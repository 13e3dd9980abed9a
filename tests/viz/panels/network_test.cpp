#include "viz/panels/network.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/panels/panel_driver.hpp"
#include "viz/model/host_card.hpp"

using namespace mailscope;
using namespace mailscope::test;

TEST_CASE("every host is a card, every port a door in its card, every link has its latency; no two cards overlap") {
  const auto size = GENERATE(std::pair{1600, 900}, std::pair{1280, 720}, std::pair{2560, 1440});
  const int scale = GENERATE(75, 100, 200);
  CAPTURE(size.first, scale);
  Stage stage(60, {.scale_percent = scale}, size.first, size.second);
  const Trace& trace = stage.app.lesson()->trace;
  const std::vector<Item> cards = items_named("card ");
  REQUIRE(cards.size() == trace.hosts.size());
  for (std::size_t i = 0; i < cards.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(rect_of(cards[i]).overlaps(rect_of(cards[j])));
  for (const HostInfo& host : trace.hosts) {
    const Rect card = rect_of(stage.item("card " + host.name));
    CHECK(stage.app.layout().network.contains(card));
    for (const PortInfo& port : host.ports)
      CHECK(card.contains(rect_of(stage.item("door " + host.name + ":" + std::to_string(port.port.number)))));
  }
  CHECK(items_named("link ").size() == trace.links.size());
}

TEST_CASE("a packet on its way is seen in its protocol's colour, and further on a moment later") {
  Stage stage(62);
  const Palette& p = palette(Theme::Dark);
  const Rect anna = rect_of(stage.item("card anna-laptop")), server = rect_of(stage.item("card mail.alba.example"));
  // A capsule is longer than this link: it leaves over one card and arrives over the other.
  const Rect over_anna{anna.right() - 50, anna.y + 4, 46, anna.height - 8};
  const Rect over_server{server.x + 4, server.y + 4, 34, server.height - 8};
  const std::size_t early_anna = stage.pixels(over_anna, p.smtp), early_server = stage.pixels(over_server, p.smtp);
  stage.seek(78);
  CHECK(early_anna > stage.pixels(over_anna, p.smtp) + 100);
  CHECK(stage.pixels(over_server, p.smtp) > early_server + 100);
}

TEST_CASE("an instant looks the same however one arrives at it") {
  Stage stage(135);
  const Picture forwards = stage.picture();
  stage.seek(900);
  stage.seek(135);
  CHECK(stage.picture().rgba == forwards.rgba);
}

TEST_CASE("the door of a connection under way is lit, and no other") {
  Stage stage(60);
  const WorldState now = stage.app.lesson()->trace.state_at(stage.app.playback().at);
  const View view{*stage.app.lesson(), now, stage.app.playback(), stage.app.selection(), stage.app.settings()};
  for (std::uint32_t host = 0; host < now.hosts.size(); ++host)
    for (const Door& door : host_card(view, HostId{host}).doors)
      CHECK(door.is_in_use == (host == 1 && door.info.port == Port{587}));
  const ImU32 smtp = palette(Theme::Dark).smtp;
  CHECK(stage.pixels(rect_of(stage.item("door mail.alba.example:587")), smtp) > 50);
  CHECK(stage.pixels(rect_of(stage.item("door mx.llevant.example:25")), smtp) == 0);
}

TEST_CASE("a delivery is told at its host for a moment, with its message in the stack") {
  Stage stage(640);
  const Palette& p = palette(Theme::Dark);
  const Rect panel = stage.app.layout().network;
  CHECK(stage.pixels(panel, p.success) > 50);
  stage.seek(60);
  CHECK(stage.pixels(panel, p.success) == 0);
  const WorldState later = stage.app.lesson()->trace.state_at(stage.app.lesson()->trace.end());
  const View view{*stage.app.lesson(), later, stage.app.playback(), stage.app.selection(), stage.app.settings()};
  const HostCard card = host_card(view, HostId{3});
  REQUIRE(card.stacks.size() == 2);
  CHECK(card.stacks[0].is_queue);
  CHECK(card.stacks[1].name == "bruno");
  CHECK(card.stacks[1].messages == 1);
}

TEST_CASE("a refused connection leaves a cross where it was turned away") {
  Stage stage(0);
  const Trace& trace = stage.app.lesson()->trace;
  const ImU32 failure = palette(Theme::Dark).failure;
  for (const Record& record : trace.records())
    if (const auto* changed = std::get_if<ConnectionChanged>(&record.what))
      if (changed->phase == Phase::Refused) stage.app.apply(Seek{record.at});
  stage.frames(4);
  const std::size_t marked = stage.pixels(stage.app.layout().network, failure);
  stage.seek(0);
  CHECK(marked > stage.pixels(stage.app.layout().network, failure) + 20);
}

TEST_CASE("a card can be dragged, the stage moved and magnified; fit puts everything back") {
  Stage stage(0);
  const auto place = [&](const char* name) { return rect_of(stage.item(name)); };
  const Rect before = place("card dns"), other = place("card mail.alba.example");
  const ImVec2 grip(before.right() - 8, before.bottom() - 8);
  stage.drag(grip, {grip.x + 70, grip.y + 20});
  CHECK(place("card dns").x == Catch::Approx(before.x + 70).margin(2));
  CHECK(place("card mail.alba.example").x == other.x);
  const Rect panel = stage.app.layout().network;
  stage.drag({panel.x + 30, panel.bottom() - 20}, {panel.x + 60, panel.bottom() - 40});
  CHECK(place("card mail.alba.example").x == Catch::Approx(other.x + 30).margin(2));
  stage.click("zoom out");
  CHECK(place("card mail.alba.example").width < other.width);
  stage.click("fit");
  CHECK(place("card dns") == before);
  CHECK(place("card mail.alba.example") == other);
}

TEST_CASE("doors, cards and links tell about themselves under the pointer") {
  Stage stage(0);
  for (const char* name : {"door mx.llevant.example:587", "card anna-laptop", "link anna-laptop mail.alba.example"}) {
    CAPTURE(name);
    stage.app.wake();
    ImGui::GetIO().AddMousePosEvent(5, 300);
    stage.frames(40);
    const Picture before = stage.picture();
    stage.hover(name);
    stage.frames(60);
    const Picture after = stage.picture();
    std::size_t changed = 0;
    for (std::size_t i = 0; i < before.rgba.size(); i += 4) changed += before.rgba[i] != after.rgba[i] ? 1U : 0U;
    CHECK(changed > 500);
  }
}
