// What may be done to a finished message on its way: by a client to one whose server takes less, and by a submission
// server to one that lacks something.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::message {

/// Is there an octet over 127 in it?
[[nodiscard]] bool has_eight_bit(std::string_view content);

/// Leaf parts that are not 7bit (octets over 127, NUL, bare CR or LF, lines over 998) in quoted-printable or base64,
/// with their Content-Transfer-Encoding, and that of what holds them, made to agree (RFC 6152 §3). Everything else
/// stays octet for octet. Nothing where that cannot be done: such octets in a header (RFC 6532 needs SMTPUTF8) or
/// around the parts of a multipart, in a signed or encrypted multipart, or beyond a limit of the structure.
[[nodiscard]] std::optional<std::string> downgrade_to_7bit(std::string_view content);

/// Leaf parts that hold NUL in base64, where they can be encoded, as IMAP shows binary ones (RFC 3516 §6). NUL stands
/// afterwards only where nothing can be: in headers, around the parts of a multipart, under an unknown encoding.
[[nodiscard]] std::string without_nul_parts(std::string_view content, const Structure& structure);

/// For a protocol that knows lines only, as POP3 (RFC 1939 §3): what is binary (RFC 2045 §6.2), or holds NUL, is
/// encoded where it can be; then NUL goes (RFC 7103 §7.6), and bare CR and LF become CR LF.
[[nodiscard]] std::string in_lines(std::string_view content);

/// Completion of a submitted message (RFC 6409 §8): Date of `now` and Message-ID `message_id` (without angle brackets)
/// in front of it where it has none, "" where nothing lacks. Put the result before the content.
[[nodiscard]] std::string missing_fields(std::string_view content, Instant now, std::string_view message_id);

}  // namespace mailscope::message
