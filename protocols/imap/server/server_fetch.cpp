// The IMAP server's FETCH (RFC 3501 §6.4.5, RFC 7162 §3.1.4, §3.2.6, RFC 9394 §3.3).
#include <algorithm>
#include <iterator>
#include <utility>

#include "protocols/imap/data/fetch_modifiers.hpp"
#include "protocols/imap/data/resync.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

namespace {

using Kind = FetchItem::Kind;

bool has(const std::vector<FetchItem>& items, Kind kind) {
  return std::ranges::find(items, kind, &FetchItem::kind) != items.end();
}

/// Annotations alone were asked for, and there are none.
bool says_nothing(const std::vector<FetchItem>& items, const std::vector<FetchValue>& values) {
  return std::ranges::all_of(items, [](const FetchItem& item) { return item.kind == Kind::Annotation; }) &&
         std::ranges::all_of(values, [](const FetchValue& value) { return value.size() == 0; });
}

/// Shorter ones are copied at once.
constexpr std::size_t inline_octets_max = 16 << 10;

std::vector<std::size_t> in_both(const std::vector<std::size_t>& one, const std::vector<std::size_t>& other) {
  std::vector<std::size_t> both;
  std::ranges::set_intersection(one, other, std::back_inserter(both));
  return both;
}

}  // namespace

/// fetch = "FETCH" SP sequence-set SP (…) [SP fetch-modifiers]; step_fetch() answers it.
void Server::on_fetch(Cursor& arguments, bool by_uid) {
  const auto set = arguments.space() ? arguments.sequence_set() : std::nullopt;
  auto items = set && arguments.space() ? fetch_items(arguments) : std::nullopt;
  const auto modifiers = items ? read_fetch_modifiers(arguments) : std::nullopt;
  if (!modifiers) return invalid();
  if ((modifiers->vanished || modifiers->partial) && !by_uid) return invalid();
  if (modifiers->vanished && (!modifiers->changed_since || !enabled_.qresync)) return invalid();
  auto places = view_->find(*set, by_uid);
  if (!places) return no_such_number();
  if (has(*items, Kind::Annotation) && !permits(view_->mailbox(), "r")) return;  // RFC 5257 §3.4
  if (modifiers->partial) {
    const auto part = modifiers->partial->of<std::size_t>(*places);
    places = std::vector(part.begin(), part.end());
  }
  if (by_uid && !enabled_.uid_only && !has(*items, Kind::Uid))
    items->insert(items->begin(), FetchItem{Kind::Uid, "UID"});  // §6.4.8
  if (modifiers->changed_since) {
    if (!has(*items, Kind::ModSeq)) items->push_back({Kind::ModSeq, "MODSEQ"});
    *places = in_both(*places, view_->changed_since(*modifiers->changed_since));
  }
  if (has(*items, Kind::ModSeq)) enable_condstore();
  // "*" may stand for a message that is gone: the last UID there ever was.
  if (modifiers->vanished && !set->saved)
    tell_vanished(
        vanished(view_->mailbox(), set->resolve(view_->mailbox().uid_next().value - 1), *modifiers->changed_since));
  fetch_ = FetchJob{std::move(*places), std::move(*items), context_ + " completed", 0, now_, false};
}

/// VANISHED (EARLIER) (RFC 7162 §3.2.10.1), where there are some.
void Server::tell_vanished(const std::vector<mailstore::UidRange>& uids) {
  if (!uids.empty()) untagged("VANISHED", "VANISHED (EARLIER) " + uid_set(uids));
}

/// Answers for one message, or ends the command.
void Server::step_fetch() {
  if (fetch_->next == fetch_->places.size()) {
    values_.release();
    const FetchJob job = *std::exchange(fetch_, std::nullopt);
    const bool complain = job.messages_gone && context_ == "FETCH";  // a UID that is gone is no error (§6.4.8)
    if (complain) return done(Status::No, messages_gone_text);
    if (job.downgraded.empty()) return done(Status::Ok, job.completion);
    return done(Status::Ok, "[DOWNGRADED " + uid_set(job.downgraded) + "] " + job.completion);  // RFC 6858 §3
  }
  if (now_ - fetch_->told_at >= progress_period) tell_progress();
  const std::size_t place = fetch_->places[fetch_->next++];
  const mailstore::Message* message = view_->message(view_->entries()[place]);
  if (!message) {
    fetch_->messages_gone = true;
    return;
  }
  if (lacks_part(*message, fetch_->items)) {
    fetch_.reset();
    return done(Status::Bad, no_such_part_text);
  }
  std::vector<FetchValue> values;
  std::uint64_t octets = 0, made = 0;
  const auto shown = std::make_shared<Presentation>(message->content, account_->memos(), enabled_.speaks_utf8());
  for (const FetchItem& item : fetch_->items) {
    auto value = item_value(item, *message, *shown);
    octets += value ? value->size() : 0;
    made += value ? value->text.size() : 0;
    const bool fits = octets <= response_octets_max && made <= made_octets_max && values_.hold(made);
    if (value && fits) {
      values.push_back(std::move(*value));
      continue;
    }
    fetch_.reset();
    values_.release();
    return done(Status::No, value ? "[LIMIT] too much for one response"
                                  : "[UNKNOWN-CTE] a part has a transfer encoding that is not known");
  }
  if (has(fetch_->items, Kind::Flags) || std::ranges::any_of(fetch_->items, &FetchItem::sets_seen)) tell_keywords();
  if (shown->is_surrogate()) fetch_->downgraded.push_back(message->uid);
  if (!says_nothing(fetch_->items, values)) emit_fetch(place, *message, fetch_->items, std::move(values), shown);
}

