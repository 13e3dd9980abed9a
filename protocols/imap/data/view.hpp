// What one session knows of its selected mailbox: message sequence numbers, and which changes it was told of.
// Other sessions change the mailbox at any time; this view changes only when the server says so on the wire
// (RFC 3501 §5.2, §7.4.1). Knows no syntax.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/syntax/sequence_set.hpp"
#include "protocols/mailstore/account.hpp"

namespace mailscope::imap {

class MailboxView {
 public:
  /// One message as the session knows it; its sequence number is its place, from 1.
  struct Entry {
    mailstore::Uid uid;
    mailstore::ModSeq told;  ///< of the Message, up to which the session knows its flags
    bool recent{};           ///< has \Recent in this session
  };
  /// What the session may be told now. Where expunges may be told, new messages may too.
  struct Wanted {
    bool messages{}, expunges{}, flags{}, annotations{};
  };
  /// A message with other annotations than the session was told of.
  struct Annotated {
    std::uint32_t number{};  ///< after the expunges
    mailstore::AnnotationsPointer before, now;
  };
  /// What the session has to be told.
  struct News {
    std::vector<std::uint32_t> expunged;   ///< in the order of telling, each number as it is then
    std::vector<mailstore::Uid> vanished;  ///< the same messages, ascending
    std::vector<std::uint32_t> flagged;    ///< numbers after the expunges
    std::vector<Annotated> annotated;
    std::size_t grown{};    ///< so many have come: EXISTS is due
    bool recent_changed{};  ///< RECENT is due
    /// Some are gone and it must not be said now: only what changed up to here is wholly told.
    std::optional<mailstore::ModSeq> held_back;
  };

  /// Read-write sessions take \Recent away from later ones (RFC 3501 §2.3.2). Where `has_recent` is false, no message
  /// has it in this session: IMAP4rev2 knows none.
  MailboxView(mailstore::Mailbox& mailbox, bool read_only, bool has_recent);

  [[nodiscard]] mailstore::Mailbox& mailbox() const { return *mailbox_; }
  [[nodiscard]] bool read_only() const { return read_only_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  [[nodiscard]] std::uint32_t recent() const { return recent_; }
  /// The message behind an entry, or null when another session has expunged it.
  [[nodiscard]] const mailstore::Message* message(const Entry& entry) const { return mailbox_->find(entry.uid); }
  /// Its flags, with \Recent where this session has it.
  [[nodiscard]] std::set<std::string> flags(const Entry& entry) const;
  /// The place of a message in entries(), or nothing.
  [[nodiscard]] std::optional<std::size_t> place_of(mailstore::Uid uid) const;

  /// The places in entries() of those that the set names, ascending. By number: nothing where one does not exist (§9,
  /// rule seq-number). By UID: those that do not exist are left out (§6.4.8).
  [[nodiscard]] std::optional<std::vector<std::size_t>> find(const SequenceSet& set, bool by_uid) const;
  /// Calls `take(place, message)` for each message that is still there, in order.
  template <class Take>
  void each_message(Take take) const {
    auto message = mailbox_->messages().begin();
    const auto end = mailbox_->messages().end();
    for (std::size_t place = 0; place < entries_.size(); ++place) {
      while (message != end && message->uid < entries_[place].uid) ++message;
      if (message != end && message->uid == entries_[place].uid) take(place, *message);
    }
  }
  /// The places of messages that came or changed after `since`, ascending.
  [[nodiscard]] std::vector<std::size_t> changed_since(mailstore::ModSeq since) const;
  /// What "*" is (§9, rule seq-number).
  [[nodiscard]] std::uint32_t largest(bool by_uid) const;

  /// The search result variable "$" (RFC 5182 §2.1): what is expunged leaves it.
  void save(std::vector<mailstore::Uid> found) { saved_ = std::move(found); }
  [[nodiscard]] const std::vector<mailstore::Uid>& saved() const { return saved_; }

  /// Sets a message's flags. The session knows them afterwards, unless another session's change is still untold.
  void set_flags(std::size_t place, mailstore::Flags flags);
  /// Sets annotations of those messages, as `user`; see mailstore::Mailbox::annotate(). The session knows them
  /// afterwards, unless another session's change is still untold.
  mailstore::Outcome annotate(const std::vector<std::size_t>& places, std::string_view user,
                              const std::vector<mailstore::Annotation>& annotations);
  /// The session has just been told this message's flags.
  void mark_told(std::size_t place);
  /// Everything up to this change of the mailbox has been told.
  [[nodiscard]] mailstore::ModSeq told() const { return std::min({expunges_told_, flags_told_, annotations_told_}); }
  /// Something of that has happened since catch_up().
  [[nodiscard]] bool has_news(Wanted wanted) const;
  /// Moves the view to what the mailbox is now. Without `expunges`, messages that are gone stay in it.
  [[nodiscard]] News catch_up(Wanted wanted);

 private:
  void take_new();
  void drop_removed(News& news);
  [[nodiscard]] std::vector<std::uint32_t> take_flags();
  [[nodiscard]] std::vector<Annotated> take_annotations();
  [[nodiscard]] mailstore::AnnotationsPointer known_annotations(mailstore::Uid uid) const;
  void know_annotations(const mailstore::Message& message);
  [[nodiscard]] std::vector<std::size_t> places_of(const std::vector<mailstore::Uid>& uids) const;

  std::shared_ptr<mailstore::Mailbox> mailbox_;
  bool read_only_, has_recent_;
  std::vector<Entry> entries_;
  std::uint32_t recent_{};  ///< how many entries have \Recent
  mailstore::Uid next_{1};  ///< first UID that was not looked at
  mailstore::ModSeq expunges_told_, messages_told_, flags_told_, annotations_told_;  ///< when those were told last
  std::map<mailstore::Uid, mailstore::AnnotationsPointer> annotations_;  ///< as the session knows them, where there are
  std::uint32_t recent_told_{};
  std::vector<mailstore::Uid> saved_;
};

}  // namespace mailscope::imap
