// The mail store that SMTP fills and that POP3 and IMAP show: accounts, mailboxes, messages with UIDs and flags.
// It knows no protocol's syntax and does no I/O.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/time.hpp"

namespace mailscope::mailstore {

/// Unique identifier of a message in its mailbox: ascending, never reused (RFC 3501 §2.3.1.1).
struct Uid {
  std::uint32_t value{};
  friend auto operator<=>(Uid, Uid) = default;
};

struct Message {
  Uid uid;
  std::shared_ptr<const std::string> content;     ///< RFC 5322, CR LF
  std::set<std::string> flags;                    ///< "\\Seen", "\\Deleted", … in canonical spelling
  Instant internal_date;                          ///< RFC 3501 §2.3.3
  std::uint64_t modification{};                   ///< Mailbox::modification() at its last change
};

/// What changed in an account, for whoever watches it (the trace).
struct Change {
  enum class Kind : std::uint8_t { Added, Flagged, Removed } kind{};
  std::string mailbox;
  Message message;                                ///< as it is after the change (before, when removed)
};

class Account;

class Mailbox {
 public:
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] std::uint32_t uid_validity() const;
  [[nodiscard]] Uid uid_next() const;
  [[nodiscard]] const std::vector<Message>& messages() const;   ///< ascending by UID
  [[nodiscard]] std::uint64_t modification() const;             ///< grows with every change
  [[nodiscard]] const Message* find(Uid uid) const;

  Uid append(Instant now, std::string content, std::set<std::string> flags = {});
  /// False when there is no such message.
  bool set_flags(Uid uid, std::set<std::string> flags);
  bool remove(Uid uid);
};

/// One user's mailboxes. "INBOX" always exists; its name is case-insensitive (RFC 3501 §5.1).
class Account {
 public:
  explicit Account(std::string user);
  [[nodiscard]] const std::string& user() const;
  [[nodiscard]] Mailbox* find(std::string_view mailbox);
  Mailbox& inbox();
  /// Null when it exists already.
  Mailbox* create(std::string_view mailbox);
  [[nodiscard]] std::vector<std::string> mailbox_names() const;

  /// The exclusive lock of a POP3 session (RFC 1939 §4). False when another session holds it.
  bool lock_maildrop();
  void unlock_maildrop();

  /// The changes since the last call, in order.
  [[nodiscard]] std::vector<Change> take_changes();
};

}  // namespace mailscope::mailstore
