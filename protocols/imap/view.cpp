#include "protocols/imap/view.hpp"

#include <algorithm>
#include <utility>

#include "protocols/imap/names.hpp"

namespace mailscope::imap {

MailboxView::MailboxView(mailstore::Mailbox& mailbox, bool read_only)
    : mailbox_(mailbox.shared_from_this()), read_only_(read_only) {
  take_new();
  recent_told_ = recent();
}

void MailboxView::take_new() {
  const auto& messages = mailbox_->messages();
  const auto from = std::ranges::lower_bound(messages, next_, {}, &mailstore::Message::uid);
  for (auto message = from; message != messages.end(); ++message)
    entries_.push_back({message->uid, message->modseq, message->uid >= mailbox_->first_recent()});
  next_ = mailbox_->uid_next();
  if (!read_only_) mailbox_->claim_recent();
}

std::uint32_t MailboxView::recent() const {
  return static_cast<std::uint32_t>(std::ranges::count_if(entries_, &Entry::recent));
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

std::optional<std::vector<std::size_t>> MailboxView::find(const SequenceSet& set, bool by_uid) const {
  const NumberSet numbers = set.resolve(largest(by_uid));
  if (!by_uid && (entries_.empty() || numbers.largest() > size())) return std::nullopt;
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < entries_.size(); ++place)
    if (numbers.contains(by_uid ? entries_[place].uid.value : static_cast<std::uint32_t>(place + 1)))
      places.push_back(place);
  return places;
}

void MailboxView::set_flags(std::size_t place, mailstore::Flags flags) {
  Entry& entry = entries_[place];
  const mailstore::Message* found = message(entry);
  if (!found) return;
  const bool in_step = entry.told == found->modseq;
  mailbox_->set_flags(entry.uid, flags);
  if (in_step) entry.told = found->modseq;
}

void MailboxView::mark_told(std::size_t place) {
  if (const mailstore::Message* found = message(entries_[place])) entries_[place].told = found->modseq;
}

MailboxView::News MailboxView::catch_up(bool expunges) {
  News news;
  if (seen_ == mailbox_->highest_modseq()) return news;
  if (expunges) {
    seen_ = mailbox_->highest_modseq();
    std::vector<Entry> kept;
    for (const Entry& entry : entries_) {
      if (message(entry)) {
        kept.push_back(entry);
      } else {
        news.expunged.push_back(static_cast<std::uint32_t>(kept.size() + 1));
      }
    }
    entries_ = std::move(kept);
  }
  for (std::size_t place = 0; place < entries_.size(); ++place) {
    const mailstore::Message* found = message(entries_[place]);
    if (!found || found->modseq == entries_[place].told) continue;
    entries_[place].told = found->modseq;
    news.flagged.push_back(static_cast<std::uint32_t>(place + 1));
  }
  const std::size_t before = entries_.size();
  take_new();
  news.grown = entries_.size() > before;
  news.recent_changed = recent() != std::exchange(recent_told_, recent());
  return news;
}

}  // namespace mailscope::imap
