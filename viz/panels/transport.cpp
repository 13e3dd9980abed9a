#include "viz/panels/transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/words/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"

namespace mailscope {
namespace {

constexpr float button = 40, play_width = 52, gap = 8, edge = 20, track_height = 8, knob = 9;
constexpr float pause_width_min = 6;
constexpr float narrow_width = 960;  // design pixels: below, the total time is left out, buttons are smaller
constexpr std::array speeds{0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0};

/// The scrubber's line on the screen: instants to x and back.
struct Track {
  Rect line;
  const Timeline& time;

  [[nodiscard]] float x(Instant at) const {
    const double length = time.length();
    return line.x + (length > 0 ? static_cast<float>(time.place(at) / length) * line.width : 0);
  }
  [[nodiscard]] Instant instant(float x) const {
    return time.at(static_cast<double>((x - line.x) / std::max(1.0F, line.width)) * time.length());
  }
};

float draw_buttons(const View& view, const Rect& area, bool narrow, Intents& intents) {
  const float size = px(narrow ? 34 : button), y = area.y + (area.height - size) / 2;
  float x = area.x + px(narrow ? 12 : edge);
  const auto place = [&](float width) {
    const Rect r{x, y, width, size};
    x = r.right() + px(narrow ? 5 : gap);
    return r;
  };
  if (icon_button("to start", Icon::ToStart, place(size), tr("To the start (Home)"))) intents.push_back(SeekStart{});
  if (icon_button("step back", Icon::StepBack, place(size), tr("Step back (\u2190)")))
    intents.push_back(StepOnce{.back = true});
  const bool playing = view.playback.playing;
  if (icon_button("play", playing ? Icon::Pause : Icon::Play, place(px(narrow ? 44 : play_width)),
                  playing ? tr("Pause (space)") : tr("Play (space)"), Look::Primary))
    intents.push_back(TogglePlay{});
  if (icon_button("step on", Icon::StepOn, place(size), tr("Step on (\u2192)"))) intents.push_back(StepOnce{});
  const bool serving = view.live != nullptr && view.live->serving;
  if (icon_button("to end", Icon::ToEnd, place(size), serving ? tr("Go along (End)") : tr("To the end (End)")))
    intents.push_back(SeekEnd{});
  return x;
}

float draw_dropdowns(const View& view, const Rect& area, float x, Intents& intents) {
  const float y = area.y + (area.height - line_height(Face::Small) - line_height(Face::Strong) - px(10)) / 2;
  const std::array<Option, 3> sizes{
      {{"command", tr("command")}, {"packet", tr("packet")}, {"lesson step", tr("lesson step")}}};
  ImGui::SetCursorScreenPos({x, y});
  if (const auto picked = dropdown("step by", tr("step by"), sizes, static_cast<std::size_t>(view.playback.granularity),
                                   tr("How far a step goes (1, 2, 3)")))
    intents.push_back(SetGranularity{static_cast<Granularity>(*picked)});
  x += dropdown_width(tr("step by"), sizes) + px(4);

  std::vector<std::string> ids;
  std::vector<Option> options;
  std::size_t chosen = 0;
  for (std::size_t i = 0; i < speeds.size(); ++i) {
    ids.push_back(fmt::format("{} \u00D7", speeds[i]));
    if (std::abs(speeds[i] - view.playback.speed) < std::abs(speeds[chosen] - view.playback.speed)) chosen = i;
  }
  for (const std::string& id : ids) options.push_back({id.c_str(), id});
  options[chosen].text = fmt::format("{:.3g} \u00D7", view.playback.speed);
  ImGui::SetCursorScreenPos({x, y});
  if (const auto picked = dropdown("speed", tr("speed"), options, chosen, tr("Virtual seconds in one second")))
    intents.push_back(SetSpeed{speeds.at(*picked)});
  return x + dropdown_width(tr("speed"), options) + px(14);
}

/// Where the scrubber ends: live servers' time goes on after the last record.
Instant end_of(const View& view) { return std::max(view.lesson.trace.end(), view.playback.at); }

/// Returns where the time begins.
float draw_time(const View& view, const Rect& area, bool narrow) {
  const Trace& trace = view.lesson.trace;
  const std::string now = clock_text(view.playback.at - trace.start);
  const std::string total = narrow ? std::string() : " / " + clock_text(end_of(view) - trace.start);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float y = area.y + (area.height - line_height(Face::Mono)) / 2;
  const float total_x = area.right() - px(edge) - text_size(Face::Mono, total).x;
  const float now_x = total_x - text_size(Face::Mono, now).x;
  draw_text(draw, Face::Mono, {now_x, y}, colours().text, now);
  draw_text(draw, Face::Mono, {total_x, y}, colours().text_dim, total);
  return now_x;
}

/// What stands below a span of `width` screen pixels: purpose or protocol, the longest that does not reach far out.
std::string label_for(const ProtocolSpan& span, float width) {
  const auto fits = [width](const std::string& name) {
    return text_size(Face::Caption, name).x <= 1.6F * width + px(12);
  };
  if (span.purpose == "submission" && fits(tr("SMTP submission"))) return tr("SMTP submission");
  if (span.purpose == "relay" && fits(tr("SMTP relay"))) return tr("SMTP relay");
  return fits(span.protocol) ? span.protocol : std::string();
}

/// Each span in its protocol's colour: full where the cursor has been, faded where it has not.
void draw_spans(const Track& track, const std::vector<ProtocolSpan>& spans, float cursor) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Rect& line = track.line;
  draw_card(draw, line, colours().inset, colours().border, 1, track_height / 2);
  draw.AddRectFilled(low(line), {cursor, line.bottom()}, colours().text_faint, px(track_height / 2));
  float labelled_to = line.x - px(4);
  for (const ProtocolSpan& span : spans) {
    const float from = track.x(span.from), to = std::max(from + px(3), track.x(span.to) - px(2));
    const ImU32 colour = protocol_colour(colours(), span.protocol);
    draw.AddRectFilled({from, line.y}, {to, line.bottom()}, faded(colour, 0.4F), px(track_height / 2));
    if (cursor > from)
      draw.AddRectFilled({from, line.y}, {std::min(to, cursor), line.bottom()}, colour, px(track_height / 2));
    const std::string name = label_for(span, to - from);
    const float width = text_size(Face::Caption, name).x;
    // In the middle of its span; further right where another label stands; left out where it would belong to nothing.
    const float middle = std::clamp((from + to - width) / 2, line.x, std::max(line.x, line.right() - width));
    const float x = std::max(middle, labelled_to);
    if (name.empty() || x + width / 2 > to + px(12) || x + width > line.right() + px(12)) continue;
    draw_text(draw, Face::Caption, {x, line.bottom() + px(5)}, colour, name);
    labelled_to = x + width + px(8);
  }
}

/// Pauses are cut out of the line: what is left of one is a gap with two strokes in it, as graphs break their axes.
void draw_pauses(const Track& track) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Rect& line = track.line;
  for (const Timeline::Pause& pause : track.time.pauses()) {
    const float from = track.x(pause.from), to = track.x(pause.to), middle = (from + to) / 2;
    if (to - from < px(pause_width_min)) continue;
    const float half = px(pause_width_min / 2);
    draw.AddRectFilled({middle - half, line.y - px(1)}, {middle + half, line.bottom() + px(1)}, colours().panel);
    for (const float x : {middle - half, middle + half - px(2)})
      draw.AddLine({x, line.bottom() + px(2)}, {x + px(2), line.y - px(2)}, colours().text_dim, std::max(1.0F, px(1)));
  }
}

