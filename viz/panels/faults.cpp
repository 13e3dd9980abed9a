#include "viz/panels/faults.hpp"

#include <algorithm>

#include "sim/words/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"

namespace mailscope {
namespace {

constexpr float width_max = 860, height_max = 560, header_and_footer = 160, padding = 12, gap = 8;

/// A fault's first line wraps; the others keep their columns, so that the caret stands under what it means.
struct FaultText {
  std::string_view head, rest;

  explicit FaultText(std::string_view fault)
      : head(fault.substr(0, std::min(fault.find('\n'), fault.size()))),
        rest(fault.substr(std::min(fault.size(), head.size() + 1))) {}

  [[nodiscard]] float head_height(float width) const {
    return wrapped_height(Face::Body, head, width - px(2 * padding));
  }
  [[nodiscard]] float height(float width) const {
    return head_height(width) + (rest.empty() ? 0 : text_size(Face::Mono, rest).y + px(8)) + px(2 * padding);
  }
};

void draw_fault(const FaultText& fault) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, pad = px(padding);
  const Rect area{at.x, at.y, width, fault.height(width)};
  draw_card(draw, area, colours().inset, colours().border, 1, 8);
  draw.AddRectFilled({area.x, area.y + px(8)}, {area.x + px(3), area.bottom() - px(8)}, colours().failure);
  ImGui::SetCursorScreenPos({at.x + pad, at.y + pad});
  wrapped_text(Face::Body, colours().text, fault.head, width - 2 * pad);
  ImGui::PushClipRect(low(area), high(area), true);
  draw_text(draw, Face::Mono, {at.x + pad, at.y + pad + fault.head_height(width) + px(8)}, colours().text_soft,
            fault.rest);
  ImGui::PopClipRect();
  ImGui::SetCursorScreenPos({at.x, area.bottom() + px(gap)});
  ImGui::Dummy({0, 0});
}

/// As high as the faults need, as far as the window allows.
ImVec2 dialogue_size(const std::vector<std::string>& faults) {
  const ImVec2 window = ImGui::GetIO().DisplaySize;
  const float width = std::min(px(width_max), window.x - px(48));
  float height = px(header_and_footer);
  for (const std::string& fault : faults) height += FaultText(fault).height(width - px(48)) + px(2 * gap);
  return {width, std::min({height, px(height_max), window.y - px(48)})};
}

}  // namespace

bool draw_faults(const std::vector<std::string>& faults) {
  if (!ImGui::IsPopupOpen("faults")) ImGui::OpenPopup("faults");
  const ImVec2 window = ImGui::GetIO().DisplaySize;
  const ImVec2 size = dialogue_size(faults);
  ImGui::SetNextWindowSize(size);
  ImGui::SetNextWindowPos({(window.x - size.x) / 2, (window.y - size.y) / 2});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(24), px(20)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
  bool closed = false;
  if (ImGui::BeginPopupModal(
          "faults", nullptr,
          ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings)) {
    label(Face::Title, colours().text, tr("This file cannot be opened"));
    wrapped_text(Face::Body, colours().text_dim, tr("Correct what is listed here, save the file, and open it again."),
                 ImGui::GetContentRegionAvail().x);
    const float footer = px(32 + 12);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, px(4)});
    ImGui::BeginChild("fault list", {0, ImGui::GetContentRegionAvail().y - footer}, ImGuiChildFlags_None,
                      ImGuiWindowFlags_NavFlattened);
    for (const std::string& fault : faults) draw_fault(FaultText(fault));
    ImGui::EndChild();
    ImGui::PopStyleVar();
    ImGui::SetCursorPosY(ImGui::GetWindowHeight() - px(20 + 32));
    closed = text_button("close", tr("Close"), Look::Primary) || ImGui::IsKeyPressed(ImGuiKey_Escape, false);
    if (closed) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
  return closed;
}

}  // namespace mailscope
