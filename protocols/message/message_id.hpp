// Message identifiers (RFC 5322 §3.6.4): Message-ID, In-Reply-To, References, Content-ID.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailscope::message {

/// Every msg-id of the field, in order, without its angle brackets; quotes that change nothing go, so that equal
/// identifiers compare equal (RFC 5256 §3). What stands between them (obs-phrase, commas, comments) is skipped. At most
/// limits::message_ids_max, the last ones: those are nearest in a thread.
[[nodiscard]] std::vector<std::string> message_ids(std::string_view value);

/// Those that can tell what belongs together: "<yes>" of one program is not that of another, so one without "@" is none
/// (RFC 5322 §3.6.4).
[[nodiscard]] std::vector<std::string> thread_ids(std::string_view value);

}  // namespace mailscope::message
