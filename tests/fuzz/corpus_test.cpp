// Every input of the corpora, as it is and mutated, goes through its target: what was found once stays found.
#include "tests/protocols/message/corpus.hpp"

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/targets.hpp"
#include "tests/source_dir.hpp"

using namespace mailscope;

namespace {

std::string octets_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("what strangers send is read, and engines answer alike however it is cut") {
  constexpr std::uint64_t mutations = 64;
  const fuzz::Target target = GENERATE(from_range(fuzz::targets().begin(), fuzz::targets().end()));
  CAPTURE(target.name);
  const std::filesystem::path corpus = source_dir() / "tests/fuzz/corpus" / target.name;
  const auto seed = Catch::getSeed();
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string input = octets_of(entry.path());
    INFO(entry.path().filename().string() << ", seed " << seed);
    target.run(input);
    for (std::uint64_t number = 0; number < mutations; ++number) {
      CAPTURE(number);
      target.run(test::mutated(input, seed + number));
    }
    ++inputs;
  }
  CHECK(inputs > 0);
}
