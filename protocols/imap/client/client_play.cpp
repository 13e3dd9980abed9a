// How the IMAP client makes the changes that wait (RFC 4549 §4.2): in their order, those of one kind together. A change
// is waiting until the server has said that it is made; what is lost with a connection is tried again, and what may
// have been done is looked for first (§5.1).
#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/client/client.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

/// The server may take the same another time: it gives no reason, or one of those that pass (RFC 5530 §3). BAD, and
/// what is wrong with the change itself, stays.
bool is_passing(std::string_view line) {
  const auto response = read_response(line);
  if (!response || response->name == "BAD") return false;
  const std::string code = response_code(response->rest).name;
  constexpr std::array<std::string_view, 5> lasting{"CANNOT", "NOPERM", "CLIENTBUG", "TOOBIG", "NONEXISTENT"};
  return std::ranges::find(lasting, code) == lasting.end();
}

}  // namespace

/// Sends what the first waiting change needs. False where none waits.
bool Client::play() {
  while (Change* first = next_change()) {
    if (is_doubtful(*first)) {
      if (refused_.contains(first->target)) {
        deferred_.insert(first->number);
        continue;
      }
      if (verify(*first)) return true;
      continue;
    }
    if (first->kind == Change::Kind::Append) {
      play_append(*first);
      return true;
    }
    const auto at = replica_.place(first->message);
    if (!at) {  // what it depends on has failed, or the server has not told the UID (RFC 4549 §5.1, note 2)
      drop(*first, "");
      done(*first);
      continue;
    }
    if (refused_.contains(at->mailbox)) {
      deferred_.insert(first->number);
      continue;
    }
    if (!selected_ || selected_->name != at->mailbox) {
      select(at->mailbox);
    } else {
      play_batch(*first);
    }
    return true;
  }
  return false;
}

Change* Client::next_change() {
  const auto next = std::ranges::find_if(replica_.changes(),
                                         [this](const Change& change) { return !deferred_.contains(change.number); });
  return next == replica_.changes().end() ? nullptr : &*next;
}

/// Of the changes that are being made, the one of this message; or null.
Change* Client::in_batch(std::uint64_t message) {
  const auto found = std::ranges::find_if(replica_.changes(), [&](const Change& change) {
    return change.message == message && std::ranges::find(batch_, change.number) != batch_.end();
  });
  return found == replica_.changes().end() ? nullptr : &*found;
}

/// An earlier session has sent it and heard no answer, and it must not be made twice.
bool Client::is_doubtful(const Change& change) const {
  if (!change.attempted || sent_now_.contains(change.number)) return false;
  return change.kind == Change::Kind::Append || change.kind == Change::Kind::Copy ||
         (change.kind == Change::Kind::Move && !has("MOVE"));
}

void Client::try_now(Change& change) {
  change.attempted = true;
  const auto target = replica_.mailboxes().find(change.target);
  change.target_uid_next = target == replica_.mailboxes().end() ? 1 : target->second.uid_next;
  sent_now_.insert(change.number);
  batch_.push_back(change.number);
}

void Client::done(const Change& change) {
  std::erase_if(replica_.changes(), [number = change.number](const Change& each) { return each.number == number; });
  replica_.touch();
}

/// The changes that can go with the first one in one command: their UIDs. They are the batch now.
std::vector<std::uint32_t> Client::gather(const Change& first) {
  std::vector<std::uint32_t> uids;
  const std::uint64_t since = unchanged_since(first);
  std::set<std::uint64_t> messages;
  for (Change& change : replica_.changes()) {
    if (deferred_.contains(change.number)) continue;
    const auto at = replica_.place(change.message);
    const bool alike = change.kind == first.kind && change.flags == first.flags && change.target == first.target &&
                       change.note == first.note;
    if (!alike || !at || at->mailbox != selected_->name || uids.size() == batch_max || is_doubtful(change) ||
        unchanged_since(change) != since || !messages.insert(change.message).second)
      break;
    try_now(change);
    uids.push_back(at->uid);
  }
  return uids;
}

