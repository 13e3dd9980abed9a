#include "viz/app/settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>

namespace mailscope {
namespace {

void read_line(std::string_view line, Settings& settings) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view key = line.substr(0, equals), value = line.substr(equals + 1);
  if (key == "language") settings.language = language_from(value).value_or(settings.language);
  if (key == "theme" && value == "dark") settings.theme = Theme::Dark;
  if (key == "theme" && value == "light") settings.theme = Theme::Light;
  if (key == "motion" && value == "full") settings.reduced_motion = false;
  if (key == "motion" && value == "reduced") settings.reduced_motion = true;
  if (key == "scale") {
    int percent = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), percent);
    if (error == std::errc() && end == value.data() + value.size())
      settings.scale_percent = std::clamp(percent, scale_percent_min, scale_percent_max);
  }
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

Settings read_settings(std::string_view text, const Settings& defaults) {
  Settings settings = defaults;
  text = text.substr(0, settings_octets_max);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), settings);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return settings;
}

std::string settings_text(const Settings& settings) {
  return fmt::format("language={}\ntheme={}\nscale={}\nmotion={}\n", code(settings.language),
                     settings.theme == Theme::Light ? "light" : "dark", settings.scale_percent,
                     settings.reduced_motion ? "reduced" : "full");
}

std::optional<std::filesystem::path> settings_path() {
  const std::filesystem::path tail = std::filesystem::path("mailscope") / "settings";
  // The XDG base directory specification: a relative path is to be ignored.
  if (const std::filesystem::path config = environment("XDG_CONFIG_HOME"); config.is_absolute()) return config / tail;
  if (const std::filesystem::path home = environment("HOME"); home.is_absolute()) return home / ".config" / tail;
  return std::nullopt;
}

Settings load_settings() {
  Settings defaults;
  defaults.language = language_of_environment([](const char* name) { return std::string(environment(name)); });
  const auto path = settings_path();
  std::error_code error;
  if (!path || !std::filesystem::is_regular_file(*path, error)) return defaults;
  std::string text(settings_octets_max, '\0');
  std::ifstream file(*path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return read_settings(text, defaults);
}

void save_settings(const Settings& settings) {
  const auto path = settings_path();
  if (!path) return;
  std::error_code error;
  std::filesystem::create_directories(path->parent_path(), error);
  // Written beside and renamed, so that a full disk does not leave half a file.
  const std::filesystem::path fresh = path->string() + ".new";
  if (!(std::ofstream(fresh, std::ios::binary) << settings_text(settings) << std::flush)) return;
  std::filesystem::rename(fresh, *path, error);
}

}  // namespace mailscope
