// BODY and BODYSTRUCTURE: the tree of a message's parts (RFC 3501 §7.4.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/message/part.hpp"

namespace mailscope::imap {

/// BODYSTRUCTURE has extension data, BODY has none.
enum class Extensions : std::uint8_t { No, Yes };

/// The part and those in it, with their places in `content`. A message/global part is shown as the message it is only
/// to a `utf8_client`: those of IMAP4rev1 await an envelope in message/rfc822 alone (RFC 3501 and RFC 9051 §9, rule
/// media-message).
[[nodiscard]] std::string body_structure(std::string_view content, const message::Part& part, Extensions extensions,
                                         bool utf8_client = false);

}  // namespace mailscope::imap
