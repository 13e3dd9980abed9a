// The IMAP server's commands that change messages or where they are: STORE, COPY, MOVE, EXPUNGE (RFC 3501 §6.4).
#include <algorithm>
#include <span>
#include <utility>

#include "protocols/imap/data/annotation.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

namespace {

struct StoreRequest {
  SequenceSet set;
  std::optional<mailstore::ModSeq> unchanged_since;
  enum class Change : std::uint8_t { Replace, Add, Remove } change{};
  bool silent{};
  std::set<std::string> flags;
  std::vector<mailstore::Annotation> annotations;  ///< in place of flags (RFC 5257 §4.5)

  /// With `named` for the flags; those that are not `allowed` stay as they are.
  [[nodiscard]] mailstore::Flags applied(mailstore::Flags old, mailstore::Flags named, mailstore::Flags allowed) const {
    if (change == Change::Replace) return (old - allowed) | named;
    return change == Change::Add ? old | named : old - named;
  }
};

/// SP sequence-set [SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"] SP store-att-flags, to the end
std::optional<StoreRequest> read_store(Cursor& arguments) {
  StoreRequest request;
  auto set = arguments.space() ? arguments.sequence_set() : std::nullopt;
  if (!set || !arguments.space()) return std::nullopt;
  request.set = std::move(*set);
  if (arguments.take('(')) {
    if (!arguments.word("UNCHANGEDSINCE") || !arguments.space()) return std::nullopt;
    request.unchanged_since = arguments.mod_sequence();
    if (!request.unchanged_since || !arguments.take(')') || !arguments.space()) return std::nullopt;
  }
  if (arguments.word("ANNOTATION")) {
    auto annotations = read_annotations(arguments);
    if (!annotations || !arguments.at_end()) return std::nullopt;
    request.annotations = std::move(*annotations);
    return request;
  }
  using Change = StoreRequest::Change;
  request.change = arguments.take('+') ? Change::Add : arguments.take('-') ? Change::Remove : Change::Replace;
  request.silent = arguments.word("FLAGS.SILENT");
  if ((!request.silent && !arguments.word("FLAGS")) || !arguments.space()) return std::nullopt;
  auto flags = arguments.next_is('(') ? arguments.flag_list() : arguments.bare_flags();
  if (!flags || !arguments.at_end()) return std::nullopt;
  request.flags = std::move(*flags);
  return request;
}

}  // namespace

/// SP sequence-set SP, as places in the view; answers BAD where there is none.
std::optional<std::vector<std::size_t>> Server::message_set(Cursor& arguments, bool by_uid) {
  const auto set = arguments.space() ? arguments.sequence_set() : std::nullopt;
  if (!set || !arguments.space()) {
    invalid();
    return std::nullopt;
  }
  auto places = view_->find(*set, by_uid);
  if (!places) no_such_number();
  return places;
}

