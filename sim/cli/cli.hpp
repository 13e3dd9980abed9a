// The command line: what was asked for, and the commands that need no window. It names no window type; what opens one
// is handed in.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "protocols/core/time.hpp"
#include "sim/words/text.hpp"

namespace mailscope {

/// How the window shall begin. What is absent is the window's to choose: its saved settings, or a default.
struct WindowRequest {
  std::filesystem::path lesson;      ///< read without errors; empty: the gallery
  std::string tab{"meaning"};        ///< of the inspector: or "state", "bytes", "mailboxes"
  std::optional<std::string> theme;  ///< "dark" or "light"
  std::optional<Language> language;
  std::optional<int> scale_percent;  ///< 75 to 250
  bool reduced_motion{};  ///< asked for; else the window's to choose
  int width{1600}, height{900};      ///< 320×240 to 7680×4320
  Duration at{};                     ///< since the lesson's start
};

/// What opens windows.
struct WindowHooks {
  /// Returns the exit status, or nothing where no window can be opened on this display.
  std::function<std::optional<int>(const WindowRequest&)> open_window;
  /// Renders one picture without a display and writes it as PNG. Returns the exit status.
  std::function<int(const WindowRequest&, const std::filesystem::path& png)> screenshot;
};

/// What the machine offers, handed in so that tests can offer something else.
struct Terminal {
  std::ostream& out;
  std::ostream& error;
  bool out_is_terminal{};
  std::function<std::string(const char*)> variable;  ///< of the environment; empty where it is not set
};

/// Runs one command. Returns 0; 1 where an expectation of the lesson did not hold, or what was asked for failed;
/// 2 for wrong usage or a faulty lesson.
int run_cli(const std::vector<std::string>& arguments, const WindowHooks& hooks, const Terminal& terminal);
/// The same with the process's own arguments, streams and environment.
int run_cli(int argc, char** argv, const WindowHooks& hooks);

}  // namespace mailscope
