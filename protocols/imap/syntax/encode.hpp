// Writes values in IMAP's grammar (RFC 3501 §9).
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"
#include "protocols/mailstore/types.hpp"

namespace mailscope::imap {

/// What stands before the octets of a literal.
[[nodiscard]] std::string literal_size(std::size_t octets);
/// As a literal. NUL cannot travel in IMAP4rev1 (rule CHAR8): it goes as %x80.
[[nodiscard]] std::string literal(std::string_view octets);
/// "~{" number "}" CRLF *OCTET (RFC 3516 §7): any octets.
[[nodiscard]] std::string literal8(std::string_view octets);
/// A literal, or where there is a NUL, a literal8, in which it can travel (RFC 3516 §4.3).
[[nodiscard]] std::string literal_or_literal8(std::string_view octets);
/// Quoted, or as a literal where 8 bits or line ends forbid that (rule string).
[[nodiscard]] std::string quoted_or_literal(std::string_view text);
/// The same, or NIL for an empty text, which stands for none (rule nstring).
[[nodiscard]] std::string nstring(std::string_view text);
/// As string, or where there is a NUL, as a literal8 (rule value, RFC 5464 §5, RFC 5257 §5).
[[nodiscard]] std::string string_or_literal8(std::string_view octets);
/// As an atom where that is allowed, else quoted, else as a literal. Precondition: no NUL.
[[nodiscard]] std::string astring(std::string_view text);
/// The same for a session that speaks UTF-8: quoted as it is (RFC 6855 §3, RFC 9051 §4.3). Precondition: it is UTF-8.
[[nodiscard]] std::string utf8_astring(std::string_view text);
/// "(\Seen \Answered)"
[[nodiscard]] std::string flag_list(const std::set<std::string>& flags);
/// " 2-Mar-2026 09:00:00 +0000" in quotes, in UTC (rule date-time).
[[nodiscard]] std::string date_time(Instant at);

/// "4,7:9" (rule uid-set). Precondition: ascending, at least one.
[[nodiscard]] std::string uid_set(std::span<const mailstore::Uid> uids);
[[nodiscard]] std::string uid_set(std::span<const mailstore::UidRange> ranges);
/// The same of any numbers (rule sequence-set).
[[nodiscard]] std::string number_set(std::span<const std::uint32_t> numbers);
/// "7:9": so many UIDs from `first` on. Precondition: at least one.
[[nodiscard]] std::string consecutive(mailstore::Uid first, std::size_t count);

}  // namespace mailscope::imap
