#include "viz/app/item_map.hpp"

#include <algorithm>

#include "imgui_internal.h"

namespace {

std::vector<mailscope::Item> noted;

mailscope::Item* noted_item(ImGuiID id) {
  const auto found =
      std::find_if(noted.rbegin(), noted.rend(), [id](const mailscope::Item& item) { return item.id == id; });
  return found == noted.rend() ? nullptr : &*found;
}

}  // namespace

// ImGui declares these and calls them; a program that is compiled with IMGUI_ENABLE_TEST_ENGINE defines them.
void ImGuiTestEngineHook_ItemAdd(ImGuiContext* context, ImGuiID id, const ImRect& box, const ImGuiLastItemData*) {
  if (id == 0) return;
  ImRect visible = box;
  mailscope::Item item;
  if (const ImGuiWindow* window = context->CurrentWindow) {
    visible.ClipWith(window->ClipRect);
    item.window = window->Name;
  }
  item.id = id;
  item.low = visible.Min;
  item.high = visible.Max;
  item.is_visible = visible.GetWidth() >= 1 && visible.GetHeight() >= 1;
  noted.push_back(std::move(item));
}

void ImGuiTestEngineHook_ItemInfo(ImGuiContext*, ImGuiID id, const char* label, ImGuiItemStatusFlags) {
  if (mailscope::Item* item = noted_item(id); item != nullptr && label != nullptr) item->name = label;
}

void ImGuiTestEngineHook_Log(ImGuiContext*, const char*, ...) {}

const char* ImGuiTestEngine_FindItemDebugLabel(ImGuiContext*, ImGuiID id) {
  const mailscope::Item* item = noted_item(id);
  return item == nullptr ? nullptr : item->name.c_str();
}

namespace mailscope {

void note_items(bool on) {
  ImGui::GetCurrentContext()->TestEngineHookItems = on;
  noted.clear();
}

void forget_items() { noted.clear(); }

const std::vector<Item>& items() { return noted; }

const Item* find_item(std::string_view name, std::string_view window) {
  const auto found = std::find_if(noted.begin(), noted.end(), [&](const Item& item) {
    return item.is_visible && item.name == name && item.window.find(window) != std::string::npos;
  });
  return found == noted.end() ? nullptr : &*found;
}

}  // namespace mailscope
