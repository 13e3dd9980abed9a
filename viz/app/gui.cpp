#include "viz/app/gui.hpp"

#include <algorithm>

#include "viz/app/item_map.hpp"
#include "viz/app/software_renderer.hpp"
#include "viz/draw/theme.hpp"

namespace mailscope {

Gui::Gui() : context_(ImGui::CreateContext()) {
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigWindowsMoveFromTitleBarOnly = true;
}

Gui::~Gui() { ImGui::DestroyContext(context_); }

bool Gui::prepare(const App& app, float framebuffer_scale) {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const int scale = fitting_scale(app.settings().scale_percent, size.x, size.y);
  if (scale == scale_percent_ && framebuffer_scale == fonts_framebuffer_scale_) return false;
  build_fonts(scale, framebuffer_scale);
  scale_percent_ = scale;
  fonts_framebuffer_scale_ = framebuffer_scale;
  return true;
}

void Gui::frame(App& app, double elapsed_s) {
  Settings fitting = app.settings();
  fitting.scale_percent = scale_percent_;
  apply_theme(fitting);
  ImGui::GetIO().DeltaTime = static_cast<float>(std::max(elapsed_s, 1e-4));
  forget_items();
  ImGui::NewFrame();
  app.frame(elapsed_s);
  ImGui::Render();
}

Picture Gui::picture() const { return draw_in_software(*ImGui::GetDrawData(), colours().window); }

}  // namespace mailscope
