#include "protocols/mailstore/account.hpp"

#include <algorithm>
#include <utility>

#include "protocols/mailstore/store.hpp"

namespace mailscope::mailstore {

namespace {

/// Object ids hold the account's number above and a count below: unique in a Store without asking it.
constexpr unsigned id_count_bits = 40;

}  // namespace

Account::Account(std::string user, std::uint32_t number, Store* store)
    : user_(std::move(user)), number_(number), store_(store) {
  add(std::string(inbox_name));
}

ObjectId Account::next_id() { return {std::uint64_t{number_} << id_count_bits | ++last_id_}; }

Mailbox* Account::find(std::string_view mailbox) const {
  const auto place = mailboxes_.find(canonical_name(mailbox));
  return place == mailboxes_.end() ? nullptr : place->second.get();
}

bool Account::has_children(std::string_view mailbox) const {
  const std::string above = canonical_name(mailbox) + hierarchy_separator;
  const auto first = mailboxes_.lower_bound(above);
  return first != mailboxes_.end() && first->first.starts_with(above);
}

std::vector<std::string> Account::mailbox_names() const {
  std::vector<std::string> names;
  for (const auto& [name, mailbox] : mailboxes_) names.push_back(name);
  return names;
}

std::vector<std::string> Account::missing_levels(const std::string& mailbox) const {
  std::vector<std::string> missing;
  for (std::size_t at = mailbox.find(hierarchy_separator);; at = mailbox.find(hierarchy_separator, at + 1)) {
    std::string level = mailbox.substr(0, at);
    if (!mailboxes_.contains(level)) missing.push_back(std::move(level));
    if (at == std::string::npos) return missing;
  }
}

Outcome Account::room_for_mailboxes(std::size_t more) const {
  const std::size_t sum = mailboxes_.size() + more;
  if (sum > mailboxes_max) return Outcome::Limit;
  return quota_.mailboxes && more > 0 && sum > *quota_.mailboxes ? Outcome::OverQuota : Outcome::Ok;
}

Mailbox& Account::add(const std::string& mailbox) {
  const auto made = std::shared_ptr<Mailbox>(new Mailbox(*this, mailbox, ++last_uid_validity_, next_id()));
  // A mailbox begins with the rights of the one above it (RFC 4314 §3); its owner may do everything.
  const auto above = mailboxes_.find(std::string_view(mailbox).substr(0, mailbox.rfind(hierarchy_separator)));
  if (above != mailboxes_.end()) {
    made->acl_ = above->second->acl_;
  } else if (!user_.empty()) {
    made->acl_.set(user_, Rights::all());
  }
  mailboxes_.emplace(mailbox, made);
  note({Change::Kind::Created, mailbox, {}, {}, {}});
  return *made;
}

Created Account::create(std::string_view mailbox, const SpecialUses& uses) {
  const std::string name = canonical_name(mailbox);
  if (!is_mailbox_name(name)) return {Outcome::Cannot};
  if (mailboxes_.contains(name)) return {Outcome::AlreadyExists};
  if (is_taken(uses, nullptr)) return {Outcome::UseTaken};
  const std::vector<std::string> missing = missing_levels(name);
  const Outcome room = room_for_mailboxes(missing.size());
  if (room != Outcome::Ok) return {room};
  for (const std::string& level : missing) add(level);
  Mailbox& made = *find(name);
  if (!uses.empty()) set_special_uses(made, uses);
  return {Outcome::Ok, &made};
}

Outcome Account::remove(std::string_view mailbox) {
  const std::string name = canonical_name(mailbox);
  if (name == inbox_name) return Outcome::Cannot;
  const auto place = mailboxes_.find(name);
  if (place == mailboxes_.end()) return has_children(name) ? Outcome::HasChildren : Outcome::NonExistent;
  const std::shared_ptr<Mailbox> gone = place->second;
  std::vector<Uid> uids;
  for (const Message& message : gone->messages_) uids.push_back(message.uid);
  gone->remove(uids);
  gone->deleted_ = true;
  url_keys_.erase(gone->id_);
  mailboxes_.erase(place);
  note({Change::Kind::Deleted, name, {}, {}, {}});
  return Outcome::Ok;
}

Outcome Account::rename(Instant now, std::string_view from_name, std::string_view to_name) {
  const std::string from = canonical_name(from_name), to = canonical_name(to_name);
  if (!mailboxes_.contains(from) && !has_children(from)) return Outcome::NonExistent;
  if (mailboxes_.contains(to)) return Outcome::AlreadyExists;
  if (!is_mailbox_name(to)) return Outcome::Cannot;
  if (from != inbox_name) return rename_tree(from, to);
  const Created made = create(to);
  if (made.outcome != Outcome::Ok) return made.outcome;
  std::vector<Uid> uids;
  for (const Message& message : inbox().messages()) uids.push_back(message.uid);
  return move(now, inbox(), uids, *made.mailbox).outcome;
}

Outcome Account::rename_tree(const std::string& from, const std::string& to) {
  if (from == to || is_below(to, from)) return Outcome::Cannot;
  std::vector<std::pair<std::string, std::string>> names;  // old and new
  for (const auto& [name, mailbox] : mailboxes_)
    if (name == from || is_below(name, from)) names.emplace_back(name, to + name.substr(from.size()));
  for (const auto& [old_name, new_name] : names) {
    if (mailboxes_.contains(new_name)) return Outcome::AlreadyExists;
    if (!is_mailbox_name(new_name)) return Outcome::Cannot;
  }
  std::vector<std::string> above = missing_levels(to);
  above.pop_back();  // `to` itself, which is no new one
  const Outcome room = room_for_mailboxes(above.size());
  if (room != Outcome::Ok) return room;
  for (const std::string& level : above) add(level);
  for (const auto& [old_name, new_name] : names) {
    auto node = mailboxes_.extract(old_name);
    node.key() = new_name;
    node.mapped()->name_ = new_name;
    mailboxes_.insert(std::move(node));
    note({Change::Kind::Renamed, new_name, old_name, {}, {}});
  }
  return Outcome::Ok;
}

Outcome Account::subscribe(std::string_view mailbox) {
  const std::string name = canonical_name(mailbox);
  if (!is_mailbox_name(name)) return Outcome::Cannot;
  if (subscriptions_.contains(name)) return Outcome::Ok;
  if (subscriptions_.size() == subscriptions_max) return Outcome::Limit;
  subscriptions_.insert(name);
  note({Change::Kind::Subscribed, name, {}, {}, {}});
  return Outcome::Ok;
}

void Account::unsubscribe(std::string_view mailbox) {
  const std::string name = canonical_name(mailbox);
  if (subscriptions_.erase(name) > 0) note({Change::Kind::Unsubscribed, name, {}, {}, {}});
}

bool Account::is_taken(const SpecialUses& uses, const Mailbox* but) const {
  return std::ranges::any_of(mailboxes_, [&](const auto& entry) {
    return entry.second.get() != but &&
           std::ranges::any_of(entry.second->special_uses_, [&uses](SpecialUse use) { return uses.contains(use); });
  });
}

Outcome Account::set_special_uses(Mailbox& mailbox, const SpecialUses& uses) {
  if (is_taken(uses, &mailbox)) return Outcome::UseTaken;
  if (mailbox.special_uses_ == uses) return Outcome::Ok;
  mailbox.special_uses_ = uses;
  note({Change::Kind::SpecialUse, mailbox.name_, {}, {}, {}});
  return Outcome::Ok;
}

Outcome Account::set_rights(Mailbox& mailbox, std::string_view identifier, Rights rights) {
  const Outcome outcome = mailbox.acl_.set(identifier, rights);
  if (outcome == Outcome::Ok) note({Change::Kind::Rights, mailbox.name_, {}, {}, {}});
  return outcome;
}

Outcome Account::set_metadata(Mailbox* mailbox, std::string_view user, std::string_view entry,
                              std::optional<std::string> value) {
  const Outcome outcome = (mailbox ? mailbox->metadata_ : metadata_).set(user, entry, std::move(value));
  if (outcome == Outcome::Ok && mailbox) ++mailbox->highest_modseq_.value;  // RFC 7162 §3.2
  if (outcome == Outcome::Ok)
    note({Change::Kind::Metadata, mailbox ? mailbox->name_ : "", {}, {}, std::string(entry), std::string(user)});
  return outcome;
}

Outcome Account::set_url_key(const Mailbox& mailbox, std::string octets, bool is_reset) {
  const Outcome outcome = url_keys_.set(mailbox.id(), std::move(octets), is_reset);
  if (outcome == Outcome::Ok) note({Change::Kind::UrlKeys, {}, {}, {}, {}});
  return outcome;
}

void Account::clear_url_keys() {
  url_keys_.clear();
  note({Change::Kind::UrlKeys, {}, {}, {}, {}});
}

Usage Account::usage() const {
  Usage usage = usage_;
  usage.mailboxes = mailboxes_.size();
  return usage;
}

bool Account::quota_allows(std::uint64_t messages, std::uint64_t octets) const {
  Usage after = usage_;
  after.octets += octets;
  after.messages += messages;
  if (quota_.messages && messages > 0 && after.messages > *quota_.messages) return false;
  return !quota_.storage || octets == 0 || after.storage() <= *quota_.storage;
}

bool Account::has_room_for_annotations(std::uint64_t octets) const {
  if (octets == 0) return true;
  Usage after = usage_;
  after.annotation_octets += octets;
  if (quota_.annotation_storage && after.annotation_storage() > *quota_.annotation_storage) return false;
  return !store_ || store_->has_room_for(0, octets);
}

ContentPointer Account::content(std::string octets) {
  return std::make_shared<const Content>(std::move(octets), next_id(), threads_);
}

std::optional<std::vector<Change>> Account::changes_since(std::uint64_t count) const {
  const std::uint64_t missed = change_count_ - count;
  if (missed > changes_.size()) return std::nullopt;
  return std::vector<Change>(changes_.end() - static_cast<std::ptrdiff_t>(missed), changes_.end());
}

void Account::note(Change::Kind kind, const Mailbox& mailbox, const Message& message) {
  ++modification_;
  if (observers_.empty()) return;
  const Change change{kind, mailbox.name_, {}, message, {}};
  for (Observer* observer : observers_) observer->changed(change);
}

void Account::note(Change change) {
  ++modification_;
  ++change_count_;
  for (Observer* observer : observers_) observer->changed(change);
  changes_.push_back(std::move(change));
  if (changes_.size() > changes_max) changes_.pop_front();
}

}  // namespace mailscope::mailstore
