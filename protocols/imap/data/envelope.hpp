// ENVELOPE: the header of a message, taken apart for the client (RFC 3501 §7.4.2).
#pragma once

#include <string>
#include <string_view>

#include "protocols/message/part.hpp"

namespace mailscope::imap {

/// `message` is a whole message, or the one in a message/rfc822 part; its places are in `content`.
[[nodiscard]] std::string envelope(std::string_view content, const message::Part& message);

}  // namespace mailscope::imap
