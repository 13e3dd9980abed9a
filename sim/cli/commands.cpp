#include "sim/cli/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "sim/cli/real_run.hpp"
#include "sim/trace/export_json.hpp"
#include "sim/trace/export_text.hpp"
#include "sim/trace/printable.hpp"
#include "sim/words/explanations.hpp"
#include "sim/words/translate.hpp"
#include "sim/world/save_trace.hpp"
#include "sim/world/world.hpp"

namespace mailscope {
namespace {

/// Actions and expectations are told in the words of the lesson's file, which no language changes.
std::string title_of(const Action& action) {
  struct {
    std::string operator()(const SendAction& send) const {
      return fmt::format("send \"{}\" to {}", send.subject, fmt::join(send.to, ", "));
    }
    std::string operator()(const EditAction& edit) const { return fmt::format("edit \"{}\"", edit.subject); }
    std::string operator()(const CheckMailAction&) const { return "check-mail"; }
    std::string operator()(const CrashAction&) const { return "crash"; }
    std::string operator()(const RestartAction&) const { return "restart"; }
    std::string operator()(const MessageAction& action) const {
      static constexpr std::array deeds{"read", "delete", "flag", "unflag", "mark-read", "mark-unread"};
      return fmt::format("{} \"{}\"", deeds.at(static_cast<std::size_t>(action.deed)), action.message.subject);
    }
    std::string operator()(const MoveAction& move) const {
      return fmt::format("move \"{}\" to {}", move.message.subject, move.to);
    }
    std::string operator()(const NoteAction& note) const {
      return fmt::format("note on \"{}\": {}", note.message.subject, note.text);
    }
    std::string operator()(const ReplyAction& reply) const {
      return fmt::format("reply to \"{}\"", reply.message.subject);
    }
    std::string operator()(const SearchAction& search) const { return fmt::format("search \"{}\"", search.text); }
    std::string operator()(const EmptyTrashAction&) const { return "empty-trash"; }
    std::string operator()(const LineAction& line) const { return line.online ? "go-online" : "go-offline"; }
    std::string operator()(const AskForQueueAction& asks) const { return fmt::format("ask-for-queue {}", asks.server); }
    std::string operator()(const LookUpAction& look_up) const { return fmt::format("look {} up", look_up.name); }
  } const words;
  return std::visit(words, action.what);
}

std::string title_of(const Expectation& expectation) {
  struct {
    std::string operator()(const Expectation::LineSaid& said) const {
      return fmt::format("{} says: \"{}\"", said.host, said.line);
    }
    std::string operator()(const Expectation::QueueHolds& queue) const {
      return fmt::format("queue of {} holds: {}", queue.host, queue.messages);
    }
    std::string operator()(const Expectation::MailboxHolds& box) const {
      return fmt::format("{} of {} {}: {}", box.mailbox, box.host, box.seen_only ? "seen" : "holds", box.messages);
    }
  } const words;
  return std::visit(words, expectation.what);
}

std::string paint(bool colour, std::string_view sgr, std::string_view text) {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : std::string(text);
}

std::string told(const Verdict& verdict, bool colour) {
  const std::string words = printable(title_of(*verdict.expectation));
  if (verdict.holds) return "  " + paint(colour, "32", "✓ " + words) + '\n';
  return "  " + paint(colour, "31", "✗ " + words) +
         fmt::format("  ({})\n", tr("line {0}; found: {1}", {std::to_string(verdict.expectation->line_number),
                                                             printable(found_text(verdict))}));
}

/// Each expectation under its step's title.
void print_verdicts(const RunOptions& options, const Scenario& scenario, const std::vector<Verdict>& verdicts,
                    std::ostream& out) {
  std::optional<std::uint32_t> step;
  for (const Verdict& verdict : verdicts) {
    if (step != verdict.step)
      out << '\n'
          << verdict.step + 1 << ". " << printable(scenario.steps[verdict.step].title.in(options.language)) << '\n';
    step = verdict.step;
    out << told(verdict, options.colour);
  }
}

/// Prints the faults that `wanted` picks.
template <class Wanted>
void print_faults(const LessonFile& lesson, std::ostream& out, Wanted wanted) {
  for (const Fault& fault : lesson.reading.faults)
    if (wanted(fault)) out << describe(fault, printable(lesson.file.string()), lesson.yaml);
}

bool is_error(const Fault& fault) { return fault.severity == Fault::Severity::Error; }

/// All in one paragraph at the end, so that errors stay in sight.
void print_untranslated(const LessonFile& lesson, std::ostream& out) {
  std::vector<std::string> places;
  for (const Fault& fault : lesson.reading.faults)
    if (!fault.untranslated.empty()) {
      std::vector<std::string_view> lacking;
      for (const Language language : fault.untranslated) lacking.push_back(code(language));
      places.push_back(fmt::format("{}:{} ({})", fault.line, fault.column, fmt::join(lacking, " ")));
    }
  if (!places.empty())
    out << tr("{0}: {1} texts lack languages, at {2}", {printable(lesson.file.string()), std::to_string(places.size()),
                                                        fmt::format("{}", fmt::join(places, ", "))})
        << '\n';
}

/// False, after saying so, where a file cannot be written.
bool write_exports(const RunOptions& options, const Trace& trace, const Terminal& terminal) {
  std::optional<std::string> problem;
  const CaptureSecrets secrets = options.key_log.empty() ? CaptureSecrets::Put : CaptureSecrets::Left;
  if (!options.pcapng.empty()) problem = save_capture(trace, options.pcapng, secrets);
  if (!problem && !options.key_log.empty()) problem = save_key_log(trace, options.key_log);
  if (problem) terminal.error << printable(*problem) << '\n';
  return !problem;
}

}  // namespace

TranscriptOptions transcript_options(const RunOptions& options, const Scenario& scenario) {
  TranscriptOptions transcript;
  transcript.colour = options.colour;
  const Language language = options.language;
  transcript.translate = [](const char* english) { return std::string(translated(english)); };
  if (options.explain)
    transcript.explain = [language](std::string_view topic, const std::vector<std::string>& arguments) {
      const Explanation* known = explanation(topic);
      return known ? fill(known->title.in(language), arguments) : std::string();
    };
  transcript.step_title = [&scenario, language](std::uint32_t step) {
    return step < scenario.steps.size() ? scenario.steps[step].title.in(language) : std::string();
  };
  transcript.action_title = [&scenario](std::uint32_t action) {
    return action < scenario.actions.size() ? title_of(scenario.actions[action]) : std::string();
  };
  return transcript;
}

int conclude(const Played& played, const Terminal& terminal) {
  const auto& [options, scenario, trace, at_rest] = played;
  if (options.hash_only)
    terminal.out << trace_hash(trace) << '\n';
  else if (options.json)
    for_each_json_line(trace, [&](std::string_view line) { terminal.out << line; });
  if (!write_exports(options, trace, terminal)) return exit_failed;
  if (options.until) return 0;  // the steps have not come to their ends: nothing to judge

  if (!at_rest) terminal.error << tr("the lesson did not come to rest: it was stopped at a bound") << '\n';
  std::vector<Verdict> verdicts = grade(scenario, trace);
  const bool all_hold = std::ranges::all_of(verdicts, &Verdict::holds);
  if (!options.for_people()) std::erase_if(verdicts, [](const Verdict& verdict) { return verdict.holds; });
  print_verdicts(options, scenario, verdicts, options.for_people() ? terminal.out : terminal.error);
  return all_hold && at_rest ? 0 : exit_failed;
}

std::optional<LessonFile> load_lesson(const std::string& name, const Terminal& terminal) {
  LessonFile lesson = read_lesson(find_lesson(name, lesson_folder()));
  if (lesson.reading.scenario) return lesson;
  print_faults(lesson, terminal.error, is_error);
  return std::nullopt;
}

namespace {

/// There is no scenario but what the trace tells, and so nothing to judge.
int print_record(const RunOptions& options, const std::filesystem::path& file, const Terminal& terminal) {
  const OpenedTrace opened = open_trace(file);
  if (!opened.trace) {
    terminal.error << printable(opened.problem) << '\n';
    return exit_usage;
  }
  const Scenario unknown;
  TranscriptOptions transcript = transcript_options(options, unknown);
  if (options.until) transcript.until = opened.trace->start + *options.until;
  if (options.for_people()) terminal.out << format_transcript(*opened.trace, transcript);
  return conclude({options, unknown, *opened.trace, true}, terminal);
}

}  // namespace

int run_lesson(const RunOptions& options, const Terminal& terminal) {
  if (const auto file = find_lesson(options.lesson, lesson_folder()); is_record(file))
    return print_record(options, file, terminal);
  const std::optional<LessonFile> lesson = load_lesson(options.lesson, terminal);
  if (!lesson) return exit_usage;
  const Scenario& scenario = *lesson->reading.scenario;
  if (has_real_servers(scenario)) return run_with_real_servers(options, scenario, terminal);
  World world(scenario, options.seed);
  if (options.until)
    world.run_until(scenario.start + *options.until);
  else
    world.run();
  if (options.for_people()) terminal.out << format_transcript(world.trace(), transcript_options(options, scenario));
  return conclude({options, scenario, world.trace(), world.at_rest()}, terminal);
}

int check_lessons(const std::vector<std::string>& names, const Terminal& terminal) {
  int status = 0;
  std::vector<LessonFile> lessons;
  for (const std::string& name : names) lessons.push_back(read_lesson(find_lesson(name, lesson_folder())));
  for (const LessonFile& lesson : lessons) {
    print_faults(lesson, terminal.out, [](const Fault& fault) { return fault.untranslated.empty(); });
    if (const std::optional<Scenario>& scenario = lesson.reading.scenario)
      terminal.out << tr("{0}: can be run: {1} hosts, {2} links, {3} actions, {4} steps",
                         {printable(lesson.file.string()), std::to_string(scenario->hosts.size()),
                          std::to_string(scenario->links.size()), std::to_string(scenario->actions.size()),
                          std::to_string(scenario->steps.size())})
                   << '\n';
    else
      status = exit_usage;
  }
  for (const LessonFile& lesson : lessons) print_untranslated(lesson, terminal.out);
  return status;
}

int list_lessons(Language language, const Terminal& terminal) {
  const std::array levels{tr("beginner"), tr("intermediate"), tr("advanced")};
  const std::filesystem::path folder = lesson_folder();
  const std::vector<LessonFile> lessons = read_lessons(folder);
  for (const LessonFile& lesson : lessons) {
    if (const std::optional<Scenario>& scenario = lesson.reading.scenario)
      terminal.out << fmt::format("{}  {} ({}, {} min)\n    {}\n", printable(lesson.file.stem().string()),
                                  printable(scenario->title.in(language)),
                                  levels[static_cast<std::size_t>(scenario->level)], scenario->minutes,
                                  printable(scenario->summary.in(language)));
    print_faults(lesson, terminal.out, is_error);
  }
  if (lessons.empty()) terminal.error << tr("no lessons in {0}", {printable(folder.string())}) << '\n';
  return lessons.empty() ? exit_failed : 0;
}

}  // namespace mailscope
