// The shipped lesson's whole conversation, kept as a text that people review: a change of any engine shows as a diff.
// MAILSCOPE_REGENERATE=1 writes it anew.
#include <cstdlib>

#include "sim/trace/export_text.hpp"
#include "tests/sim/world/lesson_fixture.hpp"
#include "tests/source_dir.hpp"

using namespace mailscope;

TEST_CASE("the lesson's transcript is the one that was reviewed") {
  const std::filesystem::path path = source_dir() / "tests/sim/world/send-and-retrieve.txt";
  World world = lesson_world();
  world.run();
  TranscriptOptions options;
  options.step_title = [&](std::uint32_t step) { return world.scenario().steps.at(step).title.in(Language::English); };
  const std::string transcript = format_transcript(world.trace(), options);
  if (std::getenv("MAILSCOPE_REGENERATE")) std::ofstream(path) << transcript;
  std::ifstream file(path);
  const std::string reviewed{std::istreambuf_iterator<char>(file), {}};
  CHECK(transcript == reviewed);
}
