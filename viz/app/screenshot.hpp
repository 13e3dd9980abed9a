// A picture of the window without a display.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "viz/app/opening.hpp"

namespace mailscope {

/// Draws one settled frame of `opening` (each side 320 to 8192 pixels) and writes it as PNG. Returns nothing, or what
/// went wrong as text for people.
[[nodiscard]] std::optional<std::string> write_screenshot(const Opening& opening, const std::filesystem::path& png,
                                                          AppServices services);

}  // namespace mailscope