/// What the instant under the pointer is, or the pause.
std::string instant_text(const Track& track, Instant at, Instant start) {
  for (const Timeline::Pause& pause : track.time.pauses())
    if (pause.from < at && at < pause.to)
      return clock_text(at - start) + "\n" + tr("Nothing happens for {0}", {clock_text(pause.to - pause.from)});
  return clock_text(at - start);
}

void draw_marks(const View& view, const Track& track, const std::vector<LessonMark>& marks, Intents& intents) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  float numbered_to = -1;
  for (const LessonMark& mark : marks) {
    const std::string number = std::to_string(mark.step + 1);
    const float x = track.x(mark.at), width = text_size(Face::Caption, number).x, top = track.line.y - px(21);
    const bool has_room = x - width / 2 >= numbered_to;
    const Rect area{x - px(7), top, px(14), px(18)};
    const ItemState item = has_room ? hit_area(("mark " + number).c_str(), area, 4) : ItemState{};
    const auto& steps = view.lesson.scenario.steps;
    if (has_room && mark.step < steps.size())
      tooltip((number + " \u00B7 " + steps[mark.step].title.in(view.settings.language)).c_str());
    if (item.clicked) {
      intents.push_back(SelectRow{});
      intents.push_back(Seek{mark.at});
    }
    const bool reached = view.now.lesson_step && mark.step <= *view.now.lesson_step;
    const ImU32 colour = item.hovered || reached ? colours().text : colours().text_dim;
    if (has_room) draw_text(draw, Face::Caption, {x - width / 2, top}, colour, number);
    draw.AddLine({x, track.line.y - px(7)}, {x, track.line.y - px(2)}, colour, std::max(1.0F, px(1)));
    if (has_room) numbered_to = x + width / 2 + px(6);
  }
}

void draw_scrubber(const View& view, const Track& track, Intents& intents) {
  const Rect& line = track.line;
  const Rect grip{line.x - px(knob), line.y - px(6), line.width + 2 * px(knob), line.height + px(12)};
  const ItemState item = hit_area("scrubber", grip, 6);
  if (item.held) {
    intents.push_back(SelectRow{});
    intents.push_back(Seek{track.instant(ImGui::GetIO().MousePos.x)});
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float x = track.x(view.playback.at), y = line.y + line.height / 2;
  draw.AddCircleFilled({x, y}, px(knob) + px(2), colours().panel);
  draw.AddCircleFilled({x, y}, px(knob), colours().text);
  if (item.hovered || item.held) draw.AddCircle({x, y}, px(knob) + px(3), faded(colours().text, 0.4F), 0, px(3));
  if (item.hovered && !item.held)
    tooltip(instant_text(track, track.instant(ImGui::GetIO().MousePos.x), view.lesson.trace.start).c_str());
}

}  // namespace

void draw_transport(const View& view, const Timeline& line, const std::vector<ProtocolSpan>& spans,
                    const std::vector<LessonMark>& marks, const Rect& area, Intents& intents) {
  begin_panel("transport", area, 0);
  const bool narrow = area.width < narrow_width * ui_scale();
  const float controls_end = draw_dropdowns(view, area, draw_buttons(view, area, narrow, intents) + px(8), intents);
  const float time_begin = draw_time(view, area, narrow);
  const float left = controls_end + px(10), right = time_begin - px(24);
  const Track track{
      {left, area.y + (area.height - px(track_height)) / 2, std::max(0.0F, right - left), px(track_height)}, line};
  if (track.line.width > px(40)) {
    draw_spans(track, spans, track.x(view.playback.at));
    draw_pauses(track);
    draw_marks(view, track, marks, intents);
    draw_scrubber(view, track, intents);
  }
  end_panel();
}

}  // namespace mailscope
