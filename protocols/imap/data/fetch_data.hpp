// What a FETCH response tells a client (RFC 3501 §7.4.2): the data items that our client asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"

namespace mailscope::imap {

/// What people are shown of an ENVELOPE, in UTF-8, and what programs know a message by.
struct EnvelopeData {
  std::string subject;
  std::string from;        ///< "Anna <anna@alba.example>", several with ", "
  std::string message_id;  ///< as it stands, with its angle brackets; may be empty
  friend bool operator==(const EnvelopeData&, const EnvelopeData&) = default;
};
/// envelope, from its "(" to its ")". Nothing where the syntax is wrong.
[[nodiscard]] std::optional<EnvelopeData> read_envelope(std::string_view text);

/// msg-att
struct FetchData {
  std::optional<std::uint32_t> uid;
  std::optional<std::set<std::string>> flags;
  std::optional<std::uint64_t> modseq;  ///< RFC 7162 §7
  std::optional<Instant> internal_date;
  std::optional<std::uint64_t> octets;
  std::optional<EnvelopeData> envelope;
  std::string structure;               ///< BODYSTRUCTURE as it was written; empty where it was not told
  std::optional<std::string> content;  ///< BODY[]
  std::optional<std::string> note;     ///< the user's own comment (RFC 5257 §3.2.1); empty: there is none
  bool note_changed{};                 ///< some comment has changed; it was not told how (§4.4)
  std::string unread;                  ///< the first item that cannot be read, from its name on; empty: there is none
};
/// `rest` of a FETCH response, read liberally (see Cursor::liberal). Items that were not asked for are skipped. One
/// that cannot be read is left out; where even its end is not to be found, so is what stands behind it.
[[nodiscard]] FetchData read_fetch(std::string_view rest);

}  // namespace mailscope::imap
