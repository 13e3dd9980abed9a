// Which mailboxes a command is about when it names more than one (RFC 5465 §6, RFC 7377 §2.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

/// Names of one command: each is held against each mailbox.
inline constexpr std::size_t filter_names_max = 100;

struct MailboxFilter {
  enum class Kind : std::uint8_t { Selected, Inboxes, Personal, Subscribed, Subtree, SubtreeOne, Mailboxes } kind{};
  std::vector<std::string> names;  ///< of the last three, as mailstore::canonical_name() writes them

  /// Does it choose the mailbox that its user calls so? `own`: it is one of the user's own. The selected mailbox is
  /// another matter: that filter chooses none.
  [[nodiscard]] bool chooses(std::string_view name, bool own,
                             const std::set<std::string, std::less<>>& subscriptions) const;
};

/// filter-mailboxes, but for SELECTED-DELAYED
[[nodiscard]] std::optional<MailboxFilter> read_mailbox_filter(Cursor& cursor);
/// filter-mailboxes *(SP filter-mailboxes)
[[nodiscard]] std::optional<std::vector<MailboxFilter>> read_mailbox_filters(Cursor& cursor);

}  // namespace mailscope::imap
