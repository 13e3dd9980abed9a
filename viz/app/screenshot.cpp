#include "viz/app/screenshot.hpp"

#include <algorithm>

#include "viz/app/gui.hpp"

namespace mailscope {
namespace {

constexpr int side_min = 320, side_max = 8192;  // above: a gigabyte of picture helps nobody
constexpr int settling_frames = 4;              // scroll bars and popups take up to three frames to find their size
constexpr double frame_s = 1.0 / 60;

}  // namespace

std::optional<std::string> write_screenshot(const Opening& opening, const std::filesystem::path& png,
                                            AppServices services) {
  services.save = nullptr;  // a picture's settings are not the reader's
  Gui gui;
  App app(std::move(services), opening.settings);
  begin(app, opening);
  if (opening.lesson && app.lesson() == nullptr) {
    std::string faults;
    for (const std::string& fault : app.faults()) faults += fault + "\n";
    return faults;
  }
  const auto side = [](int pixels) { return static_cast<float>(std::clamp(pixels, side_min, side_max)); };
  ImGui::GetIO().DisplaySize = {side(opening.width), side(opening.height)};
  gui.prepare(app);
  for (int i = 0; i < settling_frames; ++i) gui.frame(app, frame_s);
  if (!write_png(gui.picture(), png)) return "cannot write " + png.string();
  return std::nullopt;
}

}  // namespace mailscope
