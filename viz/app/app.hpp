// The window's content and its behaviour, without a window: what is open, where the cursor in time stands, and what
// becomes of each intent. Knows no GLFW and no OpenGL, so that a test or a screenshot drives it just as well.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/live/service.hpp"
#include "viz/model/open_lesson.hpp"
#include "viz/model/stepping.hpp"
#include "viz/model/timeline.hpp"
#include "viz/model/view.hpp"
#include "viz/model/window_layout.hpp"
#include "viz/panels/conversation.hpp"
#include "viz/panels/inspector.hpp"
#include "viz/panels/network.hpp"

namespace mailscope {

/// What the application asks of the world outside.
struct AppServices {
  std::function<LessonReading(const std::filesystem::path&)> open;
  std::function<std::vector<GalleryEntry>()> list_lessons;
  std::function<void(const Settings&)> save;  ///< called when the settings have changed; may be empty
  /// Opens a lesson's servers; `news` is called on another thread. Empty where there is no going live.
  std::function<std::unique_ptr<live::Service>(const Scenario&, std::function<void()> news)> serve;
  std::function<void()> poke;  ///< makes the window draw soon; called on any thread; may be empty
};

class App {
 public:
  App(AppServices services, const Settings& settings);

  /// Advances the playback by `elapsed_s` real seconds and draws everything. Call between NewFrame and Render.
  void frame(double elapsed_s);
  void apply(const Intent& intent);
  /// A file was dropped on the window.
  void drop(const std::filesystem::path& file) { apply(OpenLesson{file}); }

  /// Whether the next frame would differ without any input: something plays or settles.
  [[nodiscard]] bool needs_frame() const { return playback().playing || awake_s_ > 0; }
  /// Input has come: the next frames are drawn, so that hover, focus and tooltips settle.
  void wake();

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const Playback& playback() const { return in_front() ? in_front()->playback : next_playback_; }
  [[nodiscard]] const Selection& selection() const { return in_front() ? in_front()->selection : no_selection_; }
  /// What is shown: the open lesson, or the record of its live servers; null in the gallery.
  [[nodiscard]] const Lesson* lesson() const { return in_front() ? in_front()->lesson.get() : nullptr; }
  /// The servers of the open lesson on real sockets; null where they never were.
  [[nodiscard]] const LiveStatus* live() const { return live_ ? &live_->status : nullptr; }
  [[nodiscard]] const std::vector<GalleryEntry>& gallery() const { return gallery_; }
  /// Faults of the file that was last tried to open; empty after a success.
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }
  /// Where the panels of the newest frame were; all empty in the gallery.
  [[nodiscard]] const WindowLayout& layout() const { return layout_; }

 private:
  /// A lesson with the cursor in it, and what is computed from its trace.
  struct Shown {
    std::shared_ptr<const Lesson> lesson;
    std::optional<Stops> stops;  ///< none: to be computed when a step is made
    Timeline line;
    std::vector<ProtocolSpan> spans;
    std::vector<LessonMark> marks;
    WorldState now;  ///< at playback.at
    Playback playback;
    Selection selection;
    NetworkPanelState network;
    ConversationPanelState conversation;
    InspectorPanelState inspector;
    double remainder{};  ///< of the way along the line that did not make a whole microsecond
  };
  /// The lesson's servers on real sockets, or the record that they left.
  struct Live {
    std::unique_ptr<live::Service> service;  ///< null once they have ended
    std::shared_ptr<Lesson> record;
    ConversationReader reader;
    LiveStatus status;
    Shown shown;
    std::size_t spanned_records{};  ///< of which shown.spans were computed
    double until_spans_s{};         ///< so long they stay as they are
  };

  [[nodiscard]] const Shown* in_front() const;
  [[nodiscard]] Shown* in_front() { return const_cast<Shown*>(std::as_const(*this).in_front()); }
  [[nodiscard]] Instant end_of(const Shown& shown) const;
  [[nodiscard]] Shown show(std::shared_ptr<const Lesson> lesson) const;
  void advance(double elapsed_s);
  void follow(double elapsed_s);
  void move_to(Shown& shown, Instant at);
  void step(Shown& shown, bool back);
  void open(const std::filesystem::path& file);
  void open_servers();
  void close_servers();
  void save_record(const std::filesystem::path& file);
  void change(const Settings& settings);
  void draw_lesson_view(Intents& intents);
  void draw_switches();

  AppServices services_;
  Settings settings_;
  Playback next_playback_;  ///< for the next lesson: its speed and granularity are the reader's last ones
  Selection no_selection_;
  std::optional<Shown> open_;
  std::optional<Live> live_;
  Front front_{};
  std::vector<GalleryEntry> gallery_;
  std::vector<std::string> faults_;
  WindowLayout layout_;
  SidePanel side_{};
  MiddlePanel middle_{};
  bool menu_was_open_{};
  double awake_s_{};
};

}  // namespace mailscope
