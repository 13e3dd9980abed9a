// The command that opens a lesson's servers to real mail programs.
#pragma once

#include "sim/cli/commands.hpp"
#include "sim/live/setting.hpp"

namespace mailscope {

struct ServeOptions {
  std::string lesson;  ///< a file, or the name of a lesson in the lesson folder
  live::Setting setting;
  bool allow_lan{}, quiet{}, colour{};
  Language language{};
};

/// Prints what to type into a mail program, then a transcript while it grows, until SIGINT or SIGTERM.
int serve_lesson(const ServeOptions& options, const Terminal& terminal);

}  // namespace mailscope
