// Where lessons lie, and all of them read. A lesson with faults is listed with them, never dropped.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/scenario/read/read_scenario.hpp"

namespace mailscope {

/// $MAILSCOPE_LESSONS; else share/mailscope/scenarios beside the program's own folder; else the source tree's
/// scenarios.
[[nodiscard]] std::filesystem::path lesson_folder();

struct LessonFile {
  std::filesystem::path file;
  std::string yaml;  ///< what was read, for describe(); empty where nothing could be
  ScenarioReading reading;
};

/// The file, read.
[[nodiscard]] LessonFile read_lesson(const std::filesystem::path& file);
/// Every *.yaml of the folder by file name; more than `lessons_max` are not read. Empty for no folder.
[[nodiscard]] std::vector<LessonFile> read_lessons(const std::filesystem::path& folder);
/// A gallery of more has no end; at a megabyte each the limit keeps memory in bounds.
inline constexpr std::size_t lessons_max = 500;
/// `name` where that is a file, else the lesson of that name in the folder: "send-and-retrieve".
[[nodiscard]] std::filesystem::path find_lesson(const std::string& name, const std::filesystem::path& folder);

}  // namespace mailscope
