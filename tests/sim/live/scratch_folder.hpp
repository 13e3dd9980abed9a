// A folder of a test's own, which goes with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace mailscope::live::test {

struct ScratchFolder {
  ScratchFolder() {
    std::string name = std::filesystem::temp_directory_path() / "mailscope-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path path;
};

}  // namespace mailscope::live::test
