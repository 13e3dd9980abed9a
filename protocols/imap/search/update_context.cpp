#include "protocols/imap/search/update_context.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

using mailstore::Uid;

/// The key with message numbers as the UIDs that they stand for: between two messages of a mailbox no other ever comes.
SearchKey with_uids(SearchKey key, const MailboxView& view) {
  for (SearchKey& inner : key.keys) inner = with_uids(std::move(inner), view);
  if (key.kind != SearchKey::Kind::Numbers) return key;
  std::vector<NumberSet::Range> uids;
  const auto& entries = view.entries();
  for (const NumberSet::Range& range : key.numbers->ranges())
    if (range.first <= view.size() && range.first > 0)
      uids.push_back({entries[range.first - 1].uid.value, entries[std::min(range.last, view.size()) - 1].uid.value});
  key.kind = SearchKey::Kind::Uids;
  key.numbers = NumberSet(std::move(uids));
  return key;
}

bool has(const std::vector<Uid>& ascending, Uid uid) { return std::ranges::binary_search(ascending, uid); }

std::vector<Uid> merged(const std::vector<Uid>& one, const std::vector<Uid>& other) {
  std::vector<Uid> all;
  std::ranges::merge(one, other, std::back_inserter(all));
  return all;
}

/// Nothing where the view does not have the message yet.
std::optional<SearchTarget> target_of(const MailboxView& view, Uid uid, Instant now, mailstore::Memos& memos) {
  const auto place = view.place_of(uid);
  if (!place) return std::nullopt;
  return SearchTarget{*view.mailbox().find(uid), static_cast<std::uint32_t>(*place + 1), view.entries()[*place].recent,
                      now, memos};
}

}  // namespace

UpdateContext::UpdateContext(Search search, const MailboxView& view, const std::vector<std::size_t>& places)
    : search_(std::move(search)), removals_seen_(view.told()) {
  search_.keys = with_uids(std::move(search_.keys), view);
  can_change_ = can_change(search_.keys);
  // What the search has looked at need not be looked at again; where the view lacks messages, all is.
  if (view.entries().size() == view.mailbox().messages().size()) changes_seen_ = view.told();
  if (!view.entries().empty()) next_ = {view.entries().back().uid.value + 1};
  for (const std::size_t place : places) members_.push_back(view.entries()[place].uid);
  if (!search_.criteria.empty()) order_ = members_;
  std::ranges::sort(members_);
}

/// "* ESEARCH (TAG …) …" without its "* "; empty for nothing.
std::string UpdateContext::response(const std::string& items) const {
  if (items.empty()) return {};
  return "ESEARCH (TAG " + quoted_or_literal(search_.tag) + search_.mailbox + ")" + (search_.by_uid ? " UID" : "") +
         items;
}

std::vector<std::uint32_t> UpdateContext::numbers(const MailboxView& view, const std::vector<Uid>& uids) const {
  std::vector<std::uint32_t> numbers;
  for (const Uid uid : uids) {
    const auto place = search_.by_uid ? std::nullopt : view.place_of(uid);
    numbers.push_back(place ? static_cast<std::uint32_t>(*place + 1) : uid.value);
  }
  return numbers;
}

/// ret-data-removefrom: in mailbox order all at once, else each from its position, the last first, so that no other
/// position changes before it.
std::string UpdateContext::take_out(const MailboxView& view, const std::vector<Uid>& uids) {
  if (uids.empty()) return {};
  std::erase_if(members_, [&uids](Uid uid) { return has(uids, uid); });
  if (search_.criteria.empty()) return " REMOVEFROM (0 " + number_set(numbers(view, uids)) + ")";
  std::string items;
  for (std::size_t at = order_.size(); at-- > 0;) {
    if (!has(uids, order_[at])) continue;
    items += (items.empty() ? "" : " ") + std::to_string(at + 1) + " " + number_set(numbers(view, {order_[at]}));
  }
  std::erase_if(order_, [&uids](Uid uid) { return has(uids, uid); });
  return " REMOVEFROM (" + items + ")";
}

/// ret-data-addto: in mailbox order all at once, else each run to its position, the first first.
std::string UpdateContext::put_in(const MailboxView& view, const std::vector<Uid>& uids, Instant now,
                                  mailstore::Memos& memos) {
  if (uids.empty()) return {};
  members_ = merged(members_, uids);
  if (search_.criteria.empty()) return " ADDTO (0 " + number_set(numbers(view, uids)) + ")";
  put_in_order(view, now, memos);
  std::string items;
  for (std::size_t at = 0; at < order_.size(); ++at) {
    std::vector<Uid> run;
    const std::size_t position = at + 1;
    for (; at < order_.size() && has(uids, order_[at]); ++at) run.push_back(order_[at]);
    if (!run.empty())
      items += (items.empty() ? "" : " ") + std::to_string(position) + " " + number_set(numbers(view, run));
  }
  return " ADDTO (" + items + ")";
}

void UpdateContext::put_in_order(const MailboxView& view, Instant now, mailstore::Memos& memos) {
  std::vector<Uid> there;
  Sorting sorting(search_.criteria);
  const bool by_relevancy = sorts_by_relevancy(search_.criteria);
  for (const Uid uid : members_) {
    const auto* message = view.mailbox().find(uid);
    if (!message) continue;
    there.push_back(uid);
    sorting.add(*message, by_relevancy ? relevancy(search_.keys, *target_of(view, uid, now, memos)) : 0);
  }
  order_.clear();
  for (const std::size_t index : sorting.order()) order_.push_back(there[index]);
}

std::string UpdateContext::removed(const MailboxView& view) {
  if (removals_seen_ == view.mailbox().highest_modseq()) return {};
  removals_seen_ = view.mailbox().highest_modseq();
  std::vector<Uid> gone;
  for (const Uid uid : members_)
    if (!view.mailbox().find(uid)) gone.push_back(uid);
  return response(take_out(view, gone));
}

std::string UpdateContext::changed(const MailboxView& view, Instant now, mailstore::Memos& memos) {
  if (changes_seen_ == view.mailbox().highest_modseq()) return {};
  std::vector<Uid> come, gone;
  bool all_seen = true;
  const bool by_annotations = std::ranges::any_of(
      search_.criteria, [](const SortCriterion& one) { return one.key == SortCriterion::Key::Annotation; });
  for (const Uid uid : view.mailbox().changed_since(changes_seen_)) {
    const auto target = target_of(view, uid, now, memos);
    all_seen = all_seen && target;
    if (!target) continue;
    if (uid < next_ && !can_change_ && !by_annotations) continue;
    const bool meets = matches(search_.keys, *target), is_member = has(members_, uid);
    if (meets != is_member) (meets ? come : gone).push_back(uid);
    if (!meets || !is_member || !by_annotations || target->message.annotations_changed <= changes_seen_) continue;
    gone.push_back(uid);  // it may have another place now
    come.push_back(uid);
  }
  if (all_seen) {
    changes_seen_ = view.mailbox().highest_modseq();
    next_ = view.mailbox().uid_next();
  }
  const std::string out = take_out(view, gone);
  return response(out + put_in(view, come, now, memos));
}

}  // namespace mailscope::imap
