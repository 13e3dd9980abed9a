// Lessons are tests: every expectation of every shipped lesson holds, and a world is a function of scenario and seed.
#include "sim/trace/export_json.hpp"
#include "sim/words/explanations.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

TEST_CASE("everything that the lesson says will be true is true") {
  World world = lesson_world();
  world.run();
  CHECK(world.at_rest());
  const auto verdicts = grade(world.scenario(), world.trace());
  REQUIRE(verdicts.size() >= 12);
  for (const Verdict& verdict : verdicts) {
    INFO("scenario line " << verdict.expectation->line_number << ", found " << verdict.found);
    CHECK(verdict.holds);
  }
}

TEST_CASE("POP3 takes the first message off the server; IMAP leaves the second one there, read") {
  World world = lesson_world();
  world.run();
  const auto at_laptop = mailbox(world.trace(), "bruno-laptop", "INBOX");
  const auto at_phone = mailbox(world.trace(), "bruno-phone", "INBOX");
  const auto at_server = mailbox(world.trace(), "mx.llevant.example", "bruno/INBOX");
  REQUIRE(at_laptop.size() == 1);
  REQUIRE(at_phone.size() == 1);
  REQUIRE(at_server.size() == 1);
  CHECK(at_laptop[0].subject == "Lunch on Friday?");
  CHECK(at_server[0].subject == "The table is booked");
  CHECK(at_server[0].flags == std::vector<std::string>{"\\Seen"});
  CHECK(at_phone[0].subject == at_server[0].subject);
  CHECK(at_phone[0].body_present);
  CHECK(at_phone[0].octets == at_server[0].octets);
  CHECK(mailbox(world.trace(), "anna-laptop", "Sent").size() == 2);
}

TEST_CASE("every line, notice and failure of the lesson is explained in every language") {
  World world = lesson_world();
  world.run();
  for (const Record& record : world.trace().records()) {
    std::string topic;
    if (const auto* line = std::get_if<LineSpoken>(&record.what)) topic = line->step.topic;
    if (const auto* notice = std::get_if<Notice>(&record.what)) topic = notice->topic;
    if (topic.empty()) continue;
    INFO(topic);
    const Explanation* found = explanation(topic);
    REQUIRE(found);
    CHECK(found->title.missing().empty());
  }
}

TEST_CASE("the same scenario and seed give the same trace, and another seed another one") {
  const auto hash = [](std::optional<std::uint64_t> seed) {
    World world(scenario_from(lesson_text()), seed);
    world.run();
    return trace_hash(world.trace());
  };
  CHECK(hash(std::nullopt) == hash(std::nullopt));
  CHECK(hash(7) == hash(7));
  CHECK(hash(7) != hash(8));
}

TEST_CASE("stepping back to any record shows what a fresh run to that instant shows") {
  const Scenario scenario = scenario_from(lesson_text());
  World whole(scenario);
  whole.run();
  const Trace& trace = whole.trace();
  REQUIRE(trace.records().size() > 100);
  std::optional<Instant> last;
  for (auto record = trace.records().rbegin(); record != trace.records().rend(); ++record) {
    if (last == record->at) continue;
    last = record->at;
    World fresh(scenario);
    fresh.run_until(record->at);
    const WorldState there = fresh.trace().state_at(record->at);
    const WorldState back = trace.state_at(record->at);
    REQUIRE(there == back);
    REQUIRE(fresh.trace().records().size() == back.records);
  }
}

TEST_CASE("a world that is run in small pieces becomes the same world") {
  World whole = lesson_world();
  whole.run();
  World pieces = lesson_world();
  for (Instant at = pieces.trace().start; !pieces.at_rest(); at += std::chrono::milliseconds(7)) pieces.run_until(at);
  CHECK(trace_hash(pieces.trace()) == trace_hash(whole.trace()));
}