void Client::play_batch(const Change& first) {
  const Change like = first;
  const std::vector<std::uint32_t> uids = gather(first);
  switch (like.kind) {
    case Change::Kind::AddFlags:
    case Change::Kind::RemoveFlags:
      return play_flags(like, uids);
    case Change::Kind::Note:
      return play_notes(like, uids);
    case Change::Kind::Move:
    case Change::Kind::Copy: {
      const bool moves = like.kind == Change::Kind::Move && has("MOVE");  // RFC 6851, else COPY and then erasing
      return send(moves ? "UID MOVE" : "UID COPY", {set_of(uids), wire_name(like.target)}, &Client::copied);
    }
    case Change::Kind::Erase:
      erasing_ = uids;
      return send("UID STORE", {set_of(uids), "+FLAGS.SILENT", "(\\Deleted)"}, &Client::marked_deleted);
    case Change::Kind::Append:
      return;
  }
}

/// The change is only for a message that nobody has changed since then (RFC 7162 §3.1.3); 0: whatever happened.
std::uint64_t Client::unchanged_since(const Change& change) const {
  if (change.kind > Change::Kind::RemoveFlags || !condstore_ || !selected_ || selected_->modseq == 0 ||
      selected_->no_modseq || change.conflicts >= conflicts_max)
    return 0;
  const CachedMessage* message = replica_.find(change.message);
  const auto mailbox = replica_.mailboxes().find(selected_->name);
  return std::max(mailbox->second.modseq, message ? message->modseq : 0);
}

/// Only the flags that the person has changed are touched (RFC 4549 §4.2.3).
void Client::play_flags(const Change& first, const std::vector<std::uint32_t>& uids) {
  std::vector<std::string> arguments{set_of(uids)};
  const Change* change = next_change();
  if (const std::uint64_t since = change ? unchanged_since(*change) : 0; since > 0)
    arguments.push_back("(UNCHANGEDSINCE " + std::to_string(since) + ")");
  arguments.emplace_back(first.kind == Change::Kind::AddFlags ? "+FLAGS.SILENT" : "-FLAGS.SILENT");
  arguments.push_back(flag_list(first.flags));
  send("UID STORE", arguments, &Client::flags_stored);
}

/// The last note counts, whoever wrote it. One that the server cannot keep stays on this device.
void Client::play_notes(const Change& first, const std::vector<std::uint32_t>& uids) {
  if (!keeps_notes()) return notes_made();
  const std::string value = first.note.empty() ? "NIL" : quoted_or_literal(first.note);
  send("UID STORE", {set_of(uids), "ANNOTATION (/comment (value.priv " + value + "))"}, &Client::notes_stored);
}

void Client::notes_stored(const Response& response, std::string_view line) {
  response.name == "OK" ? notes_made() : end_batch(line);
}

void Client::notes_made() {
  for (const std::uint64_t number : std::vector(batch_)) {
    const auto found = std::ranges::find(replica_.changes(), number, &Change::number);
    if (found == replica_.changes().end()) continue;
    if (const auto at = replica_.place(found->message))
      replica_.mailbox(at->mailbox).messages.at(at->uid).note = found->note;
    done(Change(*found));
  }
  work();
}

