// The IMAP server's GETQUOTA and GETQUOTAROOT (RFC 9208). What users may take up is their provider's decision, so
// SETQUOTA is not offered.
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

/// Each account has one quota root for all its mailboxes.
constexpr std::string_view quota_root = "";

/// quota-list: name, usage and limit of each resource that is limited (RFC 9208 §4.2.1, §5)
std::string quota_list(const mailstore::Account& account) {
  const mailstore::Quota& quota = account.quota();
  const mailstore::Usage usage = account.usage();
  std::string list;
  const auto add = [&list](std::string_view name, std::uint64_t used, const std::optional<std::uint64_t>& limit) {
    if (!limit) return;
    list.append(list.empty() ? "" : " ").append(name);
    list += " " + std::to_string(used) + " " + std::to_string(*limit);
  };
  add("STORAGE", usage.storage(), quota.storage);
  add("MESSAGE", usage.messages, quota.messages);
  add("MAILBOX", usage.mailboxes, quota.mailboxes);
  add("ANNOTATION-STORAGE", usage.annotation_storage(), quota.annotation_storage);
  return "(" + list + ")";
}

}  // namespace

void Server::tell_quota() { untagged("QUOTA", "QUOTA " + astring(quota_root) + " " + quota_list(*account_)); }

/// getquota = "GETQUOTA" SP quota-root-name
void Server::on_getquota(Cursor& arguments, bool) {
  const auto root = arguments.space() ? arguments.astring() : std::nullopt;
  if (!root || !arguments.at_end()) return invalid();
  if (*root != quota_root) return done(Status::No, "[NONEXISTENT] no such quota root");
  tell_quota();
  completed();
}

/// getquotaroot = "GETQUOTAROOT" SP mailbox
void Server::on_getquotaroot(Cursor& arguments, bool) {
  const auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!name || !arguments.at_end()) return invalid();
  const mailstore::Mailbox* mailbox = mailbox_named(*name);
  if (!mailbox) return refuse(mailstore::Outcome::NonExistent);
  if (!permits(*mailbox, "r")) return;
  const bool own = &mailbox->account() == account_;  // what others take up is nobody else's business
  untagged("QUOTAROOT", "QUOTAROOT " + wire_name(*name) + (own ? " " + astring(quota_root) : ""));
  if (own) tell_quota();
  completed();
}

}  // namespace mailscope::imap
