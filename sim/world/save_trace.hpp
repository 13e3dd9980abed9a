// Keeps a trace, or what is made of it, in files. A file is written beside its place and then put there, so that a full
// disk spoils nothing. Each gives nothing when it went well, else what went wrong, in the reader's language.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sim/trace/export_pcapng.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

/// By its name a file with a trace (*.jsonl), and no lesson.
[[nodiscard]] bool is_record(const std::filesystem::path& file);
/// A trace that was saved; else where and why it cannot be shown: "FILE:LINE: …".
struct OpenedTrace {
  std::optional<Trace> trace;
  std::string problem;
};
[[nodiscard]] OpenedTrace open_trace(const std::filesystem::path& file);

/// The trace's JSON lines (export_json.hpp), which can be opened again; a capture where the name ends in ".pcapng".
[[nodiscard]] std::optional<std::string> save_trace(const Trace& trace, const std::filesystem::path& file);
[[nodiscard]] std::optional<std::string> save_capture(const Trace& trace, const std::filesystem::path& file,
                                                      CaptureSecrets secrets);
[[nodiscard]] std::optional<std::string> save_key_log(const Trace& trace, const std::filesystem::path& file);

}  // namespace mailscope
