// A device's copy of one IMAP account: what the server told of its mailboxes, and what a person has changed since and
// the server does not know yet (RFC 4549 §3). It knows no session and no syntax: the client engine brings it up to
// date, its host shows it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/imap/data/fetch_data.hpp"
#include "protocols/mailstore/special_use.hpp"

namespace mailscope::imap {

/// A message as the server told it last.
struct CachedMessage {
  std::uint64_t id{};           ///< of this device: never reused, and kept when the message moves
  std::set<std::string> flags;  ///< without \Recent
  std::uint64_t modseq{};       ///< of its last change (RFC 7162 §3.1.1); 0 where it was not told
  Instant internal_date;
  std::uint64_t octets{};
  EnvelopeData envelope;
  std::string structure;               ///< BODYSTRUCTURE as the server wrote it
  std::optional<std::string> content;  ///< nothing: only the header is known
  std::string note;                    ///< the person's comment on it (RFC 5257); empty: none
};

struct CachedMailbox {
  mailstore::SpecialUses uses;
  std::uint32_t uid_validity{};  ///< 0: it was never opened
  std::uint32_t uid_next{1};     ///< the first UID that was not looked at
  std::uint64_t modseq{};        ///< every change up to this one is known (RFC 7162 §6); 0: that cannot be said
  std::map<std::uint32_t, CachedMessage> messages;  ///< by UID
  /// Others had marked these \Deleted; the mark was taken off for the time of an EXPUNGE (RFC 4549 §4.2.4).
  std::set<std::uint32_t> to_restore;
};

/// What a person has done and the server does not know.
struct Change {
  enum class Kind : std::uint8_t { AddFlags, RemoveFlags, Note, Move, Copy, Erase, Append } kind{};
  std::uint64_t message{};      ///< CachedMessage::id; of Copy the original's
  std::uint64_t number{};       ///< of the change: never reused
  std::set<std::string> flags;  ///< of AddFlags and RemoveFlags
  std::string note;             ///< of Note; empty: there is to be none
  std::string target;           ///< mailbox of Move, Copy and Append
  CachedMessage draft;          ///< of Append the message, of Copy what the copy will be
  /// It was sent, and the connection was lost before the answer: it may have been done (RFC 4549 §5.1).
  bool attempted{};
  std::uint32_t target_uid_next{};  ///< when it was sent: what was put into the target has this UID at least
  unsigned refusals{};              ///< how often a server has put it off
  unsigned conflicts{};             ///< how often another device had changed the message meanwhile
  std::string subject;              ///< of the message, for people
};

class Replica {
 public:
  /// More waiting changes than a person makes; further ones are refused.
  static constexpr std::size_t changes_max = 10'000;
  /// Messages of one mailbox, and mailboxes, that a device keeps; a server that tells of more is not believed.
  static constexpr std::size_t messages_max = 100'000, mailboxes_max = 500;

  struct Place {
    std::string mailbox;
    std::uint32_t uid{};
  };
  /// A message as the person sees it: with the changes that wait.
  struct Shown {
    const CachedMessage* message{};  ///< until the replica changes
    std::uint32_t uid{};             ///< 0: the server has not told one
    std::set<std::string> flags;
    std::string note;
  };

  Replica();

  // What is there.
  [[nodiscard]] const std::map<std::string, CachedMailbox>& mailboxes() const { return mailboxes_; }
  /// In the order of arrival; what waits to be there comes last.
  [[nodiscard]] std::vector<Shown> shown(std::string_view mailbox) const;
  /// Mailboxes that exist, or will when the changes are made.
  [[nodiscard]] std::set<std::string> mailbox_names() const;
  /// Nothing where the server has no such message (yet).
  [[nodiscard]] std::optional<Place> place(std::uint64_t id) const;
  [[nodiscard]] const CachedMessage* find(std::uint64_t id) const;
  /// The mailbox with that use, or its usual name where none is known (RFC 6154).
  [[nodiscard]] std::string mailbox_for(mailstore::SpecialUse use) const;
  /// Grows whenever shown() may give something else.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  // What a person does. `id` is that of a shown message. False where too many changes wait.
  bool mark(std::uint64_t id, const std::set<std::string>& flags, bool on);
  bool annotate(std::uint64_t id, const std::string& note);
  bool move(std::uint64_t id, const std::string& target);
  bool copy(std::uint64_t id, const std::string& target);
  bool erase(std::uint64_t id);  ///< for good
  /// Gives the message's id, or 0 where too many changes wait.
  std::uint64_t append(const std::string& target, std::string content, std::set<std::string> flags, Instant date);
  /// The body is fetched at the next occasion.
  void want_content(std::uint64_t id) { wanted_.insert(id); }
  /// The server is asked for a URL of it by which it can be submitted (RFC 4467): as soon as it has the message.
  void want_url(std::uint64_t id) { urls_wanted_.insert(id); }

  // What the server does not know yet; the client takes changes away as they are made.
  [[nodiscard]] std::deque<Change>& changes() { return changes_; }
  [[nodiscard]] const std::deque<Change>& changes() const { return changes_; }
  [[nodiscard]] std::set<std::uint64_t>& wanted() { return wanted_; }
  [[nodiscard]] std::set<std::uint64_t>& urls_wanted() { return urls_wanted_; }

  // What the server tells.
  [[nodiscard]] CachedMailbox& mailbox(const std::string& name) { return mailboxes_[name]; }
  /// Its UIDs mean other messages now, or there are none: all that is known of them is forgotten. Returns the changes
  /// that cannot be made any more; what is to be appended stays (RFC 4549 §4.1).
  std::vector<Change> forget_messages(const std::string& mailbox);
  std::vector<Change> forget(const std::string& mailbox);  ///< and the mailbox itself
  void add(const std::string& mailbox, std::uint32_t uid, CachedMessage message);
  /// Returns the changes that were waiting for it, but for those with a number in `in_flight`.
  std::vector<Change> remove(const std::string& mailbox, std::uint32_t uid,
                             const std::set<std::uint64_t>& in_flight = {});
  /// The server's message at `from` is now `uid` of `to`.
  void moved(const Place& from, const std::string& to, std::uint32_t uid);
  /// A copy at `uid` of `to` takes the identity of the message at `from`, which stays as another one that is to be
  /// erased. Returns that one's id.
  std::uint64_t moved_by_copy(const Place& from, const std::string& to, std::uint32_t uid);
  /// Something was changed through the references above.
  void touch() { ++revision_; }
  [[nodiscard]] std::uint64_t new_id() { return ++last_id_; }

 private:
  /// The waiting change of that kind, unless it was sent; or null.
  [[nodiscard]] Change* waiting(std::uint64_t id, Change::Kind kind);
  bool queue(Change change);
  std::vector<Change> drop_changes(std::uint64_t id, const std::set<std::uint64_t>& in_flight);
  void erase_change(const Change& change);
  [[nodiscard]] std::set<std::string> with_changes(std::uint64_t id, std::set<std::string> flags) const;
  [[nodiscard]] std::string note_of(const CachedMessage& message) const;

  std::map<std::string, CachedMailbox> mailboxes_;
  std::deque<Change> changes_;
  std::set<std::uint64_t> wanted_, urls_wanted_;
  std::uint64_t last_id_{}, last_change_{}, revision_{};
};

}  // namespace mailscope::imap
