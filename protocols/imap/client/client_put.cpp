// The changes of the IMAP client that need more than one command: erasing (RFC 4549 §4.2.4), appending (§4.2.1), and
// creating the mailbox that something is to go to (RFC 3501 §7.1, TRYCREATE).
#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/client/client.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/transport.hpp"

namespace mailscope::imap {

/// Without UIDPLUS everything that is marked goes: what others have marked is spared for that time (RFC 4549 §4.2.4).
void Client::marked_deleted(const Response& response, std::string_view line) {
  if (response.name != "OK") return end_batch(line);
  if (has("UIDPLUS")) return send("UID EXPUNGE", {set_of(erasing_)}, &Client::expunged);
  send("UID SEARCH", {"DELETED"}, &Client::found_deleted);
}

void Client::found_deleted(const Response& response, std::string_view line) {
  if (response.name != "OK") return end_batch(line);
  std::vector<std::uint32_t> others;
  for (const std::uint32_t uid : found_)
    if (std::ranges::find(erasing_, uid) == erasing_.end() && others.size() < batch_max) others.push_back(uid);
  if (others.empty()) return expunge();
  replica_.mailbox(selected_->name).to_restore = {others.begin(), others.end()};
  send("UID STORE", {set_of(others), "-FLAGS.SILENT", "(\\Deleted)"}, &Client::others_spared);
}

void Client::others_spared(const Response& response, std::string_view line) {
  if (response.name != "OK") return end_batch(line);
  expunge();
}

void Client::expunge() { send("EXPUNGE", {}, &Client::expunged); }

void Client::expunged(const Response& response, std::string_view line) {
  if (response.name != "OK") return end_batch(line);
  for (const std::uint64_t number : std::vector(batch_)) {
    const auto found = std::ranges::find(replica_.changes(), number, &Change::number);
    if (found == replica_.changes().end()) continue;
    const auto at = replica_.place(found->message);
    done(Change(*found));
    if (at) drop(replica_.remove(at->mailbox, at->uid));
  }
  const std::set<std::uint32_t>& spared = replica_.mailbox(selected_->name).to_restore;
  if (spared.empty()) return work();
  send("UID STORE", {set_of({spared.begin(), spared.end()}), "+FLAGS.SILENT", "(\\Deleted)"}, &Client::restored);
}

/// append = "APPEND" SP mailbox SP flag-list SP date-time [SP att-annotate] SP (literal / utf8-literal); utf8-literal =
/// "UTF8" SP "(" literal8 ")" where the header is UTF-8 (RFC 6855 §4)
void Client::play_append(Change& change) {
  batch_.clear();
  // A message does not travel for nothing to a mailbox that is not there.
  if (list_came_ && !replica_.mailboxes().contains(change.target) && create_target(change)) return;
  try_now(change);
  const CachedMessage& draft = change.draft;
  for (const std::string& capability : capabilities_) {  // RFC 7889 §3
    if (!capability.starts_with("APPENDLIMIT=")) continue;
    const auto limit = ascii::number<std::uint64_t>(std::string_view(capability).substr(12));
    if (limit && draft.octets > *limit) return end_batch("the message is larger than the server takes");
  }
  const std::string content = draft.content.value_or("");
  const bool needs_utf8 = message::has_eight_bit(std::string_view(content).substr(0, message::header_end(content)));
  std::vector<std::string> arguments{wire_name(change.target), flag_list(draft.flags), date_time(draft.internal_date)};
  if (!draft.note.empty() && keeps_notes())  // RFC 5257 §4.7
    arguments.push_back("ANNOTATION (/comment (value.priv " + quoted_or_literal(draft.note) + "))");
  arguments.push_back(needs_utf8 && utf8_ ? "UTF8 (" + literal8(content) + ")" : literal(content));
  send("APPEND", arguments, &Client::appended);
}

void Client::appended(const Response& response, std::string_view line) {
  if (response.name != "OK") {
    if (!create_for(response)) end_batch(line);
    return;
  }
  const auto found = std::ranges::find(replica_.changes(), batch_.front(), &Change::number);
  if (found == replica_.changes().end()) return work();
  const ResponseCode code = response_code(response.rest);
  const auto told = code.name == "APPENDUID" ? read_appenduid(code.argument) : std::nullopt;
  const std::string target = found->target;
  if (told) {
    CachedMailbox& mailbox = replica_.mailbox(target);
    if (mailbox.uid_validity != told->uid_validity && mailbox.uid_validity != 0) drop(replica_.forget_messages(target));
    mailbox.uid_validity = told->uid_validity;
    if (mailbox.uid_next == told->uid) ++mailbox.uid_next;
    replica_.add(target, told->uid, std::move(found->draft));
  } else {
    to_synchronise_.insert(target);
  }
  done(Change(*found));
  work();
}

/// The target does not exist, the server says: it is created, and the change tried again. False where the refusal is
/// another one.
bool Client::create_for(const Response& response) {
  const auto found = std::ranges::find(replica_.changes(), batch_.front(), &Change::number);
  return response_code(response.rest).name == "TRYCREATE" && found != replica_.changes().end() && create_target(*found);
}

/// False where this session has tried that already.
bool Client::create_target(const Change& change) {
  if (!created_.insert(change.target).second) return false;
  if (batch_.empty()) batch_ = {change.number};
  std::vector<std::string> arguments{wire_name(change.target)};
  if (has("CREATE-SPECIAL-USE"))  // RFC 6154 §3
    for (const auto use : {mailstore::SpecialUse::Sent, mailstore::SpecialUse::Trash, mailstore::SpecialUse::Drafts,
                           mailstore::SpecialUse::Archive, mailstore::SpecialUse::Junk})
      if (replica_.mailbox_for(use) == change.target)
        arguments.push_back("(USE (" + std::string(mailstore::name_of(use)) + "))");
  send("CREATE", arguments, &Client::created);
  return true;
}

void Client::created(const Response& response, std::string_view line) {
  const bool exists = response.name == "NO" && response_code(response.rest).name == "ALREADYEXISTS";
  const auto found = std::ranges::find(replica_.changes(), batch_.front(), &Change::number);
  const bool is_refused = response.name != "OK" && !exists;
  if (found == replica_.changes().end() || (is_refused && !found->attempted)) return work();
  if (is_refused) return end_batch(line);
  const std::string target = found->target;
  if (response.name == "OK") out_.emplace_back(Event{MailboxCreated{target}});
  send("SUBSCRIBE", {wire_name(target)}, &Client::subscribed);
}

void Client::subscribed(const Response&, std::string_view) { work(); }

}  // namespace mailscope::imap
