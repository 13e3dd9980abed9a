// LLVM's libFuzzer over one target, until its time is over or something is found; `./dev fuzz` runs it.
#include <catch2/catch_all.hpp>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "tests/fuzz/targets.hpp"

/// libFuzzer's own main, as a function (libFuzzer's documentation, "Using libFuzzer as a library").
extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*run)(const std::uint8_t* octets, std::size_t size));

using namespace mailscope;

namespace {

const fuzz::Target* wanted = nullptr;

int run(const std::uint8_t* octets, std::size_t size) {
  try {
    wanted->run({reinterpret_cast<const char*>(octets), size});
    return 0;
  } catch (...) {  // Catch2 has written what failed; libFuzzer keeps the input of what aborts
    std::abort();
  }
}

}  // namespace

TEST_CASE("search", "[.search]") {
  const char* arguments = std::getenv("MAILSCOPE_FUZZ");  // the target, then libFuzzer's own: folders and options
  REQUIRE(arguments != nullptr);
  std::istringstream in(arguments);
  std::vector<std::string> words{"fuzz"};
  std::string name;
  in >> name;
  for (std::string word; in >> word;) words.push_back(word);
  for (const fuzz::Target& target : fuzz::targets())
    if (target.name == name) wanted = &target;
  if (wanted == nullptr) {
    for (const fuzz::Target& target : fuzz::targets()) std::cerr << target.name << '\n';
    FAIL("no such target");
  }
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int count = static_cast<int>(words.size());
  char** all = pointers.data();
  CHECK(LLVMFuzzerRunDriver(&count, &all, run) == 0);
}
