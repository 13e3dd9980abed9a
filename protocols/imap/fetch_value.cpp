// What each data item says of a message (RFC 3501 §7.4.2).
#include "protocols/imap/body_structure.hpp"
#include "protocols/imap/encode.hpp"
#include "protocols/imap/envelope.hpp"
#include "protocols/imap/fetch.hpp"
#include "protocols/message/body.hpp"

namespace mailscope::imap {

namespace {

/// BINARY[…] and BINARY.SIZE[…] (RFC 3516 §4.3). The whole message has no transfer encoding. NIL, of no size, where
/// there is no such part.
std::optional<std::string> binary(const FetchItem& item, std::string_view content, const message::Part& root) {
  const bool size_only = item.kind == FetchItem::Kind::BinarySize;
  const message::Part* part = message::find_part(root, item.section.numbers);
  if (!part) return size_only ? "0" : "NIL";
  const auto octets = item.section.numbers.empty() ? std::string(content) : message::decoded_octets(content, *part);
  if (!octets) return std::nullopt;
  if (size_only) return std::to_string(octets->size());
  return literal_or_literal8(partial_octets(*octets, item.section.partial));
}

/// The items that look into the content.
std::optional<std::string> value_of_structure(const FetchItem& item, Presentation& shown) {
  using Kind = FetchItem::Kind;
  const std::string_view content = shown.octets();
  const message::Part& root = shown.root();
  if (item.kind == Kind::Envelope) return envelope(content, root);
  if (item.kind == Kind::Body) return body_structure(content, root, Extensions::No, shown.is_for_utf8_client());
  if (item.kind == Kind::BodyStructure)
    return body_structure(content, root, Extensions::Yes, shown.is_for_utf8_client());
  if (item.kind == Kind::Preview) return quoted_or_literal(message::preview(content, root));
  if (item.kind != Kind::Text) return binary(item, content, root);
  std::string chosen;
  const auto octets = section_octets(content, root, item.section, chosen);
  return octets ? literal(*octets) : "NIL";
}

}  // namespace

std::optional<std::string> fetch_value(const FetchItem& item, const mailstore::Message& message, Presentation& shown) {
  switch (item.kind) {
    case FetchItem::Kind::Flags:
    case FetchItem::Kind::ModSeq:
    case FetchItem::Kind::Annotation:
      return "";
    case FetchItem::Kind::Uid:
      return std::to_string(message.uid.value);
    case FetchItem::Kind::InternalDate:
      return date_time(message.internal_date);
    case FetchItem::Kind::SaveDate:
      return date_time(message.save_date);
    case FetchItem::Kind::Size:  // that of a surrogate may differ (RFC 6858 §3)
      return std::to_string(message.content->octets().size());
    case FetchItem::Kind::EmailId:
      return "(" + message.content->email().text('M') + ")";
    case FetchItem::Kind::ThreadId:
      return "(" + message.content->thread().text('T') + ")";
    default:
      return value_of_structure(item, shown);
  }
}

}  // namespace mailscope::imap
