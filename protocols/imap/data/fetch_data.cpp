#include "protocols/imap/data/fetch_data.hpp"

#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/data/annotation.hpp"
#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/limits.hpp"

namespace mailscope::imap {

namespace {

/// Parentheses within one another: a part of the deepest message that is read has lists of its own (an ENVELOPE's
/// addresses, a disposition's parameters).
constexpr int value_depth_max = static_cast<int>(message::limits::nesting_max) + 4;

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
std::optional<std::string> nstring(Cursor& cursor) { return cursor.word("NIL") ? std::string() : cursor.string(); }

/// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"; the marks of groups give an empty text.
std::optional<std::string> address(Cursor& cursor) {
  if (!cursor.take('(')) return std::nullopt;
  std::array<std::string, 4> parts;
  for (std::string& part : parts) {
    auto read = (&part == parts.data() || cursor.space()) ? nstring(cursor) : std::nullopt;
    if (!read) return std::nullopt;
    part = std::move(*read);
  }
  if (!cursor.take(')')) return std::nullopt;
  if (parts[2].empty() || parts[3].empty()) return std::string();
  const std::string spec = parts[2] + "@" + parts[3];
  return parts[0].empty() ? spec : message::decode_words(parts[0]) + " <" + spec + ">";
}

/// env-from and its like = "(" 1*address ")" / nil
std::optional<std::string> addresses(Cursor& cursor) {
  std::string all;
  if (cursor.word("NIL")) return all;
  if (!cursor.take('(')) return std::nullopt;
  do {
    const auto one = address(cursor);
    if (!one) return std::nullopt;
    if (!one->empty()) all.append(all.empty() ? "" : ", ").append(*one);
    cursor.space();
  } while (!cursor.take(')'));
  return all;
}

/// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
/// env-in-reply-to SP env-message-id ")"; some servers write one more pair of parentheses around it.
std::optional<EnvelopeData> envelope(Cursor& cursor) {
  EnvelopeData data;
  const bool doubled = cursor.rest().starts_with("((") && cursor.take('(');
  if (!cursor.take('(') || !nstring(cursor) || !cursor.space()) return std::nullopt;
  auto subject = nstring(cursor);
  if (!subject || !cursor.space()) return std::nullopt;
  data.subject = message::decode_words(*subject);
  constexpr int address_lists = 6;
  for (int at = 0; at < address_lists; ++at) {
    auto list = addresses(cursor);
    if (!list || !cursor.space()) return std::nullopt;
    if (at == 0) data.from = std::move(*list);
  }
  if (!nstring(cursor) || !cursor.space()) return std::nullopt;
  auto id = nstring(cursor);
  if (!id || !cursor.take(')') || (doubled && !cursor.take(')'))) return std::nullopt;
  data.message_id = std::move(*id);
  return data;
}

/// fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")" (RFC 7162 §7)
std::optional<std::uint64_t> modseq(Cursor& cursor) {
  const auto value = cursor.take('(') ? cursor.mod_sequence() : std::nullopt;
  return value && cursor.take(')') ? std::optional(value->value) : std::nullopt;
}

bool read_annotation(Cursor& cursor, FetchData& data) {
  const auto told = read_told_annotations(cursor);
  if (!told) return false;
  for (const ToldAnnotation& one : *told) {
    if (one.entry != "/comment") continue;
    if (one.attribute.empty()) data.note_changed = true;
    if (one.attribute == "value.priv") data.note = one.value.value_or("");
  }
  return true;
}

/// The value of the item `name`. False where it cannot be read.
bool read_value(Cursor& cursor, const std::string& name, FetchData& data) {
  if (name == "UID") return (data.uid = cursor.nz_number()).has_value();
  if (name == "FLAGS") return (data.flags = cursor.flags_of_message()).has_value();
  if (name == "RFC822.SIZE") return (data.octets = cursor.number64()).has_value();
  if (name == "MODSEQ") return (data.modseq = modseq(cursor)).has_value();
  if (name == "INTERNALDATE") return (data.internal_date = cursor.date_time()).has_value();
  if (name == "ENVELOPE") return (data.envelope = envelope(cursor)).has_value();
  if (name == "BODY[]") return (data.content = nstring(cursor)).has_value();
  if (name == "ANNOTATION") return read_annotation(cursor, data);
  const std::string_view before = cursor.rest();
  if (!skip_value(cursor, 0)) return false;
  if (name == "BODYSTRUCTURE") data.structure = before.substr(0, before.size() - cursor.rest().size());
  return true;
}

/// msg-att-dynamic / msg-att-static. False where its end is not to be found.
bool read_attribute(Cursor& cursor, FetchData& data) {
  const Cursor begin = cursor;
  const auto name = attribute_name(cursor);
  const bool is_named = name && cursor.space();
  const Cursor value = cursor;
  if (is_named && read_value(cursor, *name, data) && (cursor.next_is(' ') || cursor.next_is(')') || cursor.at_end()))
    return true;
  if (data.unread.empty()) data.unread = begin.rest();
  cursor = value;
  return is_named && skip_value(cursor, 0);
}

}  // namespace

std::optional<EnvelopeData> read_envelope(std::string_view text) {
  Cursor cursor = Cursor::liberal(text);
  return envelope(cursor);
}

FetchData read_fetch(std::string_view rest) {
  Cursor cursor = Cursor::liberal(rest);
  FetchData data;
  const auto lacks = [&data](std::string_view what) {
    if (data.unread.empty()) data.unread = what;
  };
  if (!cursor.take('(')) lacks(rest);
  while (!cursor.at_end()) {
    if (cursor.space()) continue;
    if (cursor.take(')')) {
      if (!cursor.at_end()) lacks(cursor.rest());
      return data;
    }
    if (!read_attribute(cursor, data)) return data;
  }
  lacks(rest);  // it has no end
  return data;
}

}  // namespace mailscope::imap
