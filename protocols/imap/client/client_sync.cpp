// How the IMAP client opens a mailbox and brings its copy up to date: new messages first, then what has changed of old
// ones (RFC 4549 §4.3, §6.1; RFC 7162 §6).
#include <algorithm>
#include <iterator>
#include <utility>

#include "protocols/imap/client/client.hpp"
#include "protocols/mailstore/mailbox_name.hpp"

namespace mailscope::imap {

namespace {

/// What people's programs show before a message is opened (RFC 4549 §3, "descriptors").
constexpr std::string_view descriptors = "UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE";

/// How often all UIDs are asked for in a mailbox where others go on expunging meanwhile.
constexpr int reconciliations_max = 3;

}  // namespace

/// With what is known of it, where the server can tell what has changed since (RFC 7162 §3.2.5).
void Client::select(const std::string& mailbox) {
  const CachedMailbox& known = replica_.mailbox(mailbox);
  std::string parameters = keeps_notes() ? "ANNOTATE" : "";
  const auto add = [&parameters](const std::string& one) { parameters.append(parameters.empty() ? "" : " ") += one; };
  const bool resyncs = qresync_ && known.modseq != 0 && known.uid_validity != 0;
  if (resyncs) {
    std::string parameter = std::to_string(known.uid_validity) + " " + std::to_string(known.modseq);
    if (known.uid_next > 1) parameter += " 1:" + std::to_string(known.uid_next - 1);
    add("QRESYNC (" + parameter + ")");
  } else if (condstore_) {
    add("CONDSTORE");
  }
  std::vector<std::string> arguments{wire_name(mailbox)};
  if (!parameters.empty()) arguments.push_back("(" + parameters + ")");
  waits_for_closed_ = selected_ && (has("QRESYNC") || has("CONDSTORE"));
  selected_.emplace();
  selected_->name = mailbox;
  selected_->resynced = resyncs;
  selected_->first_new = known.uid_next;
  send("SELECT", arguments, &Client::selected);
}

void Client::selected(const Response& response, std::string_view line) {
  waits_for_closed_ = false;
  if (response.name != "OK") return selection_failed(response, line);
  CachedMailbox& mailbox = replica_.mailbox(selected_->name);
  if (selected_->uid_validity == 0 && mailbox.uid_validity != 0) {  // it has told one, and will again
    refuse(selected_->name, "the server does not tell the mailbox's UIDVALIDITY");
    return work();
  }
  if (selected_->uid_validity == 0) {  // UIDs that do not last are worth nothing afterwards (RFC 3501 §2.3.1.1)
    drop(replica_.forget_messages(selected_->name));
    selected_->first_new = 1;
  }
  if (selected_->modseq == 0 || selected_->no_modseq || !condstore_) {
    mailbox.modseq = selected_->modseq = 0;
    selected_->resynced = false;
  }
  // Under another UIDVALIDITY everything was forgotten, so that there are no old messages to be told of.
  if (mailbox.to_restore.empty()) return work();
  const std::vector<std::uint32_t> uids(mailbox.to_restore.begin(), mailbox.to_restore.end());
  send("UID STORE", {set_of(uids), "+FLAGS.SILENT", "(\\Deleted)"}, &Client::restored);
}

void Client::restored(const Response& response, std::string_view) {
  if (response.name == "OK") replica_.mailbox(selected_->name).to_restore.clear();
  work();
}

/// Only where the server says that it is gone is it forgotten (RFC 5530 §3, NONEXISTENT); LIST tells as much. Every
/// other refusal may have passed the next time.
void Client::selection_failed(const Response& response, std::string_view line) {
  const std::string mailbox = std::exchange(selected_, std::nullopt)->name;
  if (mailbox == mailstore::inbox_name || response_code(response.rest).name != "NONEXISTENT") {
    refuse(mailbox, line);
    return work();
  }
  to_synchronise_.erase(mailbox);
  for (Change& change : replica_.changes())
    if (change.target == mailbox) change.attempted = false;
  drop(replica_.forget(mailbox));
  work();
}

/// For this round nothing more is asked of the mailbox; what is known of it stays.
void Client::refuse(const std::string& mailbox, std::string_view error) {
  to_synchronise_.erase(mailbox);
  if (selected_ && selected_->name == mailbox) selected_->complete = false;
  if (refused_.insert(mailbox).second) out_.emplace_back(Event{MailboxRefused{mailbox, std::string(error)}});
}

void Client::synchronise(const std::string& mailbox) {
  if (selected_ && selected_->name == mailbox) return synchronise_selected();
  select(mailbox);
}

/// The next thing to ask for, until there is nothing more.
void Client::synchronise_selected() {
  Selected& now = *selected_;
  CachedMailbox& mailbox = replica_.mailbox(now.name);
  // News that came meanwhile are fetched first: numbers can be compared only when none is on its way.
  const std::uint32_t looked_until = std::max(mailbox.uid_next, now.looked_until);
  if ((!std::exchange(now.new_asked, true) && (now.uid_next == 0 || now.uid_next > looked_until)) || now.grown) {
    if (std::exchange(now.grown, false) && ++now.growths > growths_max) {
      refuse(now.name, "the server tells of ever more messages");
      return work();
    }
    if (now.exists > 0)
      return send("UID FETCH", {std::to_string(looked_until) + ":*", with_notes(descriptors)}, &Client::new_fetched);
  }
  if (!std::exchange(now.old_asked, true)) {
    const bool has_old = !mailbox.messages.empty() && mailbox.messages.begin()->first < now.first_new;
    const std::string old = "1:" + std::to_string(now.first_new - 1);
    if (now.exists == 0) {
      remove_unless({}, now.first_new);
    } else if ((!now.resynced || keeps_notes()) && has_old && now.modseq != 0 && mailbox.modseq != 0) {
      if (now.modseq != mailbox.modseq)  // QRESYNC has told of flags alone
        return send(
            "UID FETCH",
            {old, with_notes(now.resynced ? "" : "FLAGS"), "(CHANGEDSINCE " + std::to_string(mailbox.modseq) + ")"},
            &Client::synchronised_part);
    } else if (!now.resynced && has_old) {
      return send("UID FETCH", {old, with_notes("FLAGS")}, &Client::flags_compared);
    }
  }
  // Whatever was expunged shows in the number of messages.
  const bool agrees = mailbox.messages.size() == now.exists && !now.doubtful;
  if (!agrees && now.all_asked++ < reconciliations_max) return reconcile();
  complete();
}

void Client::new_fetched(const Response& response, std::string_view line) {
  if (!answered_.empty()) selected_->looked_until = std::max(selected_->looked_until, *answered_.rbegin() + 1);
  synchronised_part(response, line);
}

void Client::synchronised_part(const Response& response, std::string_view line) {
  if (response.name != "OK") refuse(selected_->name, line);
  work();
}

/// Old messages that were not answered for are gone (RFC 4549 §4.3.1).
void Client::flags_compared(const Response& response, std::string_view line) {
  if (response.name == "OK")
    remove_unless(answered_, selected_->first_new);
  else
    refuse(selected_->name, line);
  work();
}

void Client::remove_unless(const std::set<std::uint32_t>& there, std::uint32_t before) {
  std::vector<std::uint32_t> gone;
  for (const auto& [uid, message] : replica_.mailbox(selected_->name).messages)
    if (uid < before && !there.contains(uid)) gone.push_back(uid);
  for (const std::uint32_t uid : gone) vanished(uid);
}

/// Asks for all UIDs: where something was expunged without this client's knowing which.
void Client::reconcile() {
  selected_->doubtful = false;
  send("UID SEARCH", {"ALL"}, &Client::reconciled);
}

void Client::reconciled(const Response& response, std::string_view line) {
  if (response.name != "OK") {
    refuse(selected_->name, line);
    return work();
  }
  const std::set<std::uint32_t> there(found_.begin(), found_.end());
  remove_unless(there, UINT32_MAX);
  std::vector<std::uint32_t> unknown;
  for (const std::uint32_t uid : there)
    if (!replica_.mailbox(selected_->name).messages.contains(uid) && unknown.size() < batch_max) unknown.push_back(uid);
  if (unknown.size() < batch_max && !there.empty())
    selected_->looked_until = std::max(selected_->looked_until, *there.rbegin() + 1);
  if (unknown.empty()) return work();
  send("UID FETCH", {set_of(unknown), with_notes(descriptors)}, &Client::synchronised_part);
}

/// The data items in parentheses, the person's note among them where the server keeps notes.
std::string Client::with_notes(std::string_view items) const {
  const std::string_view note = keeps_notes() ? "ANNOTATION (/comment value.priv)" : "";
  return "(" + std::string(items) + (items.empty() || note.empty() ? "" : " ") + std::string(note) + ")";
}

bool Client::has_notes_to_ask() const { return selected_ && selected_->complete && !selected_->to_ask_notes.empty(); }

/// Others' notes are told by name alone (RFC 5257 §4.4).
void Client::ask_notes() {
  std::vector<std::uint32_t> uids;
  auto& waiting = selected_->to_ask_notes;
  while (!waiting.empty() && uids.size() < batch_max) uids.push_back(waiting.extract(waiting.begin()).value());
  send("UID FETCH", {set_of(uids), with_notes("")}, &Client::synchronised_part);
}

/// The replica is as the server: UIDs ascend as the numbers do (RFC 3501 §2.3.1.1).
void Client::complete() {
  Selected& now = *selected_;
  CachedMailbox& mailbox = replica_.mailbox(now.name);
  // Not beyond: a message that this client has put there may have a higher UID than one that it has not seen.
  mailbox.uid_next = std::max({now.uid_next, now.looked_until, mailbox.uid_next});
  const bool agrees = mailbox.messages.size() == now.exists && !now.doubtful;
  if (!now.complete) mailbox.modseq = now.no_modseq ? 0 : now.modseq;
  if (!agrees) mailbox.modseq = 0;  // too much happens at once: the next session compares everything
  now.numbers.clear();
  if (agrees)
    for (const auto& [uid, message] : mailbox.messages) now.numbers.push_back(uid);
  for (const auto& [uid, message] : mailbox.messages) flagged_.erase(message.id);
  now.complete = true;
  now.grown = now.doubtful = false;
  to_synchronise_.erase(now.name);
  work();
}

}  // namespace mailscope::imap
