#include "viz/model/open_lesson.hpp"

#include "sim/scenario/read/lesson_files.hpp"
#include "sim/world/save_trace.hpp"

namespace mailscope {

namespace {

/// A record that was saved: there is no scenario but what the trace tells.
LessonReading open_record(const std::filesystem::path& file) {
  OpenedTrace opened = open_trace(file);
  if (!opened.trace) return {nullptr, {opened.problem + '\n'}};
  auto lesson = std::make_shared<Lesson>();
  lesson->file = file;
  lesson->trace = *std::move(opened.trace);
  lesson->scenario.title.by_language.fill(lesson->trace.title);
  lesson->conversation = conversation_of(lesson->trace);
  return {std::move(lesson), {}};
}

}  // namespace

LessonReading open_lesson(const std::filesystem::path& file) {
  if (is_record(file)) return open_record(file);
  LessonFile read = read_lesson(file);
  LessonReading result;
  for (const Fault& fault : read.reading.faults) result.faults.push_back(describe(fault, file.string(), read.yaml));
  if (!read.reading.scenario) return result;

  World world(*read.reading.scenario);
  world.run();
  auto lesson = std::make_shared<Lesson>();
  lesson->file = file;
  lesson->scenario = *std::move(read.reading.scenario);
  lesson->trace = world.trace();
  lesson->conversation = conversation_of(lesson->trace);
  lesson->verdicts = grade(lesson->scenario, lesson->trace);  // points into the lesson's own scenario
  result.lesson = std::move(lesson);
  return result;
}

}  // namespace mailscope
