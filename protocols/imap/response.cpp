#include "protocols/imap/response.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/names.hpp"

namespace mailscope::imap {

namespace {

/// What nests deeper is no answer to anything a client asks.
constexpr int value_depth_max = 32;

/// The name of a msg-att: up to the space outside its brackets, in upper case.
std::optional<std::string> attribute_name(Cursor& cursor) {
  auto name = cursor.atom();  // "[" is an atom character, "]" is not
  if (!name) return std::nullopt;
  if (name->find('[') != std::string::npos) {
    while (!cursor.take(']')) {
      // header-list: (name name …)
      if (cursor.take(' '))
        *name += ' ';
      else if (cursor.take('('))
        *name += '(';
      else if (cursor.take(')'))
        *name += ')';
      else if (auto word = cursor.next_is('"') || cursor.next_is('{') ? cursor.string() : cursor.atom())
        *name += *word;
      else
        return std::nullopt;
    }
    *name += ']';
    if (auto origin = cursor.atom()) *name += *origin;  // "<0>"
  }
  return ascii::upper(*name);
}

/// nstring, number, atom, or a list of them: a value that is not looked at.
bool skip_value(Cursor& cursor, int depth) {
  if (!cursor.take('(')) {
    if (cursor.next_is('"') || cursor.next_is('{')) return cursor.string().has_value();
    return cursor.take('\\') ? cursor.atom().has_value() : cursor.astring().has_value();
  }
  if (depth == value_depth_max) return false;
  while (!cursor.take(')'))
    if (!cursor.space() && !skip_value(cursor, depth + 1)) return false;
  return true;
}

/// nstring = string / nil; NIL reads as empty.
bool read_nstring(Cursor& cursor, std::optional<std::string>& into) {
  into = cursor.word("NIL") ? std::string() : cursor.string();
  return into.has_value();
}

bool read_attribute(Cursor& cursor, FetchData& data) {
  const auto name = attribute_name(cursor);
  if (!name || !cursor.space()) return false;
  if (*name == "UID") return (data.uid = cursor.nz_number()).has_value();
  if (*name == "FLAGS") return (data.flags = cursor.flags_of_message()).has_value();
  if (*name == "RFC822.SIZE") return (data.octets = cursor.number()).has_value();
  if (*name == "BODY[]") return read_nstring(cursor, data.content);
  if (name->starts_with("BODY[HEADER.FIELDS ")) return read_nstring(cursor, data.header);
  return skip_value(cursor, 0);
}

}  // namespace

std::optional<Response> read_response(std::string_view text) {
  Cursor cursor(text);
  Response response;
  if (cursor.take('+')) {
    response.kind = Response::Kind::Continuation;
    cursor.space();
    response.rest = cursor.rest();
    return response;
  }
  response.kind = cursor.take('*') ? Response::Kind::Untagged : Response::Kind::Tagged;
  if (response.kind == Response::Kind::Tagged) {
    auto tag = cursor.tag();
    if (!tag) return std::nullopt;
    response.tag = std::move(*tag);
  }
  if (!cursor.space()) return std::nullopt;
  if (response.kind == Response::Kind::Untagged) {
    response.number = cursor.number();
    if (response.number && !cursor.space()) return std::nullopt;
  }
  const auto name = cursor.atom();
  if (!name) return std::nullopt;
  response.name = ascii::upper(*name);
  cursor.space();
  response.rest = cursor.rest();
  return response;
}

std::string untagged_topic_of(const Response& response) {
  static constexpr std::array<std::string_view, 28> known{
      "OK",      "NO",      "BAD",        "BYE",     "PREAUTH",    "FETCH",    "EXISTS",
      "RECENT",  "FLAGS",   "CAPABILITY", "LIST",    "LSUB",       "STATUS",   "SEARCH",
      "EXPUNGE", "ESEARCH", "VANISHED",   "ENABLED", "NAMESPACE",  "ID",       "SORT",
      "THREAD",  "QUOTA",   "QUOTAROOT",  "ACL",     "LISTRIGHTS", "MYRIGHTS", "METADATA"};
  const bool is_known = std::ranges::find(known, response.name) != known.end();
  return untagged_topic(is_known ? std::string_view(response.name) : "unknown");
}

ResponseCode response_code(std::string_view rest) {
  const std::size_t close = rest.find(']');
  if (!rest.starts_with('[') || close == std::string_view::npos) return {};
  const std::string_view inside = rest.substr(1, close - 1);
  const std::size_t space = std::min(inside.find(' '), inside.size());
  return {ascii::upper(inside.substr(0, space)), std::string(inside.substr(std::min(space + 1, inside.size())))};
}

std::set<std::string> capabilities(std::string_view rest) {
  std::set<std::string> words;
  Cursor cursor(rest);
  do {
    if (const auto word = cursor.atom()) words.insert(ascii::upper(*word));
  } while (cursor.space());
  return words;
}

std::optional<FetchData> read_fetch(std::string_view rest) {
  Cursor cursor(rest);
  FetchData data;
  if (!cursor.take('(')) return std::nullopt;
  do {
    if (!read_attribute(cursor, data)) return std::nullopt;
  } while (cursor.space());
  if (!cursor.take(')') || !cursor.at_end()) return std::nullopt;
  return data;
}

}  // namespace mailscope::imap
