#include "viz/panels/top_bar.hpp"

#include <array>

#include "sim/words/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"

namespace mailscope {
namespace {

constexpr float button = 34, gap = 4, edge = 20;
constexpr float title_width_min = 90;  // design pixels: what of a lesson's title must be left beside the switch

/// A button whose face is a short text such as "A+".
bool letter_button(const char* id, const char* text, const Rect& area, const char* tip) {
  const ItemState item = hit_area(id, area);
  tooltip(tip);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (item.hovered || item.held) draw.AddRectFilled(low(area), high(area), colours().hover, px(8));
  const ImVec2 size = text_size(Face::Body, text), middle = centre(area);
  draw_text(draw, Face::Body, {middle.x - size.x / 2, middle.y - size.y / 2},
            item.hovered ? colours().text : colours().text_dim, text);
  return item.clicked;
}

void key_row(const char* keys, const char* meaning) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_text(draw, Face::Mono, at, colours().text, keys);
  draw_text(draw, Face::Body, {at.x + px(130), at.y}, colours().text_soft, meaning);
  ImGui::Dummy({px(130) + text_size(Face::Body, meaning).x, px(20)});
}

void help_popup(const Rect& anchor) {
  ImGui::SetNextWindowPos({anchor.right(), anchor.bottom() + px(6)}, ImGuiCond_Always, {1, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(16), px(14)});
  if (ImGui::BeginPopup("keys")) {
    caption(tr("Keys"));
    key_row(tr("Space"), tr("play or pause"));
    key_row("\u2190  \u2192", tr("step back, step on"));
    key_row("Home  End", tr("to the start, to the end"));
    key_row("1  2  3", tr("step by command, packet, lesson step"));
    key_row("Ctrl +  \u2212  0", tr("larger, smaller, 100 %"));
    key_row("Tab", tr("to the next control"));
    key_row("Esc", tr("back to the lessons"));
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
}

/// Lays buttons out from the right edge to the left.
class FromRight {
 public:
  FromRight(const Rect& bar, float right) : bar_(bar), right_(right) {}
  Rect take(float width) {
    right_ -= width;
    const Rect area{right_, bar_.y + (bar_.height - px(button)) / 2, width, px(button)};
    right_ -= px(gap);
    return area;
  }
  [[nodiscard]] float right() const { return right_; }

 private:
  Rect bar_;
  float right_;
};

float draw_settings(const Settings& settings, const Rect& bar, Intents& intents) {
  FromRight places(bar, bar.right() - px(edge - 8));
  const auto change = [&](auto set) {
    Settings changed = settings;
    set(changed);
    intents.push_back(SetSettings{changed});
  };
  const Rect help = places.take(px(button));
  if (icon_button("help", Icon::Question, help, tr("Help: the keys"), Look::Plain)) ImGui::OpenPopup("keys");
  help_popup(help);
  const bool is_dark = settings.theme == Theme::Dark;
  if (icon_button("theme", is_dark ? Icon::Moon : Icon::Sun, places.take(px(button)),
                  is_dark ? tr("Switch to the light theme") : tr("Switch to the dark theme"), Look::Plain))
    change([&](Settings& s) { s.theme = is_dark ? Theme::Light : Theme::Dark; });
  const bool still = settings.reduced_motion;
  if (icon_button("motion", still ? Icon::Stillness : Icon::Motion, places.take(px(button)),
                  still ? tr("Let packets travel again") : tr("Reduce motion"), Look::Plain))
    change([&](Settings& s) { s.reduced_motion = !still; });
  if (letter_button("larger", "A+", places.take(px(button)), tr("Larger (Ctrl +)")))
    change([](Settings& s) { s.scale_percent += scale_step_percent; });
  if (letter_button("smaller", "A\u2212", places.take(px(button)), tr("Smaller (Ctrl \u2212)")))
    change([](Settings& s) { s.scale_percent -= scale_step_percent; });
  std::vector<Option> languages;
  for (const Language language : all_languages)
    languages.push_back({code(language).data(), std::string(own_name(language))});
  const Rect place = places.take(dropdown_width(nullptr, languages));
  ImGui::SetCursorScreenPos({place.x, bar.y + (bar.height - line_height(Face::Strong) - px(10)) / 2});
  if (const auto picked =
          dropdown("language", nullptr, languages, static_cast<std::size_t>(settings.language), tr("Language")))
    change([&](Settings& s) { s.language = all_languages.at(*picked); });
  return places.right();
}

/// Of what stands before a lesson's title.
float breadcrumb_width() {
  return px(edge + 26 + 20 + 36 + 8) + text_size(Face::Title, "Mailscope").x + text_size(Face::Body, tr("Lessons")).x;
}

void draw_breadcrumb(const Lesson* lesson, const Settings& settings, const Rect& bar, float right, Intents& intents) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float middle = bar.y + bar.height / 2;
  draw_icon(draw, Icon::Envelope, {bar.x + px(edge + 9), middle}, px(19), colours().smtp);
  float x = bar.x + px(edge + 26);
  draw_text(draw, Face::Title, {x, middle - line_height(Face::Title) / 2}, colours().text, "Mailscope");
  x += text_size(Face::Title, "Mailscope").x + px(20);
  if (lesson == nullptr) return;
  const char* up = tr("Lessons");
  const Rect link{x, middle - px(15), text_size(Face::Body, up).x + px(36), px(30)};
  const ItemState item = hit_area("lessons", link);
  tooltip(tr("Back to the lessons (Esc)"));
  const ImU32 colour = item.hovered ? colours().text : colours().text_dim;
  if (item.hovered) draw.AddRectFilled(low(link), high(link), colours().hover, px(8));
  draw_icon(draw, Icon::Back, {x + px(14), middle}, px(12), colour);
  draw_text(draw, Face::Body, {x + px(26), middle - line_height(Face::Body) / 2}, colour, up);
  if (item.clicked) intents.push_back(ShowGallery{});
  x = link.right() + px(8);
  if (right <= x) return;
  draw_elided(draw, Face::Strong, {x, middle - line_height(Face::Strong) / 2}, colours().text,
              lesson->scenario.title.in(settings.language), right - x, Origin::Wire);
}

}  // namespace

