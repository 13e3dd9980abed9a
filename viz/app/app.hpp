// The window's content and its behaviour, without a window: what is open, where the cursor in time stands, and what
// becomes of each intent. Knows no GLFW and no OpenGL, so that a test or a screenshot drives it just as well.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "viz/model/open_lesson.hpp"
#include "viz/model/stepping.hpp"
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
  [[nodiscard]] bool needs_frame() const { return playback_.playing || awake_s_ > 0; }
  /// Input has come: the next frames are drawn, so that hover, focus and tooltips settle.
  void wake();

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const Playback& playback() const { return playback_; }
  [[nodiscard]] const Selection& selection() const { return selection_; }
  /// The open lesson; null in the gallery.
  [[nodiscard]] const Lesson* lesson() const { return open_ ? open_->lesson.get() : nullptr; }
  [[nodiscard]] const std::vector<GalleryEntry>& gallery() const { return gallery_; }
  /// Faults of the file that was last tried to open; empty after a success.
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }
  /// Where the panels of the newest frame were; all empty in the gallery.
  [[nodiscard]] const WindowLayout& layout() const { return layout_; }

 private:
  struct OpenLessonState {
    std::shared_ptr<const Lesson> lesson;
    Stops stops;
    std::vector<ProtocolSpan> spans;
    std::vector<LessonMark> marks;
    WorldState now;  ///< at playback_.at
    NetworkPanelState network;
    ConversationPanelState conversation;
    InspectorPanelState inspector;
  };

  void advance(double elapsed_s);
  void move_to(Instant at);
  void open(const std::filesystem::path& file);
  void change(const Settings& settings);
  void draw_lesson_view(Intents& intents);
  void draw_switches();

  AppServices services_;
  Settings settings_;
  Playback playback_;
  Selection selection_;
  std::optional<OpenLessonState> open_;
  std::vector<GalleryEntry> gallery_;
  std::vector<std::string> faults_;
  WindowLayout layout_;
  SidePanel side_{};
  MiddlePanel middle_{};
  bool menu_was_open_{};
  double awake_s_{};
  double remainder_us_{};  ///< of virtual time that did not make a whole microsecond
};

}  // namespace mailscope
