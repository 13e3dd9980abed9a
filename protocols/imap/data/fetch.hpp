// The data items of FETCH: which there are, and what they say of a message (RFC 3501 §6.4.5, §7.4.2). Knows no session.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/data/annotation.hpp"
#include "protocols/imap/data/presentation.hpp"
#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/imap/syntax/section.hpp"
#include "protocols/mailstore/message.hpp"

namespace mailscope::imap {

struct FetchItem {
  enum class Kind : std::uint8_t {
    Flags,
    Uid,
    InternalDate,
    Size,
    Envelope,
    Body,
    BodyStructure,
    Text,        ///< BODY[…] and the RFC822s
    Binary,      ///< RFC 3516
    BinarySize,  ///< RFC 3516
    Preview,     ///< RFC 8970; LAZY changes nothing, since no preview takes long
    SaveDate,    ///< RFC 8514
    EmailId,     ///< RFC 8474
    ThreadId,    ///< RFC 8474
    ModSeq,      ///< RFC 7162
    Annotation   ///< RFC 5257
  } kind{};
  std::string label;  ///< what the response calls it
  Section section{};  ///< of Text, Binary and BinarySize
  AnnotationRequest annotation{};
  bool sets_seen{};  ///< BODY[…] and BINARY[…] without PEEK, RFC822 and RFC822.TEXT (§6.4.5)
};

/// More items than a client has use for; each may cost a whole message.
inline constexpr std::size_t fetch_items_max = 64;

/// What follows the sequence set of FETCH: one item, a macro or a list. Nothing where the syntax is wrong.
[[nodiscard]] std::optional<std::vector<FetchItem>> fetch_items(Cursor& cursor);

/// What the response writes for an item: a text, and behind it octets of the message where they are, so that the
/// response is the only copy of them.
struct FetchValue {
  std::string text;
  std::string_view octets{};  ///< of what is shown, which outlives it
  [[nodiscard]] std::size_t size() const { return text.size() + octets.size(); }
};

/// The item's value. Nothing for BINARY of a transfer encoding that is not known (RFC 3516 §4.3).
/// FLAGS, MODSEQ and ANNOTATION are the session's matter: theirs is empty. `shown` is of the message.
[[nodiscard]] std::optional<FetchValue> fetch_value(const FetchItem& item, const mailstore::Message& message,
                                                    Presentation& shown);

}  // namespace mailscope::imap
