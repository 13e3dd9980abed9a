#include "protocols/imap/data/list_request.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/data/metadata_request.hpp"
#include "protocols/imap/data/status_items.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"

namespace mailscope::imap {

namespace {

/// A remote mailbox (REMOTE) there is none: the option adds nothing.
bool take_selection(ListRequest& request, std::string_view option) {
  if (option == "SUBSCRIBED") return request.subscribed_only = true;
  if (option == "SPECIAL-USE") return request.special_use_only = true;
  if (option == "RECURSIVEMATCH") return request.recursive = true;
  return option == "REMOTE";
}

/// list-select-opts = "(" [option *(SP option)] ")" (RFC 5258 §6)
bool read_selection(Cursor& cursor, ListRequest& request) {
  if (cursor.take(')')) return true;
  do {
    if (!take_selection(request, ascii::upper(cursor.atom().value_or("")))) return false;
  } while (cursor.space());
  return cursor.take(')') && (!request.recursive || request.subscribed_only);
}

bool take_return(Cursor& cursor, ListRequest& request) {
  const std::string option = ascii::upper(cursor.atom().value_or(""));
  if (option == "SUBSCRIBED") return request.tell_subscribed = true;
  if (option == "CHILDREN") return request.tell_children = true;
  if (option == "SPECIAL-USE") return request.tell_special_use = true;
  if (option == "MYRIGHTS") return request.tell_rights = true;  // RFC 8440 §3
  if (option == "METADATA") {                                   // "METADATA" SP "(" entry *(SP entry) ")" (RFC 9590)
    auto entries = cursor.space() && cursor.next_is('(') ? read_entries(cursor) : std::nullopt;
    if (!entries) return false;
    request.metadata = std::move(*entries);
    return true;
  }
  if (option != "STATUS" || !cursor.space()) return false;
  auto items = status_items(cursor);  // RFC 5819 §2
  if (!items) return false;
  request.status = std::move(*items);
  return true;
}

/// list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
bool read_return(Cursor& cursor, ListRequest& request) {
  if (!cursor.word("RETURN") || !cursor.space() || !cursor.take('(')) return false;
  if (cursor.take(')')) return true;
  do {
    if (!take_return(cursor, request)) return false;
  } while (cursor.space());
  return cursor.take(')');
}

/// mbox-or-pat = list-mailbox / "(" list-mailbox *(SP list-mailbox) ")"
std::optional<std::vector<std::string>> read_patterns(Cursor& cursor) {
  std::vector<std::string> patterns;
  const bool several = cursor.take('(');
  do {
    auto one = cursor.list_mailbox();
    if (!one) return std::nullopt;
    patterns.push_back(std::move(*one));
  } while (several && cursor.space());
  if (several && !cursor.take(')')) return std::nullopt;
  return patterns;
}

}  // namespace

/// list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
std::optional<ListRequest> read_list(Cursor& cursor) {
  ListRequest request;
  if (!cursor.space()) return std::nullopt;
  if (cursor.take('(')) {
    request.extended = true;
    if (!read_selection(cursor, request) || !cursor.space()) return std::nullopt;
  }
  const auto reference = cursor.astring();
  if (!reference || !cursor.space()) return std::nullopt;
  request.extended = request.extended || cursor.next_is('(');
  const auto patterns = read_patterns(cursor);
  if (!patterns) return std::nullopt;
  if (cursor.space()) {
    request.extended = true;
    if (!read_return(cursor, request)) return std::nullopt;
  }
  if (!cursor.at_end()) return std::nullopt;
  request.asks_root = !request.extended && patterns->front().empty();
  std::size_t octets = 0;
  for (const std::string& pattern : *patterns) {
    octets += reference->size() + pattern.size();
    if (octets > ListRequest::pattern_octets_max) break;
    if (auto wanted = cursor.name_of(*reference + pattern)) request.patterns.push_back(std::move(*wanted));
  }
  request.too_long = octets > ListRequest::pattern_octets_max;
  return request;
}

}  // namespace mailscope::imap
