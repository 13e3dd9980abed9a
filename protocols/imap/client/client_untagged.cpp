// What the IMAP client makes of what the server tells without being asked, or on the way to a tagged response (RFC 3501
// §7, RFC 7162 §3).
#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/client/client.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

void Client::untagged(const Response& response, std::string_view line) {
  if (response.name == "CAPABILITY") return remember_capabilities(response.rest);
  if (response.name == "OK") return told_code(response_code(response.rest));
  if (response.name == "GENURLAUTH") return told_url(response);
  if (response.name == "NAMESPACE") return told_namespace(response.rest);
  if (response.name == "BYE" && awaited_ != "LOGOUT") return finish(std::string(line));
  if (response.name == "ENABLED") {
    const std::set<std::string> enabled = capabilities(response.rest);
    qresync_ = qresync_ || enabled.contains("QRESYNC");
    condstore_ = condstore_ || qresync_ || enabled.contains("CONDSTORE");
    utf8_ = utf8_ || enabled.contains("UTF8=ACCEPT");
  } else if ((response.name == "LIST" || response.name == "STATUS") && !(awaited_ == "LIST" && handler_)) {
    told_elsewhere(response);
  } else if (response.name == "LIST" && listed_.size() < Replica::mailboxes_max) {
    auto mailbox = read_listed(response.rest, speaks_utf8());
    list_has_holes_ = list_has_holes_ || !mailbox;
    mailbox ? listed_.push_back(std::move(*mailbox)) : tell_unreadable(line);
  } else if (response.name == "STATUS" && statuses_.size() < Replica::mailboxes_max) {
    if (auto status = read_status(response.rest, speaks_utf8())) statuses_[names_.shown(status->name)] = *status;
  } else if (response.name == "SEARCH") {
    found_ = read_search(response.rest, Replica::messages_max);
  } else if (response.name == "ESEARCH") {
    found_ = read_esearch(response.rest, Replica::messages_max);
  } else if (selected_ && !waits_for_closed_) {
    told_mailbox_data(response);
  }
}

/// A notice (RFC 5465): mailboxes came, went or changed their names or subscriptions (§5.4, §5.5), which a round finds
/// out; or what is in one has changed (§5.1 to §5.3).
void Client::told_elsewhere(const Response& response) {
  if (!config_.stay) return;
  if (response.name == "LIST") {
    check_wanted_ = true;
    return;
  }
  auto status = read_status(response.rest, speaks_utf8());
  if (status) status->name = names_.shown(status->name);
  if (!status || !followed_.contains(status->name) || (selected_ && selected_->name == status->name)) return;
  statuses_[status->name] = *status;
  if (!is_unchanged(status->name)) to_synchronise_.insert(status->name);
}

void Client::told_code(const ResponseCode& code) {
  if (code.name == "CAPABILITY") return remember_capabilities(code.argument);
  if (code.name == "CLOSED" && selected_ && waits_for_closed_) {
    waits_for_closed_ = false;
    return;
  }
  if (!selected_ || waits_for_closed_) return;
  const auto number = ascii::number<std::uint32_t>(code.argument);
  if (code.name == "UIDVALIDITY" && number && *number != 0) {
    selected_->uid_validity = *number;
    CachedMailbox& mailbox = replica_.mailbox(selected_->name);
    // Under another value the UIDs mean other messages: what is known of them is void (RFC 4549 §4.1).
    if (mailbox.uid_validity != *number) drop(replica_.forget_messages(selected_->name));
    mailbox.uid_validity = *number;
    selected_->first_new = mailbox.uid_next;
  } else if (code.name == "UIDNEXT" && number) {
    selected_->uid_next = *number;
  } else if (code.name == "HIGHESTMODSEQ") {
    modseq_told_ = ascii::number<std::uint64_t>(code.argument);
    selected_->modseq = modseq_told_.value_or(0);
  } else if (code.name == "NOMODSEQ") {
    selected_->no_modseq = true;
  } else if (code.name == "COPYUID") {
    if (const auto copied = read_copyuid(code.argument, batch_max)) told_copied(*copied);
  }
}

void Client::told_mailbox_data(const Response& response) {
  if (response.name == "EXISTS" && response.number) return told_exists(*response.number);
  if (response.name == "EXPUNGE" && response.number) return told_expunge(*response.number);
  if (response.name == "VANISHED") return told_vanished(response.rest);
  if (response.name == "FETCH" && response.number) told_fetch(response);
}

void Client::told_exists(std::uint32_t messages) {
  selected_->grown = selected_->grown || (awaited_ != "SELECT" && messages > selected_->exists);
  selected_->exists = messages;
}

/// Before the numbers are known, which message it was is found out by comparing UIDs (RFC 4549 §4.3.1, note 2).
void Client::told_expunge(std::uint32_t number) {
  if (selected_->exists > 0) --selected_->exists;
  std::vector<std::uint32_t>& numbers = selected_->numbers;
  const std::uint32_t uid = number >= 1 && number <= numbers.size() ? numbers[number - 1] : 0;
  if (number >= 1 && number <= numbers.size()) numbers.erase(numbers.begin() + (number - 1));
  if (uid == 0) {
    selected_->doubtful = true;
  } else {
    vanished(uid);
  }
}

/// expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids (RFC 7162 §3.2.10): EARLIER changes no numbers.
void Client::told_vanished(std::string_view rest) {
  Cursor cursor(rest);
  const bool earlier = cursor.prefix("(EARLIER) ");
  const auto set = cursor.sequence_set();
  if (!set || set->saved) return;
  const NumberSet gone = set->resolve(0);
  std::vector<std::uint32_t> uids;
  for (const auto& [uid, message] : replica_.mailbox(selected_->name).messages)
    if (gone.contains(uid)) uids.push_back(uid);
  for (const std::uint32_t uid : uids) vanished(uid);
  std::erase_if(selected_->numbers, [&gone](std::uint32_t uid) { return gone.contains(uid); });
  if (earlier) return;
  std::uint64_t count = 0;
  for (const SequenceSet::Range& range : set->ranges)
    if (range.one && range.other)
      count += std::uint64_t{1} + std::max(*range.one, *range.other) - std::min(*range.one, *range.other);
  selected_->exists -= static_cast<std::uint32_t>(std::min<std::uint64_t>(count, selected_->exists));
}

/// The server has it no more. Who wanted to change it is told, unless it was this client's own doing.
void Client::vanished(std::uint32_t uid) {
  const auto& messages = replica_.mailbox(selected_->name).messages;
  const auto found = messages.find(uid);
  if (found == messages.end()) return;
  const bool was_flagged = flagged_.erase(found->second.id) > 0;
  const std::string subject = found->second.envelope.subject;
  drop(replica_.remove(selected_->name, uid, {batch_.begin(), batch_.end()}));
  // The change was sent, and nobody said that there was nothing to change (RFC 3501 §6.4.8).
  if (was_flagged && !selected_->complete)
    out_.emplace_back(Event{ChangeDropped{Change::Kind::AddFlags, subject, "", ""}});
}

void Client::told_fetch(const Response& response) {
  auto read = read_fetch(response.rest);
  auto* const data = &read;
  if (!data->unread.empty()) tell_unreadable(unit_text(std::string_view(data->unread).substr(0, 200)));
  std::vector<std::uint32_t>& numbers = selected_->numbers;
  const std::uint32_t number = *response.number;
  // No number that a server tells becomes memory beyond what the replica holds.
  if (data->uid && number >= 1 && number <= std::min<std::uint64_t>(selected_->exists, Replica::messages_max)) {
    if (numbers.size() < number) numbers.resize(number);
    numbers[number - 1] = *data->uid;
  }
  const std::uint32_t uid = data->uid ? *data->uid : number >= 1 && number <= numbers.size() ? numbers[number - 1] : 0;
  if (uid == 0) return;  // one that is new: its flags come with its header
  answered_.insert(uid);
  modseq_seen_ = std::max(modseq_seen_, data->modseq.value_or(0));
  if (data->flags) data->flags->erase(std::string(recent_flag));
  CachedMailbox& mailbox = replica_.mailbox(selected_->name);
  const auto known = mailbox.messages.find(uid);
  if (known == mailbox.messages.end()) {
    // Not new: the headers of new ones are asked for. What of them cannot be read is left out.
    if (!data->flags && !data->octets && !data->envelope) return;
    if (data->unread.empty() && !(data->flags && data->octets && data->envelope)) return;
    CachedMessage message;
    message.flags = std::move(data->flags).value_or(std::set<std::string>());
    message.modseq = data->modseq.value_or(0);
    message.internal_date = data->internal_date.value_or(now_);
    message.octets = data->octets.value_or(0);
    message.envelope = std::move(data->envelope).value_or(EnvelopeData());
    message.structure = std::move(data->structure);
    message.note = data->note.value_or("");
    return replica_.add(selected_->name, uid, std::move(message));
  }
  CachedMessage& message = known->second;
  if (data->flags) message.flags = std::move(*data->flags);
  if (data->modseq) message.modseq = *data->modseq;
  if (data->content) message.content = std::move(*data->content);
  if (data->note) message.note = std::move(*data->note);
  if (data->note_changed && keeps_notes()) selected_->to_ask_notes.insert(uid);
  replica_.touch();
}

/// RFC 7162 §6: the mailbox's mod-sequence follows what was told, at the next tagged response.
void Client::remember_modseq() {
  const auto told = std::exchange(modseq_told_, std::nullopt);
  const std::uint64_t seen = std::exchange(modseq_seen_, 0);
  if (!selected_ || !selected_->complete || selected_->no_modseq) return;
  std::uint64_t& known = replica_.mailbox(selected_->name).modseq;
  if (known == 0) return;
  known = told ? *told : std::max(known, seen);
}

}  // namespace mailscope::imap
