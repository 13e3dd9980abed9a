#include "tests/viz/driver.hpp"

#include <catch2/catch_all.hpp>

namespace mailscope {

Driver::Driver(AppServices services, const Settings& settings, int width, int height)
    : app(std::move(services), settings) {
  ImGui::GetIO().ConfigInputTrickleEventQueue = true;  // a press and its release in one frame become two frames
  note_items(true);
  resize(width, height);
}

Driver::~Driver() { note_items(false); }

void Driver::resize(int width, int height) {
  ImGui::GetIO().DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
  frames(4);
}

void Driver::frames(int count) {
  for (int i = 0; i < count; ++i) {
    gui_.prepare(app);
    gui_.frame(app, frame_s);
  }
}

Item Driver::item(std::string_view name, std::string_view window) const {
  const Item* found = find_item(name, window);
  INFO("looking for " << name);
  REQUIRE(found != nullptr);
  return *found;
}

void Driver::click(std::string_view name, std::string_view window) {
  hover(name);
  const Item target = item(name, window);
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent((target.low.x + target.high.x) / 2, (target.low.y + target.high.y) / 2);
  io.AddMouseButtonEvent(ImGuiMouseButton_Left, true);
  io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
  frames(5);
}

void Driver::hover(std::string_view name) {
  const Item target = item(name);
  ImGui::GetIO().AddMousePosEvent((target.low.x + target.high.x) / 2, (target.low.y + target.high.y) / 2);
  frames(2);
}

void Driver::drag(ImVec2 from, ImVec2 to) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(from.x, from.y);
  frames(1);
  io.AddMouseButtonEvent(ImGuiMouseButton_Left, true);
  frames(2);
  io.AddMousePosEvent((from.x + to.x) / 2, (from.y + to.y) / 2);
  frames(1);
  io.AddMousePosEvent(to.x, to.y);
  frames(2);
  io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
  frames(3);
}

void Driver::key(ImGuiKey key, ImGuiKey modifier) {
  ImGuiIO& io = ImGui::GetIO();
  if (modifier != ImGuiKey_None) io.AddKeyEvent(modifier, true);
  io.AddKeyEvent(key, true);
  frames(2);
  io.AddKeyEvent(key, false);
  if (modifier != ImGuiKey_None) io.AddKeyEvent(modifier, false);
  frames(3);
}

void Driver::type(const char* text) {
  ImGui::GetIO().AddInputCharactersUTF8(text);
  frames(4);
}

}  // namespace mailscope
