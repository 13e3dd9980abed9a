#include "viz/model/open_lesson.hpp"

#include <fstream>

#include "sim/lesson/lesson_files.hpp"
#include "sim/lesson/translate.hpp"
#include "sim/trace/import_json.hpp"

namespace mailscope {

namespace {

/// A record that was saved: there is no scenario but what the trace tells.
LessonReading open_record(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  TraceReading reading = read_trace(in);
  if (!reading.trace) {
    const std::string place = file.string() + ':' + std::to_string(reading.fault.line) + ": ";
    return {nullptr, {place + tr("this is no record that can be shown: {0}", {reading.fault.text}) + '\n'}};
  }
  auto lesson = std::make_shared<Lesson>();
  lesson->file = file;
  lesson->trace = *std::move(reading.trace);
  lesson->scenario.title.by_language.fill(lesson->trace.title);
  lesson->conversation = conversation_of(lesson->trace);
  return {std::move(lesson), {}};
}

}  // namespace

LessonReading open_lesson(const std::filesystem::path& file) {
  if (file.extension() == ".jsonl") return open_record(file);
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
