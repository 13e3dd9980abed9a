// What a program that knows US-ASCII headers only is shown of a message with others: a surrogate (RFC 6858). It can be
// read, but who replies by it reaches nobody where an address could not be shown.
#pragma once

#include <string>
#include <string_view>

#include "protocols/message/part.hpp"

namespace mailscope::message {

/// Have its headers, those of its parts among them, octets over 127?
[[nodiscard]] bool needs_surrogate(const Structure& structure);

/// The message with headers in US-ASCII: addresses beyond it become invalid ones that tell what they were (§2.1), MIME
/// parameters are percent-encoded (RFC 2231), so that parts keep their names, the subject is encoded (§2.3), other
/// fields go (§2.4). Names of people, which §2.1 leaves to us, are encoded. Everything else stays octet for octet.
/// `structure` is that of `content`.
[[nodiscard]] std::string surrogate(std::string_view content, const Structure& structure);

}  // namespace mailscope::message
