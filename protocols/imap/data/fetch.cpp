#include "protocols/imap/data/fetch.hpp"

#include <string_view>
#include <utility>

namespace mailscope::imap {

namespace {

using Kind = FetchItem::Kind;

/// fetch-att that are one word.
constexpr std::pair<std::string_view, Kind> words[] = {
    {"FLAGS", Kind::Flags},      {"UID", Kind::Uid},           {"INTERNALDATE", Kind::InternalDate},
    {"RFC822.SIZE", Kind::Size}, {"ENVELOPE", Kind::Envelope}, {"BODYSTRUCTURE", Kind::BodyStructure},
    {"BODY", Kind::Body},        {"PREVIEW", Kind::Preview},   {"SAVEDATE", Kind::SaveDate},
    {"EMAILID", Kind::EmailId},  {"THREADID", Kind::ThreadId}, {"MODSEQ", Kind::ModSeq},
};

/// Words for a section of the whole message (§6.4.5).
struct OldWord {
  std::string_view name;
  Section::Part part;
  bool sets_seen;
};
constexpr OldWord old_words[] = {{"RFC822", Section::Part::Whole, true},
                                 {"RFC822.HEADER", Section::Part::Header, false},
                                 {"RFC822.TEXT", Section::Part::Text, true}};

/// fetch-att that have a section. The first that fits counts.
struct Sectioned {
  std::string_view prefix, label;
  Kind kind;
  bool sets_seen;
};
constexpr Sectioned sectioned[] = {{"BODY.PEEK", "BODY", Kind::Text, false},
                                   {"BODY", "BODY", Kind::Text, true},
                                   {"BINARY.PEEK", "BINARY", Kind::Binary, false},
                                   {"BINARY.SIZE", "BINARY.SIZE", Kind::BinarySize, false},
                                   {"BINARY", "BINARY", Kind::Binary, true}};

/// The macros of §6.4.5, which stand alone: each is so many of these.
constexpr Kind macro_items[] = {Kind::Flags, Kind::InternalDate, Kind::Size, Kind::Envelope, Kind::Body};
constexpr std::pair<std::string_view, std::size_t> macros[] = {{"FAST", 3}, {"ALL", 4}, {"FULL", 5}};

/// [SP "(" preview-mod *(SP preview-mod) ")"]; preview-mod = "LAZY" (RFC 8970 §6)
bool preview_modifiers(Cursor& cursor) {
  if (!cursor.prefix(" (")) return true;
  do {
    if (!cursor.word("LAZY")) return false;
  } while (cursor.space());
  return cursor.take(')');
}

/// fetch-att
std::optional<FetchItem> fetch_item(Cursor& cursor) {
  for (const auto& [name, kind] : words) {
    if (!cursor.word(name)) continue;
    if (kind == Kind::Preview && !preview_modifiers(cursor)) return std::nullopt;
    return FetchItem{kind, std::string(name)};
  }
  for (const OldWord& word : old_words)
    if (cursor.word(word.name))
      return FetchItem{Kind::Text, std::string(word.name), {word.part, {}, {}, {}}, {}, word.sets_seen};
  if (cursor.word("ANNOTATION")) {
    auto request = read_annotation_request(cursor);
    if (!request) return std::nullopt;
    return FetchItem{Kind::Annotation, "ANNOTATION", {}, std::move(*request)};
  }
  for (const Sectioned& known : sectioned) {
    if (!cursor.prefix(known.prefix)) continue;
    FetchItem item{known.kind, std::string(known.label), {}, {}, known.sets_seen};
    if (!read_section(cursor, item.section, item.label)) return std::nullopt;
    if (known.kind != Kind::Text && item.section.part != Section::Part::Whole) return std::nullopt;
    if (known.kind != Kind::BinarySize && !read_partial(cursor, item.section, item.label)) return std::nullopt;
    return item;
  }
  return std::nullopt;
}

std::string_view word_of(Kind kind) {
  for (const auto& [name, other] : words)
    if (kind == other) return name;
  return {};
}

}  // namespace

/// "ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")"
std::optional<std::vector<FetchItem>> fetch_items(Cursor& cursor) {
  std::vector<FetchItem> items;
  for (const auto& [name, count] : macros) {
    if (!cursor.word(name)) continue;
    for (std::size_t at = 0; at < count; ++at)
      items.push_back({macro_items[at], std::string(word_of(macro_items[at]))});
    return items;
  }
  const bool list = cursor.take('(');
  do {
    auto item = fetch_item(cursor);
    if (!item || items.size() == fetch_items_max) return std::nullopt;
    items.push_back(std::move(*item));
  } while (list && cursor.space());
  if (list && !cursor.take(')')) return std::nullopt;
  return items;
}

}  // namespace mailscope::imap
