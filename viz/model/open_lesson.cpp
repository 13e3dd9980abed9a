#include "viz/model/open_lesson.hpp"

#include "sim/lesson/read_scenario.hpp"

namespace mailscope {

LessonReading open_lesson(const std::filesystem::path& file) {
  const auto yaml = read_file(file);
  ScenarioReading reading = yaml ? read_scenario(*yaml) : read_scenario_file(file);
  LessonReading result;
  for (const Fault& fault : reading.faults) result.faults.push_back(describe(fault, file.string(), yaml.value_or("")));
  if (!reading.scenario) return result;

  World world(*reading.scenario);
  world.run();
  auto lesson = std::make_shared<Lesson>();
  lesson->file = file;
  lesson->scenario = *std::move(reading.scenario);
  lesson->trace = world.trace();
  lesson->conversation = conversation_of(lesson->trace);
  lesson->verdicts = grade(lesson->scenario, lesson->trace);  // points into the lesson's own scenario
  result.lesson = std::move(lesson);
  return result;
}

}  // namespace mailscope
