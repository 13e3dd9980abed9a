// The IMAP server's commands that change messages or where they are: STORE, COPY, MOVE, EXPUNGE (RFC 3501 §6.4).
#include <algorithm>

#include "protocols/imap/encode.hpp"
#include "protocols/imap/names.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

namespace {

// RFC 5530 §3: another session expunged them, and this one was not told yet.
constexpr std::string_view messages_gone_text = "[EXPUNGEISSUED] some of the messages no longer exist";
constexpr std::string_view read_only_text = "the mailbox is read-only";

}  // namespace

/// store = "STORE" SP sequence-set SP store-att-flags (RFC 3501 §6.4.6)
void Server::on_store(Cursor& arguments, bool by_uid) {
  const auto places = message_set(arguments, by_uid);
  if (!places) return;
  const bool add = arguments.take('+'), remove = !add && arguments.take('-');
  const bool silent = arguments.word("FLAGS.SILENT");
  if ((!silent && !arguments.word("FLAGS")) || !arguments.space()) return invalid();
  const auto named = arguments.next_is('(') ? arguments.flag_list() : arguments.bare_flags();
  if (!named || !arguments.at_end()) return invalid();
  if (view_->read_only()) return done(Status::No, read_only_text);
  mailstore::Mailbox& mailbox = view_->mailbox();
  const mailstore::Flags flags = mailbox.flags(*named);
  bool gone = false;
  for (const std::size_t place : *places) {
    const mailstore::Message* message = view_->message(view_->entries()[place]);
    if (!message) {
      gone = true;
      continue;
    }
    view_->set_flags(place, add ? message->flags | flags : remove ? message->flags - flags : flags);
    if (!silent) tell_flags(place, by_uid);
  }
  gone && !by_uid ? done(Status::No, messages_gone_text) : completed();
}

void Server::on_copy(Cursor& arguments, bool by_uid) { copy_or_move(arguments, by_uid, false); }

void Server::on_move(Cursor& arguments, bool by_uid) { copy_or_move(arguments, by_uid, true); }

/// copy = "COPY" SP sequence-set SP mailbox: all or nothing (RFC 3501 §6.4.7, RFC 6851 §3.3)
void Server::copy_or_move(Cursor& arguments, bool by_uid, bool moves) {
  const auto places = message_set(arguments, by_uid);
  if (!places) return;
  const auto name = arguments.mailbox();
  if (!name || !arguments.at_end()) return invalid();
  if (moves && view_->read_only()) return done(Status::No, read_only_text);
  mailstore::Mailbox* target = account_->find(*name);
  if (!target) return done(Status::No, "[TRYCREATE] no such mailbox");
  std::vector<mailstore::Uid> uids;
  for (const std::size_t place : *places)
    if (view_->message(view_->entries()[place])) uids.push_back(view_->entries()[place].uid);
  if (uids.size() < places->size() && !by_uid) return done(Status::No, messages_gone_text);
  const mailstore::Copied copied = moves ? mailstore::move(now_, view_->mailbox(), uids, *target)
                                         : mailstore::copy(now_, view_->mailbox(), uids, *target);
  if (copied.outcome != mailstore::Outcome::Ok) return refuse(copied.outcome);
  if (copied.from.empty()) return completed();
  const std::string code = "[COPYUID " + std::to_string(target->uid_validity()) + " " + uid_set(copied.from) + " " +
                           consecutive(copied.first, copied.from.size()) + "] ";  // RFC 4315 §3
  if (!moves) return done(Status::Ok, code + context_ + " completed");
  untagged("OK", "OK " + code + "moved");  // before the EXPUNGEs (RFC 6851 §4.3)
  completed();
}

/// RFC 3501 §6.4.3; tell_news() tells which.
void Server::on_expunge(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  if (view_->read_only()) return done(Status::No, read_only_text);
  view_->mailbox().remove(deleted_messages());
  completed();
}

/// uid-expunge = "UID" SP "EXPUNGE" SP sequence-set (RFC 4315 §2.1)
void Server::on_uid_expunge(Cursor& arguments, bool) {
  const auto set = arguments.space() ? arguments.sequence_set() : std::nullopt;
  if (!set || !arguments.at_end()) return invalid();
  if (view_->read_only()) return done(Status::No, read_only_text);
  const NumberSet numbers = set->resolve(view_->largest(true));
  std::vector<mailstore::Uid> wanted = deleted_messages();
  std::erase_if(wanted, [&numbers](mailstore::Uid uid) { return !numbers.contains(uid.value); });
  view_->mailbox().remove(wanted);
  completed();
}

std::vector<mailstore::Uid> Server::deleted_messages() const {
  std::vector<mailstore::Uid> deleted;
  for (const auto& message : view_->mailbox().messages())
    if (message.flags.contains(mailstore::Flag::Deleted)) deleted.push_back(message.uid);
  return deleted;
}

}  // namespace mailscope::imap
