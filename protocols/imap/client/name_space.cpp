#include "protocols/imap/client/name_space.hpp"

#include "protocols/core/ascii.hpp"
#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/mailstore/mailbox_name.hpp"

namespace mailscope::imap {

namespace {

constexpr char separator = mailstore::hierarchy_separator;  // between the levels that people see

std::string replaced(std::string_view name, std::string_view from, std::string_view to) {
  std::string result;
  while (!name.empty()) {
    const bool is_here = !from.empty() && name.starts_with(from);
    result += is_here ? to : name.substr(0, 1);
    name.remove_prefix(is_here ? from.size() : 1);
  }
  return result;
}

}  // namespace

/// namespace-response = "*" SP "NAMESPACE" SP namespace SP namespace SP namespace; namespace = nil / "(" 1*( "(" string
/// SP (<"> QUOTED_CHAR <"> / nil) *(namespace-response-extension) ")" ) ")" (RFC 2342 §6)
std::optional<PersonalNamespace> read_personal_namespace(std::string_view rest, bool utf8) {
  Cursor cursor = Cursor::liberal(rest, utf8);
  PersonalNamespace personal{"", "/"};
  if (cursor.word("NIL")) return personal;
  if (!cursor.take('(') || !cursor.take('(')) return std::nullopt;
  const auto prefix = cursor.string();
  const auto name = prefix ? cursor.name_of(*prefix) : std::nullopt;
  if (!name || !cursor.space()) return std::nullopt;
  personal.prefix = *name;
  if (cursor.word("NIL")) {
    personal.delimiter.clear();
    return personal;
  }
  auto delimiter = cursor.string();
  if (!delimiter) return std::nullopt;
  personal.delimiter = std::move(*delimiter);
  return personal;
}

std::string NameSpace::learn(const std::string& at_server, std::string_view delimiter) {
  std::string name = shown(at_server, delimiter);
  const auto is_taken = [&] {
    const auto same = listed_.find(name);
    return same != listed_.end() && same->second != at_server;
  };
  while (is_taken()) name.insert(0, "~");  // "INBOX.Work" was first: a "Work" beside INBOX is "~Work"
  listed_[name] = at_server;
  return name;
}

std::string NameSpace::shown(std::string_view at_server, std::string_view delimiter) const {
  std::string_view name = at_server;
  if (name == mailstore::inbox_name) return std::string(name);
  const std::string& prefix = personal_.prefix;
  // INBOX is one name in any case (RFC 3501 §5.1), also at the beginning of others.
  const bool is_own = name.size() > prefix.size() && ascii::istarts_with(name, prefix);
  if (is_own) name.remove_prefix(prefix.size());
  return replaced(name, delimiter, std::string(1, separator));
}

std::string NameSpace::shown(std::string_view at_server) const {
  for (const auto& [name, listed] : listed_)
    if (listed == at_server) return name;
  return shown(at_server, personal_.delimiter);
}

std::string NameSpace::at_server(std::string_view shown) const {
  if (shown == mailstore::inbox_name) return std::string(shown);
  if (const auto found = listed_.find(shown); found != listed_.end()) return found->second;
  const bool is_flat = personal_.delimiter.empty();  // then a separator is a character like others
  return personal_.prefix + (is_flat ? std::string(shown) : replaced(shown, {&separator, 1}, personal_.delimiter));
}

}  // namespace mailscope::imap
