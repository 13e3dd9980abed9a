// Dates of a header (RFC 5322 §3.3, §4.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"

namespace mailscope::message {

/// "Mon, 02 Mar 2026 09:00:00 +0000", in UTC.
[[nodiscard]] std::string date(Instant at);

struct DateTime {
  Instant instant;
  std::optional<int> zone_minutes;  ///< east of UTC; nothing where the zone is unknown ("-0000", or none given)
  /// The calendar day and time as the writer saw them, for SENTBEFORE, SENTON, SENTSINCE (RFC 9051 §6.4.4).
  [[nodiscard]] Instant local() const;
};
/// date-time with comments, obsolete zones and years of two or three digits. The order of its words is not insisted on,
/// nor that the day of the week is right. Nothing where day, month, year or time are missing or impossible.
[[nodiscard]] std::optional<DateTime> parse_date(std::string_view value);

}  // namespace mailscope::message
