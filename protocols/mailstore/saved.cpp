#include "protocols/mailstore/saved.hpp"

#include <algorithm>
#include <utility>

namespace mailscope::mailstore {

void restore(Account& account, SavedAccount saved) {
  account.last_id_ = std::max(account.last_id_, saved.last_id);
  account.last_uid_validity_ = std::max(account.last_uid_validity_, saved.last_uid_validity);
  account.inbox().uid_validity_ = account.last_uid_validity_;  // where none is saved
  for (const std::string& name : saved.subscriptions) account.subscribe(name);
  account.metadata_ = std::move(saved.metadata);
  account.url_keys_ = std::move(saved.url_keys);
  // INBOX is there; levels above come before those below them.
  std::ranges::sort(saved.mailboxes, {}, &SavedMailbox::name);
  for (SavedMailbox& kept : saved.mailboxes) {
    const bool is_inbox = kept.name == inbox_name;
    if (!is_mailbox_name(kept.name) || canonical_name(kept.name) != kept.name) continue;
    if (!is_inbox && (account.mailboxes_.contains(kept.name) || account.mailboxes_.size() == Account::mailboxes_max))
      continue;
    Mailbox& mailbox = is_inbox ? account.inbox() : account.add(kept.name);
    mailbox.id_ = kept.id;
    mailbox.uid_validity_ = kept.uid_validity;
    mailbox.uid_next_ = std::max(kept.uid_next, Uid{1});
    mailbox.highest_modseq_ = kept.modseq;
    mailbox.history_.begin_after(kept.modseq);
    mailbox.special_uses_ = std::move(kept.special_uses);
    mailbox.acl_ = std::move(kept.acl);
    mailbox.metadata_ = std::move(kept.metadata);
    std::ranges::sort(kept.messages, {}, &SavedMessage::uid);
    for (SavedMessage& message : kept.messages) {
      const bool is_new = mailbox.messages_.empty() || mailbox.messages_.back().uid < message.uid;
      if (message.uid == Uid{} || !is_new || mailbox.messages_.size() == Mailbox::messages_max) continue;
      account.threads_->thread_of(message.octets, message.thread);  // later messages join its thread
      mailbox.messages_.push_back(
          {message.uid, mailbox.flags(message.flags), kept.modseq, message.internal_date, message.save_date,
           std::make_shared<const Content>(std::move(message.octets), message.email, message.thread),
           std::move(message.annotations), kept.modseq, kept.modseq});
      mailbox.count(mailbox.messages_.back(), true);
      mailbox.remember(mailbox.messages_.back());
      account.note(Change::Kind::Added, mailbox, mailbox.messages_.back());
      mailbox.uid_next_ = std::max(mailbox.uid_next_, Uid{message.uid.value + 1});
    }
    mailbox.first_recent_ = mailbox.uid_next_;
  }
}

}  // namespace mailscope::mailstore
