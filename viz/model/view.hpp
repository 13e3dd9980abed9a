// What the window shows, as values: an open lesson, the cursor in time, what is selected, and how it is dressed.
// Panels get a const View and return Intents; only the application changes anything. Knows no ImGui.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/live/doors.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/trace.hpp"
#include "sim/world/world.hpp"
#include "viz/model/conversation.hpp"

namespace mailscope {

enum class Theme : std::uint8_t { Dark, Light };
enum class Granularity : std::uint8_t { Command, Packet, LessonStep };
enum class InspectorTab : std::uint8_t { Meaning, State, Bytes, Mailboxes };

inline constexpr int scale_percent_min = 75, scale_percent_max = 250;
inline constexpr double speed_min = 0.1, speed_max = 100.0;

/// The steps in which people change the scale.
inline constexpr int scale_step_percent = 25;

struct Settings {
  Language language{};
  Theme theme{};
  int scale_percent{100};
  bool reduced_motion{};  ///< packets appear at the ends instead of travelling, and nothing fades
};

struct Playback {
  Instant at;
  bool playing{};
  bool following{};   ///< the cursor is where the live servers' time is
  double speed{1.0};  ///< virtual seconds per real second
  Granularity granularity{};
};

struct Selection {
  std::optional<std::size_t> row;          ///< of the lesson's conversation; none: follow the cursor
  std::optional<ConnectionId> connection;  ///< the ladder shows only this one; none: all
  InspectorTab tab{};
};

/// An open lesson: its world was run once to its end; from here on it is only read.
struct Lesson {
  std::filesystem::path file;
  Scenario scenario;
  Trace trace;
  Conversation conversation;  ///< the trace's rows for the ladder
  std::vector<Verdict> verdicts;
};

/// The lesson's servers on real sockets, as the Live view tells of them.
struct LiveStatus {
  bool serving{};                     ///< else they were never opened, or have ended and the record stays
  std::vector<live::Door> doors;      ///< what is or was open
  std::optional<HostId> outside;      ///< stands for the real programs
  std::filesystem::path authority;    ///< the certificate that programs must trust; empty where there is no TLS
  std::vector<std::string> failures;  ///< why they could not be opened
  std::string saved;                  ///< where the record was saved; empty: not yet
};

struct View {
  const Lesson& lesson;
  const WorldState& now;
  const Playback& playback;
  const Selection& selection;
  const Settings& settings;
  const LiveStatus* live{};  ///< null where a lesson is shown
};

struct TogglePlay {};
struct Seek {
  Instant to;
};
struct StepOnce {
  bool back{};
};
struct SeekStart {};
struct SeekEnd {};
struct SetGranularity {
  Granularity granularity{};
};
struct SetSpeed {
  double speed{};
};
struct SelectRow {
  std::optional<std::size_t> row;
};
struct SelectConnection {
  std::optional<ConnectionId> connection;
};
struct SelectTab {
  InspectorTab tab{};
};
struct SetSettings {
  Settings settings;
};
struct OpenLesson {
  std::filesystem::path file;
};
struct ShowGallery {};
/// The lesson's own run, or its servers on real sockets.
enum class Front : std::uint8_t { Stage, Live };
struct ShowFront {
  Front front{};
};
struct OpenServers {};
struct CloseServers {};
/// The live record into a file, as JSON lines.
struct SaveRecord {
  std::filesystem::path file;
};

using Intent =
    std::variant<TogglePlay, Seek, StepOnce, SeekStart, SeekEnd, SetGranularity, SetSpeed, SelectRow, SelectConnection,
                 SelectTab, SetSettings, OpenLesson, ShowGallery, ShowFront, OpenServers, CloseServers, SaveRecord>;
using Intents = std::vector<Intent>;

}  // namespace mailscope
