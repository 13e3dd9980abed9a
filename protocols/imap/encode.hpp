// Writes values in IMAP's grammar (RFC 3501 §9).
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"

namespace mailscope::imap {

/// As a literal. NUL cannot travel in IMAP4rev1 (rule CHAR8): it goes as %x80.
[[nodiscard]] std::string literal(std::string_view octets);
/// As an atom where that is allowed, else quoted, else as a literal. Precondition: no NUL.
[[nodiscard]] std::string astring(std::string_view text);
/// "(\Seen \Answered)"
[[nodiscard]] std::string flag_list(const std::set<std::string>& flags);
/// " 2-Mar-2026 09:00:00 +0000" in quotes, in UTC (rule date-time).
[[nodiscard]] std::string date_time(Instant at);

}  // namespace mailscope::imap
