// What the IMAP server tells of the selected mailbox uninvited: other sessions' doings, and deliveries (RFC 3501
// §5.2, §7.3, §7.4).
#include <algorithm>
#include <utility>

#include "protocols/imap/data/notify_request.hpp"
#include "protocols/imap/data/watched_store.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

namespace {

/// What is told uninvited of one new message: texts that a mail program shows in its list, not large messages.
constexpr std::uint64_t news_octets_max = 1 << 20;

}  // namespace

/// What NOTIFY lets be told of the selected mailbox (RFC 5465 §6.1), or everything. `expunges`: sequence numbers may
/// change now.
MailboxView::Wanted Server::wanted_news(bool expunges) const {
  if (!notify_) return {true, expunges, true, true};
  const bool messages = notify_->selected.contains(NotifyEvent::MessageNew);
  return {messages, messages && (expunges || !notify_->delayed), notify_->selected.contains(NotifyEvent::FlagChange),
          notify_->selected.contains(NotifyEvent::AnnotationChange)};
}

bool Server::has_news() const {
  const bool uninvited = idling_ || notify_;
  if (uninvited && view_ && (view_->has_news(wanted_news(idling_)) || url_key_resets() > url_key_resets_told_))
    return true;
  return watched_ && watched_->modification != modification();
}

/// Between two commands, or in IDLE.
void Server::tell_news_uninvited() {
  if (idling_ || notify_) tell_news(wanted_news(idling_));
  tell_elsewhere();
}

/// EXPUNGE or VANISHED, FETCH, EXISTS and RECENT for what others did; no EXPUNGE while a command that is answered by
/// sequence numbers is in progress (RFC 3501 §7.4.1, RFC 7162 §3.2.10.2).
void Server::tell_news(MailboxView::Wanted wanted) {
  if (!view_) return;
  if (wanted.flags) tell_keywords();
  if (url_key_resets() > url_key_resets_told_) tell_url_mechanisms();
  tell_results_gone();
  const MailboxView::News news = view_->catch_up(wanted);
  if (enabled_.tells_vanished() && !news.vanished.empty()) {
    untagged("VANISHED", "VANISHED " + uid_set(news.vanished));
  } else {
    for (const std::uint32_t number : news.expunged) untagged("EXPUNGE", std::to_string(number) + " EXPUNGE");
  }
  for (const std::uint32_t number : news.flagged) tell_flags(number - 1, notify_ != nullptr);
  for (const auto& annotated : news.annotated) tell_annotated(annotated);
  if (news.grown > 0) untagged("EXISTS", std::to_string(view_->size()) + " EXISTS");
  if (!enabled_.rev2 && (news.grown > 0 || news.recent_changed))
    untagged("RECENT", std::to_string(view_->recent()) + " RECENT");
  tell_results_changed();
  if (!acting_) tell_new_messages(news.grown);
  // Whoever loses the connection now has been told of later changes than of these removals (RFC 7162 §3.2).
  if (enabled_.qresync && news.held_back) tell_highest_modseq(*news.held_back);
}

/// The items that NOTIFY wants of new messages, of the last so many (RFC 5465 §5.2). What cannot be told of one is left
/// out.
void Server::tell_new_messages(std::size_t messages) {
  if (!notify_ || notify_->new_items.empty()) return;
  for (std::size_t place = view_->size() - messages; place < view_->size(); ++place) {
    const auto* message = view_->message(view_->entries()[place]);
    if (!message) continue;
    std::vector<FetchItem> items;
    std::vector<FetchValue> values;
    std::uint64_t octets = 0;
    const auto shown = std::make_shared<Presentation>(message->content, account_->memos(), enabled_.speaks_utf8());
    const auto add = [&](const FetchItem& item) {
      if (lacks_part(*message, std::vector{item})) return;
      auto value = item_value(item, *message, *shown);
      if (value && value->size() == 0 && item.kind == FetchItem::Kind::Annotation) return;
      if (!value || octets + value->size() > news_octets_max) return;
      octets += value->size();
      value->text.append(std::exchange(value->octets, {}));
      items.push_back(item);
      values.push_back(std::move(*value));
    };
    using Kind = FetchItem::Kind;
    const auto asked = [this](Kind kind) {
      return std::ranges::find(notify_->new_items, kind, &FetchItem::kind) != notify_->new_items.end();
    };
    if (enabled_.tells_uids() && !enabled_.uid_only && !asked(Kind::Uid)) add({Kind::Uid, "UID"});  // see tell_change()
    for (const FetchItem& item : notify_->new_items) add(item);
    if (enabled_.condstore && !asked(Kind::ModSeq)) add({Kind::ModSeq, "MODSEQ"});
    if (!items.empty()) emit_fetch(place, *message, items, std::move(values), shown);
  }
}

void Server::tell_flags(std::size_t place, bool with_uid) {
  tell_keywords();
  const auto& entry = view_->entries()[place];
  tell_change(place, "FLAGS " + imap::flag_list(view_->flags(entry)), with_uid);
  view_->mark_told(place);
}

/// A FETCH response that nobody asked for, with what belongs to every such one (RFC 7162 §3.2.4, RFC 9051 §7.5.2).
void Server::tell_change(std::size_t place, const std::string& what, bool with_uid) {
  const auto& entry = view_->entries()[place];
  const auto* message = view_->message(entry);
  std::string items;
  const auto add = [&items](const std::string& item) { items.append(items.empty() ? "" : " ").append(item); };
  if ((with_uid || enabled_.tells_uids()) && !enabled_.uid_only) add("UID " + std::to_string(entry.uid.value));
  if (!what.empty()) add(what);
  if (enabled_.condstore && message) add("MODSEQ (" + std::to_string(message->modseq.value) + ")");
  emit("* " + fetch_name(place) + " (" + items + ")", fetch_topic(), false, state_);
}

/// FLAGS, when the mailbox has other keywords than were told last (RFC 3501 §7.2.6).
void Server::tell_keywords() {
  std::string names = flag_names();
  if (flags_told_ == names) return;
  untagged("FLAGS", "FLAGS (" + names + ")");
  flags_told_ = std::move(names);
}

/// Those that messages of the selected mailbox can have.
std::string Server::flag_names() const {
  std::string names;
  for (const std::string_view flag : system_flags) names.append(names.empty() ? "" : " ").append(flag);
  for (const std::string& keyword : view_->mailbox().keywords().names()) names.append(" ").append(keyword);
  return names;
}

}  // namespace mailscope::imap
