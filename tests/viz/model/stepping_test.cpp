#include "viz/model/stepping.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/fixture.hpp"

using namespace mailscope;
using std::chrono::milliseconds;

TEST_CASE("a step by command stops when a row has arrived, so that its effect can be seen") {
  const auto lesson = fixture::lesson();
  const Stops stops(lesson->trace, lesson->conversation);
  const ConversationRow& first = lesson->conversation.rows.front();
  REQUIRE(first.arrived);
  CHECK(stops.next(Granularity::Command, lesson->trace.start) == *first.arrived);
  CHECK(stops.next(Granularity::Command, first.sent) == *first.arrived);
}

TEST_CASE("steps on and back, in any mixture, lead over the same instants") {
  const auto lesson = fixture::lesson();
  const Stops stops(lesson->trace, lesson->conversation);
  for (const Granularity size : {Granularity::Command, Granularity::Packet, Granularity::LessonStep}) {
    std::vector<Instant> forward{lesson->trace.start};
    while (forward.back() < lesson->trace.end()) {
      REQUIRE(stops.next(size, forward.back()) > forward.back());
      forward.push_back(stops.next(size, forward.back()));
    }
    CHECK(forward.size() > (size == Granularity::LessonStep ? 3U : 10U));
    CHECK(forward == stops.of(size));
    std::vector<Instant> backward{forward.back()};
    while (backward.back() > lesson->trace.start) backward.push_back(stops.previous(size, backward.back()));
    std::reverse(backward.begin(), backward.end());
    CHECK(backward == forward);
    for (std::size_t i = 1; i + 1 < forward.size(); ++i) {
      CHECK(stops.previous(size, stops.next(size, forward[i])) == forward[i]);
      CHECK(stops.next(size, stops.previous(size, forward[i])) == forward[i]);
    }
  }
}

TEST_CASE("stepping stays at the ends, and finds its way from between two stops") {
  const auto lesson = fixture::lesson();
  const Stops stops(lesson->trace, lesson->conversation);
  CHECK(stops.previous(Granularity::Packet, lesson->trace.start) == lesson->trace.start);
  CHECK(stops.next(Granularity::Packet, lesson->trace.end()) == lesson->trace.end());
  const auto& all = stops.of(Granularity::Command);
  const Instant between = all[1] + (all[2] - all[1]) / 2;
  CHECK(stops.next(Granularity::Command, between) == all[2]);
  CHECK(stops.previous(Granularity::Command, between) == all[1]);
}

TEST_CASE("an empty trace has one stop") {
  Trace trace;
  const Stops stops(trace, {});
  CHECK(stops.of(Granularity::Command) == std::vector{trace.start});
  CHECK(stops.next(Granularity::Packet, trace.start) == trace.start);
}

TEST_CASE("spans follow the connections, and connections of one purpose in a row are one span") {
  Trace trace;
  trace.hosts.resize(2);
  const auto at = [&trace](int ms) { return trace.start + milliseconds(ms); };
  const auto opened = [](std::uint32_t id, const char* protocol, const char* purpose) {
    return ConnectionOpened{ConnectionId{id},     Transport::Tcp, {HostId{0}, Port{1}},
                            {HostId{1}, Port{2}}, protocol,       purpose};
  };
  trace.append(at(10), opened(0, "DNS", "lookup"));
  trace.append(at(20), ConnectionChanged{ConnectionId{0}, Phase::Closed});
  trace.append(at(30), opened(1, "DNS", "lookup"));
  trace.append(at(40), ConnectionChanged{ConnectionId{1}, Phase::TimedOut});
  trace.append(at(50), opened(2, "SMTP", "relay"));
  trace.append(at(60), ConnectionChanged{ConnectionId{2}, Phase::Closing});
  trace.append(at(90), LessonStepReached{0});
  const auto spans = protocol_spans(trace);
  REQUIRE(spans.size() == 2);
  CHECK(spans[0].protocol == "DNS");
  CHECK(spans[0].from == at(10));
  CHECK(spans[0].to == at(40));
  CHECK(spans[1].purpose == "relay");
  CHECK(spans[1].to == at(90));  // never closed: to the trace's end
}

TEST_CASE("each lesson step that was reached has its mark") {
  const auto lesson = fixture::lesson();
  const auto marks = lesson_marks(lesson->trace);
  REQUIRE(marks.size() == 4);
  for (std::size_t i = 0; i < marks.size(); ++i) CHECK(marks[i].step == i);
  CHECK(marks.front().at == lesson->trace.start);
  CHECK(std::is_sorted(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.at < b.at; }));
}

TEST_CASE("the clock shows minutes, seconds and milliseconds, and hours when there are any") {
  CHECK(clock_text(Duration(3'980'999)) == "00:03.980");
  CHECK(clock_text(milliseconds(61'005)) == "01:01.005");
  CHECK(clock_text(std::chrono::hours(26) + milliseconds(7)) == "26:00:00.007");
}
