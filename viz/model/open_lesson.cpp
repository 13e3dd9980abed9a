#include "viz/model/open_lesson.hpp"

#include "sim/lesson/lesson_files.hpp"

namespace mailscope {

LessonReading open_lesson(const std::filesystem::path& file) {
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
