#include "protocols/imap/fetch.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/encode.hpp"
#include "protocols/message/message.hpp"

namespace mailscope::imap {

namespace {

using Part = Section::Part;
using Kind = FetchItem::Kind;

/// header-list = "(" header-fld-name *(SP header-fld-name) ")". A name that no field can have (RFC 5322 §3.6.8) is
/// refused, so that every label can be written on one line.
std::optional<std::vector<std::string>> header_list(Cursor& cursor) {
  std::vector<std::string> names;
  if (!cursor.take('(')) return std::nullopt;
  do {
    auto name = cursor.astring();
    if (!name || name->empty()) return std::nullopt;
    if (!std::ranges::all_of(*name, [](char c) { return ascii::is_printable(c) && c != ' ' && c != ':'; }))
      return std::nullopt;
    names.push_back(std::move(*name));
  } while (cursor.space());
  if (!cursor.take(')')) return std::nullopt;
  return names;
}

/// section = "[" [section-msgtext] "]", from behind its "["; the label grows by what was read.
bool section_of(Cursor& cursor, Section& section, std::string& label) {
  label += '[';
  if (cursor.word("HEADER.FIELDS.NOT")) {
    section.part = Part::FieldsNot;
    label += "HEADER.FIELDS.NOT (";
  } else if (cursor.word("HEADER.FIELDS")) {
    section.part = Part::Fields;
    label += "HEADER.FIELDS (";
  } else if (cursor.word("HEADER")) {
    section.part = Part::Header;
    label += "HEADER";
  } else if (cursor.word("TEXT")) {
    section.part = Part::Text;
    label += "TEXT";
  }
  if (section.part == Part::Fields || section.part == Part::FieldsNot) {
    auto names = cursor.space() ? header_list(cursor) : std::nullopt;
    if (!names) return false;
    section.names = std::move(*names);
    for (const std::string& name : section.names) label += (label.ends_with('(') ? "" : " ") + astring(name);
    label += ')';
  }
  label += ']';
  return cursor.take(']');
}

/// ["<" number "." nz-number ">"]; the response tells the first octet only (§7.4.2).
bool partial_of(Cursor& cursor, FetchItem& item) {
  if (!cursor.take('<')) return true;
  const auto first = cursor.number();
  if (!first || !cursor.take('.')) return false;
  const auto octets = cursor.nz_number();
  if (!octets || !cursor.take('>')) return false;
  item.section.partial = Section::Partial{*first, *octets};
  item.label += "<" + std::to_string(*first) + ">";
  return true;
}

/// fetch-att
std::optional<FetchItem> fetch_item(Cursor& cursor) {
  if (cursor.word("FLAGS")) return FetchItem{Kind::Flags, "FLAGS", {}, false};
  if (cursor.word("UID")) return FetchItem{Kind::Uid, "UID", {}, false};
  if (cursor.word("INTERNALDATE")) return FetchItem{Kind::InternalDate, "INTERNALDATE", {}, false};
  if (cursor.word("RFC822.SIZE")) return FetchItem{Kind::Size, "RFC822.SIZE", {}, false};
  if (cursor.word("RFC822.HEADER")) return FetchItem{Kind::Text, "RFC822.HEADER", {Part::Header, {}, {}}, false};
  if (cursor.word("RFC822.TEXT")) return FetchItem{Kind::Text, "RFC822.TEXT", {Part::Text, {}, {}}, true};
  if (cursor.word("RFC822")) return FetchItem{Kind::Text, "RFC822", {}, true};
  FetchItem item{Kind::Text, "BODY", {}, !cursor.prefix("BODY.PEEK[")};
  if (item.sets_seen && !cursor.prefix("BODY[")) return std::nullopt;
  if (!section_of(cursor, item.section, item.label) || !partial_of(cursor, item)) return std::nullopt;
  return item;
}

/// The fields with, or without, these names, as they stand, and the empty line where the message has it (§6.4.5).
std::string fields(std::string_view header, const Section& section) {
  std::string chosen;
  bool taking = false;
  while (!header.empty()) {
    const std::size_t end = header.find("\r\n");
    const std::string_view line = header.substr(0, end == std::string_view::npos ? header.size() : end + 2);
    header.remove_prefix(line.size());
    if (line == "\r\n") {
      chosen += line;
      break;
    }
    if (!ascii::is_space(line.front())) {
      const std::string_view name = ascii::trim(line.substr(0, line.find(':')));
      const bool named =
          std::ranges::any_of(section.names, [name](const std::string& other) { return ascii::iequals(name, other); });
      taking = named == (section.part == Part::Fields);
    }
    if (taking) chosen += line;
  }
  return chosen;
}

}  // namespace

std::optional<std::vector<FetchItem>> fetch_items(Cursor& cursor) {
  if (cursor.word("FAST"))
    return std::vector<FetchItem>{{Kind::Flags, "FLAGS", {}, false},
                                  {Kind::InternalDate, "INTERNALDATE", {}, false},
                                  {Kind::Size, "RFC822.SIZE", {}, false}};
  std::vector<FetchItem> items;
  const bool list = cursor.take('(');
  do {
    auto item = fetch_item(cursor);
    if (!item || items.size() == fetch_items_max) return std::nullopt;
    items.push_back(std::move(*item));
  } while (list && cursor.space());
  if (list && !cursor.take(')')) return std::nullopt;
  return items;
}

std::string section_octets(std::string_view content, const Section& section) {
  const message::Parts parts = message::split(content);
  std::string chosen;
  std::string_view octets = content;
  if (section.part == Part::Header) octets = parts.header;
  if (section.part == Part::Text) octets = parts.body;
  if (section.part == Part::Fields || section.part == Part::FieldsNot) octets = chosen = fields(parts.header, section);
  if (section.partial) {
    octets = octets.substr(std::min<std::size_t>(section.partial->first, octets.size()), section.partial->octets);
  }
  return std::string(octets);
}

}  // namespace mailscope::imap
