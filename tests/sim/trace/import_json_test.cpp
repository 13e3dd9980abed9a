#include "sim/trace/import_json.hpp"

#include <catch2/catch_all.hpp>
#include <sstream>

#include "sim/trace/export_json.hpp"
#include "tests/sim/trace/random_trace.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

namespace {

std::string lines_of(const Trace& trace) {
  std::string lines;
  for_each_json_line(trace, [&](std::string_view line) { lines += line; });
  return lines;
}

TraceReading read(const std::string& lines) {
  std::istringstream in(lines);
  return read_trace(in);
}

/// The whole lesson, over TLS in part: every kind of record that worlds write.
const std::string& lesson_lines() {
  static const std::string lines = [] {
    World world = lesson_world(
        {{"    users: {anna: violet-7}", "    users: {anna: violet-7}\n    plaintext-login: false\n    starttls: true"},
         {"outgoing: {server: mail.alba.example", "outgoing: {security: starttls, server: mail.alba.example"}});
    world.run();
    return lines_of(world.trace());
  }();
  return lines;
}

}  // namespace

TEST_CASE("a trace that was written is read as it was, and has the same states") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{6}));
  INFO("seed " << seed);
  const Trace trace = random_trace(seed, 2'000);
  const TraceReading reading = read(lines_of(trace));
  INFO(reading.fault.line << ": " << reading.fault.text);
  REQUIRE(reading.trace);
  CHECK(lines_of(*reading.trace) == lines_of(trace));
  CHECK(reading.trace->state_at(trace.end()) == trace.state_at(trace.end()));
}

TEST_CASE("a lesson's record is read as it was") {
  const TraceReading reading = read(lesson_lines());
  INFO(reading.fault.line << ": " << reading.fault.text);
  REQUIRE(reading.trace);
  CHECK(lines_of(*reading.trace) == lesson_lines());
}

TEST_CASE("what cannot be shown is refused with its line and its reason") {
  const std::string header = R"({"title":"t","seed":1,"start_us":0,"hosts":[],"links":[],"machines":[]})"
                             "\n";
  const auto [line, lines, text] = GENERATE_COPY(table<std::size_t, std::string, std::string>({
      {1, "", "the file is empty"},
      {1, "subject: no JSON\n", "no JSON object"},
      {1, "[]\n", "expected an object"},
      {1, "{}\n", "\"title\" is missing"},
      {2, header + R"({"at_us":0,"what":"tea"})", "found \"tea\""},
      {2, header + R"({"at_us":-1,"what":"notice"})", "\"at_us\": expected a number"},
      {2, header + R"({"at_us":0,"what":"queue-changed","host":0,"messages":0})", "names what does not exist"},
      {3,
       header + R"({"at_us":5,"what":"lesson-step-reached","step":0})" + "\n" +
           R"({"at_us":4,"what":"lesson-step-reached","step":0})",
       "before the line above"},
      {2, header + R"({"at_us":0,"what":"connection-changed","connection":0,"phase":"open"})",
       "names what does not exist"},
      {2, header + "{" + std::string(trace_line_octets_max, ' '), "longer than"},
  }));
  const TraceReading reading = read(lines);
  CHECK_FALSE(reading.trace);
  CHECK(reading.fault.line == line);
  INFO(reading.fault.text);
  CHECK(reading.fault.text.find(text) != std::string::npos);
}

TEST_CASE("no damage to a record's file makes more of it than a fault or a trace that has states") {
  const std::uint64_t seed = Catch::getSeed();
  INFO("seed " << seed);
  RandomStream random(seed, "damage");
  std::vector<std::string> lines;
  std::istringstream in(lesson_lines());
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::size_t read_whole = 0;
  for (int round = 0; round < 300; ++round) {
    std::string damaged;
    const std::size_t victim = random.below(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string line = lines[i];
      if (i == victim) {
        const std::size_t at = random.below(line.size());
        switch (random.below(4)) {
          case 0:
            line[at] = static_cast<char>('0' + random.below(75));
            break;
          case 1:
            line.erase(at, random.below(20));
            break;
          case 2:
            line.insert(at, "9");
            break;
          default:
            line = lines[random.below(lines.size())];
        }
      }
      damaged += line + '\n';
    }
    const TraceReading reading = read(damaged);
    CHECK(reading.trace.has_value() == (reading.fault.line == 0));
    if (!reading.trace) continue;
    ++read_whole;
    CHECK(reading.trace->state_at(reading.trace->end()).records == reading.trace->records().size());
  }
  CHECK(read_whole > 0);
  CHECK(read_whole < 300);
}
