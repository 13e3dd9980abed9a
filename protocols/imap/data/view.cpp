#include "protocols/imap/data/view.hpp"

#include <algorithm>
#include <utility>

#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

MailboxView::MailboxView(mailstore::Mailbox& mailbox, bool read_only, bool has_recent)
    : mailbox_(mailbox.shared_from_this()), read_only_(read_only), has_recent_(has_recent) {
  entries_.reserve(mailbox.messages().size());
  take_new();
  recent_told_ = recent_;
  expunges_told_ = messages_told_ = flags_told_ = annotations_told_ = mailbox.highest_modseq();
}

void MailboxView::take_new() {
  const auto& messages = mailbox_->messages();
  const auto from = std::ranges::lower_bound(messages, next_, {}, &mailstore::Message::uid);
  for (auto message = from; message != messages.end(); ++message) {
    const bool recent = has_recent_ && message->uid >= mailbox_->first_recent();
    entries_.push_back({message->uid, message->modseq, recent});
    if (recent) ++recent_;
    know_annotations(*message);
  }
  next_ = mailbox_->uid_next();
  if (!read_only_) mailbox_->claim_recent();
}

std::set<std::string> MailboxView::flags(const Entry& entry) const {
  const mailstore::Message* found = message(entry);
  std::set<std::string> flags = found ? mailbox_->names(found->flags) : std::set<std::string>{};
  if (entry.recent) flags.insert(std::string(recent_flag));
  return flags;
}

std::uint32_t MailboxView::largest(bool by_uid) const {
  if (!by_uid) return size();
  return entries_.empty() ? mailbox_->uid_next().value : entries_.back().uid.value;
}

std::optional<std::size_t> MailboxView::place_of(mailstore::Uid uid) const {
  const auto entry = std::ranges::lower_bound(entries_, uid, {}, &Entry::uid);
  if (entry == entries_.end() || entry->uid != uid) return std::nullopt;
  return static_cast<std::size_t>(entry - entries_.begin());
}

std::vector<std::size_t> MailboxView::places_of(const std::vector<mailstore::Uid>& uids) const {
  std::vector<std::size_t> places;
  for (const mailstore::Uid uid : uids)
    if (const auto place = place_of(uid)) places.push_back(*place);
  return places;
}

std::vector<std::size_t> MailboxView::changed_since(mailstore::ModSeq since) const {
  return places_of(mailbox_->changed_since(since));
}

std::optional<std::vector<std::size_t>> MailboxView::find(const SequenceSet& set, bool by_uid) const {
  if (set.saved) return places_of(saved_);
  const NumberSet numbers = set.resolve(largest(by_uid));
  if (!by_uid && (entries_.empty() || numbers.largest() > size())) return std::nullopt;
  std::vector<std::size_t> places;
  for (const NumberSet::Range& range : numbers.ranges()) {
    std::size_t place = range.first - 1, end = range.last;
    if (by_uid) {
      const auto first = std::ranges::lower_bound(entries_, mailstore::Uid{range.first}, {}, &Entry::uid);
      const auto last = std::ranges::upper_bound(entries_, mailstore::Uid{range.last}, {}, &Entry::uid);
      place = static_cast<std::size_t>(first - entries_.begin());
      end = static_cast<std::size_t>(last - entries_.begin());
    }
    for (; place < end; ++place) places.push_back(place);
  }
  return places;
}

void MailboxView::set_flags(std::size_t place, mailstore::Flags flags) {
  Entry& entry = entries_[place];
  const mailstore::Message* found = message(entry);
  if (!found) return;
  const bool in_step = entry.told >= found->flags_changed;
  mailbox_->set_flags(entry.uid, flags);
  if (in_step) entry.told = found->modseq;
}

mailstore::AnnotationsPointer MailboxView::known_annotations(mailstore::Uid uid) const {
  const auto known = annotations_.find(uid);
  return known == annotations_.end() ? nullptr : known->second;
}

void MailboxView::know_annotations(const mailstore::Message& message) {
  if (message.annotations)
    annotations_[message.uid] = message.annotations;
  else
    annotations_.erase(message.uid);
}

