// The date-time of RFC 3339 §5.6, which newer protocols write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"

namespace mailscope {

/// "2026-03-02T09:00:00Z": date-time (RFC 3339 §5.6) in UTC, whole seconds. Its year has four
/// digits: what lies before the year 0 or after 9999 is told as the nearest instant within.
[[nodiscard]] std::string internet_date(Instant at);
/// date-time; nothing where it is none, or lies outside those years in UTC. Fractions of a second are dropped.
[[nodiscard]] std::optional<Instant> parse_internet_date(std::string_view text);

}  // namespace mailscope
