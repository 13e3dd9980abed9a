// How the window begins: what it shows first, at which instant, and dressed how.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "viz/app/app.hpp"

namespace mailscope {

struct Opening {
  std::optional<std::filesystem::path> lesson;  ///< none: the gallery
  Duration at{};                                ///< since the lesson's start
  InspectorTab tab{};
  int width{1600}, height{900};  ///< pixels
  Settings settings;
};

/// The lessons of the lesson folder, worlds that are really run, and settings that are kept.
[[nodiscard]] AppServices real_services();
/// Opens what `opening` names. A lesson that cannot be opened leaves the gallery with its faults.
void begin(App& app, const Opening& opening);

}  // namespace mailscope
