// The commands that print: run, check, lessons.
#pragma once

#include "sim/cli/cli.hpp"
#include "sim/scenario/read/lesson_files.hpp"
#include "sim/trace/export_text.hpp"

namespace mailscope {

struct RunOptions {
  std::string lesson;  ///< a file, or the name of a lesson in the lesson folder; or a record (.jsonl)
  bool json{}, hash_only{}, explain{true}, colour{};
  std::optional<Duration> until;  ///< since the start
  std::optional<std::uint64_t> seed;
  std::string pcapng, key_log;  ///< files to write; empty: none
  Language language{};
  [[nodiscard]] bool for_people() const { return !json && !hash_only; }
};

inline constexpr int exit_failed = 1, exit_usage = 2;

/// Prints the lesson's run, or the record, and, where it went to its end, its expectations with ✓ or ✗. Writes the capture and the key
/// log that were asked for; with a key log of its own the capture holds no secrets.
int run_lesson(const RunOptions& options, const Terminal& terminal);
/// Prints every fault of each file: errors and other warnings first, missing translations at the end.
int check_lessons(const std::vector<std::string>& names, const Terminal& terminal);
/// Prints the lesson folder's lessons.
int list_lessons(Language language, const Terminal& terminal);
/// A lesson that was run.
struct Played {
  const RunOptions& options;
  const Scenario& scenario;
  const Trace& trace;
  bool at_rest{};
};
/// What comes after the transcript: the trace as it was asked for, captures, and what the expectations say. Returns the
/// exit status.
int conclude(const Played& played, const Terminal& terminal);
/// How the transcript of `scenario`, which outlives it, is written.
[[nodiscard]] TranscriptOptions transcript_options(const RunOptions& options, const Scenario& scenario);
/// The lesson, or nothing after printing why not.
[[nodiscard]] std::optional<LessonFile> load_lesson(const std::string& name, const Terminal& terminal);

}  // namespace mailscope
