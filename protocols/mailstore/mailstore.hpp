// The mail store that SMTP fills and that POP3 and IMAP show: accounts, mailboxes, messages with UIDs and flags.
// It knows no protocol's syntax and does no I/O. Any number of sessions may look at one account at the same time:
// each keeps its own view and compares modification() to learn that something happened.
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
  std::shared_ptr<const std::string> content;  ///< RFC 5322, CR LF
  std::set<std::string> flags;                 ///< "\\Seen", "\\Deleted", … in canonical spelling
  Instant internal_date;                       ///< RFC 3501 §2.3.3
  std::uint64_t modification{};                ///< Mailbox::modification() at its last change
};

/// What changed in an account, for whoever watches it (the trace).
struct Change {
  enum class Kind : std::uint8_t { Added, Flagged, Removed } kind{};
  std::string mailbox;
  Message message;  ///< as it is after the change (before, when removed)
};

class Account;

class Mailbox {
 public:
  /// More messages than this are for an archive, not for a simulated mailbox: IMAP refuses APPEND and COPY beyond it.
  static constexpr std::size_t messages_max = 100'000;

  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Not 0, and another one for each mailbox that the account ever had (RFC 3501 §2.3.1.1).
  [[nodiscard]] std::uint32_t uid_validity() const { return uid_validity_; }
  [[nodiscard]] Uid uid_next() const { return uid_next_; }
  [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }  ///< ascending by UID
  [[nodiscard]] std::uint64_t modification() const { return modification_; }        ///< grows with every change
  [[nodiscard]] const Message* find(Uid uid) const;
  /// True when `more` further messages would cross messages_max.
  [[nodiscard]] bool has_no_room_for(std::size_t more) const { return messages_.size() + more > messages_max; }

  Uid append(Instant now, std::string content, std::set<std::string> flags = {});
  /// The same with content that another message has already: a copy takes no further memory.
  Uid append(Instant now, std::shared_ptr<const std::string> content, std::set<std::string> flags);
  /// False when there is no such message. Flags that are equal already are no change.
  bool set_flags(Uid uid, std::set<std::string> flags);
  bool remove(Uid uid);

  /// Messages from this UID on were not yet told to any session: \Recent (RFC 3501 §2.3.2).
  [[nodiscard]] Uid first_recent() const { return first_recent_; }
  /// A session has been told of all messages: none is recent for later sessions.
  void claim_recent() { first_recent_ = uid_next_; }

 private:
  friend class Account;
  Mailbox(std::vector<Change>& journal, std::string name, std::uint32_t uid_validity)
      : journal_(journal), name_(std::move(name)), uid_validity_(uid_validity) {}
  [[nodiscard]] std::vector<Message>::iterator place_of(Uid uid);

  std::vector<Change>& journal_;
  std::string name_;
  std::uint32_t uid_validity_;
  Uid uid_next_{1};
  Uid first_recent_{1};
  std::uint64_t modification_{};
  std::vector<Message> messages_;
};

/// One user's mailboxes. "INBOX" always exists; its name is case-insensitive (RFC 3501 §5.1).
/// It stays where it is: sessions refer to it and to its mailboxes.
class Account {
 public:
  /// A tree that a person could still read; a client cannot fill memory with names.
  static constexpr std::size_t mailboxes_max = 500;

  explicit Account(std::string user);
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  [[nodiscard]] const std::string& user() const { return user_; }
  [[nodiscard]] Mailbox* find(std::string_view mailbox);
  Mailbox& inbox();
  /// Null when it exists already, or when there are mailboxes_max.
  Mailbox* create(std::string_view mailbox);
  /// "INBOX" and the others, ascending by octets.
  [[nodiscard]] std::vector<std::string> mailbox_names() const;

  /// The exclusive lock of a POP3 session (RFC 1939 §4). False when another session holds it.
  bool lock_maildrop();
  void unlock_maildrop();

  /// The changes since the last call, in order. They pile up until they are taken.
  [[nodiscard]] std::vector<Change> take_changes();

 private:
  std::string user_;
  std::vector<Change> journal_;
  std::map<std::string, std::unique_ptr<Mailbox>, std::less<>> mailboxes_;
  std::uint32_t last_uid_validity_{};
  bool maildrop_locked_{};
};

}  // namespace mailscope::mailstore
