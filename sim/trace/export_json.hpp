// A trace as JSON lines, and its hash. What differs between two traces differs in these lines.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/trace/trace.hpp"

namespace mailscope {

/// Hands out the trace line by line, each one JSON object ended by '\n': first who takes part, then a line a record.
/// Times are integers in microseconds since the trace's start, payloads base64 (RFC 4648 §4). Octets in texts that
/// are not UTF-8 become U+FFFD; no octets make it fail.
void for_each_json_line(const Trace& trace, const std::function<void(std::string_view line)>& take);

/// SHA-256 over all the JSON lines, in lower-case hexadecimal.
[[nodiscard]] std::string trace_hash(const Trace& trace);

}  // namespace mailscope
