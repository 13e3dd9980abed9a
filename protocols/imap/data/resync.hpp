// Quick resynchronisation: what a client says it knows of a mailbox, and what it has to be told (RFC 7162 §3.2.5,
// §3.2.6). Knows no session.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/imap/data/view.hpp"
#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

struct Resync {
  std::uint32_t uid_validity{};
  mailstore::ModSeq since;           ///< the last mod-sequence that the client knows
  std::optional<SequenceSet> known;  ///< UIDs; nothing: all
  /// Sequence match data: message numbers and the UIDs that the client takes them for, as many and in order.
  std::optional<SequenceSet> numbers, uids;
};

/// "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
[[nodiscard]] std::optional<Resync> read_resync(Cursor& cursor);

/// The UIDs that the answer may be about. Precondition: the client's UIDVALIDITY is right.
[[nodiscard]] NumberSet known_uids(const Resync& resync, const mailstore::Mailbox& mailbox);
/// Up to this UID the client knows what is gone, because one of its pairs is true (§3.2.5.2).
[[nodiscard]] mailstore::Uid matched_up_to(const Resync& resync, const MailboxView& view);

/// UIDs of `known` above `above` that were removed after `since`, ascending.
[[nodiscard]] std::vector<mailstore::UidRange> vanished(const mailstore::Mailbox& mailbox, const NumberSet& known,
                                                        mailstore::ModSeq since, mailstore::Uid above = {});

}  // namespace mailscope::imap
