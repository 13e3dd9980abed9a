// What a part's body means: its octets without transfer encoding, its text in UTF-8, a first glance of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/message/part.hpp"

namespace mailscope::message {

/// The body without its Content-Transfer-Encoding (RFC 2045 §6): base64 and quoted-printable read leniently, 7bit, 8bit
/// and binary as they are. Nothing for an encoding that is not known: its octets mean nothing here (BINARY's
/// UNKNOWN-CTE, RFC 9051 §7.1).
[[nodiscard]] bool knows_encoding(const Part& part);
[[nodiscard]] std::optional<std::string> decoded_octets(std::string_view content, const Part& part);

/// A text part as UTF-8 with CR LF as it came, whatever its charset; an unknown charset or encoding, and octets that
/// are wrong in it, show as U+FFFD. "" for a part that is no text.
[[nodiscard]] std::string text_of(std::string_view content, const Part& part);

/// The text as a mail program shows it, lines ended by '\n': format=flowed paragraphs in one line each (RFC 3676), HTML
/// without its marks, at most shown_characters_max of it.
inline constexpr std::size_t shown_characters_max = 1'000'000;
[[nodiscard]] std::string shown_text(std::string_view content, const Part& part);

/// The part that a reader shows first: of a multipart/alternative its plain text where there is some, else HTML; no
/// attachment. Null where there is none.
[[nodiscard]] const Part* first_text(const Part& root);

/// The beginning of the first text, in one line, with quoted-reply and HTML marks gone (RFC 8970 §3.3, which bounds it
/// to 256 characters); "" where there is no text.
[[nodiscard]] std::string preview(std::string_view content, const Part& root);

}  // namespace mailscope::message
