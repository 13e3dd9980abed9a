#include "protocols/imap/data/metadata_request.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"

namespace mailscope::imap {

namespace {

using Depth = GetMetadata::Depth;

/// "(" getmetadata-option *(SP getmetadata-option) ")"
bool read_options(Cursor& cursor, GetMetadata& request) {
  if (!cursor.take('(')) return false;
  do {
    if (cursor.word("MAXSIZE") && cursor.space()) {
      request.size_max = cursor.number();
      if (!request.size_max) return false;
    } else if (cursor.word("DEPTH") && cursor.space()) {
      request.depth = cursor.word("0") ? Depth::Zero : cursor.word("1") ? Depth::One : Depth::Infinity;
      if (request.depth == Depth::Infinity && !cursor.word("infinity")) return false;
    } else {
      return false;
    }
  } while (cursor.space());
  return cursor.take(')');
}

}  // namespace

std::optional<std::string> read_entry(Cursor& cursor) {
  const auto written = cursor.astring();
  if (!written) return std::nullopt;
  std::string entry = ascii::lower(*written);
  const auto wrong = [](char c) { return !ascii::is_printable(c) || c == '*' || c == '%'; };
  if (std::ranges::any_of(entry, wrong) || entry.ends_with('/') || entry.find("//") != std::string::npos)
    return std::nullopt;
  const bool vendor = entry.starts_with("/shared/vendor") || entry.starts_with("/private/vendor");
  if (!entry.starts_with("/shared/") && !entry.starts_with("/private/")) return std::nullopt;
  return std::ranges::count(entry, '/') >= (vendor ? 4 : 2) ? std::optional(std::move(entry)) : std::nullopt;
}

std::optional<std::vector<std::string>> read_entries(Cursor& cursor) {
  std::vector<std::string> entries;
  const bool several = cursor.take('(');
  do {
    auto entry = read_entry(cursor);
    if (!entry || entries.size() == metadata_entries_max) return std::nullopt;
    entries.push_back(std::move(*entry));
  } while (several && cursor.space());
  return !several || cursor.take(')') ? std::optional(std::move(entries)) : std::nullopt;
}

bool GetMetadata::covers(const std::string& entry) const {
  return std::ranges::any_of(entries, [&](const std::string& asked) {
    if (entry == asked) return true;
    if (depth == Depth::Zero || !entry.starts_with(asked + "/")) return false;
    return depth == Depth::Infinity || entry.find('/', asked.size() + 1) == std::string::npos;
  });
}

std::optional<GetMetadata> read_get_metadata(Cursor& cursor) {
  GetMetadata request;
  if (!cursor.space()) return std::nullopt;
  const bool options_first = cursor.next_is('(');
  if (options_first && (!read_options(cursor, request) || !cursor.space())) return std::nullopt;
  auto mailbox = cursor.astring();
  if (!mailbox || !cursor.space()) return std::nullopt;
  request.mailbox = std::move(*mailbox);
  Cursor ahead = cursor;
  if (!options_first && read_options(ahead, request)) {
    cursor = ahead;
    if (!cursor.space()) return std::nullopt;
  }
  auto entries = read_entries(cursor);
  if (!entries || !cursor.at_end()) return std::nullopt;
  request.entries = std::move(*entries);
  return request;
}

std::optional<SetMetadata> read_set_metadata(Cursor& cursor) {
  SetMetadata request;
  auto mailbox = cursor.space() ? cursor.astring() : std::nullopt;
  if (!mailbox || !cursor.space() || !cursor.take('(')) return std::nullopt;
  request.mailbox = std::move(*mailbox);
  do {
    auto entry = read_entry(cursor);
    if (!entry || !cursor.space() || request.values.size() == metadata_entries_max) return std::nullopt;
    std::optional<std::string> value;
    if (!cursor.value(value)) return std::nullopt;
    request.values.emplace_back(std::move(*entry), std::move(value));
  } while (cursor.space());
  return cursor.take(')') && cursor.at_end() ? std::optional(std::move(request)) : std::nullopt;
}

}  // namespace mailscope::imap
