#include "protocols/imap/data/fetch_modifiers.hpp"

namespace mailscope::imap {

namespace {

bool read_modifier(Cursor& cursor, FetchModifiers& modifiers) {
  if (!modifiers.vanished && cursor.word("VANISHED")) return modifiers.vanished = true;
  if (!modifiers.changed_since && cursor.word("CHANGEDSINCE") && cursor.space())
    return (modifiers.changed_since = cursor.mod_sequence()).has_value();
  if (!modifiers.partial && cursor.word("PARTIAL") && cursor.space())
    return (modifiers.partial = read_partial_range(cursor)).has_value();
  return false;
}

}  // namespace

std::optional<FetchModifiers> read_fetch_modifiers(Cursor& cursor) {
  FetchModifiers modifiers;
  if (cursor.at_end()) return modifiers;
  if (!cursor.space() || !cursor.take('(')) return std::nullopt;
  do {
    if (!read_modifier(cursor, modifiers)) return std::nullopt;
  } while (cursor.space());
  return cursor.take(')') && cursor.at_end() ? std::optional(modifiers) : std::nullopt;
}

}  // namespace mailscope::imap
