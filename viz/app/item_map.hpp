// The widgets of the newest frame by name, as ImGui's test hooks report them: how tests find what to click.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"

namespace mailscope {

struct Item {
  ImGuiID id{};
  std::string name;    ///< label or id text; "##…" and "###…" included
  std::string window;  ///< the panel's child window, ImGui's decoration included
  ImVec2 low, high;    ///< clipped to what is visible of it
  bool is_visible{};
};

/// Starts or stops noting items of the current ImGui context. Costs nothing while stopped.
void note_items(bool on);
/// Forgets the items of the frame before; call before NewFrame.
void forget_items();
[[nodiscard]] const std::vector<Item>& items();
/// The first visible item of this name, in a window whose name contains `window`; null if there is none.
[[nodiscard]] const Item* find_item(std::string_view name, std::string_view window = {});

}  // namespace mailscope
