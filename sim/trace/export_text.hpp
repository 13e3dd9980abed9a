// A trace as an annotated transcript for the terminal: what was said, and what became of connections and messages.
// It explains nothing by itself: explanations, titles and translations come from the caller.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/trace.hpp"

namespace mailscope {

struct TranscriptOptions {
  bool colour{};                  ///< ANSI colours (ECMA-48 SGR)
  Instant until{Instant::max()};  ///< records after it are left out
  /// The explanation of a topic, one line, arguments filled in; empty where there is none. A line's topic is
  /// explained the first time it comes, notices each time. Without this callback nothing is explained.
  std::function<std::string(std::string_view topic, const std::vector<std::string>& arguments)> explain;
  std::function<std::string(const char* english)> translate;      ///< of the transcript's own words; else English
  std::function<std::string(std::uint32_t step)> step_title;      ///< of a lesson step; else only its number is told
  std::function<std::string(std::uint32_t action)> action_title;  ///< of an action; without it none is told
};

/// A transcript that is written while its trace grows. Each line of the conversation stands once, at the instant when
/// it was sent. Whatever a peer chose is made harmless to the terminal by printable().
class Transcript {
 public:
  /// `trace` outlives it. Columns are as wide as the host names of the connections recorded so far need.
  Transcript(const Trace& trace, TranscriptOptions options);
  ~Transcript();
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;
  /// What was recorded since the last call, as text; the title comes first.
  [[nodiscard]] std::string more();

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

/// The whole of it.
[[nodiscard]] std::string format_transcript(const Trace& trace, const TranscriptOptions& options);

}  // namespace mailscope
