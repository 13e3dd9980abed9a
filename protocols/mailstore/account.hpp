// One user's mailboxes as a tree of names, with what belongs to the user: subscriptions, quota, metadata, the lock of
// POP3. It knows no protocol's syntax, asks nobody's permission (see Acl) and does no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/mailstore/change.hpp"
#include "protocols/mailstore/mailbox.hpp"
#include "protocols/mailstore/mailbox_name.hpp"
#include "protocols/mailstore/quota.hpp"
#include "protocols/mailstore/threads.hpp"
#include "protocols/mailstore/url_keys.hpp"

namespace mailscope::mailstore {

class Store;
struct SavedAccount;

/// How a creation ended. `mailbox` is null unless it is Ok.
struct Created {
  Outcome outcome{};
  Mailbox* mailbox{};
};

/// "INBOX" always exists. It stays where it is: sessions refer to it.
class Account {
 public:
  /// A tree that a person could still read; a client cannot fill memory with names.
  static constexpr std::size_t mailboxes_max = 500;
  static constexpr std::size_t subscriptions_max = 1'000;
  /// Changes that changes_since() remembers: a session that missed more looks at everything anew.
  static constexpr std::size_t changes_max = 1'000;

  explicit Account(std::string user) : Account(std::move(user), 0, nullptr) {}
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  [[nodiscard]] const std::string& user() const { return user_; }
  [[nodiscard]] Store* store() const { return store_; }  ///< with other users' accounts; null when it stands alone

  // The tree of names (RFC 9051 §6.3.4 to §6.3.6). Names are taken as canonical_name() writes them.
  [[nodiscard]] Mailbox* find(std::string_view mailbox) const;
  Mailbox& inbox() { return *mailboxes_.find(inbox_name)->second; }
  /// Some mailbox is below this name, which need not exist itself: then it is \NonExistent, or \Noselect to IMAP4rev1.
  [[nodiscard]] bool has_children(std::string_view mailbox) const;
  /// Ascending by octets.
  [[nodiscard]] std::vector<std::string> mailbox_names() const;
  [[nodiscard]] const std::map<std::string, std::shared_ptr<Mailbox>, std::less<>>& mailboxes() const {
    return mailboxes_;
  }
  /// With the levels above it that do not exist. AlreadyExists, Cannot, Limit, OverQuota, UseTaken or Ok.
  Created create(std::string_view mailbox, const SpecialUses& uses = {});
  /// Mailboxes below it stay. NonExistent, HasChildren, Cannot (INBOX) or Ok.
  Outcome remove(std::string_view mailbox);
  /// With those below it; INBOX stays, and only its messages go (RFC 9051 §6.3.6). NonExistent, AlreadyExists, Cannot,
  /// Limit, OverQuota or Ok.
  Outcome rename(Instant now, std::string_view from, std::string_view to);

  /// Names, also of mailboxes that are no more (RFC 9051 §6.3.7).
  [[nodiscard]] const std::set<std::string, std::less<>>& subscriptions() const { return subscriptions_; }
  /// Ok, Cannot (no mailbox name) or Limit.
  Outcome subscribe(std::string_view mailbox);
  void unsubscribe(std::string_view mailbox);

  /// Replaces its special uses: one mailbox for each (RFC 6154 §3 allows to refuse more). Ok or UseTaken.
  Outcome set_special_uses(Mailbox& mailbox, const SpecialUses& uses);
  Outcome set_rights(Mailbox& mailbox, std::string_view identifier, Rights rights);  ///< see Acl::set()
  /// Of the account itself where `mailbox` is null; see Metadata::set().
  Outcome set_metadata(Mailbox* mailbox, std::string_view user, std::string_view entry,
                       std::optional<std::string> value);
  [[nodiscard]] const Metadata& metadata() const { return metadata_; }

