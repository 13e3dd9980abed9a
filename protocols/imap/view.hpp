// What one session knows of its selected mailbox: message sequence numbers, and which changes it was told of.
// Other sessions change the mailbox at any time; this view changes only when the server says so on the wire
// (RFC 3501 §5.2, §7.4.1). Knows no syntax.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocols/imap/sequence_set.hpp"
#include "protocols/mailstore/account.hpp"

namespace mailscope::imap {

class MailboxView {
 public:
  /// One message as the session knows it; its sequence number is its place, from 1.
  struct Entry {
    mailstore::Uid uid;
    mailstore::ModSeq told;  ///< the Message::modseq that the session knows
    bool recent{};           ///< has \Recent in this session
  };
  /// What the session has to be told.
  struct News {
    std::vector<std::uint32_t> expunged;  ///< in the order of telling, each number as it is then
    std::vector<std::uint32_t> flagged;   ///< numbers after the expunges
    bool grown{};                         ///< EXISTS is due
    bool recent_changed{};                ///< RECENT is due
  };

  /// Read-write sessions take \Recent away from later ones (RFC 3501 §2.3.2).
  MailboxView(mailstore::Mailbox& mailbox, bool read_only);

  [[nodiscard]] mailstore::Mailbox& mailbox() const { return *mailbox_; }
  [[nodiscard]] bool read_only() const { return read_only_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  [[nodiscard]] std::uint32_t recent() const;
  /// The message behind an entry, or null when another session has expunged it.
  [[nodiscard]] const mailstore::Message* message(const Entry& entry) const { return mailbox_->find(entry.uid); }
  /// Its flags, with \Recent where this session has it.
  [[nodiscard]] std::set<std::string> flags(const Entry& entry) const;

  /// The places in entries() of those that the set names. By number: nothing where one does not exist (§9, rule
  /// seq-number). By UID: those that do not exist are left out (§6.4.8).
  [[nodiscard]] std::optional<std::vector<std::size_t>> find(const SequenceSet& set, bool by_uid) const;
  /// What "*" is (§9, rule seq-number).
  [[nodiscard]] std::uint32_t largest(bool by_uid) const;

  /// Sets a message's flags. The session knows them afterwards, unless another session's change is still untold.
  void set_flags(std::size_t place, mailstore::Flags flags);
  /// The session has just been told this message's flags.
  void mark_told(std::size_t place);
  /// Moves the view to what the mailbox is now; without `expunges`, messages that are gone stay in it.
  [[nodiscard]] News catch_up(bool expunges);

 private:
  void take_new();

  std::shared_ptr<mailstore::Mailbox> mailbox_;
  bool read_only_;
  std::vector<Entry> entries_;
  mailstore::Uid next_{1};                 ///< first UID that was not looked at
  std::optional<mailstore::ModSeq> seen_;  ///< of the mailbox, when all news of it were taken last
  std::uint32_t recent_told_{};
};

}  // namespace mailscope::imap
