#include "viz/model/timeline.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/model/small_trace.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

Trace recorded_at(const std::vector<std::int64_t>& milliseconds) {
  Trace trace = two_hosts();
  for (const std::int64_t ms : milliseconds) trace.append(at_ms(ms), LessonStepReached{0});
  return trace;
}

Timeline line_of(const Trace& trace) {
  Timeline line(trace.start);
  line.read(trace);
  return line;
}

constexpr std::int64_t hour = 3'600'000;

}  // namespace

TEST_CASE("where there are no pauses, the scrubber's line is time itself") {
  const Timeline line = line_of(recorded_at({100, 400, 1400}));
  CHECK(line.pauses().empty());
  CHECK(line.length() == 1'400'000);
  for (const std::int64_t ms : {0, 1, 250, 1399, 1400}) {
    CHECK(line.place(at_ms(ms)) == static_cast<double>(ms) * 1000);
    CHECK(line.at(static_cast<double>(ms) * 1000) == at_ms(ms));
  }
}

TEST_CASE("a pause of a week is a twentieth of what happens, and never more than a second") {
  const Timeline line = line_of(recorded_at({1000, 168 * hour, 168 * hour + 1000}));
  REQUIRE(line.pauses().size() == 1);
  CHECK(line.pauses()[0].from == at_ms(1000));
  CHECK(line.pauses()[0].to == at_ms(168 * hour));
  CHECK(line.length() == 2'100'000);
  CHECK(line.place(at_ms(84 * hour)) == Catch::Approx(1'050'000).epsilon(0.01));
  std::vector<std::int64_t> busy;
  for (std::int64_t ms = 1000; ms <= 60'000; ms += 1000) busy.push_back(ms);
  busy.push_back(168 * hour);
  CHECK(line_of(recorded_at(busy)).length() == 61'000'000);
}

TEST_CASE("many pauses leave half of the line to what happens") {
  std::vector<std::int64_t> times;
  for (std::int64_t i = 0; i < 100; ++i) times.insert(times.end(), {i * hour + 100, i * hour + 110});
  const Timeline line = line_of(recorded_at(times));
  CHECK(line.pauses().size() == 99);
  CHECK(line.length() == Catch::Approx(1.5 * (100 + 100 * 10) * 1000));
}

TEST_CASE("places on the line ascend with the instants, and lead back to them") {
  const Trace trace = recorded_at({10, 700, 5 * hour, 5 * hour + 40, 9 * hour, 9 * hour + 1});
  const Timeline line = line_of(trace);
  double last = -1;
  for (std::int64_t ms = 0; ms <= 9 * hour + 1; ms += 977) {
    const double place = line.place(at_ms(ms));
    REQUIRE(place > last);
    const Duration away = line.at(place) - at_ms(ms);
    REQUIRE(std::max(away, -away) <= Duration(1));
    last = place;
  }
  CHECK(line.at(-5) == trace.start);
  CHECK(line.at(line.length() * 2) == trace.end());
  CHECK(line.place(trace.end() + std::chrono::hours(1)) == line.length());
}

TEST_CASE("a line that is read as its trace grows is the one that is read at once") {
  const std::vector<std::int64_t> times{10, 700, 5 * hour, 5 * hour + 40, 9 * hour, 9 * hour + 1};
  const Timeline whole = line_of(recorded_at(times));
  Trace growing = two_hosts();
  Timeline line(growing.start);
  for (const std::int64_t ms : times) {
    line.read(growing, at_ms(ms));  // real time goes on between the records
    growing.append(at_ms(ms), LessonStepReached{0});
    line.read(growing, at_ms(ms));
  }
  CHECK(line.length() == whole.length());
  CHECK(line.pauses().size() == whole.pauses().size());
  line.read(growing, at_ms(12 * hour));
  CHECK(line.pauses().size() == whole.pauses().size() + 1);
  CHECK(line.at(line.length()) == at_ms(12 * hour));
}