void draw_top_bar(const TopBar& bar, const Rect& area, Intents& intents) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(low(area), high(area), colours().panel);
  draw.AddRectFilled({area.x, area.bottom() - std::max(1.0F, px(1))}, high(area), colours().border);
  ImGui::PushID("top bar");
  const float right = draw_settings(bar.settings, area, intents) - px(12);
  if (bar.lesson == nullptr || !bar.can_go_live) {
    draw_breadcrumb(bar.lesson, bar.settings, area, right, intents);
    return ImGui::PopID();
  }
  const std::array<Option, 2> fronts{{{"stage", tr("Stage")}, {"live", tr("Live")}}};
  const float width = segmented_width(fronts);
  // In the middle where the title has room beside it, else as far right as it goes.
  const float middle = area.x + (area.width - width) / 2;
  const float x =
      breadcrumb_width() + px(title_width_min) < middle - area.x ? std::min(middle, right - width) : right - width;
  draw_breadcrumb(bar.lesson, bar.settings, area, x - px(12), intents);
  ImGui::SetCursorScreenPos({x, area.y + (area.height - px(34)) / 2});
  if (const auto picked = segmented("view", fronts, static_cast<std::size_t>(bar.front)))
    intents.push_back(ShowFront{static_cast<Front>(*picked)});
  if (bar.serving)
    draw.AddCircleFilled({x + width - px(9), area.y + area.height / 2 - px(9)}, px(4), colours().success);
  ImGui::PopID();
}

}  // namespace mailscope