  /// The user's table of mailbox access keys (RFC 4467 §2.2); see UrlKeys::set().
  [[nodiscard]] const UrlKeys& url_keys() const { return url_keys_; }
  Outcome set_url_key(const Mailbox& mailbox, std::string octets, bool is_reset);
  void clear_url_keys();

  /// One quota root for everything that is here (RFC 9208 §3.2).
  [[nodiscard]] const Quota& quota() const { return quota_; }
  /// What is there stays, also when it is above (RFC 9208 §5).
  void set_quota(const Quota& quota) { quota_ = quota; }
  [[nodiscard]] Usage usage() const;
  [[nodiscard]] bool quota_allows(std::uint64_t messages, std::uint64_t octets) const;
  /// So many more octets of annotations fit into the quota and the Store.
  [[nodiscard]] bool has_room_for_annotations(std::uint64_t octets) const;

  /// The last object id's count and the last UIDVALIDITY that were given out.
  [[nodiscard]] std::uint64_t last_id() const { return last_id_; }
  [[nodiscard]] std::uint32_t last_uid_validity() const { return last_uid_validity_; }
  /// A new content with its ids.
  [[nodiscard]] ContentPointer content(std::string octets);
  [[nodiscard]] Memos& memos() { return memos_; }

  /// Grows with every change: a session that finds it unchanged need not look further.
  [[nodiscard]] std::uint64_t modification() const { return modification_; }
  /// How many changes but of messages there ever were: the cursor for changes_since().
  [[nodiscard]] std::uint64_t change_count() const { return change_count_; }
  /// Those after the first `count`, without changes of messages; nothing when they are no longer remembered.
  [[nodiscard]] std::optional<std::vector<Change>> changes_since(std::uint64_t count) const;
  /// Told of every change from now on, in the order of these calls. It lives as long as the account changes.
  void observe(Observer& observer) { observers_.push_back(&observer); }

  /// The exclusive lock of a POP3 session (RFC 1939 §4). False when another session holds it.
  [[nodiscard]] bool lock_maildrop() { return !std::exchange(maildrop_locked_, true); }
  void unlock_maildrop() { maildrop_locked_ = false; }
  /// When a POP3 session last began (RFC 2449 §6.5).
  std::optional<Instant> last_maildrop_login;

 private:
  friend class Store;
  friend class Mailbox;
  friend Copied move(Instant, Mailbox&, std::span<const Uid>, Mailbox&, const KeepAnnotation&);
  friend void restore(Account&, SavedAccount);
  Account(std::string user, std::uint32_t number, Store* store);
  [[nodiscard]] ObjectId next_id();
  /// The mailboxes that `mailbox` and the levels above it would add.
  [[nodiscard]] std::vector<std::string> missing_levels(const std::string& mailbox) const;
  [[nodiscard]] Outcome room_for_mailboxes(std::size_t more) const;
  Mailbox& add(const std::string& mailbox);
  [[nodiscard]] Outcome rename_tree(const std::string& from, const std::string& to);
  [[nodiscard]] bool is_taken(const SpecialUses& uses, const Mailbox* but) const;
  void note(Change::Kind kind, const Mailbox& mailbox, const Message& message);
  void note(Change change);

  std::string user_;
  std::uint32_t number_;
  Store* store_;
  std::map<std::string, std::shared_ptr<Mailbox>, std::less<>> mailboxes_;
  std::set<std::string, std::less<>> subscriptions_;
  Metadata metadata_;
  UrlKeys url_keys_;
  Quota quota_;
  Usage usage_;  ///< but for its mailboxes
  std::shared_ptr<Threads> threads_{std::make_shared<Threads>()};
  Memos memos_;
  std::uint64_t last_id_{};
  std::uint32_t last_uid_validity_{};
  std::uint64_t modification_{}, change_count_{};
  std::deque<Change> changes_;
  std::vector<Observer*> observers_;
  bool maildrop_locked_{};
};

}  // namespace mailscope::mailstore