/// MODIFIED names those that another device had changed (RFC 7162 §3.1.3): what has become of them is asked first.
void Client::flags_stored(const Response& response, std::string_view line) {
  const ResponseCode code = response_code(response.rest);
  std::set<std::uint32_t> modified;
  if (code.name == "MODIFIED") {
    Cursor cursor(code.argument);
    const auto set = cursor.sequence_set();
    const auto numbers = set ? numbers_of(*set, batch_max) : std::nullopt;
    if (numbers) modified = {numbers->begin(), numbers->end()};
  }
  if (response.name != "OK" && modified.empty()) return end_batch(line);
  for (const std::uint64_t number : std::vector(batch_)) {
    const auto found = std::ranges::find(replica_.changes(), number, &Change::number);
    if (found == replica_.changes().end()) continue;
    const auto at = replica_.place(found->message);
    if (!at) {
      drop(*found, "");
      done(Change(*found));
    } else if (modified.contains(at->uid)) {
      if (found->conflicts++ == 0) out_.emplace_back(Event{ChangeContested{found->subject}});
      // It was made unconditionally, and the server goes on calling it contested.
      if (found->conflicts > conflicts_max + 1) put_off(*found, line);
    } else {
      CachedMessage& message = replica_.mailbox(at->mailbox).messages.at(at->uid);
      for (const std::string& flag : found->flags)
        found->kind == Change::Kind::AddFlags ? (void)message.flags.insert(flag) : (void)message.flags.erase(flag);
      flagged_.insert(message.id);
      done(Change(*found));
    }
  }
  if (modified.empty()) return work();
  send("UID FETCH", {set_of({modified.begin(), modified.end()}), "(FLAGS MODSEQ)"}, &Client::conflict_looked_at);
}

/// The flags are known now as they are; a change that was made by the other device too is made.
void Client::conflict_looked_at(const Response&, std::string_view) {
  for (const std::uint64_t number : std::vector(batch_)) {
    const auto found = std::ranges::find(replica_.changes(), number, &Change::number);
    if (found == replica_.changes().end()) continue;
    const CachedMessage* message = replica_.find(found->message);
    const bool adds = found->kind == Change::Kind::AddFlags;
    const bool is_so = message && std::ranges::all_of(found->flags, [&](const std::string& flag) {
                         return message->flags.contains(flag) == adds;
                       });
    if (is_so) done(Change(*found));
  }
  work();
}

/// The server says so before it tells what is gone from here (RFC 6851 §4.3).
void Client::told_copied(const CopiedUids& copied) {
  const auto first = std::ranges::find_if(replica_.changes(), [this](const Change& change) {
    return std::ranges::find(batch_, change.number) != batch_.end();
  });
  if (first == replica_.changes().end() || first->target.empty()) return;
  const std::string target = first->target;
  CachedMailbox& box = replica_.mailbox(target);
  if (box.uid_validity != copied.uid_validity && box.uid_validity != 0) drop(replica_.forget_messages(target));
  box.uid_validity = copied.uid_validity;
  for (std::size_t i = 0; i < copied.from.size(); ++i) {
    const Replica::Place from{selected_->name, copied.from[i]};
    const auto& messages = replica_.mailbox(from.mailbox).messages;
    const auto message = messages.find(from.uid);
    Change* change = message == messages.end() ? nullptr : in_batch(message->second.id);
    if (!change) continue;
    if (box.uid_next == copied.to[i]) ++box.uid_next;
    if (change->kind == Change::Kind::Copy) {
      replica_.add(target, copied.to[i], std::move(change->draft));
      done(Change(*change));
    } else if (awaited_ == "UID MOVE") {
      replica_.moved(from, target, copied.to[i]);
      done(Change(*change));
    } else {
      erase_source(*change, replica_.moved_by_copy(from, target, copied.to[i]));
    }
  }
}

/// The copy is made; of the move there remains to erase `message`.
void Client::erase_source(Change& change, std::uint64_t message) {
  change.kind = Change::Kind::Erase;
  change.message = message;
  change.target.clear();
  change.attempted = false;
  replica_.touch();
}

