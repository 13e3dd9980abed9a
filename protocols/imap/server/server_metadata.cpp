// The IMAP server's annotations of mailboxes and of itself (RFC 5464, RFC 9590).
#include <algorithm>

#include "protocols/imap/data/metadata_request.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

using mailstore::Metadata;

}  // namespace

/// The mailbox that is annotated, null for the server itself; nothing, and answered, where there is none or the user
/// may not (RFC 5464 §3.3).
std::optional<mailstore::Mailbox*> Server::annotated(const Cursor& arguments, const std::string& written) {
  if (written.empty()) return nullptr;
  const auto name = arguments.name_of(written);
  mailstore::Mailbox* mailbox = name ? mailbox_named(*name) : nullptr;
  if (!mailbox) {
    refuse(mailstore::Outcome::NonExistent);
    return std::nullopt;
  }
  const auto rights = rights_on(*mailbox);
  const auto has = [&rights](char letter) { return rights.contains(letter); };
  if (has('l') && std::ranges::any_of(std::string_view("rswip"), has)) return mailbox;
  done(Status::No, "[NOPERM] you have no right to do that");
  return std::nullopt;
}

/// getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries
void Server::on_getmetadata(Cursor& arguments, bool) {
  const auto request = read_get_metadata(arguments);
  if (!request) return invalid();
  const auto mailbox = annotated(arguments, request->mailbox);
  if (!mailbox) return;
  const std::size_t longest = tell_metadata(*mailbox, *request);
  if (longest == 0) return completed();
  done(Status::Ok, "[METADATA LONGENTRIES " + std::to_string(longest) + "] GETMETADATA completed");
}

/// METADATA, with NIL for what was asked for and is not there. The size of the longest value that was left out.
std::size_t Server::tell_metadata(const mailstore::Mailbox* mailbox, const GetMetadata& request) {
  const Metadata& metadata = mailbox ? mailbox->metadata() : account_->metadata();
  std::string told;
  std::size_t longest = 0;
  const auto add = [&told](const std::string& entry, const std::string& value) {
    told.append(told.empty() ? "" : " ").append(astring(entry)).append(" ").append(value);
  };
  for (const std::string& entry : request.entries)
    if (!metadata.find(account_->user(), entry)) add(entry, "NIL");
  for (const auto& [key, value] : metadata.entries()) {
    if ((!key.user.empty() && key.user != account_->user()) || !request.covers(key.entry)) continue;
    if (request.size_max && value.size() > *request.size_max) {
      longest = std::max(longest, value.size());
    } else {
      add(key.entry, string_or_literal8(value));
    }
  }
  const std::string name = mailbox ? wire_name(name_of(*mailbox)) : "\"\"";
  if (!told.empty()) untagged("METADATA", "METADATA " + name + " (" + told + ")");
  return longest;
}

/// setmetadata = "SETMETADATA" SP mailbox SP entry-values: all or none (§4.3)
void Server::on_setmetadata(Cursor& arguments, bool) {
  const auto request = read_set_metadata(arguments);
  if (!request) return invalid();
  const auto mailbox = annotated(arguments, request->mailbox);
  if (!mailbox) return;
  Metadata trial = *mailbox ? (*mailbox)->metadata() : account_->metadata();
  for (const auto& [entry, value] : request->values) {
    // What is shared of the server is its administrator's.
    if (!*mailbox && entry.starts_with("/shared/"))
      return done(Status::No, "[NOPERM] only its administrator may do that");
    const auto outcome = trial.set(account_->user(), entry, value);
    if (outcome == mailstore::Outcome::OverQuota)
      return done(Status::No, "[METADATA MAXSIZE " + std::to_string(Metadata::value_octets_max) + "] value too long");
    if (outcome == mailstore::Outcome::Limit) return done(Status::No, "[METADATA TOOMANY] too many entries");
    if (outcome != mailstore::Outcome::Ok) return refuse(outcome);
  }
  mailstore::Account& account = *mailbox ? (*mailbox)->account() : *account_;
  for (const auto& [entry, value] : request->values) account.set_metadata(*mailbox, account_->user(), entry, value);
  completed();
}

}  // namespace mailscope::imap
