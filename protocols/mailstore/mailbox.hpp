// One mailbox: messages in ascending order of their UIDs, and a history of changes for whoever has to be told. Any
// number of sessions may look at it; each compares highest_modseq() with what it knows. Whoever keeps it for longer
// than a call holds it by shared_from_this(): another session may delete it, see is_deleted().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/mailstore/change.hpp"
#include "protocols/mailstore/history.hpp"
#include "protocols/mailstore/message.hpp"
#include "protocols/mailstore/metadata.hpp"
#include "protocols/mailstore/rights.hpp"
#include "protocols/mailstore/special_use.hpp"

namespace mailscope::mailstore {

class Account;
struct SavedAccount;

/// How an addition ended: UIDs from `first` on, in the order of what was given (RFC 4315 §3, RFC 3502).
struct Added {
  Outcome outcome{};
  Uid first;
};

/// Whether a copy takes an annotation along.
using KeepAnnotation = std::function<bool(const Annotations::Key&)>;
/// Everybody's: for what the store does itself.
[[nodiscard]] bool keep_annotation(const Annotations::Key& key);

/// How a copy or a move ended: `from`, ascending, became the UIDs from `first` on (RFC 4315 §3, RFC 6851).
struct Copied {
  Outcome outcome{};
  std::vector<Uid> from;
  Uid first;
};

class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  /// More messages than this are for an archive, not for a simulated mailbox.
  static constexpr std::size_t messages_max = 100'000;

  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  [[nodiscard]] Account& account() const { return account_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] ObjectId id() const { return id_; }  ///< MAILBOXID (RFC 8474 §4.1): stays when it is renamed
  /// Not 0, and another one for each mailbox that the account ever had (RFC 9051 §2.3.1.1).
  [[nodiscard]] std::uint32_t uid_validity() const { return uid_validity_; }
  [[nodiscard]] Uid uid_next() const { return uid_next_; }
  [[nodiscard]] ModSeq highest_modseq() const { return highest_modseq_; }  ///< grows with every change of messages
  /// It was deleted from its account: it is empty, and nothing changes any more.
  [[nodiscard]] bool is_deleted() const { return deleted_; }

  [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }  ///< ascending by UID
  [[nodiscard]] const Message* find(Uid uid) const;
  [[nodiscard]] std::uint64_t octets() const { return octets_; }           ///< STATUS SIZE (RFC 8438)
  [[nodiscard]] std::size_t unseen() const { return unseen_; }             ///< without \Seen
  [[nodiscard]] std::size_t marked_deleted() const { return to_delete_; }  ///< with \Deleted

  /// Whether so much more may come: Ok, Limit, OverQuota, or NonExistent when it was deleted.
  [[nodiscard]] Outcome room_for(std::size_t messages, std::uint64_t octets) const;
  /// All or none of them (RFC 3502). Their UIDs follow one another.
  Added append(Instant now, std::span<const NewMessage> messages);
  Added append(Instant now, std::string octets, Flags flags = {});
  /// False when there is no such message. Flags that are equal already are no change.
  bool set_flags(Uid uid, Flags flags);
  /// Sets annotations, as `user`, of all of these messages or of none; UIDs that do not exist are left out. What is
  /// equal already is no change. NonExistent (deleted), Cannot or Limit (see Annotations::set()), OverQuota or Ok.
  Outcome annotate(std::span<const Uid> uids, std::string_view user, std::span<const Annotation> annotations);
  bool remove(Uid uid) { return remove(std::span(&uid, 1)) == 1; }
  /// How many there were of these. All get one mod-sequence.
  std::size_t remove(std::span<const Uid> uids);

  /// UIDs, ascending, of the messages that came or changed after `since`.
  [[nodiscard]] std::vector<Uid> changed_since(ModSeq since) const;
  /// UIDs, ascending, that were removed after `since`. Where that is no longer known: all that are not there.
  [[nodiscard]] std::vector<UidRange> vanished_since(ModSeq since) const;

  [[nodiscard]] const Keywords& keywords() const { return keywords_; }
  /// The flag of that name; a keyword gets a number where one is free. Nothing for \Recent, an unknown system flag,
  /// what is no keyword (is_keyword()), or where keywords_max are in use.
  [[nodiscard]] std::optional<Flag> flag(std::string_view name);
  /// Those of `names` that can be kept.
  [[nodiscard]] Flags flags(const std::set<std::string>& names);
  [[nodiscard]] std::set<std::string> names(Flags flags) const;

  /// Messages from this UID on were not yet told to any session: \Recent (RFC 3501 §2.3.2).
  [[nodiscard]] Uid first_recent() const { return first_recent_; }
  /// A session has been told of all messages: none is recent for later sessions.
  void claim_recent() { first_recent_ = uid_next_; }

  // Changed through the account, which tells of it.
  [[nodiscard]] const SpecialUses& special_uses() const { return special_uses_; }
  [[nodiscard]] const Acl& acl() const { return acl_; }
  [[nodiscard]] const Metadata& metadata() const { return metadata_; }

 private:
  friend class Account;
  friend Copied copy(Instant, Mailbox&, std::span<const Uid>, Mailbox&, const KeepAnnotation&);
  friend Copied move(Instant, Mailbox&, std::span<const Uid>, Mailbox&, const KeepAnnotation&);
  friend void restore(Account&, SavedAccount);
  friend Added replace(Instant, Mailbox&, Uid, Mailbox&, const NewMessage&);
  Mailbox(Account& account, std::string name, std::uint32_t uid_validity, ObjectId id);
  Uid insert(Instant now, std::span<const NewMessage> messages);
  void changed(Message& message, ModSeq Message::*what, Change::Kind kind);
  void remember(const Message& message);
  void count(const Message& message, bool there);
  [[nodiscard]] std::vector<NewMessage> copies_of(const Mailbox& from, std::span<const Uid> uids,
                                                  const KeepAnnotation& keep);

  Account& account_;
  std::string name_;
  ObjectId id_;
  std::uint32_t uid_validity_;
  Uid uid_next_{1}, first_recent_{1};
  ModSeq highest_modseq_{1};
  bool deleted_{};
  std::vector<Message> messages_;
  std::uint64_t octets_{};
  std::size_t unseen_{}, to_delete_{};
  History history_;
  Keywords keywords_;
  SpecialUses special_uses_;
  Acl acl_;
  Metadata metadata_;
};

/// Copies with flags and internal date, sharing the contents; all or none (RFC 9051 §6.4.7). UIDs that do not exist
/// are left out. A keyword for which the target has no number is lost, and so are annotations that `keep` does not take
/// (RFC 5257 §4.6). `to` may be `from`, or another account's.
Copied copy(Instant now, Mailbox& from, std::span<const Uid> uids, Mailbox& to,
            const KeepAnnotation& keep = keep_annotation);
/// The same, and they are no longer in `from` (RFC 6851). Within one account it takes no quota.
Copied move(Instant now, Mailbox& from, std::span<const Uid> uids, Mailbox& to,
            const KeepAnnotation& keep = keep_annotation);

/// Adds `message` to `to` and removes `old` from `from`, at once; what goes makes room for what comes (RFC 8508 §3.4).
/// NonExistent: there is no such message, or no such mailbox any more.
Added replace(Instant now, Mailbox& from, Uid old, Mailbox& to, const NewMessage& message);

}  // namespace mailscope::mailstore
