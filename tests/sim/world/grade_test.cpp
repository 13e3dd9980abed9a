#include <catch2/catch_all.hpp>

#include "sim/world/moment.hpp"
#include "sim/world/world.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

/// A laptop (0) that talks to a server (1), a scenario of two steps, and a trace that tests fill by hand.
struct Story {
  Scenario scenario;
  Trace trace;

  Story() {
    trace.hosts.resize(2);
    trace.hosts[0].name = "desk";
    trace.hosts[1].name = "mail.alba.example";
    trace.append(trace.start,
                 ConnectionOpened{{0}, Transport::Tcp, {{0}, {50000}}, {{1}, {587}}, "SMTP", "submission"});
  }
  void add_step(std::vector<Expectation> expectations) {
    LessonStep step;
    step.expectations = std::move(expectations);
    scenario.steps.push_back(std::move(step));
  }
  void reach(std::uint32_t step) { trace.append(trace.end(), LessonStepReached{step}); }
  void say(Side side, std::string text, Direction direction = Direction::Sent) {
    LineSpoken line{{0}, side, {}};
    line.step.direction = direction;
    line.step.text = std::move(text);
    trace.append(trace.end(), line);
  }
  void put(std::uint64_t id, std::vector<std::string> flags = {}) {
    MailboxChanged change{{1}, "anna/INBOX", MailboxChanged::Kind::Added, {}};
    change.message.id = id;
    change.message.flags = std::move(flags);
    trace.append(trace.end(), change);
  }
};

Expectation said(std::string host, std::string line) {
  return {Expectation::LineSaid{std::move(host), std::move(line)}, 7};
}
Expectation holds(std::uint32_t messages, bool seen = false) {
  return {Expectation::MailboxHolds{"mail.alba.example", "anna/INBOX", messages, seen}, 8};
}

