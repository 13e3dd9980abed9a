#include "viz/panels/faults.hpp"

#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/translate.hpp"

namespace mailscope {
namespace {

constexpr float width_max = 860, height_max = 560;

void draw_fault(const std::string& fault) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, pad = px(12);
  // Lines keep their columns, so that the caret stands under what it means; a long first line wraps.
  const std::size_t first_end = std::min(fault.find('\n'), fault.size());
  const std::string_view head(fault.data(), first_end);
  const std::string_view rest = std::string_view(fault).substr(std::min(fault.size(), first_end + 1));
  const float head_height = wrapped_height(Face::Body, head, width - 2 * pad);
  const float rest_height = rest.empty() ? 0 : text_size(Face::Mono, rest).y + px(8);
  const Rect area{at.x, at.y, width, head_height + rest_height + 2 * pad};
  draw_card(draw, area, colours().inset, colours().border, 1, 8);
  draw.AddRectFilled({area.x, area.y + px(8)}, {area.x + px(3), area.bottom() - px(8)}, colours().failure);
  ImGui::SetCursorScreenPos({at.x + pad, at.y + pad});
  wrapped_text(Face::Body, colours().text, head, width - 2 * pad);
  ImGui::PushClipRect(low(area), high(area), true);
  draw_text(draw, Face::Mono, {at.x + pad, at.y + pad + head_height + px(8)}, colours().text_soft, rest);
  ImGui::PopClipRect();
  ImGui::SetCursorScreenPos({at.x, area.bottom() + px(8)});
  ImGui::Dummy({0, 0});
}

}  // namespace

bool draw_faults(const std::vector<std::string>& faults) {
  if (!ImGui::IsPopupOpen("faults")) ImGui::OpenPopup("faults");
  const ImVec2 window = ImGui::GetIO().DisplaySize;
  const ImVec2 size(std::min(px(width_max), window.x - px(48)), std::min(px(height_max), window.y - px(48)));
  ImGui::SetNextWindowSize(size);
  ImGui::SetNextWindowPos({(window.x - size.x) / 2, (window.y - size.y) / 2});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(24), px(20)});
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
    for (const std::string& fault : faults) draw_fault(fault);
    ImGui::EndChild();
    ImGui::PopStyleVar();
    ImGui::SetCursorPosY(ImGui::GetWindowHeight() - px(20 + 32));
    closed = text_button("close", tr("Close"), Look::Primary) || ImGui::IsKeyPressed(ImGuiKey_Escape, false);
    if (closed) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
  return closed;
}

}  // namespace mailscope
