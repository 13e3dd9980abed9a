// What NOTIFY asks (RFC 5465 §8). Knows no session and no mailbox.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/imap/data/fetch.hpp"
#include "protocols/imap/data/mailbox_filter.hpp"
#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

/// §5
enum class NotifyEvent : std::uint8_t {
  MessageNew,
  MessageExpunge,
  FlagChange,
  AnnotationChange,
  MailboxName,
  SubscriptionChange,
  MailboxMetadataChange,
  ServerMetadataChange
};
/// By NotifyEvent.
inline constexpr std::array<std::string_view, 8> notify_event_names{
    "MessageNew",         "MessageExpunge",        "FlagChange",          "AnnotationChange", "MailboxName",
    "SubscriptionChange", "MailboxMetadataChange", "ServerMetadataChange"};

class NotifyEvents {
 public:
  constexpr void insert(NotifyEvent event) { bits_ |= bit(event); }
  [[nodiscard]] constexpr bool contains(NotifyEvent event) const { return (bits_ & bit(event)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr NotifyEvents& operator|=(NotifyEvents other) {
    bits_ |= other.bits_;
    return *this;
  }

 private:
  [[nodiscard]] static constexpr unsigned bit(NotifyEvent event) { return 1U << static_cast<unsigned>(event); }
  unsigned bits_{};
};

struct NotifyGroup {
  MailboxFilter filter;
  NotifyEvents events;
};

struct NotifyRequest {
  /// Groups of one command: each is held against each mailbox at every change.
  static constexpr std::size_t groups_max = 32;

  bool set{};                        ///< SET; otherwise NONE, and the rest is empty
  bool status{};                     ///< tell where the mailboxes stand (§3.1)
  std::vector<NotifyGroup> groups;   ///< but of the selected mailbox
  NotifyEvents selected;             ///< of the selected mailbox (§6.1)
  bool delayed{};                    ///< SELECTED-DELAYED: no EXPUNGE between commands (§6.1.2)
  std::vector<FetchItem> new_items;  ///< to be told of new messages in the selected mailbox (§5.2)
  bool unsupported{};                ///< asks for an event that is not known (§3.1)
  bool too_many{};                   ///< more than groups_max
};

/// What follows NOTIFY, to its end. Nothing where the syntax is wrong, or events are combined as §5 and §6.1 forbid.
[[nodiscard]] std::optional<NotifyRequest> read_notify(Cursor& cursor);

}  // namespace mailscope::imap
