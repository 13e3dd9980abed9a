// How the IMAP server opens and leaves a mailbox: SELECT, EXAMINE, CLOSE, UNSELECT.
#include <algorithm>
#include <utility>

#include "protocols/imap/data/select_request.hpp"
#include "protocols/imap/search/update_context.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

void Server::on_select(Cursor& arguments, bool) { select(arguments, false); }

void Server::on_examine(Cursor& arguments, bool) { select(arguments, true); }

/// RFC 3501 §6.3.1, §6.3.2, RFC 9051 §6.3.2, RFC 7162 §3.2.5
void Server::select(Cursor& arguments, bool read_only) {
  const auto request = read_select(arguments);
  if (!request || (request->resync && !enabled_.qresync)) return invalid();
  if (request->resync && request->resync->numbers && enabled_.uid_only) return uid_required();
  if (view_) {
    leave_mailbox();
    untagged("OK", "OK [CLOSED] the mailbox that was selected is closed");  // RFC 7162 §3.2.11
  }
  mailstore::Mailbox* mailbox = mailbox_named(request->mailbox);
  if (!mailbox) return refuse(mailstore::Outcome::NonExistent);
  if (!permits(*mailbox, "r")) return;
  annotating_ = {request->annotate, !read_only};
  // Who may change nothing has it read-only (RFC 4314 §5.2).
  const auto rights = rights_on(*mailbox);
  const auto has = [&rights](char letter) { return rights.contains(letter); };
  read_only = read_only || std::ranges::none_of(std::string_view("swtein"), has);
  if (request->condstore) enable_condstore();
  view_.emplace(*mailbox, read_only, !enabled_.rev2);
  tell_mailbox(request->mailbox);
  const std::string text = std::string(read_only ? "[READ-ONLY] " : "[READ-WRITE] ") + context_ + " completed";
  if (request->resync && request->resync->uid_validity == mailbox->uid_validity())
    return resynchronise(*request->resync, text);
  done(Status::Ok, text);
}

/// What is told of a mailbox that has just been opened. `asked` is the name that the client gave.
void Server::tell_mailbox(const std::string& asked) {
  const mailstore::Mailbox& mailbox = view_->mailbox();
  tell_keywords();
  untagged("EXISTS", std::to_string(view_->size()) + " EXISTS");
  if (enabled_.rev2) {
    tell_list(mailbox, asked);
  } else {
    untagged("RECENT", std::to_string(view_->recent()) + " RECENT");
    const auto& messages = mailbox.messages();
    const auto unseen = std::ranges::find_if(
        messages, [](const auto& message) { return !message.flags.contains(mailstore::Flag::Seen); });
    if (unseen != messages.end() && !enabled_.uid_only)  // it is a message number
      untagged("OK", "OK [UNSEEN " + std::to_string(unseen - messages.begin() + 1) + "] first unseen message");
  }
  untagged("OK", "OK [UIDVALIDITY " + std::to_string(mailbox.uid_validity()) + "] UIDs valid");
  untagged("OK", "OK [UIDNEXT " + std::to_string(mailbox.uid_next().value) + "] predicted next UID");
  untagged("OK", "OK [PERMANENTFLAGS (" + permanent_flags() + ")] flags that can be changed");
  tell_annotation_support();
  tell_highest_modseq(mailbox.highest_modseq());
  untagged("OK", "OK [MAILBOXID (" + mailbox.id().text('F') + ")] stays when it is renamed");  // RFC 8474 §4.2
  tell_url_mechanisms();
}

/// The flags that the user may change; "\*": keywords can be made as long as there is room (RFC 3501 §7.1, RFC 4314
/// §5.1).
std::string Server::permanent_flags() const {
  const mailstore::Mailbox& mailbox = view_->mailbox();
  std::string names;
  if (view_->read_only()) return names;
  const mailstore::Flags allowed = changeable(mailbox, mailstore::Flags::all());
  const auto add = [&](const std::string& name) {
    const auto flag = mailbox.keywords().find(name);
    if (flag && allowed.contains(*flag)) names.append(names.empty() ? "" : " ").append(name);
  };
  for (const std::string_view flag : system_flags) add(std::string(flag));
  for (const std::string& keyword : mailbox.keywords().names()) add(keyword);
  return names + (may(mailbox, "w") && !mailbox.keywords().full() ? " \\*" : "");
}

/// What has changed since the client looked last, as if by UID FETCH … (FLAGS) (CHANGEDSINCE … VANISHED); step_fetch()
/// tells the rest and ends the command with `text`.
void Server::resynchronise(const Resync& resync, const std::string& text) {
  const NumberSet known = known_uids(resync, view_->mailbox());
  tell_vanished(vanished(view_->mailbox(), known, resync.since, matched_up_to(resync, *view_)));
  std::vector<std::size_t> places = view_->changed_since(resync.since);
  std::erase_if(places, [&](std::size_t place) { return !known.contains(view_->entries()[place].uid.value); });
  using Kind = FetchItem::Kind;
  fetch_ = FetchJob{
      std::move(places), {{Kind::Uid, "UID"}, {Kind::Flags, "FLAGS"}, {Kind::ModSeq, "MODSEQ"}}, text, 0, now_, false};
}

/// RFC 7162 §3.1.2.1
void Server::tell_highest_modseq(mailstore::ModSeq modseq) {
  untagged("OK", "OK [HIGHESTMODSEQ " + std::to_string(modseq.value) + "] highest mod-sequence");
}

/// The client knows of mod-sequences from now on (RFC 7162 §3.1).
void Server::enable_condstore() {
  if (!std::exchange(enabled_.condstore, true) && view_) tell_highest_modseq(view_->told());
}

void Server::leave_mailbox() {
  view_.reset();
  followed_.clear();
  flags_told_.reset();
}

/// RFC 3501 §6.4.2: expunges in silence.
void Server::on_close(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  if (!view_->read_only() && may(view_->mailbox(), "e")) view_->mailbox().remove(deleted_messages());
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
