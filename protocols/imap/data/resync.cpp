#include "protocols/imap/data/resync.hpp"

#include <algorithm>

namespace mailscope::imap {

namespace {

/// known-uids and the like are sets without "*" and "$".
std::optional<SequenceSet> plain_set(Cursor& cursor) {
  auto set = cursor.sequence_set();
  return set && !set->saved && !set->has_star() ? set : std::nullopt;
}

/// The numbers of a set one by one, as they are written.
class Walk {
 public:
  explicit Walk(const SequenceSet& set) : ranges_(set.ranges) { begin_range(); }
  [[nodiscard]] bool ended() const { return range_ == ranges_.size(); }
  [[nodiscard]] std::uint32_t number() const { return number_; }
  void next() {
    if (number_++ != last_) return;
    ++range_;
    begin_range();
  }

 private:
  void begin_range() {
    if (ended()) return;
    const auto [one, other] = ranges_[range_];
    number_ = std::min(*one, *other);
    last_ = std::max(*one, *other);
  }
  const std::vector<SequenceSet::Range>& ranges_;
  std::size_t range_{};
  std::uint32_t number_{}, last_{};
};

}  // namespace

std::optional<Resync> read_resync(Cursor& cursor) {
  Resync resync;
  if (!cursor.take('(')) return std::nullopt;
  const auto uid_validity = cursor.nz_number();
  const auto since = uid_validity && cursor.space() ? cursor.mod_sequence() : std::nullopt;
  if (!since) return std::nullopt;
  resync.uid_validity = *uid_validity;
  resync.since = *since;
  bool more = cursor.space();
  if (more && !cursor.next_is('(')) {
    resync.known = plain_set(cursor);
    if (!resync.known) return std::nullopt;
    more = cursor.space();
  }
  if (more) {  // seq-match-data = "(" known-sequence-set SP known-uid-set ")"
    if (!cursor.take('(')) return std::nullopt;
    resync.numbers = plain_set(cursor);
    if (!resync.numbers || !cursor.space()) return std::nullopt;
    resync.uids = plain_set(cursor);
    if (!resync.uids || !cursor.take(')')) return std::nullopt;
  }
  return cursor.take(')') ? std::optional(std::move(resync)) : std::nullopt;
}

NumberSet known_uids(const Resync& resync, const mailstore::Mailbox& mailbox) {
  const std::uint32_t last = mailbox.uid_next().value - 1;
  if (!resync.known)
    return NumberSet(last == 0 ? std::vector<NumberSet::Range>{} : std::vector{NumberSet::Range{1, last}});
  return resync.known->resolve(last);
}

mailstore::Uid matched_up_to(const Resync& resync, const MailboxView& view) {
  mailstore::Uid matched;
  if (!resync.numbers) return matched;
  Walk number(*resync.numbers), uid(*resync.uids);
  // Ascending, so that what is past the last message ends it: as many turns as there are messages.
  for (std::uint32_t before = 0; !number.ended() && !uid.ended(); number.next(), uid.next()) {
    if (number.number() <= before || number.number() > view.size()) break;
    before = number.number();
    if (view.entries()[before - 1].uid.value == uid.number()) matched = view.entries()[before - 1].uid;
  }
  return matched;
}

std::vector<mailstore::UidRange> vanished(const mailstore::Mailbox& mailbox, const NumberSet& known,
                                          mailstore::ModSeq since, mailstore::Uid above) {
  std::vector<mailstore::UidRange> found;
  auto wanted = known.ranges().begin();
  for (const mailstore::UidRange& gone : mailbox.vanished_since(since)) {
    while (wanted != known.ranges().end() && wanted->last < gone.first.value) ++wanted;
    for (auto one = wanted; one != known.ranges().end() && one->first <= gone.last.value; ++one) {
      const std::uint32_t first = std::max({gone.first.value, one->first, above.value + 1});
      const std::uint32_t last = std::min(gone.last.value, one->last);
      if (first <= last) found.push_back({{first}, {last}});
    }
  }
  return found;
}

}  // namespace mailscope::imap
