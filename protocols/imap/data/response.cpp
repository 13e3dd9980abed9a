#include "protocols/imap/data/response.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

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

}  // namespace mailscope::imap
