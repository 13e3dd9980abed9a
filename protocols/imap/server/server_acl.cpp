// The IMAP server's access control lists (RFC 4314 §3, RFC 8440).
#include <algorithm>

#include "protocols/imap/data/access.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/mailstore/store.hpp"
#include "protocols/sasl/prepare.hpp"

namespace mailscope::imap {

namespace {

using mailstore::Rights;

/// The rights of RFC 2086, for older clients: each stands for two of today's (§2.1.1).
std::string with_old_rights(Rights rights) {
  std::string text = rights.text();
  if (rights.contains('k') || rights.contains('x')) text += 'c';
  if (rights.contains('e') || rights.contains('t')) text += 'd';
  return text;
}

/// rights, the old ones too; nothing where one is not known (§3.1).
std::optional<Rights> read_rights(std::string_view text) {
  std::string expanded;
  for (const char letter : text) expanded += letter == 'c' ? "kx" : letter == 'd' ? "et" : std::string(1, letter);
  return Rights::of(expanded);
}

/// identifier = astring, prepared (§3). A user is called as the account is, whatever case was typed.
std::optional<std::string> read_identifier(Cursor& arguments, const mailstore::Account& home) {
  const auto written = arguments.space() ? arguments.astring() : std::nullopt;
  auto identifier = written ? sasl::prepare(*written) : std::nullopt;
  if (!identifier || identifier->empty()) return std::nullopt;
  const std::string sign = identifier->starts_with('-') ? "-" : "";
  const auto* account = home.store() ? home.store()->find(identifier->substr(sign.size())) : nullptr;
  return account ? sign + account->user() : *identifier;
}

}  // namespace

/// SP mailbox: one that exists and that the user has the right "a" on; answers where it is not.
mailstore::Mailbox* Server::administered(Cursor& arguments, std::string& name) {
  auto read = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!read) {
    invalid();
    return nullptr;
  }
  name = std::move(*read);
  mailstore::Mailbox* mailbox = mailbox_named(name);
  if (!mailbox) refuse(mailstore::Outcome::NonExistent);
  return mailbox && permits(*mailbox, "a") ? mailbox : nullptr;
}

/// setacl = "SETACL" SP mailbox SP identifier SP mod-rights
void Server::on_setacl(Cursor& arguments, bool) {
  Cursor ahead = arguments;
  const auto name = ahead.space() ? ahead.mailbox() : std::nullopt;
  const auto identifier = name ? read_identifier(ahead, *account_) : std::nullopt;
  auto change = identifier && ahead.space() ? ahead.astring() : std::nullopt;
  if (!change || !ahead.at_end()) return invalid();
  const char sign = change->starts_with('+') || change->starts_with('-') ? change->front() : '=';
  const auto rights = read_rights(std::string_view(*change).substr(sign == '=' ? 0 : 1));
  if (!rights) return done(Status::Bad, "that right is not known");
  std::string asked;
  mailstore::Mailbox* mailbox = administered(arguments, asked);
  if (!mailbox) return;
  const Rights old = mailbox->acl().listed(*identifier);
  const Rights wanted = sign == '+' ? old | *rights : sign == '-' ? old - *rights : *rights;
  const auto outcome = mailbox->account().set_rights(*mailbox, *identifier, wanted);
  outcome == mailstore::Outcome::Ok ? completed() : refuse(outcome);
}

/// deleteacl = "DELETEACL" SP mailbox SP identifier
void Server::on_deleteacl(Cursor& arguments, bool) {
  Cursor ahead = arguments;
  const auto name = ahead.space() ? ahead.mailbox() : std::nullopt;
  const auto identifier = name ? read_identifier(ahead, *account_) : std::nullopt;
  if (!identifier || !ahead.at_end()) return invalid();
  std::string asked;
  mailstore::Mailbox* mailbox = administered(arguments, asked);
  if (!mailbox) return;
  const auto outcome = mailbox->account().set_rights(*mailbox, *identifier, {});
  outcome == mailstore::Outcome::Ok ? completed() : refuse(outcome);
}

/// getacl = "GETACL" SP mailbox
void Server::on_getacl(Cursor& arguments, bool) {
  std::string name;
  const mailstore::Mailbox* mailbox = administered(arguments, name);
  if (!mailbox) return;
  if (!arguments.at_end()) return invalid();
  std::string text = "ACL " + wire_name(name);
  for (const auto& [identifier, rights] : mailbox->acl().entries())
    text +=
        " " + (enabled_.speaks_utf8() ? utf8_astring(identifier) : astring(identifier)) + " " + with_old_rights(rights);
  untagged("ACL", text);
  completed();
}

/// listrights = "LISTRIGHTS" SP mailbox SP identifier. No right is tied to another.
void Server::on_listrights(Cursor& arguments, bool) {
  Cursor ahead = arguments;
  const auto asked = ahead.space() ? ahead.mailbox() : std::nullopt;
  const auto written = asked && ahead.space() ? ahead.astring() : std::nullopt;
  if (!written || !ahead.at_end()) return invalid();
  std::string name;
  const mailstore::Mailbox* mailbox = administered(arguments, name);
  if (!mailbox) return;
  const auto identifier = read_identifier(arguments, *account_);
  if (!identifier) return invalid();
  const std::string_view required = *identifier == mailbox->account().user() ? owner_rights : "";
  std::string text = "LISTRIGHTS " + wire_name(name) + " " + astring(*written) + " " + astring(required);
  for (const char letter : std::string(Rights::letters) + "cd")
    if (required.find(letter) == std::string_view::npos) text.append(" ").append(1, letter);
  untagged("LISTRIGHTS", text);
  completed();
}

void Server::tell_rights(const mailstore::Mailbox& mailbox, const std::string& name) {
  untagged("MYRIGHTS", "MYRIGHTS " + wire_name(name) + " " + astring(with_old_rights(rights_on(mailbox))));
}

/// myrights = "MYRIGHTS" SP mailbox
void Server::on_myrights(Cursor& arguments, bool) {
  const auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!name || !arguments.at_end()) return invalid();
  const mailstore::Mailbox* mailbox = mailbox_named(*name);
  if (!mailbox) return refuse(mailstore::Outcome::NonExistent);
  tell_rights(*mailbox, *name);
  completed();
}

}  // namespace mailscope::imap
