// STATUS at the IMAP server (RFC 3501 §6.3.10), also as a part of LIST (RFC 5819).
#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/data/status_items.hpp"
#include "protocols/imap/server/server.hpp"

namespace mailscope::imap {

namespace {

using mailstore::Mailbox;

std::uint64_t count_recent(const Mailbox& mailbox) {
  const auto& messages = mailbox.messages();
  const auto first = std::ranges::lower_bound(messages, mailbox.first_recent(), {}, &mailstore::Message::uid);
  return static_cast<std::uint64_t>(messages.end() - first);
}

std::uint64_t deleted_octets(const Mailbox& mailbox) {
  std::uint64_t octets = 0;
  for (const auto& message : mailbox.messages())
    if (message.flags.contains(mailstore::Flag::Deleted)) octets += message.content->octets().size();
  return octets;
}

struct StatusItem {
  std::string_view name;
  std::string (*value)(const Mailbox&);
};

template <class Number>
std::string text(Number number) {
  return std::to_string(number);
}

constexpr StatusItem items[] = {
    {"MESSAGES", [](const Mailbox& mailbox) { return text(mailbox.messages().size()); }},
    {"RECENT", [](const Mailbox& mailbox) { return text(count_recent(mailbox)); }},
    {"UIDNEXT", [](const Mailbox& mailbox) { return text(mailbox.uid_next().value); }},
    {"UIDVALIDITY", [](const Mailbox& mailbox) { return text(mailbox.uid_validity()); }},
    {"UNSEEN", [](const Mailbox& mailbox) { return text(mailbox.unseen()); }},
    {"DELETED", [](const Mailbox& mailbox) { return text(mailbox.marked_deleted()); }},
    {"HIGHESTMODSEQ", [](const Mailbox& mailbox) { return text(mailbox.highest_modseq().value); }},  // RFC 7162 §3.1.7
    {"DELETED-STORAGE", [](const Mailbox& mailbox) { return text(deleted_octets(mailbox)); }},       // RFC 9208 §4.1.4
    {"SIZE", [](const Mailbox& mailbox) { return text(mailbox.octets()); }},                         // RFC 8438
    {"APPENDLIMIT", [](const Mailbox&) { return text(Server::append_octets_max); }},                 // RFC 7889 §3.1
    {"MAILBOXID", [](const Mailbox& mailbox) { return "(" + mailbox.id().text('F') + ")"; }},        // RFC 8474 §4.3
};

}  // namespace

std::optional<std::vector<std::string>> status_items(Cursor& cursor) {
  std::vector<std::string> found;
  if (!cursor.take('(')) return std::nullopt;
  do {
    std::string name = ascii::upper(cursor.atom().value_or(""));
    if (std::ranges::find(items, name, &StatusItem::name) == std::end(items)) return std::nullopt;
    found.push_back(std::move(name));
  } while (found.size() < status_items_max && cursor.space());
  if (!cursor.take(')')) return std::nullopt;
  return found;
}

/// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
void Server::on_status(Cursor& arguments, bool) {
  const auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  const auto asked = name && arguments.space() ? status_items(arguments) : std::nullopt;
  if (!asked || !arguments.at_end()) return invalid();
  const Mailbox* mailbox = mailbox_named(*name);
  if (!mailbox) return refuse(mailstore::Outcome::NonExistent);
  if (!permits(*mailbox, "r")) return;
  note_status_items(*asked);
  tell_status(*mailbox, *asked);
  completed();
}

/// To ask for mod-sequences is to know of them (RFC 7162 §3.1).
void Server::note_status_items(const std::vector<std::string>& asked) {
  if (std::ranges::find(asked, "HIGHESTMODSEQ") != asked.end()) enable_condstore();
}

void Server::tell_status(const Mailbox& mailbox, const std::vector<std::string>& asked) {
  std::string values;
  for (const std::string& name : asked)
    values.append(values.empty() ? "" : " ")
        .append(name)
        .append(" ")
        .append(std::ranges::find(items, name, &StatusItem::name)->value(mailbox));
  untagged("STATUS", "STATUS " + wire_name(name_of(mailbox)) + " (" + values + ")");
}

}  // namespace mailscope::imap
