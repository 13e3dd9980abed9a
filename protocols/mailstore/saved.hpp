// An account as values, for whoever keeps it beyond the end of a program, and back again. Where and how it is kept,
// this does not know.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "protocols/mailstore/account.hpp"

namespace mailscope::mailstore {

struct SavedMessage {
  Uid uid;
  std::set<std::string> flags;
  Instant internal_date, save_date;
  ObjectId email, thread;
  std::string octets;
  AnnotationsPointer annotations{};
};

struct SavedMailbox {
  std::string name;
  ObjectId id;
  std::uint32_t uid_validity{};
  Uid uid_next{1};
  /// Higher than any that the mailbox had before: what changed since then is not known, so everything counts as
  /// changed (RFC 7162 §3.1.2.2 lets a server do so).
  ModSeq modseq{1};
  SpecialUses special_uses;
  Acl acl;
  Metadata metadata;
  std::vector<SavedMessage> messages;  ///< in any order
};

struct SavedAccount {
  std::uint64_t last_id{};            ///< counts object ids: not below any that the account ever gave out
  std::uint32_t last_uid_validity{};  ///< the same of UIDVALIDITY
  std::set<std::string, std::less<>> subscriptions{};
  Metadata metadata{};
  UrlKeys url_keys{};
  std::vector<SavedMailbox> mailboxes{};
};

/// Fills an account that nobody has used yet. Its observers hear of everything as of what comes. What cannot be is left
/// out: a mailbox whose name is none or
/// is there twice, a message with the UID of another or none, what goes beyond the store's limits.
void restore(Account& account, SavedAccount saved);

}  // namespace mailscope::mailstore
