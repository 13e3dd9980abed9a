// The tree of parts of a message (RFC 2045, 2046), with the place of everything in the octets that were read. Reads
// whatever there is and never fails. Decodes no body.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/message/content_type.hpp"
#include "protocols/message/fields.hpp"

namespace mailscope::message {

/// A multipart has at least one child; message/rfc822 and message/global have exactly one: the message inside. What
/// says so but has none, or lies past a limit, is made to agree: see Defect.
struct Part {
  Range header;  ///< with the empty line behind it; empty where the part has no header
  Range body;    ///< without the line end that belongs to a boundary
  std::vector<HeaderField> fields;

  std::string type = "text", subtype = "plain";  ///< lower case
  std::vector<Parameter> parameters;             ///< of Content-Type; for the default: charset us-ascii
  std::string encoding = "7bit";                 ///< Content-Transfer-Encoding in lower case
  std::optional<Disposition> disposition;
  std::string id;                      ///< Content-ID as it stands, with its angle brackets; all of these may be empty
  std::string description;             ///< Content-Description, unfolded, encoded words as they stand
  std::string md5, location;           ///< Content-MD5, Content-Location
  std::vector<std::string> languages;  ///< Content-Language
  std::size_t lines{};                 ///< line ends in the body

  std::vector<Part> children;

  [[nodiscard]] bool is(std::string_view a_type, std::string_view a_subtype) const {
    return type == a_type && subtype == a_subtype;
  }
  [[nodiscard]] bool is_multipart() const { return type == "multipart"; }
  /// Holds a message, which is its one child.
  [[nodiscard]] bool is_message() const { return !children.empty() && type == "message"; }
  [[nodiscard]] std::size_t octets() const { return body.size(); }
};

/// What was wrong with a message, and how it was read all the same.
enum class Defect : std::uint8_t {
  HeaderUnfinished,       ///< the header ends without an empty line: there is no body
  NotAField,              ///< a header line is neither field nor folded: read as folded (RFC 7103 §7.2)
  BareLineFeed,           ///< a line of a header or a boundary ends in LF alone: read as CR LF
  EightBitHeader,         ///< octets over 127 in a header: UTF-8 (RFC 6532) or a charset that nobody named
  BoundaryMissing,        ///< a multipart without its boundary: its body is one text/plain part
  MultipartUnterminated,  ///< no closing boundary: its last part ends where the body does
  MultipartEncoded,       ///< a multipart or message in base64 or quoted-printable (forbidden by RFC 2045 §6.4)
  TooDeep,                ///< limits::nesting_max: the part is kept as application/octet-stream
  TooManyParts,           ///< limits::parts_max: the rest belongs to the last part
  TooManyFields,          ///< limits::header_fields_max: later fields are not recorded
};
struct DefectAt {
  Defect defect{};
  std::size_t offset{};  ///< of the line or the body concerned
};

struct Structure {
  Part root;
  std::vector<DefectAt> defects;  ///< each kind once, at its first place
};

/// One pass, in time linear in the content's size.
[[nodiscard]] Structure parse_structure(std::string_view content);

/// IMAP's part numbers (RFC 9051 §6.4.5.1): {2, 1} is the first part of the second part. A message that is no multipart
/// has one part, 1, which is itself; so has the message in a message/rfc822 part. Null where there is none.
[[nodiscard]] const Part* find_part(const Part& root, std::span<const std::uint32_t> numbers);

}  // namespace mailscope::message
