#include "viz/app/app.hpp"

#include <algorithm>
#include <cmath>

#include "sim/words/translate.hpp"
#include "sim/world/save_trace.hpp"
#include "viz/app/keys.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/overloaded.hpp"
#include "viz/panels/faults.hpp"
#include "viz/panels/gallery.hpp"
#include "viz/panels/lesson.hpp"
#include "viz/panels/live.hpp"
#include "viz/panels/top_bar.hpp"
#include "viz/panels/transport.hpp"

namespace mailscope {
namespace {

constexpr double awake_after_input_s = 0.5;  // longer than the delay of tooltips
constexpr double awake_after_news_s = 1.5;   // longer than anything that news leave on the stage is to be seen
constexpr double spans_every_s = 0.5;        // the scrubber's colours may lag behind: each time they are all made anew
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
  follow(elapsed_s);
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
  const bool can_go_live = open_ && services_.serve;
  draw_top_bar({lesson(), settings_, front_, can_go_live, live_ && live_->service}, layout_.top_bar, intents);
  if (in_front() != nullptr) {
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
  collect_keys(in_front() != nullptr, menu_is_open || menu_was_open_, settings_, intents);
  menu_was_open_ = menu_is_open;
  ImGui::PopFont();
  ImGui::End();
  for (const Intent& intent : intents) apply(intent);
}

void App::draw_lesson_view(Intents& intents) {
  Shown& shown = *in_front();
  const bool is_live = front_ == Front::Live;
  const View view{*shown.lesson, shown.now, shown.playback, shown.selection, settings_, is_live ? live() : nullptr};
  if (!layout_.lesson.empty()) {
    if (is_live)
      draw_live_panel(view, layout_.lesson, intents);
    else
      draw_lesson_panel(view, shown.marks, layout_.lesson, intents);
  }
  if (!layout_.network.empty()) draw_network_panel(view, shown.network, layout_.network, intents);
  if (!layout_.conversation.empty()) draw_conversation_panel(view, shown.conversation, layout_.conversation, intents);
  if (!layout_.inspector.empty()) draw_inspector_panel(view, shown.inspector, layout_.inspector, intents);
  draw_transport(view, shown.line, shown.spans, shown.marks, layout_.transport, intents);
  draw_switches();
}

void App::draw_switches() {
  const auto choose = [](const char* id, const Rect& area, std::array<Option, 2> options, std::size_t chosen) {
    ImGui::SetCursorScreenPos(low(area));
    return segmented(id, options, chosen);
  };
  if (layout_.side_switch) {
    const auto picked =
        choose("side", *layout_.side_switch,
               {{{"lesson", front_ == Front::Live ? tr("Live") : tr("Lesson")}, {"inspector", tr("Details")}}},
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

const App::Shown* App::in_front() const {
  if (front_ == Front::Live && live_) return &live_->shown;
  return open_ ? &*open_ : nullptr;
}

/// The latest instant that the cursor may stand at.
Instant App::end_of(const Shown& shown) const {
  const Instant end = shown.lesson->trace.end();
  const bool serving = live_ && &shown == &live_->shown && live_->service;
  return serving ? std::max(end, live_->service->now()) : end;
}

void App::advance(double elapsed_s) {
  Shown* shown = in_front();
  if (shown == nullptr || !shown->playback.playing || shown->playback.following) return;
  // Evenly along the scrubber's line: through what happens at the chosen speed, and quickly through pauses.
  const double place =
      shown->line.place(shown->playback.at) + shown->remainder + elapsed_s * 1e6 * shown->playback.speed;
  move_to(*shown, std::max(shown->playback.at, shown->line.at(place)));
  shown->remainder = place - shown->line.place(shown->playback.at);
  if (shown->playback.at < end_of(*shown)) return;
  // Who has caught up with what is still going on goes along with it.
  shown->playback.following = live_ && shown == &live_->shown && live_->service;
  shown->playback.playing = shown->playback.following;
}

/// Takes what the live servers have recorded.
void App::follow(double elapsed_s) {
  if (!live_) return;
  Live& live = *live_;
  if (live.service && live.service->take(live.record->trace)) {
    live.reader.read(live.record->trace, live.record->conversation);
    live.shown.stops.reset();
    awake_s_ = awake_after_news_s;
  }
  const Trace& trace = live.record->trace;
  live.shown.line.read(trace, end_of(live.shown));
  live.until_spans_s -= elapsed_s;
  if (live.until_spans_s <= 0 && live.spanned_records != trace.records().size()) {
    live.shown.spans = protocol_spans(trace);
    live.spanned_records = trace.records().size();
    live.until_spans_s = spans_every_s;
  }
  if (live.shown.playback.following) {
    live.shown.playback.at = end_of(live.shown);
    live.shown.now = trace.state_at(live.shown.playback.at);
  }
}

void App::move_to(Shown& shown, Instant at) {
  const Trace& trace = shown.lesson->trace;
  const Instant clamped = std::clamp(at, trace.start, end_of(shown));
  if (clamped == shown.playback.at && clamped == shown.now.at) return;
  shown.playback.at = clamped;
  shown.now = trace.state_at(clamped);
  wake();
}

void App::step(Shown& shown, bool back) {
  if (!shown.stops) shown.stops.emplace(shown.lesson->trace, shown.lesson->conversation);
  const Playback& playback = shown.playback;
  move_to(shown, back ? shown.stops->previous(playback.granularity, playback.at)
                      : shown.stops->next(playback.granularity, playback.at));
}

App::Shown App::show(std::shared_ptr<const Lesson> lesson) const {
  Shown shown;
  shown.line = Timeline(lesson->trace.start);
  shown.line.read(lesson->trace);
  shown.spans = protocol_spans(lesson->trace);
  shown.marks = lesson_marks(lesson->trace);
  shown.now = lesson->trace.state_at(lesson->trace.start);
  shown.playback = {.at = lesson->trace.start, .speed = playback().speed, .granularity = playback().granularity};
  shown.lesson = std::move(lesson);
  return shown;
}

void App::open(const std::filesystem::path& file) {
  LessonReading reading = services_.open(file);
  faults_ = std::move(reading.faults);
  if (!reading.lesson) return;
  faults_.clear();  // warnings are for the teacher, who asks for them with `mailscope check`
  open_ = show(reading.lesson);
  live_.reset();
  front_ = Front::Stage;
}

void App::open_servers() {
  if (!open_ || !services_.serve) return;
  live_.reset();  // its ports are wanted again
  Live live;
  live.service = services_.serve(open_->lesson->scenario, services_.poke);
  live.status.failures = live.service->failures();
  live.record = std::make_shared<Lesson>();
  live.record->file = open_->lesson->file;
  live.record->scenario = live.service->scenario();
  live.record->trace = live.service->beginning();
  live.shown = show(live.record);
  live.status.doors = live.service->doors();
  live.status.outside = live.service->outside();
  live.status.authority = live.service->authority();
  live.status.serving = live.status.failures.empty();
  live.shown.playback.playing = live.shown.playback.following = live.status.serving;
  if (!live.status.serving) live.service.reset();
  live_ = std::move(live);
}

void App::close_servers() {
  if (!live_ || !live_->service) return;
  follow(0);
  live_->service.reset();
  live_->status.serving = false;
  Playback& playback = live_->shown.playback;
  if (playback.following) playback.playing = false;
  playback.following = false;
  move_to(live_->shown, playback.at);
}

void App::save_record(const std::filesystem::path& file) {
  if (!live_) return;
  const std::optional<std::string> problem = save_trace(live_->record->trace, file);
  if (problem)
    faults_ = {*problem};
  else
    live_->status.saved = file.string();
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
    if (Shown* shown = in_front()) act(*shown);
  };
  // The inspector follows the cursor again, and the cursor no longer the servers.
  const auto jump = [&in_lesson](auto move) {
    in_lesson([&](Shown& shown) {
      shown.selection.row.reset();
      shown.playback.playing = shown.playback.following = false;
      move(shown);
    });
  };
  std::visit(Overloaded{
                 [&](TogglePlay) {
                   in_lesson([&](Shown& shown) {
                     Playback& playback = shown.playback;
                     const bool serving = live_ && &shown == &live_->shown && live_->service;
                     if (!playback.playing && !serving && playback.at >= end_of(shown))
                       move_to(shown, shown.lesson->trace.start);
                     playback.playing = !playback.playing;
                     playback.following = false;
                     shown.selection.row.reset();
                   });
                 },
                 [&](Seek seek) {
                   in_lesson([&](Shown& shown) {
                     if (shown.playback.following) shown.playback.playing = shown.playback.following = false;
                     move_to(shown, seek.to);
                   });
                 },
                 [&](StepOnce once) { jump([&](Shown& shown) { step(shown, once.back); }); },
                 [&](SeekStart) {
                   in_lesson([&](Shown& shown) {
                     shown.selection.row.reset();
                     if (shown.playback.following) shown.playback.playing = shown.playback.following = false;
                     move_to(shown, shown.lesson->trace.start);
                   });
                 },
                 [&](SeekEnd) {
                   jump([&](Shown& shown) {
                     move_to(shown, end_of(shown));
                     shown.playback.playing = shown.playback.following =
                         live_ && &shown == &live_->shown && live_->service;
                   });
                 },
                 [&](SetGranularity set) {
                   in_lesson([&](Shown& shown) { shown.playback.granularity = set.granularity; });
                   next_playback_.granularity = set.granularity;
                 },
                 [&](SetSpeed set) {
                   next_playback_.speed = std::clamp(set.speed, speed_min, speed_max);
                   in_lesson([&](Shown& shown) { shown.playback.speed = next_playback_.speed; });
                 },
                 [&](SelectRow select) { in_lesson([&](Shown& shown) { shown.selection.row = select.row; }); },
                 [&](SelectConnection select) {
                   in_lesson([&](Shown& shown) { shown.selection.connection = select.connection; });
                 },
                 [&](SelectTab select) { in_lesson([&](Shown& shown) { shown.selection.tab = select.tab; }); },
                 [&](const SetSettings& set) { change(set.settings); },
                 [&](const OpenLesson& lesson) { open(lesson.file); },
                 [&](ShowGallery) {
                   open_.reset();
                   live_.reset();
                   front_ = Front::Stage;
                   faults_.clear();
                   gallery_ = services_.list_lessons();
                 },
                 [&](ShowFront show) {
                   if (show.front == Front::Live && !live_) open_servers();
                   if (open_) front_ = show.front;
                 },
                 [&](OpenServers) { open_servers(); },
                 [&](CloseServers) { close_servers(); },
                 [&](const SaveRecord& save) { save_record(save.file); },
             },
             intent);
}

}  // namespace mailscope
