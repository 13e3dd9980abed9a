// Internet messages (RFC 5322): what a mail program writes and what others read off a header.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/message/date.hpp"

namespace mailscope::message {

struct Address {
  std::string display_name;  ///< UTF-8, may be empty
  std::string address;       ///< local@domain
};

struct Draft {
  Address from;
  std::vector<Address> to;
  std::string subject;     ///< UTF-8
  std::string text;        ///< UTF-8, lines ended by '\n'
  Instant date;            ///< becomes Date, in UTC
  std::string message_id;  ///< without angle brackets
};

/// A complete message with CR LF: From, To, Subject, Date, Message-ID, MIME fields; encoded words (RFC 2047) where
/// needed; text/plain in 7bit, or quoted-printable when it has other octets or lines over 78 (RFC 2045).
[[nodiscard]] std::string build(const Draft& draft);

/// One header field: the name, and the body unfolded (RFC 5322 §2.2.3), without white space at its ends.
struct Field {
  std::string name, body;
};
/// The fields of the header in order; a line that is no field continues the one before it. Never fails.
[[nodiscard]] std::vector<Field> header_fields(std::string_view content);
/// The first field of that name (ASCII case ignored), with encoded words decoded to UTF-8.
[[nodiscard]] std::optional<std::string> decoded_field(std::string_view content, std::string_view name);
/// Splits a message at its first empty line: header with that line's CR LF, and body.
struct Parts {
  std::string_view header, body;
};
[[nodiscard]] Parts split(std::string_view content);

}  // namespace mailscope::message
