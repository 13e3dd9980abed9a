#include "viz/app/app.hpp"

#include <algorithm>
#include <cmath>

#include "sim/lesson/translate.hpp"
#include "viz/app/keys.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/overloaded.hpp"
#include "viz/panels/faults.hpp"
#include "viz/panels/gallery.hpp"
#include "viz/panels/lesson.hpp"
#include "viz/panels/top_bar.hpp"
#include "viz/panels/transport.hpp"

namespace mailscope {
namespace {

constexpr double awake_after_input_s = 0.5;  // longer than the delay of tooltips
constexpr double elapsed_max_s = 0.25;       // a window that was stopped for a while does not jump ahead

Rect whole_window() {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  return {0, 0, size.x, size.y};
}

}  // namespace

App::App(AppServices services, const Settings& settings) : services_(std::move(services)), settings_(settings) {
  settings_.scale_percent = std::clamp(settings.scale_percent, scale_percent_min, scale_percent_max);
  set_language(settings_.language);
  gallery_ = services_.list_lessons();
  wake();
}

void App::wake() { awake_s_ = awake_after_input_s; }

void App::frame(double elapsed_s) {
  awake_s_ = std::max(0.0, awake_s_ - elapsed_s);
  advance(std::min(elapsed_s, elapsed_max_s));
  clear_cut_texts();
  const Rect window = whole_window();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({window.width, window.height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
  ImGui::Begin("Mailscope", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar(2);
  ImGui::PushFont(font(Face::Body));
  layout_ = layout_window({window.width, window.height, ui_scale(), side_, middle_});
  Intents intents;
  draw_top_bar(lesson(), settings_, layout_.top_bar, intents);
  if (open_) {
    draw_lesson_view(intents);
  } else {
    const float top = layout_.top_bar.bottom();
    draw_gallery(gallery_, settings_, {0, top, window.width, window.height - top}, intents);
    const Rect top_bar = layout_.top_bar;
    layout_ = {};
    layout_.top_bar = top_bar;
  }
  if (!faults_.empty() && draw_faults(faults_)) faults_.clear();
  // A menu that the Escape key has just closed had that key: it must not also leave the lesson.
  const bool menu_is_open = ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopup);
  collect_keys(open_.has_value(), menu_is_open || menu_was_open_, settings_, intents);
  menu_was_open_ = menu_is_open;
  ImGui::PopFont();
  ImGui::End();
  for (const Intent& intent : intents) apply(intent);
}

void App::draw_lesson_view(Intents& intents) {
  const View view{*open_->lesson, open_->now, playback_, selection_, settings_};
  if (!layout_.lesson.empty()) draw_lesson_panel(view, open_->marks, layout_.lesson, intents);
  if (!layout_.network.empty()) draw_network_panel(view, open_->network, layout_.network, intents);
  if (!layout_.conversation.empty()) draw_conversation_panel(view, open_->conversation, layout_.conversation, intents);
  if (!layout_.inspector.empty()) draw_inspector_panel(view, open_->inspector, layout_.inspector, intents);
  draw_transport(view, open_->spans, open_->marks, layout_.transport, intents);
  draw_switches();
}

void App::draw_switches() {
  const auto choose = [](const char* id, const Rect& area, std::array<Option, 2> options, std::size_t chosen) {
    ImGui::SetCursorScreenPos(low(area));
    return segmented(id, options, chosen);
  };
  if (layout_.side_switch) {
    const auto picked = choose("side", *layout_.side_switch, {{{"lesson", tr("Lesson")}, {"inspector", tr("Details")}}},
                               static_cast<std::size_t>(side_));
    if (picked) side_ = static_cast<SidePanel>(*picked);
  }
  if (layout_.middle_switch) {
    const auto picked =
        choose("middle", *layout_.middle_switch, {{{"network", tr("Network")}, {"conversation", tr("Conversation")}}},
               static_cast<std::size_t>(middle_));
    if (picked) middle_ = static_cast<MiddlePanel>(*picked);
  }
}

void App::advance(double elapsed_s) {
  if (!open_ || !playback_.playing) return;
  const double us = elapsed_s * 1e6 * playback_.speed + remainder_us_;
  const auto whole = static_cast<std::int64_t>(us);
  remainder_us_ = us - static_cast<double>(whole);
  move_to(playback_.at + Duration(whole));
  if (playback_.at >= open_->lesson->trace.end()) playback_.playing = false;
}

void App::move_to(Instant at) {
  const Trace& trace = open_->lesson->trace;
  const Instant clamped = std::clamp(at, trace.start, trace.end());
  if (clamped == playback_.at && clamped == open_->now.at) return;
  playback_.at = clamped;
  open_->now = trace.state_at(clamped);
  wake();
}

void App::open(const std::filesystem::path& file) {
  LessonReading reading = services_.open(file);
  faults_ = std::move(reading.faults);
  if (!reading.lesson) return;
  faults_.clear();  // warnings are for the teacher, who asks for them with `mailscope check`
  const Lesson& lesson = *reading.lesson;
  open_.emplace(OpenLessonState{reading.lesson,
                                Stops(lesson.trace, lesson.conversation),
                                protocol_spans(lesson.trace),
                                lesson_marks(lesson.trace),
                                lesson.trace.state_at(lesson.trace.start),
                                {},
                                {},
                                {}});
  playback_ = {.at = lesson.trace.start, .speed = playback_.speed, .granularity = playback_.granularity};
  selection_ = {};
  remainder_us_ = 0;
}

void App::change(const Settings& settings) {
  const bool other_language = settings.language != settings_.language;
  settings_ = settings;
  settings_.scale_percent = std::clamp(settings.scale_percent, scale_percent_min, scale_percent_max);
  set_language(settings_.language);
  if (other_language) gallery_ = services_.list_lessons();  // faults are worded while a file is read
  if (services_.save) services_.save(settings_);
}

void App::apply(const Intent& intent) {
  wake();
  const auto in_lesson = [this](auto act) {
    if (open_) act();
  };
  const auto jump = [this, &in_lesson](Instant to) {
    in_lesson([&] {
      selection_.row.reset();  // the inspector follows the cursor again
      move_to(to);
    });
  };
  std::visit(Overloaded{
                 [&](TogglePlay) {
                   in_lesson([&] {
                     if (!playback_.playing && playback_.at >= open_->lesson->trace.end())
                       move_to(open_->lesson->trace.start);
                     playback_.playing = !playback_.playing;
                     selection_.row.reset();
                   });
                 },
                 [&](Seek seek) { in_lesson([&] { move_to(seek.to); }); },
                 [&](StepOnce step) {
                   in_lesson([&] {
                     playback_.playing = false;
                     jump(step.back ? open_->stops.previous(playback_.granularity, playback_.at)
                                    : open_->stops.next(playback_.granularity, playback_.at));
                   });
                 },
                 [&](SeekStart) { in_lesson([&] { jump(open_->lesson->trace.start); }); },
                 [&](SeekEnd) {
                   in_lesson([&] {
                     playback_.playing = false;
                     jump(open_->lesson->trace.end());
                   });
                 },
                 [&](SetGranularity set) { playback_.granularity = set.granularity; },
                 [&](SetSpeed set) { playback_.speed = std::clamp(set.speed, speed_min, speed_max); },
                 [&](SelectRow select) { selection_.row = select.row; },
                 [&](SelectConnection select) { selection_.connection = select.connection; },
                 [&](SelectTab select) { selection_.tab = select.tab; },
                 [&](const SetSettings& set) { change(set.settings); },
                 [&](const OpenLesson& lesson) { open(lesson.file); },
                 [&](ShowGallery) {
                   open_.reset();
                   faults_.clear();
                   playback_.playing = false;
                   gallery_ = services_.list_lessons();
                 },
             },
             intent);
}

}  // namespace mailscope
