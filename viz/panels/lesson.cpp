#include "viz/panels/lesson.hpp"

#include <algorithm>

#include "sim/words/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/overloaded.hpp"

namespace mailscope {
namespace {

std::string described(const Expectation& expectation) {
  return std::visit(Overloaded{
                        [](const Expectation::MailboxHolds& e) {
                          const std::vector<std::string> arguments{e.mailbox, e.host, std::to_string(e.messages)};
                          return e.seen_only ? tr("Read in {0} at {1}: {2}", arguments)
                                             : tr("Messages in {0} at {1}: {2}", arguments);
                        },
                        [](const Expectation::LineSaid& e) {
                          return tr("{0} says {1}", {e.host, e.line});
                        },
                        [](const Expectation::QueueHolds& e) {
                          return tr("Messages in the queue of {0}: {1}", {e.host, std::to_string(e.messages)});
                        },
                    },
                    expectation.what);
}

/// A step is over when the next one has begun or the trace has ended.
bool is_over(const View& view, std::uint32_t step) {
  return (view.now.lesson_step && step < *view.now.lesson_step) || view.now.at >= view.lesson.trace.end();
}

/// The step that came to its end last.
std::optional<std::uint32_t> newest_over(const View& view) {
  const auto reached = view.now.lesson_step;
  if (reached && is_over(view, *reached)) return reached;
  return reached && *reached > 0 ? std::optional(*reached - 1) : std::nullopt;
}

std::vector<const Verdict*> verdicts_of(const Lesson& lesson, std::uint32_t step) {
  std::vector<const Verdict*> verdicts;
  for (const Verdict& verdict : lesson.verdicts)
    if (verdict.step == step && verdict.expectation != nullptr) verdicts.push_back(&verdict);
  return verdicts;
}

/// How one expectation came out, indented below its step.
void draw_verdict(const Verdict& verdict) {
  const float indent = px(22), mark = px(16);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x - indent - mark;
  draw_icon(*ImGui::GetWindowDrawList(), verdict.holds ? Icon::Check : Icon::Cross,
            {at.x + indent + px(5), at.y + line_height(Face::Small) / 2}, px(9),
            verdict.holds ? colours().success : colours().failure);
  ImGui::Indent(indent + mark);
  wrapped_text(Face::Small, verdict.holds ? colours().text_dim : colours().failure, described(*verdict.expectation),
               width);
  if (!verdict.holds) wrapped_text(Face::Small, colours().text_soft, tr("Found: {0}", {found_text(verdict)}), width);
  ImGui::Unindent(indent + mark);
}

void draw_current(const View& view) {
  const Scenario& scenario = view.lesson.scenario;
  const float width = ImGui::GetContentRegionAvail().x;
  const Language language = view.settings.language;
  const auto reached = view.now.lesson_step;
  const bool known = reached && *reached < scenario.steps.size();
  const Text& title = known ? scenario.steps[*reached].title : scenario.title;
  const Text& text = known ? scenario.steps[*reached].text : scenario.summary;
  if (known)
    caption(tr("Step {0} of {1}", {std::to_string(*reached + 1), std::to_string(scenario.steps.size())}));
  else
    caption(tr("Before the first step"));
  wrapped_text(Face::Title, colours().text, title.in(language), width);
  rich_text(text.in(language).c_str(), width);
}

void draw_step_row(const View& view, std::uint32_t step, const std::vector<LessonMark>& marks, Intents& intents) {
  const std::string& title = view.lesson.scenario.steps[step].title.in(view.settings.language);
  const bool over = is_over(view, step), current = view.now.lesson_step == step;
  const auto verdicts = verdicts_of(view.lesson, step);
  const bool failed = over && std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict* v) { return !v->holds; });
  const Face face = current ? Face::Strong : Face::Body;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, indent = px(22);
  const float text_height = wrapped_height(face, title, width - indent);
  const Rect area{at.x - px(4), at.y, width + px(8), text_height + px(8)};
  const std::string id = "step " + std::to_string(step + 1);
  const ItemState item = hit_area(id.c_str(), area, 6);
  const auto mark = std::find_if(marks.begin(), marks.end(), [step](const LessonMark& m) { return m.step == step; });
  tooltip(mark == marks.end() ? tr("This step was not reached")
                              : clock_text(mark->at - view.lesson.trace.start).c_str());
  if (item.clicked && mark != marks.end()) {
    intents.push_back(SelectRow{});
    intents.push_back(Seek{mark->at});
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (item.hovered) draw.AddRectFilled(low(area), high(area), colours().hover, px(6));
  const Icon icon = failed ? Icon::Cross : over ? Icon::Check : current ? Icon::CaretRight : Icon::Dot;
  const ImU32 ink = current ? colours().text : over ? colours().text_dim : colours().text_faint;
  draw_icon(draw, icon, {at.x + px(6), at.y + px(4) + line_height(face) / 2}, px(11),
            failed ? colours().failure
            : over ? colours().success
                   : ink);
  ImGui::SetCursorScreenPos({at.x + indent, at.y + px(4)});
  wrapped_text(face, ink, title, width - indent);
  ImGui::SetCursorScreenPos({at.x, area.bottom()});
  ImGui::Dummy({0, 0});
  for (const Verdict* verdict : verdicts)
    if (over && (!verdict->holds || step == newest_over(view))) draw_verdict(*verdict);
}

}  // namespace

void draw_lesson_panel(const View& view, const std::vector<LessonMark>& marks, const Rect& area, Intents& intents) {
  begin_panel("lesson", area);
  draw_current(view);
  ImGui::Dummy({0, px(8)});
  if (!view.lesson.scenario.steps.empty()) caption(tr("This lesson"));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {px(8), px(3)});
  for (std::uint32_t step = 0; step < view.lesson.scenario.steps.size(); ++step)
    draw_step_row(view, step, marks, intents);
  ImGui::PopStyleVar();
  end_panel();
}

}  // namespace mailscope
