// How the IMAP server opens and leaves a mailbox: SELECT, EXAMINE, CLOSE, UNSELECT.
#include <algorithm>

#include "protocols/imap/names.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

void Server::on_select(Cursor& arguments, bool) { select(arguments, false); }

void Server::on_examine(Cursor& arguments, bool) { select(arguments, true); }

/// RFC 3501 §6.3.1, §6.3.2
void Server::select(Cursor& arguments, bool read_only) {
  const auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!name || !arguments.at_end()) return invalid();
  if (view_) {
    leave_mailbox();
    untagged("OK", "OK [CLOSED] the mailbox that was selected is closed");  // RFC 7162 §3.2.11
  }
  mailstore::Mailbox* mailbox = account_->find(*name);
  if (!mailbox) return refuse(mailstore::Outcome::NonExistent);
  view_.emplace(*mailbox, read_only);
  tell_keywords();
  untagged("EXISTS", std::to_string(view_->size()) + " EXISTS");
  untagged("RECENT", std::to_string(view_->recent()) + " RECENT");
  const auto& messages = mailbox->messages();
  const auto unseen = std::ranges::find_if(
      messages, [](const auto& message) { return !message.flags.contains(mailstore::Flag::Seen); });
  if (unseen != messages.end())
    untagged("OK", "OK [UNSEEN " + std::to_string(unseen - messages.begin() + 1) + "] first unseen message");
  untagged("OK", "OK [UIDVALIDITY " + std::to_string(mailbox->uid_validity()) + "] UIDs valid");
  untagged("OK", "OK [UIDNEXT " + std::to_string(mailbox->uid_next().value) + "] predicted next UID");
  // "\*": keywords can be made as long as there is room (RFC 3501 §7.1).
  const std::string permanent = read_only ? "" : flag_names() + (mailbox->keywords().full() ? "" : " \\*");
  untagged("OK", "OK [PERMANENTFLAGS (" + permanent + ")] flags that can be changed");
  done(Status::Ok, std::string(read_only ? "[READ-ONLY] " : "[READ-WRITE] ") + context_ + " completed");
}

void Server::leave_mailbox() {
  view_.reset();
  flags_told_.reset();
}

/// RFC 3501 §6.4.2: expunges in silence.
void Server::on_close(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  if (!view_->read_only()) view_->mailbox().remove(deleted_messages());
  leave_mailbox();
  completed();
}

/// RFC 3691 §2: expunges nothing.
void Server::on_unselect(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  leave_mailbox();
  completed();
}

}  // namespace mailscope::imap