/// "step: + found" for what holds, "step: - found" for what does not.
std::vector<std::string> verdicts(const Story& story) {
  std::vector<std::string> told;
  for (const Verdict& verdict : grade(story.scenario, story.trace))
    told.push_back(std::to_string(verdict.step) + (verdict.holds ? ": + " : ": - ") + verdict.found);
  return told;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("an expected line counts when its host sends it during the step") {
  Story story;
  story.add_step({said("mail.alba.example", "235"), said("desk", "ehlo")});
  story.add_step({said("mail.alba.example", "354")});
  story.reach(0);
  story.say(Side::Client, "EHLO desk");
  story.say(Side::Server, "250-mail.alba.example\n250 AUTH PLAIN");
  story.reach(1);
  story.say(Side::Server, "235 2.7.0 Hello");
  story.say(Side::Client, "354 said by the wrong side");
  CHECK(verdicts(story) == Told{"0: - 250-mail.alba.example", "0: + EHLO desk", "1: - 235 2.7.0 Hello"});
}

TEST_CASE("any line of a reply may be the expected one; what was received was not said") {
  Story story;
  story.add_step({said("mail.alba.example", "250 AUTH"), said("desk", "NOOP")});
  story.reach(0);
  story.say(Side::Server, "250-mail.alba.example\n250 AUTH PLAIN");
  story.trace.append(story.trace.end(), EngineAttached{{0}, Side::Server, {}, {}});
  story.say(Side::Client, "NOOP", Direction::Received);
  CHECK(verdicts(story) == Told{"0: + 250-mail.alba.example", "0: - nothing said"});
}

TEST_CASE("where a real peer speaks, for whom no engine writes, what was heard of it was said") {
  Story story;
  story.add_step({said("mail.alba.example", "250 AUTH"), said("desk", "250")});
  story.reach(0);
  story.trace.append(story.trace.end(), EngineAttached{{0}, Side::Client, {}, {}});
  story.say(Side::Client, "250-mail.alba.example\n250 AUTH PLAIN", Direction::Received);
  story.say(Side::Client, "EHLO desk");
  CHECK(verdicts(story) == Told{"0: + 250-mail.alba.example", "0: - EHLO desk"});
}

TEST_CASE("the line at which a step begins belongs to it") {
  Story story;
  story.add_step({said("desk", "EHLO")});
  story.add_step({said("desk", "EHLO")});
  story.reach(0);
  story.reach(1);
  story.say(Side::Client, "EHLO desk");
  CHECK(verdicts(story) == Told{"0: - nothing said", "1: + EHLO desk"});
}

TEST_CASE("mailboxes and queues are counted when the step ends, to the record") {
  Story story;
  story.add_step({holds(1), holds(1, true), {Expectation::QueueHolds{"mail.alba.example", 2}, 9}});
  story.add_step({holds(2), holds(1, true), {Expectation::QueueHolds{"mail.alba.example", 0}, 10}});
  story.reach(0);
  story.put(1, {"\\Seen"});
  story.trace.append(story.trace.end(), QueueChanged{{1}, 2});
  story.reach(1);
  story.put(2, {"\\Flagged"});  // the same instant, but after the step
  story.trace.append(story.trace.end(), QueueChanged{{1}, 1});
  CHECK(verdicts(story) == Told{"0: + 1", "0: + 1", "0: + 2", "1: + 2", "1: + 1", "1: - 1"});
}

TEST_CASE("what a step never reached expects does not hold, not even an empty mailbox") {
  Story story;
  story.add_step({holds(0)});
  story.add_step({holds(0)});
  story.reach(1);
  CHECK(verdicts(story) == Told{"0: - step not reached", "1: + 0"});
  CHECK(grade(story.scenario, story.trace)[1].expectation == &story.scenario.steps[1].expectations[0]);
}

TEST_CASE("a mailbox or host that is not there holds nothing and says nothing") {
  Story story;
  story.add_step({{Expectation::MailboxHolds{"nowhere", "INBOX", 1, false}, 1},
                  said("nowhere", "x"),
                  {Expectation::QueueHolds{"nowhere", 1}, 1}});
  story.reach(0);
  story.reach(9);  // a step that the scenario does not have
  CHECK(verdicts(story) == Told{"0: - 0", "0: - nothing said", "0: - 0"});
}

TEST_CASE("a moment is matched by its action, by its line, or by anything after the start") {
  Story story;
  ConnectionEnds ends;
  story.say(Side::Client, "eHlO desk\nsecond");
  story.trace.append(story.trace.end(), ActionBegan{2, {0}});
  const Happening& opened = story.trace.records()[0].what;
  const Happening& line = story.trace.records()[1].what;
  const Happening& began = story.trace.records()[2].what;
  const auto holds_for = [&](const Moment& moment, const Happening& happening) {
    return matches(moment, happening, story.trace.hosts, ends);
  };
  const Moment ehlo{{}, "desk", "EHLO", false}, second{{}, "desk", "sec", false},
      other{{}, "mail.alba.example", "EHLO", false};
  CHECK_FALSE(holds_for(ehlo, line));  // the connection is not known yet
  ends.note(opened);
  CHECK(holds_for(ehlo, line));
  CHECK(holds_for(second, line));
  CHECK_FALSE(holds_for(other, line));
  CHECK_FALSE(holds_for(ehlo, began));
  const Moment third{2, {}, {}, false}, first{0, {}, {}, false}, start{{}, {}, {}, true};
  CHECK(holds_for(third, began));
  CHECK_FALSE(holds_for(first, began));
  CHECK_FALSE(holds_for(third, line));
  CHECK(holds_for(start, opened));
}

TEST_CASE("lines start with a text whatever the ASCII case, and never past the text's end") {
  CHECK(has_line_starting("MAIL FROM:<a@b>", "mail from"));
  CHECK(has_line_starting("a\nb\nc", "C"));
  CHECK_FALSE(has_line_starting("MAI", "MAIL"));
  CHECK_FALSE(has_line_starting("", "x"));
  CHECK(has_line_starting("", ""));
}
