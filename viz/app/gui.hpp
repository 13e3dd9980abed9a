// One ImGui context with our fonts and theme, and one frame of the application in it. Knows no display: the caller
// hands in size and input, and takes the triangles, or a picture drawn in software.
#pragma once

#include <cstdint>

#include "imgui.h"
#include "viz/app/app.hpp"
#include "viz/app/picture.hpp"

namespace mailscope {

class Gui {
 public:
  Gui();
  ~Gui();
  Gui(const Gui&) = delete;
  Gui& operator=(const Gui&) = delete;

  /// Builds the fonts anew when the scale, or the display's, has changed. Returns whether it did: then the renderer's
  /// font texture is out of date. Call outside a frame, when `io.DisplaySize` is set: a window that is too small for
  /// the chosen scale gets a smaller one.
  bool prepare(const App& app, float framebuffer_scale = 1.0F);
  /// From NewFrame to Render. `io.DisplaySize` and input are set; prepare() was called for this size.
  void frame(App& app, double elapsed_s);
  /// The frame that was drawn last, in software.
  [[nodiscard]] Picture picture() const;

 private:
  ImGuiContext* context_;
  int scale_percent_{};  ///< of the fonts that are built
  float fonts_framebuffer_scale_{};
};

}  // namespace mailscope