mailstore::Outcome MailboxView::annotate(const std::vector<std::size_t>& places, std::string_view user,
                                         const std::vector<mailstore::Annotation>& annotations) {
  std::vector<mailstore::Uid> uids;
  std::vector<const mailstore::Message*> in_step;
  for (const std::size_t place : places) {
    uids.push_back(entries_[place].uid);
    const mailstore::Message* found = message(entries_[place]);
    if (found && known_annotations(found->uid) == found->annotations) in_step.push_back(found);
  }
  const mailstore::Outcome outcome = mailbox_->annotate(uids, user, annotations);
  for (const mailstore::Message* found : in_step) know_annotations(*found);
  return outcome;
}

void MailboxView::mark_told(std::size_t place) {
  if (const mailstore::Message* found = message(entries_[place])) entries_[place].told = found->modseq;
}

void MailboxView::drop_removed(News& news) {
  std::vector<std::size_t> places;  // ascending, as the ranges are
  for (const mailstore::UidRange& range : mailbox_->vanished_since(expunges_told_)) {
    auto entry = std::ranges::lower_bound(entries_, range.first, {}, &Entry::uid);
    for (; entry != entries_.end() && entry->uid <= range.last; ++entry)
      places.push_back(static_cast<std::size_t>(entry - entries_.begin()));
  }
  if (places.empty()) return;
  for (std::size_t gone = 0; gone < places.size(); ++gone) {
    const Entry& entry = entries_[places[gone]];
    news.expunged.push_back(static_cast<std::uint32_t>(places[gone] - gone + 1));
    news.vanished.push_back(entry.uid);
    if (entry.recent) --recent_;
    annotations_.erase(entry.uid);
  }
  const auto is_gone = [&](const auto& one) { return std::ranges::binary_search(news.vanished, one); };
  std::erase_if(entries_, [&](const Entry& entry) { return entry.uid >= news.vanished.front() && is_gone(entry.uid); });
  std::erase_if(saved_, is_gone);
}

bool MailboxView::has_news(Wanted wanted) const {
  const mailstore::ModSeq now = mailbox_->highest_modseq();
  return (wanted.messages && messages_told_ != now) || (wanted.expunges && expunges_told_ != now) ||
         (wanted.flags && flags_told_ != now) || (wanted.annotations && annotations_told_ != now);
}

/// The numbers of messages whose flags the session does not know; it knows them from now on.
std::vector<std::uint32_t> MailboxView::take_flags() {
  std::vector<std::uint32_t> flagged;
  for (const mailstore::Uid uid : mailbox_->changed_since(std::exchange(flags_told_, mailbox_->highest_modseq()))) {
    const auto place = place_of(uid);
    if (!place || entries_[*place].told >= mailbox_->find(uid)->flags_changed) continue;
    mark_told(*place);
    flagged.push_back(static_cast<std::uint32_t>(*place + 1));
  }
  return flagged;
}

/// The messages whose annotations the session does not know; it knows them from now on.
std::vector<MailboxView::Annotated> MailboxView::take_annotations() {
  std::vector<Annotated> annotated;
  const mailstore::ModSeq since = std::exchange(annotations_told_, mailbox_->highest_modseq());
  for (const mailstore::Uid uid : mailbox_->changed_since(since)) {
    const auto place = place_of(uid);
    const mailstore::Message& found = *mailbox_->find(uid);
    auto before = known_annotations(uid);
    if (!place || before == found.annotations) continue;
    annotated.push_back({static_cast<std::uint32_t>(*place + 1), std::move(before), found.annotations});
    know_annotations(found);
  }
  return annotated;
}

MailboxView::News MailboxView::catch_up(Wanted wanted) {
  News news;
  const mailstore::ModSeq now = mailbox_->highest_modseq();
  if (wanted.expunges && expunges_told_ != now) drop_removed(news);
  if (wanted.flags && flags_told_ != now) news.flagged = take_flags();
  if (wanted.annotations && annotations_told_ != now) news.annotated = take_annotations();
  if (!wanted.messages) return news;
  if (messages_told_ != now) {
    const std::size_t before = entries_.size();
    take_new();
    news.grown = entries_.size() - before;
    messages_told_ = now;
  }
  // Each message that is there has an entry by now: what there is more is of messages that are gone.
  if (entries_.size() == mailbox_->messages().size()) {
    expunges_told_ = now;
  } else {
    news.held_back = expunges_told_;
  }
  news.recent_changed = recent_ != std::exchange(recent_told_, recent_);
  return news;
}

}  // namespace mailscope::imap
