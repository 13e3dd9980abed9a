// A picture of the window without a display.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "viz/app/app.hpp"

namespace mailscope {

struct ScreenshotOptions {
  std::filesystem::path output;                 ///< PNG
  std::optional<std::filesystem::path> lesson;  ///< none: the gallery
  Duration at{};                                ///< since the lesson's start
  int width{1600}, height{900};                 ///< pixels; 320 to 8192
  Settings settings;
  InspectorTab tab{};
};

/// Draws one settled frame and writes it. Returns nothing, or what went wrong as text for people.
[[nodiscard]] std::optional<std::string> write_screenshot(const ScreenshotOptions& options, AppServices services);

}  // namespace mailscope
