#include "viz/app/settings_file.hpp"

#include <catch2/catch_all.hpp>
#include <cstdlib>
#include <fstream>

using namespace mailscope;

namespace {

/// A folder of its own as the configuration's home, for as long as it lives.
class ConfigHome {
 public:
  ConfigHome()
      : folder_(std::filesystem::temp_directory_path() / ("mailscope-settings-" + std::to_string(std::rand()))) {
    if (const char* before = std::getenv("XDG_CONFIG_HOME")) before_ = before;
    setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
  }
  ~ConfigHome() {
    before_ ? setenv("XDG_CONFIG_HOME", before_->c_str(), 1) : unsetenv("XDG_CONFIG_HOME");
    std::filesystem::remove_all(folder_);
  }
  ConfigHome(const ConfigHome&) = delete;
  ConfigHome& operator=(const ConfigHome&) = delete;

 private:
  std::filesystem::path folder_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("settings that were saved are found again") {
  const ConfigHome home;
  Settings chosen;
  chosen.language = Language::Catalan;
  chosen.theme = Theme::Light;
  chosen.reduced_motion = true;
  chosen.scale_percent = 175;
  save_settings(chosen);
  const Settings found = load_settings();
  CHECK(found.language == Language::Catalan);
  CHECK(found.theme == Theme::Light);
  CHECK(found.reduced_motion);
  CHECK(found.scale_percent == 175);
}

TEST_CASE("a damaged settings file keeps the defaults where it cannot be read") {
  Settings defaults;
  defaults.language = Language::Spanish;
  const Settings read =
      read_settings("language=tlh\ntheme=pink\nscale=12x\n=\n\nscale\ncolour=red\ntheme=light", defaults);
  CHECK(read.language == Language::Spanish);
  CHECK(read.theme == Theme::Light);
  CHECK(read.scale_percent == 100);
}

TEST_CASE("a scale out of bounds is brought within them") {
  CHECK(read_settings("scale=9999", {}).scale_percent == scale_percent_max);
  CHECK(read_settings("scale=-3", {}).scale_percent == scale_percent_min);
  CHECK(read_settings("scale=99999999999999999999", {}).scale_percent == 100);
}

TEST_CASE("of a settings file that is too long only the beginning is read") {
  const std::string filler(settings_octets_max, '#');
  CHECK(read_settings(filler + "\nscale=150\n", {}).scale_percent == 100);
  CHECK(read_settings("scale=150\n" + filler, {}).scale_percent == 150);
}
