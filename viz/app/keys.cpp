#include "viz/app/keys.hpp"

#include "imgui.h"
#include "imgui_internal.h"

namespace mailscope {
namespace {

void scale_keys(const Settings& settings, Intents& intents) {
  if (!ImGui::GetIO().KeyCtrl) return;
  const auto any_pressed = [](ImGuiKey a, ImGuiKey b) { return ImGui::IsKeyPressed(a) || ImGui::IsKeyPressed(b); };
  Settings changed = settings;
  if (any_pressed(ImGuiKey_Equal, ImGuiKey_KeypadAdd)) changed.scale_percent += scale_step_percent;
  if (any_pressed(ImGuiKey_Minus, ImGuiKey_KeypadSubtract)) changed.scale_percent -= scale_step_percent;
  if (any_pressed(ImGuiKey_0, ImGuiKey_Keypad0)) changed.scale_percent = 100;
  if (changed.scale_percent != settings.scale_percent) intents.push_back(SetSettings{changed});
}

/// Whether `key` was pressed; keeps it from ImGui's own navigation, which would move the focus with it.
bool owned_press(ImGuiKey key) {
  const ImGuiID owner = ImGui::GetID("playback keys");
  ImGui::SetKeyOwner(key, owner);
  return ImGui::IsKeyPressed(key, owner, ImGuiInputFlags_Repeat);
}

void playback_keys(Intents& intents) {
  if (owned_press(ImGuiKey_LeftArrow)) intents.push_back(StepOnce{.back = true});
  if (owned_press(ImGuiKey_RightArrow)) intents.push_back(StepOnce{});
  if (owned_press(ImGuiKey_Home)) intents.push_back(SeekStart{});
  if (owned_press(ImGuiKey_End)) intents.push_back(SeekEnd{});
  // With the focus visible, space presses what has the focus, as everywhere.
  if (!ImGui::GetIO().NavVisible && ImGui::IsKeyPressed(ImGuiKey_Space, false)) intents.push_back(TogglePlay{});
  if (ImGui::IsKeyPressed(ImGuiKey_1, false)) intents.push_back(SetGranularity{Granularity::Command});
  if (ImGui::IsKeyPressed(ImGuiKey_2, false)) intents.push_back(SetGranularity{Granularity::Packet});
  if (ImGui::IsKeyPressed(ImGuiKey_3, false)) intents.push_back(SetGranularity{Granularity::LessonStep});
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false)) intents.push_back(ShowGallery{});
}

}  // namespace

void collect_keys(bool lesson_is_open, bool menu_is_open, const Settings& settings, Intents& intents) {
  scale_keys(settings, intents);
  if (!lesson_is_open || menu_is_open || ImGui::GetIO().WantTextInput || ImGui::GetIO().KeyCtrl) return;
  playback_keys(intents);
}

}  // namespace mailscope