/// How many of the messages have been looked at (RFC 9585 §4).
void Server::tell_progress() {
  fetch_->told_at = now_;
  untagged("OK", "OK [INPROGRESS (" + quoted_or_literal(tag_) + " " + std::to_string(fetch_->next) + " " +
                     std::to_string(fetch_->places.size()) + ")] on it");
}

/// "5 FETCH", or by its UID where numbers are not spoken of (RFC 9586 §3.3).
std::string Server::fetch_name(std::size_t place) const {
  if (!enabled_.uid_only) return std::to_string(place + 1) + " FETCH";
  return std::to_string(view_->entries()[place].uid.value) + " UIDFETCH";
}

/// The FETCH response: the items with their values; those of `shown` are copied as they are taken. Sets \Seen first, so
/// that FLAGS and MODSEQ tell it (RFC 3501 §6.4.5, RFC 7162 §3.2.4).
void Server::emit_fetch(std::size_t place, const mailstore::Message& message, const std::vector<FetchItem>& items,
                        std::vector<FetchValue> values, std::shared_ptr<const Presentation> shown) {
  const bool seen_now = std::ranges::any_of(items, &FetchItem::sets_seen) && !view_->read_only() &&
                        may(view_->mailbox(), "s") && !message.flags.contains(mailstore::Flag::Seen);
  if (seen_now) view_->set_flags(place, message.flags | mailstore::Flags{mailstore::Flag::Seen});
  const auto value = [&](Kind kind) {
    if (kind == Kind::Uid) return std::to_string(message.uid.value);
    if (kind == Kind::ModSeq) return "(" + std::to_string(message.modseq.value) + ")";
    view_->mark_told(place);
    return flag_list(view_->flags(view_->entries()[place]));
  };
  std::vector<Slice> slices;
  std::string text = "* " + fetch_name(place) + " (", shown_text;
  auto add = [&, first = true](std::string_view label, FetchValue said) mutable {
    text.append(std::exchange(first, false) ? "" : " ").append(label).append(" ");
    if (said.size() < inline_octets_max) return void(text.append(said.text).append(said.octets));
    slices.push_back({std::exchange(text, {})});
    if (!said.text.empty()) slices.push_back({std::move(said.text)});
    if (!said.octets.empty()) slices.push_back({{}, shown, said.octets});
  };
  for (std::size_t at = 0; at < items.size(); ++at) {
    if (items[at].kind == Kind::Annotation && values[at].size() == 0) continue;
    const bool is_ours = items[at].kind == Kind::Flags || items[at].kind == Kind::ModSeq;
    add(items[at].label, is_ours ? FetchValue{value(items[at].kind)} : std::move(values[at]));
  }
  if (seen_now && !has(items, Kind::Flags)) add("FLAGS", {value(Kind::Flags)});
  if (seen_now && enabled_.tells_uids() && !enabled_.uid_only && !has(items, Kind::Uid)) add("UID", {value(Kind::Uid)});
  if (seen_now && enabled_.condstore && !has(items, Kind::ModSeq)) add("MODSEQ", {value(Kind::ModSeq)});
  text += ')';
  if (slices.empty()) return emit(std::move(text), fetch_topic(), false, state_);
  slices.push_back({text + "\r\n"});
  for (const Slice& slice : slices)
    shown_text.append(slice.octets().substr(0, step_text_octets_max - std::min(step_text_octets_max, shown_text.size())));
  out_.say(std::move(slices), shown_text, state_, state_, fetch_topic());
}

}  // namespace mailscope::imap
