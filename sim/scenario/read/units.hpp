// Spans of time, data rates and dates as people write them in lessons and on the command line. Exact: no floating
// point.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocols/core/time.hpp"

namespace mailscope {

/// "20 ms", "1.5 s", "2min"; units us, ms, s, min, h. Nothing for other text, for less than whole microseconds, and
/// for more than 12 digits or 2^63 µs.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// "20 Mbit/s", "64 kbit/s"; units bit/s, kbit/s, Mbit/s, Gbit/s (powers of 1000). In bits per second.
[[nodiscard]] std::optional<std::uint64_t> parse_bandwidth(std::string_view text);
/// "100 kB", "10 MB", "512 KiB"; units B, kB, MB (powers of 1000), KiB and MiB. In octets.
[[nodiscard]] std::optional<std::uint64_t> parse_octets(std::string_view text);
/// "5 %", "0.1%", of 100 % at most, exact to a millionth. In millionths.
[[nodiscard]] std::optional<std::uint32_t> parse_share(std::string_view text);
/// "2026-03-02T09:00:00Z" (RFC 3339 §5.6 with "Z"; up to six digits of a second's fraction), years 1970 to 2999.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);

}  // namespace mailscope
