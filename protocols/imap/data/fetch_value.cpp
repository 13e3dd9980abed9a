// What each data item says of a message (RFC 3501 §7.4.2).
#include <utility>

#include "protocols/imap/data/body_structure.hpp"
#include "protocols/imap/data/envelope.hpp"
#include "protocols/imap/data/fetch.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/message/body.hpp"

namespace mailscope::imap {

namespace {

/// BINARY[…] and BINARY.SIZE[…] (RFC 3516 §4.3). The whole message has no transfer encoding. NIL, of no size, where
/// there is no such part.
std::optional<std::string> binary(const FetchItem& item, Presentation& shown) {
  const bool size_only = item.kind == FetchItem::Kind::BinarySize;
  const message::Part* part = message::find_part(shown.root(), item.section.numbers);
  if (!part) return size_only ? "0" : "NIL";
  const auto octets = item.section.numbers.empty() ? std::string(shown.binary_octets())
                                                   : message::decoded_octets(shown.octets(), *part);
  if (!octets) return std::nullopt;
  if (size_only) return std::to_string(octets->size());
  return literal_or_literal8(partial_octets(*octets, item.section.partial));
}

/// BODY[…] and the RFC822s: what need not be picked or changed (NUL, see literal()) stays where it is.
FetchValue text(const FetchItem& item, Presentation& shown) {
  std::string chosen;
  const auto octets = section_octets(shown.octets(), shown.root(), item.section, chosen);
  if (!octets) return {"NIL"};
  if (!chosen.empty() || shown.has_nul()) return {literal(*octets)};
  return {literal_size(octets->size()), *octets};
}

/// The items that look into the content.
std::optional<FetchValue> value_of_structure(const FetchItem& item, Presentation& shown) {
  using Kind = FetchItem::Kind;
  if (item.kind == Kind::Text) return text(item, shown);
  const std::string_view content = shown.octets();
  const message::Part& root = shown.root();
  if (item.kind == Kind::Envelope) return FetchValue{envelope(content, root)};
  if (item.kind == Kind::Preview) return FetchValue{quoted_or_literal(message::preview(content, root))};
  if (item.kind == Kind::Body || item.kind == Kind::BodyStructure) {
    const Extensions extensions = item.kind == Kind::Body ? Extensions::No : Extensions::Yes;
    return FetchValue{body_structure(content, root, extensions, shown.is_for_utf8_client())};
  }
  auto octets = binary(item, shown);
  return octets ? std::optional(FetchValue{std::move(*octets)}) : std::nullopt;
}

}  // namespace

std::optional<FetchValue> fetch_value(const FetchItem& item, const mailstore::Message& message, Presentation& shown) {
  switch (item.kind) {
    case FetchItem::Kind::Flags:
    case FetchItem::Kind::ModSeq:
    case FetchItem::Kind::Annotation:
      return FetchValue{};
    case FetchItem::Kind::Uid:
      return FetchValue{std::to_string(message.uid.value)};
    case FetchItem::Kind::InternalDate:
      return FetchValue{date_time(message.internal_date)};
    case FetchItem::Kind::SaveDate:
      return FetchValue{date_time(message.save_date)};
    case FetchItem::Kind::Size:
      return FetchValue{std::to_string(shown.size())};
    case FetchItem::Kind::EmailId:
      return FetchValue{"(" + message.content->email().text('M') + ")"};
    case FetchItem::Kind::ThreadId:
      return FetchValue{"(" + message.content->thread().text('T') + ")"};
    default:
      return value_of_structure(item, shown);
  }
}

}  // namespace mailscope::imap
