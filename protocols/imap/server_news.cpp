// What the IMAP server tells of the selected mailbox uninvited: other sessions' doings, and deliveries (RFC 3501
// §5.2, §7.3, §7.4).
#include <utility>

#include "protocols/imap/encode.hpp"
#include "protocols/imap/names.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

/// EXPUNGE, FETCH, EXISTS and RECENT for what others did; no EXPUNGE while a command that is answered by sequence
/// numbers is in progress (RFC 3501 §7.4.1).
void Server::tell_news() {
  if (!view_) return;
  tell_keywords();
  const MailboxView::News news = view_->catch_up(!keeps_numbers_);
  for (const std::uint32_t number : news.expunged) untagged("EXPUNGE", std::to_string(number) + " EXPUNGE");
  for (const std::uint32_t number : news.flagged) tell_flags(number - 1, false);
  if (news.grown) untagged("EXISTS", std::to_string(view_->size()) + " EXISTS");
  if (news.grown || news.recent_changed) untagged("RECENT", std::to_string(view_->recent()) + " RECENT");
}

void Server::tell_flags(std::size_t place, bool with_uid) {
  tell_keywords();
  const auto& entry = view_->entries()[place];
  const std::string uid = with_uid ? "UID " + std::to_string(entry.uid.value) + " " : "";
  untagged("FETCH",
           std::to_string(place + 1) + " FETCH (" + uid + "FLAGS " + imap::flag_list(view_->flags(entry)) + ")");
  view_->mark_told(place);
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
