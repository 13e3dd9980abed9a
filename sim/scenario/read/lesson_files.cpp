#include "sim/scenario/read/lesson_files.hpp"

#include <algorithm>
#include <cstdlib>

namespace mailscope {

namespace fs = std::filesystem;

fs::path lesson_folder() {
  if (const char* named = std::getenv("MAILSCOPE_LESSONS"); named && *named) return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path() / "../share/mailscope/scenarios";
  if (!error && fs::is_directory(installed, error)) return installed.lexically_normal();
  return fs::path(MAILSCOPE_SOURCE_DIR) / "scenarios";
}

LessonFile read_lesson(const fs::path& file) {
  LessonFile lesson{file, read_file(file).value_or(""), {}};
  lesson.reading = lesson.yaml.empty() ? read_scenario_file(file) : read_scenario(lesson.yaml, file.parent_path());
  return lesson;
}

std::vector<LessonFile> read_lessons(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".yaml") files.push_back(entry->path());
  std::ranges::sort(files);
  if (files.size() > lessons_max) files.resize(lessons_max);
  std::vector<LessonFile> lessons;
  for (const fs::path& file : files) lessons.push_back(read_lesson(file));
  return lessons;
}

fs::path find_lesson(const std::string& name, const fs::path& folder) {
  std::error_code error;
  if (fs::exists(name, error)) return name;
  const fs::path shipped = folder / (name + ".yaml");
  return name.find('/') == std::string::npos && fs::exists(shipped, error) ? shipped : fs::path(name);
}

}  // namespace mailscope
