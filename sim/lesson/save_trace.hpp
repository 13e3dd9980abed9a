// Keeps a trace in a file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sim/trace/trace.hpp"

namespace mailscope {

/// Writes the trace's JSON lines (export_json.hpp) beside `file` and then puts them in its place, so that a full disk
/// spoils nothing. Nothing when it went well, else what went wrong, in the reader's language.
[[nodiscard]] std::optional<std::string> save_trace(const Trace& trace, const std::filesystem::path& file);

}  // namespace mailscope
