// A trace out of the JSON lines that export_json.hpp writes. A file is hostile input: what comes out can be shown, or
// nothing comes out.
#pragma once

#include <istream>
#include <optional>
#include <string>

#include "sim/trace/trace.hpp"

namespace mailscope {

/// What is wrong with a file: the number of its line from 1, and what was found and expected there.
struct TraceFault {
  std::size_t line{};
  std::string text;
};

struct TraceReading {
  std::optional<Trace> trace;  ///< present exactly when there is no fault
  TraceFault fault;
};

/// Reads to the end of `in`.
[[nodiscard]] TraceReading read_trace(std::istream& in);

/// Octets of a line: a record carries at most a packet, and the first line all hosts and machines.
inline constexpr std::size_t trace_line_octets_max = 4U << 20U;
/// Lines after the first: twice what a world may record.
inline constexpr std::size_t trace_records_max = 4'000'000;
inline constexpr std::size_t trace_hosts_max = 1'000;  ///< and links

}  // namespace mailscope
