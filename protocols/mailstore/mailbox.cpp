#include "protocols/mailstore/mailbox.hpp"

#include <algorithm>
#include <utility>

#include "protocols/mailstore/account.hpp"
#include "protocols/mailstore/store.hpp"

namespace mailscope::mailstore {

namespace {

/// Changes that are kept beside one for each message, before those are dropped that a later one has replaced.
constexpr std::size_t stale_changes_max = 1'000;

std::vector<Uid> in_order(std::span<const Uid> uids) {
  std::vector<Uid> sorted(uids.begin(), uids.end());
  std::ranges::sort(sorted);
  sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
  return sorted;
}

}  // namespace

Mailbox::Mailbox(Account& account, std::string name, std::uint32_t uid_validity, ObjectId id)
    : account_(account), name_(std::move(name)), id_(id), uid_validity_(uid_validity) {}

const Message* Mailbox::find(Uid uid) const {
  const auto place = std::ranges::lower_bound(messages_, uid, {}, &Message::uid);
  return place != messages_.end() && place->uid == uid ? &*place : nullptr;
}

Outcome Mailbox::room_for(std::size_t messages, std::uint64_t octets) const {
  if (deleted_) return Outcome::NonExistent;
  if (messages > messages_max - messages_.size()) return Outcome::Limit;
  if (messages > UINT32_MAX - uid_next_.value) return Outcome::Limit;
  if (!account_.quota_allows(messages, octets)) return Outcome::OverQuota;
  return account_.store() && !account_.store()->has_room_for(messages, octets) ? Outcome::Limit : Outcome::Ok;
}

Added Mailbox::append(Instant now, std::span<const NewMessage> messages) {
  std::uint64_t octets = 0, annotations = 0;
  for (const NewMessage& message : messages) {
    octets += message.content->octets().size();
    annotations += annotations_of(message.annotations).octets();
  }
  const Outcome outcome = room_for(messages.size(), octets);
  if (outcome != Outcome::Ok) return {outcome, {}};
  if (!account_.has_room_for_annotations(annotations)) return {Outcome::OverQuota, {}};
  return {Outcome::Ok, insert(now, messages)};
}

Added Mailbox::append(Instant now, std::string octets, Flags flags) {
  const Outcome outcome = room_for(1, octets.size());
  if (outcome != Outcome::Ok) return {outcome, {}};
  const NewMessage message{account_.content(std::move(octets)), flags, now};
  return {Outcome::Ok, insert(now, {&message, 1})};
}

Uid Mailbox::insert(Instant now, std::span<const NewMessage> messages) {
  const Uid first = uid_next_;
  for (const NewMessage& message : messages) {
    messages_.push_back(
        {uid_next_, message.flags, {}, message.internal_date, now, message.content, message.annotations});
    ++uid_next_.value;
    count(messages_.back(), true);
    changed(messages_.back(), &Message::flags_changed, Change::Kind::Added);
  }
  return first;
}

/// Keeps the sums; `there`: the message has come, else it goes.
void Mailbox::count(const Message& message, bool there) {
  const auto add = [there](auto& sum, auto amount) { there ? sum += amount : sum -= amount; };
  const std::uint64_t octets = message.content->octets().size();
  add(octets_, octets);
  add(unseen_, std::size_t{message.flags.contains(Flag::Seen) ? 0U : 1U});
  add(to_delete_, std::size_t{message.flags.contains(Flag::Deleted) ? 1U : 0U});
  add(account_.usage_.octets, octets);
  add(account_.usage_.annotation_octets, annotations_of(message.annotations).octets());
  add(account_.usage_.messages, std::uint64_t{1});
}

/// Gives it the next mod-sequence, as that of `what`, and tells of it.
void Mailbox::changed(Message& message, ModSeq Message::*what, Change::Kind kind) {
  ++highest_modseq_.value;
  message.modseq = message.*what = highest_modseq_;
  remember(message);
  account_.note(kind, *this, message);
}

void Mailbox::remember(const Message& message) {
  history_.changed(message.uid, message.modseq);
  if (history_.changes() <= 2 * messages_.size() + stale_changes_max) return;
  history_.forget_changes([this](const History::Entry& entry) {
    const Message* now = find(entry.uid);
    return !now || now->modseq != entry.at;
  });
}

bool Mailbox::set_flags(Uid uid, Flags flags) {
  const auto place = std::ranges::lower_bound(messages_, uid, {}, &Message::uid);
  if (deleted_ || place == messages_.end() || place->uid != uid) return false;
  if (place->flags == flags) return true;
  count(*place, false);
  place->flags = flags;
  count(*place, true);
  changed(*place, &Message::flags_changed, Change::Kind::Flagged);
  return true;
}

Outcome Mailbox::annotate(std::span<const Uid> uids, std::string_view user, std::span<const Annotation> annotations) {
  if (deleted_) return Outcome::NonExistent;
  std::vector<std::pair<Message*, AnnotationsPointer>> wanted;
  std::uint64_t before = 0, after = 0;
  for (const Uid uid : in_order(uids)) {
    const auto place = std::ranges::lower_bound(messages_, uid, {}, &Message::uid);
    if (place == messages_.end() || place->uid != uid) continue;
    Annotations trial = annotations_of(place->annotations);
    before += trial.octets();
    for (const Annotation& annotation : annotations) {
      const Outcome outcome = trial.set(user, annotation);
      if (outcome != Outcome::Ok) return outcome;
    }
    after += trial.octets();
    if (trial != annotations_of(place->annotations)) wanted.emplace_back(&*place, pointer_to(std::move(trial)));
  }
  if (after > before && !account_.has_room_for_annotations(after - before)) return Outcome::OverQuota;
  for (auto& [message, now] : wanted) {
    count(*message, false);
    message->annotations = std::move(now);
    count(*message, true);
    changed(*message, &Message::annotations_changed, Change::Kind::Annotated);
  }
  return Outcome::Ok;
}

std::size_t Mailbox::remove(std::span<const Uid> uids) {
  if (deleted_) return 0;
  const std::vector<Uid> wanted = in_order(uids);
  if (wanted.empty()) return 0;
  const ModSeq at{highest_modseq_.value + 1};
  const auto begin = std::ranges::lower_bound(messages_, wanted.front(), {}, &Message::uid);
  auto next = wanted.begin();
  const auto end = std::remove_if(begin, messages_.end(), [&](const Message& message) {
    while (next != wanted.end() && *next < message.uid) ++next;
    if (next == wanted.end() || *next != message.uid) return false;
    count(message, false);
    history_.removed(message.uid, at);
    highest_modseq_ = at;
    account_.note(Change::Kind::Removed, *this, message);
    return true;
  });
  const auto removed = static_cast<std::size_t>(messages_.end() - end);
  messages_.erase(end, messages_.end());
  return removed;
}

std::vector<Uid> Mailbox::changed_since(ModSeq since) const {
  std::vector<Uid> uids;
  for (const History::Entry& entry : history_.changes_since(since)) {
    const Message* message = find(entry.uid);
    if (message && message->modseq == entry.at) uids.push_back(entry.uid);
  }
  std::ranges::sort(uids);
  return uids;
}

std::vector<UidRange> Mailbox::vanished_since(ModSeq since) const {
  std::vector<UidRange> ranges;
  if (history_.remembers_removals_since(since)) {
    for (const Uid uid : history_.removals_since(since)) {
      if (!ranges.empty() && ranges.back().last.value + 1 == uid.value) {
        ranges.back().last = uid;
      } else {
        ranges.push_back({uid, uid});
      }
    }
    return ranges;
  }
  Uid expected{1};
  const auto gap_before = [&](Uid uid) {
    if (expected < uid) ranges.push_back({expected, {uid.value - 1}});
    expected = {uid.value + 1};
  };
  for (const Message& message : messages_) gap_before(message.uid);
  gap_before(uid_next_);
  return ranges;
}

std::optional<Flag> Mailbox::flag(std::string_view name) {
  if (const auto known = keywords_.find(name)) return known;
  if (is_keyword(name) && keywords_.full()) {
    Flags used;
    for (const Message& message : messages_) used = used | message.flags;
    keywords_.forget_unused(used);
  }
  return keywords_.add(name);
}

Flags Mailbox::flags(const std::set<std::string>& names) {
  Flags found;
  for (const std::string& name : names)
    if (const auto one = flag(name)) found.insert(*one);
  return found;
}

std::set<std::string> Mailbox::names(Flags flags) const {
  std::set<std::string> names;
  flags.each([&](Flag flag) { names.insert(keywords_.name(flag)); });
  return names;
}

bool keep_annotation(const Annotations::Key&) { return true; }

/// With the keywords' numbers of this mailbox.
std::vector<NewMessage> Mailbox::copies_of(const Mailbox& from, std::span<const Uid> uids, const KeepAnnotation& keep) {
  std::vector<NewMessage> copies;
  for (const Uid uid : uids) {
    const Message* message = from.find(uid);
    copies.push_back({message->content, {}, message->internal_date});
    if (message->annotations) copies.back().annotations = pointer_to(message->annotations->only(keep));
    message->flags.each([&](Flag flag) {
      if (const auto own = this->flag(from.keywords_.name(flag))) copies.back().flags.insert(*own);
    });
  }
  return copies;
}

Copied copy(Instant now, Mailbox& from, std::span<const Uid> uids, Mailbox& to, const KeepAnnotation& keep) {
  Copied copied{Outcome::Ok, in_order(uids), {}};
  std::erase_if(copied.from, [&from](Uid uid) { return from.find(uid) == nullptr; });
  const Added added = to.append(now, to.copies_of(from, copied.from, keep));
  copied.outcome = added.outcome;
  copied.first = added.first;
  return copied;
}

Copied move(Instant now, Mailbox& from, std::span<const Uid> uids, Mailbox& to, const KeepAnnotation& keep) {
  if (from.is_deleted()) return {Outcome::NonExistent, {}, {}};
  Copied moved{Outcome::Ok, in_order(uids), {}};
  std::erase_if(moved.from, [&from](Uid uid) { return from.find(uid) == nullptr; });
  const std::vector<NewMessage> copies = to.copies_of(from, moved.from, keep);
  if (&from.account_ == &to.account_) {
    // What only changes its place takes no more room; the mailbox's own limit holds, unless it is the same one.
    const bool fits = &from == &to || copies.size() <= Mailbox::messages_max - to.messages_.size();
    moved.outcome = to.deleted_ ? Outcome::NonExistent : fits ? Outcome::Ok : Outcome::Limit;
    if (moved.outcome == Outcome::Ok) moved.first = to.insert(now, copies);
  } else {
    const Added added = to.append(now, copies);
    moved.outcome = added.outcome;
    moved.first = added.first;
  }
  if (moved.outcome == Outcome::Ok) from.remove(moved.from);
  return moved;
}

Added replace(Instant now, Mailbox& from, Uid old, Mailbox& to, const NewMessage& message) {
  const Message* there = from.find(old);
  if (from.deleted_ || to.deleted_ || !there) return {Outcome::NonExistent, {}};
  const std::uint64_t more = message.content->octets().size(), less = there->content->octets().size();
  const bool one_account = &from.account_ == &to.account_;
  const std::size_t fewer = &from == &to ? 1 : 0;
  if (to.messages_.size() - fewer >= Mailbox::messages_max || to.uid_next_.value == UINT32_MAX)
    return {Outcome::Limit, {}};
  const std::uint64_t net = !one_account ? more : more > less ? more - less : 0;
  if (!to.account_.quota_allows(one_account ? 0 : 1, net)) return {Outcome::OverQuota, {}};
  if (!to.account_.has_room_for_annotations(annotations_of(message.annotations).octets()))
    return {Outcome::OverQuota, {}};
  const Uid first = to.insert(now, {&message, 1});
  from.remove(old);
  return {Outcome::Ok, first};
}

}  // namespace mailscope::mailstore