/// store = "STORE" SP sequence-set [SP store-modifiers] SP store-att-flags (RFC 3501 §6.4.6, RFC 7162 §3.1.3). What has
/// changed since is left alone, and told.
void Server::on_store(Cursor& arguments, bool by_uid) {
  const auto request = read_store(arguments);
  if (!request) return invalid();
  const auto places = view_->find(request->set, by_uid);
  if (!places) return no_such_number();
  if (!request->annotations.empty()) {
    if (request->unchanged_since) enable_condstore();
    return store_annotations(*places, request->annotations, request->unchanged_since, by_uid);
  }
  if (view_->read_only()) return done(Status::No, read_only_text);
  if (request->unchanged_since) enable_condstore();
  // With a right on some of the flags the others are left out (RFC 4314 §4).
  const mailstore::Flags allowed = changeable(view_->mailbox(), mailstore::Flags::all());
  const mailstore::Flags wanted = view_->mailbox().flags(request->flags), named = wanted & allowed;
  if (allowed.empty() || (named.empty() && !wanted.empty()))
    return done(Status::No, "[NOPERM] you have no right to change these flags");
  work_ = [this, request = *request, places = *places, named, allowed, by_uid, modified = std::vector<std::size_t>(),
           gone = false, stored = false, next = std::size_t{}]() mutable {
    for (std::size_t count = 0; next < places.size(); ++next, ++count) {
      if (count == piece_messages_max) return false;
      const std::size_t place = places[next];
      const mailstore::Message* message = view_->message(view_->entries()[place]);
      if (!message) {
        gone = true;
        continue;
      }
      const mailstore::ModSeq before = message->modseq;
      if (request.unchanged_since && before > *request.unchanged_since) {
        modified.push_back(place);
        tell_flags(place, by_uid);
        continue;
      }
      stored = true;
      view_->set_flags(place, request.applied(message->flags, named, allowed));
      if (!request.silent) {
        tell_flags(place, by_uid);
      } else if (request.unchanged_since || (enabled_.condstore && message->modseq != before)) {
        tell_change(place, "", by_uid);  // the new mod-sequence, even so
      }
    }
    // To all that are there it was done, and nobody asked to hear of each (RFC 2180 §4.2.1).
    if (gone && !by_uid && request.silent && stored && modified.empty())
      done(Status::Ok, "[EXPUNGEISSUED] STORE completed");
    else
      end_store(modified, gone, by_uid);
    return true;
  };
}

/// What has changed since is told by its numbers (RFC 7162 §3.1.3).
void Server::end_store(const std::vector<std::size_t>& modified, bool gone, bool by_uid) {
  const std::string code = modified.empty() ? "" : "[MODIFIED " + number_set(numbers_of(modified, by_uid)) + "] ";
  if (gone && !by_uid) return done(Status::No, code.empty() ? messages_gone_text : code + "some messages are gone");
  done(Status::Ok, code + context_ + " completed");
}

void Server::on_copy(Cursor& arguments, bool by_uid) { copy_or_move(arguments, by_uid, false); }

void Server::on_move(Cursor& arguments, bool by_uid) { copy_or_move(arguments, by_uid, true); }

/// copy = "COPY" SP sequence-set SP mailbox: all or nothing (RFC 3501 §6.4.7). Of a MOVE each message is moved or not
/// (RFC 6851 §3.3); only what another session adds meanwhile can keep it from being all of them.
void Server::copy_or_move(Cursor& arguments, bool by_uid, bool moves) {
  const auto places = message_set(arguments, by_uid);
  if (!places) return;
  const auto name = arguments.mailbox();
  if (!name || !arguments.at_end()) return invalid();
  if (moves && view_->read_only()) return done(Status::No, read_only_text);
  mailstore::Mailbox* target = mailbox_named(*name);
  if (!target) return no_target(*name);
  if (!permits(*target, "i") || (moves && !permits(view_->mailbox(), "te"))) return;
  std::vector<mailstore::Uid> uids;
  for (const std::size_t place : *places)
    if (view_->message(view_->entries()[place])) uids.push_back(view_->entries()[place].uid);
  if (uids.size() < places->size() && !by_uid) return done(Status::No, messages_gone_text);
  if (const auto outcome = room_for_copies(uids, *target, moves); outcome != mailstore::Outcome::Ok)
    return refuse(outcome);
  work_ = [this, uids = std::move(uids), target = target->shared_from_this(), moves, next = std::size_t{},
           from = std::vector<mailstore::Uid>(), to = std::vector<mailstore::Uid>()]() mutable {
    const auto piece = std::span(uids).subspan(next, std::min(piece_messages_max, uids.size() - next));
    const mailstore::Copied copied = moves ? mailstore::move(now_, view_->mailbox(), piece, *target, kept_in(*target))
                                           : mailstore::copy(now_, view_->mailbox(), piece, *target, kept_in(*target));
    if (copied.outcome != mailstore::Outcome::Ok) {
      if (!moves) target->remove(to);
      if (moves && !from.empty()) tell_copied(*target, from, to, true);
      refuse(copied.outcome);
      return true;
    }
    next += piece.size();
    from.insert(from.end(), copied.from.begin(), copied.from.end());
    for (std::uint32_t number = 0; number < copied.from.size(); ++number) {  // what the user may not set is lost
      to.push_back({copied.first.value + number});
      if (const auto* message = target->find(to.back()))
        target->set_flags(to.back(), changeable(*target, message->flags));
    }
    if (next < uids.size()) return false;
    tell_copied(*target, from, to, moves);
    moves ? expunged(from.size()) : void();
    return true;
  };
}

