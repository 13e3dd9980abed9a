// What the IMAP server tells of the selected mailbox uninvited: other sessions' doings, and deliveries (RFC 3501
// §5.2, §7.3, §7.4).
#include <utility>

#include "protocols/imap/encode.hpp"
#include "protocols/imap/names.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

/// EXPUNGE or VANISHED, FETCH, EXISTS and RECENT for what others did; no EXPUNGE while a command that is answered by
/// sequence numbers is in progress (RFC 3501 §7.4.1, RFC 7162 §3.2.10.2).
void Server::tell_news() {
  if (!view_) return;
  tell_keywords();
  const MailboxView::News news = view_->catch_up(!keeps_numbers_);
  if (enabled_.qresync && !news.vanished.empty()) {
    untagged("VANISHED", "VANISHED " + uid_set(news.vanished));
  } else {
    for (const std::uint32_t number : news.expunged) untagged("EXPUNGE", std::to_string(number) + " EXPUNGE");
  }
  for (const std::uint32_t number : news.flagged) tell_flags(number - 1, false);
  if (news.grown) untagged("EXISTS", std::to_string(view_->size()) + " EXISTS");
  if (!enabled_.rev2 && (news.grown || news.recent_changed))
    untagged("RECENT", std::to_string(view_->recent()) + " RECENT");
  // Whoever loses the connection now has been told of later changes than of these removals (RFC 7162 §3.2).
  if (enabled_.qresync && news.held_back) tell_highest_modseq(*news.held_back);
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
  if (with_uid || enabled_.tells_uids()) add("UID " + std::to_string(entry.uid.value));
  if (!what.empty()) add(what);
  if (enabled_.condstore && message) add("MODSEQ (" + std::to_string(message->modseq.value) + ")");
  untagged("FETCH", std::to_string(place + 1) + " FETCH (" + items + ")");
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
