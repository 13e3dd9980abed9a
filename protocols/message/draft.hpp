// What a person has written, and the message that it becomes (RFC 5322, 2045–2047, 2183, 2231, 3676).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/time.hpp"

namespace mailscope::message {

struct Address {
  std::string display_name;  ///< UTF-8, may be empty
  std::string address;       ///< local@domain; a domain beyond US-ASCII is written in A-labels where local is US-ASCII
};

struct Attachment {
  std::string name;     ///< file name in UTF-8; may be empty
  std::string type;     ///< "image/png", or "" for application/octet-stream; also message/rfc822
  std::string content;  ///< octets, which arrive unchanged (a message may be re-encoded, see build)
  bool is_inline{};     ///< shown with the text, not below it (RFC 2183 §2.1)
};

struct Draft {
  Address from;
  std::vector<Address> to;
  std::string subject;     ///< UTF-8
  std::string text;        ///< UTF-8, lines ended by '\n'
  Instant date;            ///< becomes Date, in UTC
  std::string message_id;  ///< without angle brackets

  std::vector<Address> cc = {};
  std::vector<Address> bcc = {};  ///< for the envelope only: no field names them (RFC 5322 §3.6.3)
  std::vector<Address> reply_to = {};
  std::string in_reply_to = {};              ///< identifier of the message that is answered, without angle brackets
  std::vector<std::string> references = {};  ///< identifiers of the thread, oldest first
  std::string user_agent = {};
  std::string html = {};  ///< the same as `text`; where it is not empty, both go as multipart/alternative
  std::vector<Attachment> attachments = {};
  std::vector<Address> receipt_to = {};  ///< who asks to be told that it was read (RFC 8098 §2.1)
  bool flowed{};                         ///< the text may be wrapped again by its reader (format=flowed)
  bool eight_bit{};                      ///< every server on the way is known to take 8BITMIME: text goes as it is
};

/// A complete message with CR LF and lines of at most 78 octets, but for 8bit text, whole words that are longer, and
/// attached messages. Encoded words where a field needs them. A text goes in 7bit where it can, else in 8bit if
/// allowed, else in quoted-printable or base64 (encode_octets). An attached message that is not 7bit is downgraded, and
/// goes as application/octet-stream where that is refused (see downgrade_to_7bit).
[[nodiscard]] std::string build(const Draft& draft);

/// The addresses of To, Cc and Bcc in this order: the envelope's recipients.
[[nodiscard]] std::vector<std::string> recipients(const Draft& draft);

}  // namespace mailscope::message
