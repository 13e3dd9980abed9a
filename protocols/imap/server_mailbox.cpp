// The IMAP server's commands on mailboxes: those of the authenticated state, and CLOSE (RFC 3501 §6.3, §6.4.2).
#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/encode.hpp"
#include "protocols/imap/mailbox_name.hpp"
#include "protocols/imap/names.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

namespace {

constexpr std::string_view no_such_mailbox = "[NONEXISTENT] no such mailbox";  // RFC 5530 §3

/// One argument, to the end of the command: SP mailbox.
std::optional<std::string> only_mailbox(Cursor& arguments) {
  auto name = arguments.space() ? arguments.astring() : std::nullopt;
  return arguments.at_end() ? name : std::nullopt;
}

std::uint32_t count_unseen(const mailstore::Mailbox& mailbox) { return static_cast<std::uint32_t>(mailbox.unseen()); }

/// The value of a status-att, or nothing where it is none (RFC 3501 §6.3.10).
std::optional<std::uint32_t> status_value(std::string_view attribute, const mailstore::Mailbox& mailbox) {
  const auto& messages = mailbox.messages();
  if (attribute == "MESSAGES") return static_cast<std::uint32_t>(messages.size());
  if (attribute == "RECENT")
    return static_cast<std::uint32_t>(std::ranges::count_if(
        messages, [&mailbox](const auto& message) { return message.uid >= mailbox.first_recent(); }));
  if (attribute == "UIDNEXT") return mailbox.uid_next().value;
  if (attribute == "UIDVALIDITY") return mailbox.uid_validity();
  if (attribute == "UNSEEN") return count_unseen(mailbox);
  return std::nullopt;
}

}  // namespace

void Server::on_select(Cursor& arguments, bool) { select(arguments, false); }

void Server::on_examine(Cursor& arguments, bool) { select(arguments, true); }

/// RFC 3501 §6.3.1, §6.3.2
void Server::select(Cursor& arguments, bool read_only) {
  const auto name = only_mailbox(arguments);
  if (!name) return invalid();
  view_.reset();
  mailstore::Mailbox* mailbox = account_->find(*name);
  if (!mailbox) return done(Status::No, no_such_mailbox);
  view_.emplace(*mailbox, read_only);
  std::string flags;
  for (const std::string_view flag : system_flags) flags.append(flags.empty() ? "" : " ").append(flag);
  untagged("FLAGS", "FLAGS (" + flags + ")");
  untagged("EXISTS", std::to_string(view_->size()) + " EXISTS");
  untagged("RECENT", std::to_string(view_->recent()) + " RECENT");
  const auto& messages = mailbox->messages();
  const auto unseen = std::ranges::find_if(
      messages, [](const auto& message) { return !message.flags.contains(mailstore::Flag::Seen); });
  if (unseen != messages.end())
    untagged("OK", "OK [UNSEEN " + std::to_string(unseen - messages.begin() + 1) + "] first unseen message");
  untagged("OK", "OK [UIDVALIDITY " + std::to_string(mailbox->uid_validity()) + "] UIDs valid");
  untagged("OK", "OK [UIDNEXT " + std::to_string(mailbox->uid_next().value) + "] predicted next UID");
  untagged("OK", "OK [PERMANENTFLAGS (" + (read_only ? "" : flags) + ")] flags that can be changed");
  done(Status::Ok, std::string(read_only ? "[READ-ONLY] " : "[READ-WRITE] ") + context_ + " completed");
}

/// RFC 3501 §6.3.3; the levels above are made too, so that LIST has no level without a mailbox.
void Server::on_create(Cursor& arguments, bool) {
  auto name = only_mailbox(arguments);
  if (!name) return invalid();
  if (name->ends_with(hierarchy_delimiter)) name->pop_back();  // only declares that there will be names below
  if (!is_mailbox_name(*name)) return done(Status::No, "[CANNOT] not a name for a mailbox");
  if (account_->find(*name)) return done(Status::No, "[ALREADYEXISTS] the mailbox exists already");
  if (account_->create(*name).outcome != mailstore::Outcome::Ok) return done(Status::No, "[LIMIT] too many mailboxes");
  completed();
}

/// RFC 3501 §6.3.8
void Server::on_list(Cursor& arguments, bool) {
  const auto reference = arguments.space() ? arguments.astring() : std::nullopt;
  const auto pattern = reference && arguments.space() ? arguments.list_mailbox() : std::nullopt;
  if (!pattern || !arguments.at_end()) return invalid();
  const std::string wanted = *reference + *pattern;
  if (wanted.size() > mailbox_name_octets_max) return done(Status::No, "[LIMIT] name too long");
  const std::string delimiter = std::string(" \"") + hierarchy_delimiter + "\" ";
  if (pattern->empty()) {
    untagged("LIST", "LIST (\\Noselect)" + delimiter + "\"\"");
    return completed();
  }
  for (const std::string& name : account_->mailbox_names())
    if (matches_pattern(wanted, name)) untagged("LIST", "LIST ()" + delimiter + astring(name));
  completed();
}

/// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")" (RFC 3501 §6.3.10)
void Server::on_status(Cursor& arguments, bool) {
  const auto name = arguments.space() ? arguments.astring() : std::nullopt;
  if (!name || !arguments.space() || !arguments.take('(')) return invalid();
  const mailstore::Mailbox* mailbox = account_->find(*name);
  if (!mailbox) return done(Status::No, no_such_mailbox);
  std::string values;
  do {
    const std::string attribute = ascii::upper(arguments.atom().value_or(""));
    const auto value = status_value(attribute, *mailbox);
    if (!value) return invalid();
    values.append(values.empty() ? "" : " ").append(attribute).append(" ").append(std::to_string(*value));
  } while (arguments.space());
  if (!arguments.take(')') || !arguments.at_end()) return invalid();
  untagged("STATUS", "STATUS " + astring(mailbox->name()) + " (" + values + ")");
  completed();
}

/// append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal (RFC 3501 §6.3.11)
void Server::on_append(Cursor& arguments, bool) {
  const auto name = arguments.space() ? arguments.astring() : std::nullopt;
  if (!name || !arguments.space()) return invalid();
  std::optional<std::set<std::string>> flags;
  if (arguments.next_is('(')) {
    flags = arguments.flag_list();
    if (!flags || !arguments.space()) return invalid();
  }
  std::optional<Instant> date;
  if (arguments.next_is('"')) {
    date = arguments.date_time();
    if (!date || !arguments.space()) return invalid();
  }
  auto content = arguments.literal();
  if (!content || !arguments.at_end()) return invalid();
  mailstore::Mailbox* mailbox = account_->find(*name);
  if (!mailbox) return done(Status::No, "[TRYCREATE] no such mailbox");
  const mailstore::Flags kept = mailbox->flags(kept_flags(flags.value_or(std::set<std::string>{})));
  const mailstore::NewMessage message{account_->content(std::move(*content)), kept, date.value_or(now_)};
  if (mailbox->append(now_, {&message, 1}).outcome != mailstore::Outcome::Ok)
    return done(Status::No, "[LIMIT] the mailbox is full");
  completed();
}

/// RFC 3501 §6.4.2: expunges in silence.
void Server::on_close(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  if (!view_->read_only()) expunge_deleted();
  view_.reset();
  completed();
}

}  // namespace mailscope::imap
