#include "viz/app/window_hooks.hpp"

#include <array>
#include <cstdio>

#include "viz/app/glfw_window.hpp"
#include "viz/app/screenshot.hpp"
#include "viz/app/settings_file.hpp"

namespace mailscope {
namespace {

InspectorTab tab_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, InspectorTab>, 4> tabs{{{"meaning", InspectorTab::Meaning},
                                                                           {"state", InspectorTab::State},
                                                                           {"bytes", InspectorTab::Bytes},
                                                                           {"mailboxes", InspectorTab::Mailboxes}}};
  for (const auto& [text, tab] : tabs)
    if (text == name) return tab;
  return InspectorTab::Meaning;
}

/// `defaults`: the settings where the options say nothing.
Opening opening_of(const WindowOptions& options, const Settings& defaults) {
  Opening opening;
  if (!options.lesson.empty() && options.view != "gallery") opening.lesson = options.lesson;
  opening.at = options.at;
  opening.tab = tab_named(options.tab);
  opening.width = options.width;
  opening.height = options.height;
  opening.settings = defaults;
  if (options.language) opening.settings.language = *options.language;
  if (options.theme) opening.settings.theme = *options.theme == "light" ? Theme::Light : Theme::Dark;
  if (options.scale_percent) opening.settings.scale_percent = *options.scale_percent;
  return opening;
}

}  // namespace

WindowHooks window_hooks() {
  return {
      [](const WindowOptions& options) { return show_window(opening_of(options, load_settings()), real_services()); },
      // A picture depends on what was asked for alone, not on what the reader chose last time.
      [](const WindowOptions& options, const std::filesystem::path& png) {
        const auto problem = write_screenshot(opening_of(options, {}), png, real_services());
        if (problem) std::fprintf(stderr, "mailscope: %s\n", problem->c_str());
        return problem ? 1 : 0;
      },
  };
}

}  // namespace mailscope
