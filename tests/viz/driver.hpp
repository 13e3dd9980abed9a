// Drives the window as a person does, without a display: finds widgets by their names, clicks, types, and lets frames
// of a fixed length pass. The same script gives the same pictures on every run.
#pragma once

#include <string_view>

#include "viz/app/gui.hpp"
#include "viz/app/item_map.hpp"

namespace mailscope {

class Driver {
 public:
  explicit Driver(AppServices services, const Settings& settings = {}, int width = 1600, int height = 900);
  ~Driver();

  App app;

  void frames(int count);
  /// Moves the mouse to the middle of the widget, presses and releases, and draws what follows. Fails the test when
  /// there is no such widget to be seen.
  void click(std::string_view name, std::string_view window = {});
  /// Presses at `from`, moves to `to` in a few frames, and releases. Screen pixels.
  void drag(ImVec2 from, ImVec2 to);
  void hover(std::string_view name);
  void key(ImGuiKey key, ImGuiKey modifier = ImGuiKey_None);
  void type(const char* text);
  void resize(int width, int height);
  [[nodiscard]] Picture picture() const { return gui_.picture(); }
  [[nodiscard]] bool shows(std::string_view name) const { return find_item(name) != nullptr; }
  [[nodiscard]] Item item(std::string_view name, std::string_view window = {}) const;

  static constexpr double frame_s = 1.0 / 60;

 private:
  Gui gui_;
};

}  // namespace mailscope
