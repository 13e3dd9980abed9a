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

/// `defaults`: the settings where the request says nothing.
Opening opening_of(const WindowRequest& request, const Settings& defaults) {
  Opening opening;
  if (!request.lesson.empty()) opening.lesson = request.lesson;
  opening.at = request.at;
  opening.tab = tab_named(request.tab);
  opening.width = request.width;
  opening.height = request.height;
  opening.settings = defaults;
  if (request.language) opening.settings.language = *request.language;
  if (request.theme) opening.settings.theme = *request.theme == "light" ? Theme::Light : Theme::Dark;
  if (request.scale_percent) opening.settings.scale_percent = *request.scale_percent;
  if (request.reduced_motion) opening.settings.reduced_motion = true;
  return opening;
}

}  // namespace

WindowHooks window_hooks() {
  return {
      [](const WindowRequest& request) {
        const int status = show_window(opening_of(request, load_settings()), real_services());
        return status == exit_no_display ? std::nullopt : std::optional(status);
      },
      // A picture depends on what was asked for alone, not on what the reader chose last time.
      [](const WindowRequest& request, const std::filesystem::path& png) {
        const auto problem = write_screenshot(opening_of(request, {}), png, real_services());
        if (problem) std::fprintf(stderr, "mailscope: %s\n", problem->c_str());
        return problem ? 1 : 0;
      },
  };
}

}  // namespace mailscope
