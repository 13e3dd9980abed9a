// The window on a display.
#pragma once

#include <filesystem>
#include <optional>

#include "viz/app/app.hpp"

namespace mailscope {

struct WindowOptions {
  std::optional<std::filesystem::path> lesson;  ///< none: opens on the gallery
  Duration at{};                                ///< since the lesson's start
  int width{1600}, height{900};                 ///< screen pixels
  Settings settings;
  InspectorTab tab{};
};

/// What open_window() returns where there is no display to open a window on.
inline constexpr int exit_no_display = 3;

/// Shows the window until it is closed. Returns the program's exit status; what went wrong is printed.
int open_window(const WindowOptions& options, AppServices services);

}  // namespace mailscope
