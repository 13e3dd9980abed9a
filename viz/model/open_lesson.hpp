// Opens a lesson: the file is read, its world is run to the end once, and what came of it is graded.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "viz/model/view.hpp"

namespace mailscope {

/// `lesson` is null exactly if the file could not be read or has an error. Each fault is told as text of several lines:
/// "FILE:LINE:COLUMN: …", the line of the file, and a caret under the column.
struct LessonReading {
  std::shared_ptr<const Lesson> lesson;
  std::vector<std::string> faults;
};

/// A scenario, or a record that was saved (*.jsonl).
[[nodiscard]] LessonReading open_lesson(const std::filesystem::path& file);

/// A lesson as the gallery shows it. `scenario` is present exactly if `faults` holds no error.
struct GalleryEntry {
  std::filesystem::path file;
  std::optional<Scenario> scenario;
  std::vector<std::string> faults;  ///< as in LessonReading
};

}  // namespace mailscope
