// Searches for inputs that a target answers wrongly, by coverage (libFuzzer, from clang). Targets say what is wrong by
// Catch2's REQUIRE, which needs a running test: the search is one.
#include <catch2/catch_all.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*callback)(const std::uint8_t* data, std::size_t size));

namespace {

struct Search {
  int argc{};
  char** argv{};
  const mailscope::fuzz::Target* target{};
  int result{};
} search;

int try_one(const std::uint8_t* data, std::size_t size) {
  try {
    search.target->run({reinterpret_cast<const char*>(data), size});
  } catch (const Catch::TestFailureException&) {
    std::abort();  // libFuzzer keeps the input
  }
  return 0;
}

}  // namespace

TEST_CASE("search") { search.result = LLVMFuzzerRunDriver(&search.argc, &search.argv, try_one); }

/// search TARGET [libFuzzer's arguments]; `search` alone lists the targets.
int main(int argc, char** argv) {
  for (const mailscope::fuzz::Target& target : mailscope::fuzz::targets()) {
    if (argc < 2) std::printf("%.*s\n", static_cast<int>(target.name.size()), target.name.data());
    if (argc > 1 && target.name == argv[1]) search.target = &target;
  }
  if (argc < 2) return 0;
  if (!search.target) {
    std::fprintf(stderr, "no target is called %s: without arguments they are listed\n", argv[1]);
    return 2;
  }
  argv[1] = argv[0];  // what libFuzzer reads begins with a program's name
  search.argc = argc - 1;
  search.argv = argv + 1;
  const char* name[] = {argv[0]};
  const int failed = Catch::Session().run(1, name);
  return search.result != 0 ? search.result : failed;
}
