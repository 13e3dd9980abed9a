// What the reader chose last time: language, theme, scale and motion, as a few lines of text. A missing or damaged file
// is no fault: what cannot be read keeps its default.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "viz/model/view.hpp"

namespace mailscope {

/// A settings file of ours has some 60 octets; of a longer one only this much is read.
inline constexpr std::size_t settings_octets_max = 4096;

/// "language=ca", "theme=light", "scale=125", "motion=reduced", one a line; other lines are skipped, bad values keep
/// `defaults`.
[[nodiscard]] Settings read_settings(std::string_view text, const Settings& defaults);
[[nodiscard]] std::string settings_text(const Settings& settings);

/// $XDG_CONFIG_HOME/mailscope/settings, or below ~/.config; nothing where neither is known.
[[nodiscard]] std::optional<std::filesystem::path> settings_path();
/// The stored settings; English or the language of the environment, dark, 100 %, full motion where there are none.
[[nodiscard]] Settings load_settings();
/// Best effort: a read-only home is no reason to stop.
void save_settings(const Settings& settings);

}  // namespace mailscope
