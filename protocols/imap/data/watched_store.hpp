// Where every mailbox stood when a session looked at the whole store last: what NOTIFY tells is the difference to now
// (RFC 5465 §5). Plain values; the server takes and compares them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "protocols/imap/data/notify_request.hpp"
#include "protocols/mailstore/account.hpp"

namespace mailscope::imap {

struct WatchedMailbox {
  std::shared_ptr<const mailstore::Mailbox> mailbox;
  bool readable{};  ///< the user has the right "r" (§5.9)
  NotifyEvents events;
  std::uint32_t uid_validity{};
  mailstore::Uid uid_next{1};
  std::size_t messages{}, unseen{};
  mailstore::ModSeq modseq{};
};

struct WatchedStore {
  std::uint64_t modification{};                                      ///< of all accounts together
  std::map<const mailstore::Account*, std::uint64_t> change_counts;  ///< see Account::changes_since()
  std::map<std::string, WatchedMailbox, std::less<>> mailboxes;      ///< by the name that the user knows
  std::map<const mailstore::Mailbox*, std::string> names;            ///< of these mailboxes
  std::set<std::string, std::less<>> subscriptions;
};

}  // namespace mailscope::imap