/// Whether all of them can come into `target`, as it is now.
mailstore::Outcome Server::room_for_copies(const std::vector<mailstore::Uid>& uids, const mailstore::Mailbox& target,
                                           bool moves) const {
  const bool stays_in_account = moves && &view_->mailbox().account() == &target.account();
  if (stays_in_account) return mailstore::Outcome::Ok;  // move() itself looks at the one limit that is left
  std::uint64_t octets = 0;
  for (const mailstore::Uid uid : uids) octets += view_->mailbox().find(uid)->content->octets().size();
  return target.room_for(uids.size(), octets);
}

/// COPYUID (RFC 4315 §3): with the OK of a COPY; of a MOVE before the EXPUNGEs (RFC 6851 §4.3).
void Server::tell_copied(const mailstore::Mailbox& target, const std::vector<mailstore::Uid>& from,
                         const std::vector<mailstore::Uid>& to, bool moved) {
  const std::string code =
      from.empty()
          ? ""
          : "[COPYUID " + std::to_string(target.uid_validity()) + " " + uid_set(from) + " " + uid_set(to) + "] ";
  if (!moved) return done(Status::Ok, code + context_ + " completed");
  if (!from.empty()) untagged("OK", "OK " + code + "moved");
}

/// Ends a command that has removed so many messages (RFC 7162 §3.2.7). It tells which, whatever NOTIFY asks for.
void Server::expunged(std::size_t messages) {
  MailboxView::Wanted wanted = wanted_news(true);
  wanted.messages = wanted.expunges = true;
  if (messages > 0) tell_news(wanted);
  if (messages == 0 || !enabled_.qresync) return completed();
  const std::string highest = std::to_string(view_->mailbox().highest_modseq().value);
  done(Status::Ok, "[HIGHESTMODSEQ " + highest + "] " + context_ + " completed");
}

/// RFC 3501 §6.4.3; tell_news() tells which.
void Server::on_expunge(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  if (view_->read_only()) return done(Status::No, read_only_text);
  if (!permits(view_->mailbox(), "e")) return;
  expunge(deleted_messages());
}

/// Removes these in pieces, and tells of them.
void Server::expunge(std::vector<mailstore::Uid> uids) {
  work_ = [this, uids = std::move(uids), next = std::size_t{}, count = std::size_t{}]() mutable {
    const auto piece = std::span(uids).subspan(next, std::min(piece_messages_max, uids.size() - next));
    count += view_->mailbox().remove(piece);
    next += piece.size();
    if (next < uids.size()) return false;
    expunged(count);
    return true;
  };
}

/// uid-expunge = "UID" SP "EXPUNGE" SP sequence-set (RFC 4315 §2.1)
void Server::on_uid_expunge(Cursor& arguments, bool) {
  const auto set = arguments.space() ? arguments.sequence_set() : std::nullopt;
  if (!set || !arguments.at_end()) return invalid();
  if (view_->read_only()) return done(Status::No, read_only_text);
  if (!permits(view_->mailbox(), "e")) return;
  const auto places = view_->find(*set, true);
  std::vector<mailstore::Uid> wanted;
  for (const std::size_t place : *places) {
    const auto* message = view_->message(view_->entries()[place]);
    if (message && message->flags.contains(mailstore::Flag::Deleted)) wanted.push_back(message->uid);
  }
  expunge(std::move(wanted));
}

std::vector<mailstore::Uid> Server::deleted_messages() const {
  std::vector<mailstore::Uid> deleted;
  for (const auto& message : view_->mailbox().messages())
    if (message.flags.contains(mailstore::Flag::Deleted)) deleted.push_back(message.uid);
  return deleted;
}

}  // namespace mailscope::imap
