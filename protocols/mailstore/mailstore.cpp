#include "protocols/mailstore/mailstore.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"

namespace mailscope::mailstore {

namespace {

/// The one mailbox whose name ignores case.
std::string canonical(std::string_view mailbox) {
  return ascii::iequals(mailbox, "INBOX") ? "INBOX" : std::string(mailbox);
}

}  // namespace

std::vector<Message>::iterator Mailbox::place_of(Uid uid) {
  const auto place = std::ranges::lower_bound(messages_, uid, {}, &Message::uid);
  return place != messages_.end() && place->uid == uid ? place : messages_.end();
}

const Message* Mailbox::find(Uid uid) const {
  const auto place = std::ranges::lower_bound(messages_, uid, {}, &Message::uid);
  return place != messages_.end() && place->uid == uid ? &*place : nullptr;
}

Uid Mailbox::append(Instant now, std::string content, std::set<std::string> flags) {
  return append(now, std::make_shared<const std::string>(std::move(content)), std::move(flags));
}

Uid Mailbox::append(Instant now, std::shared_ptr<const std::string> content, std::set<std::string> flags) {
  const Uid uid{uid_next_.value++};
  messages_.push_back({uid, std::move(content), std::move(flags), now, ++modification_});
  journal_.push_back({Change::Kind::Added, name_, messages_.back()});
  return uid;
}

bool Mailbox::set_flags(Uid uid, std::set<std::string> flags) {
  const auto place = place_of(uid);
  if (place == messages_.end()) return false;
  if (place->flags == flags) return true;
  place->flags = std::move(flags);
  place->modification = ++modification_;
  journal_.push_back({Change::Kind::Flagged, name_, *place});
  return true;
}

bool Mailbox::remove(Uid uid) {
  const auto place = place_of(uid);
  if (place == messages_.end()) return false;
  ++modification_;
  journal_.push_back({Change::Kind::Removed, name_, std::move(*place)});
  messages_.erase(place);
  return true;
}

Account::Account(std::string user) : user_(std::move(user)) { create("INBOX"); }

Mailbox* Account::find(std::string_view mailbox) {
  const auto place = mailboxes_.find(canonical(mailbox));
  return place == mailboxes_.end() ? nullptr : place->second.get();
}

Mailbox& Account::inbox() { return *mailboxes_.find("INBOX")->second; }

Mailbox* Account::create(std::string_view mailbox) {
  if (mailboxes_.size() >= mailboxes_max) return nullptr;
  std::string name = canonical(mailbox);
  if (mailboxes_.contains(name)) return nullptr;
  auto made = std::unique_ptr<Mailbox>(new Mailbox(journal_, name, ++last_uid_validity_));
  return mailboxes_.emplace(std::move(name), std::move(made)).first->second.get();
}

std::vector<std::string> Account::mailbox_names() const {
  std::vector<std::string> names;
  for (const auto& [name, mailbox] : mailboxes_) names.push_back(name);
  return names;
}

bool Account::lock_maildrop() { return !std::exchange(maildrop_locked_, true); }

void Account::unlock_maildrop() { maildrop_locked_ = false; }

std::vector<Change> Account::take_changes() { return std::exchange(journal_, {}); }

}  // namespace mailscope::mailstore
