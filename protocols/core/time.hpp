// Virtual time. An Instant is a point in UTC with microsecond resolution; it is always handed in as an
// argument. The clock deliberately has no now(): nothing below the program's edge may read the machine's time.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace mailscope {

struct VirtualClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};

/// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (as in POSIX time).
using Instant = VirtualClock::time_point;
/// A span of virtual time in microseconds.
using Duration = VirtualClock::duration;

}  // namespace mailscope