/// Those of which the server has told no new UID are gone where it tells them; else they are looked for in the target.
void Client::copied(const Response& response, std::string_view line) {
  if (response.name != "OK") {
    if (!create_for(response)) end_batch(line);
    return;
  }
  for (const std::uint64_t number : std::vector(batch_)) {
    const auto found = std::ranges::find(replica_.changes(), number, &Change::number);
    if (found == replica_.changes().end() || found->kind == Change::Kind::Erase) continue;
    const auto at = replica_.place(found->message);
    const bool is_gone = has("UIDPLUS") || (awaited_ == "UID MOVE" && at);
    to_synchronise_.insert(found->target);
    if (is_gone) drop(*found, "");
    if (!is_gone && found->kind == Change::Kind::Move && awaited_ == "UID COPY") {
      erase_source(*found, found->message);
      continue;
    }
    done(Change(*found));
    if (is_gone && at) drop(replica_.remove(at->mailbox, at->uid));
  }
  work();
}

/// Has a change that an earlier session sent been made? Whatever has the message's identifier in the target, and came
/// there since, is it (RFC 4549 §4.2.2.1). False where that cannot be found out: then the change is simply made.
bool Client::verify(Change& change) {
  const CachedMessage* message = change.draft.id != 0 ? &change.draft : replica_.find(change.message);
  if (!message || message->envelope.message_id.empty() || !replica_.mailboxes().contains(change.target)) {
    change.attempted = false;
    return false;
  }
  if (!selected_ || selected_->name != change.target) {
    select(change.target);
    return true;
  }
  batch_ = {change.number};
  send("UID SEARCH",
       {"UID", std::to_string(change.target_uid_next) + ":*", "HEADER", "Message-ID",
        quoted_or_literal(message->envelope.message_id)},
       &Client::verified);
  return true;
}

void Client::verified(const Response& response, std::string_view line) {
  const auto found = std::ranges::find(replica_.changes(), batch_.front(), &Change::number);
  if (found == replica_.changes().end()) return work();
  if (response.name != "OK") {  // it cannot be found out now, and must not be made twice
    put_off(*found, line);
    found->attempted = true;
    return work();
  }
  // "n:*" names the last message, whatever its UID is.
  std::erase_if(found_, [&](std::uint32_t uid) { return uid < found->target_uid_next; });
  found->attempted = false;
  if (found_.empty()) return work();
  const bool one = found_.size() == 1;
  const std::string target = found->target;
  if (!one) to_synchronise_.insert(target);
  if (found->kind != Change::Kind::Move) {
    if (one) replica_.add(target, found_.front(), std::move(found->draft));
    done(Change(*found));
  } else if (const auto at = replica_.place(found->message)) {
    erase_source(*found, one ? replica_.moved_by_copy(*at, target, found_.front()) : found->message);
  } else {
    done(Change(*found));
  }
  work();
}

/// The server refuses the changes of the batch. What may be taken another time waits for the next round, and so does,
/// in any case, a message that is nowhere else.
void Client::end_batch(std::string_view error) {
  const bool passing = is_passing(error);
  for (const std::uint64_t number : std::vector(batch_)) {
    const auto found = std::ranges::find(replica_.changes(), number, &Change::number);
    if (found == replica_.changes().end()) continue;
    if (found->kind == Change::Kind::Append || (passing && found->refusals < refusals_max)) {
      put_off(*found, error);
    } else {
      drop(*found, error);
      done(Change(*found));
    }
  }
  work();
}

/// A person is told the first time alone.
void Client::put_off(Change& change, std::string_view error) {
  change.attempted = false;
  deferred_.insert(change.number);
  if (change.refusals++ == 0)
    out_.emplace_back(Event{ChangeDropped{change.kind, change.subject, change.target, std::string(error), true}});
}

/// To erase what is gone already is no failure (RFC 4549 §5.1).
void Client::drop(const Change& change, std::string_view error) {
  if (change.kind == Change::Kind::Erase && error.empty()) return;
  out_.emplace_back(Event{ChangeDropped{change.kind, change.subject, change.target, std::string(error), false}});
}

void Client::drop(const std::vector<Change>& changes) {
  for (const Change& change : changes) drop(change, "");
}

}  // namespace mailscope::imap
