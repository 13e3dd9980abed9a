#include "protocols/imap/syntax/section.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/message/fields.hpp"

namespace mailscope::imap {

namespace {

using Part = Section::Part;

/// section-text = section-msgtext / "MIME"
constexpr std::pair<std::string_view, Part> section_texts[] = {{"HEADER", Part::Header},
                                                               {"HEADER.FIELDS", Part::Fields},
                                                               {"HEADER.FIELDS.NOT", Part::FieldsNot},
                                                               {"TEXT", Part::Text},
                                                               {"MIME", Part::Mime}};

/// header-list = "(" header-fld-name *(SP header-fld-name) ")". A name that no field can have (RFC 5322 §3.6.8) is
/// refused, so that every label can be written on one line.
std::optional<std::vector<std::string>> header_list(Cursor& cursor) {
  std::vector<std::string> names;
  if (!cursor.take('(')) return std::nullopt;
  do {
    auto name = cursor.astring();
    if (!name || !message::is_field_name(*name)) return std::nullopt;
    names.push_back(std::move(*name));
  } while (cursor.space());
  if (!cursor.take(')')) return std::nullopt;
  return names;
}

/// section-part = nz-number *("." nz-number). False where it is wrong; `more`: a "." followed it, or there is none.
bool section_part(Cursor& cursor, Section& section, std::string& label, bool& more) {
  more = true;
  while (more && !cursor.at_end() && ascii::is_digit(cursor.rest().front())) {
    const auto number = cursor.nz_number();
    if (!number) return false;
    section.numbers.push_back(*number);
    more = cursor.take('.');
    label += std::to_string(*number) + (more ? "." : "");
  }
  return true;
}

bool section_text(Cursor& cursor, Section& section, std::string& label) {
  const auto* text = std::ranges::find_if(section_texts, [&](const auto& known) { return cursor.word(known.first); });
  if (text == std::end(section_texts)) return false;
  section.part = text->second;
  label += text->first;
  if (section.part == Part::Mime) return !section.numbers.empty();
  if (section.part != Part::Fields && section.part != Part::FieldsNot) return true;
  auto names = cursor.space() ? header_list(cursor) : std::nullopt;
  if (!names) return false;
  section.names = std::move(*names);
  label += " (";
  for (const std::string& name : section.names) label += (label.ends_with('(') ? "" : " ") + astring(name);
  label += ')';
  return true;
}

/// The empty line that ends the header; none where it ends without one.
std::string_view empty_line(std::string_view header) {
  const std::size_t octets = header.ends_with("\r\n") ? 2 : header.ends_with('\n') ? 1 : 0;
  const std::string_view before = header.substr(0, header.size() - octets);
  return before.empty() || before.ends_with('\n') ? header.substr(before.size()) : std::string_view{};
}

/// The fields with, or without, these names, as they stand, and the empty line (§6.4.5).
std::string fields(std::string_view header, const Section& section) {
  std::string chosen;
  for (const message::HeaderField& field : message::scan_fields(header)) {
    const auto is_it = [name = field.name.of(header)](const std::string& other) { return ascii::iequals(name, other); };
    if (std::ranges::any_of(section.names, is_it) == (section.part == Part::Fields)) chosen += field.whole.of(header);
  }
  return chosen.append(empty_line(header));
}

}  // namespace

/// section = "[" [section-spec] "]"; section-spec = section-msgtext / (section-part ["." section-text])
bool read_section(Cursor& cursor, Section& section, std::string& label) {
  if (!cursor.take('[')) return false;
  label += '[';
  bool more{};
  if (!section_part(cursor, section, label, more)) return false;
  const bool nothing = section.numbers.empty() && cursor.next_is(']');
  if (more && !nothing && !section_text(cursor, section, label)) return false;
  label += ']';
  return cursor.take(']');
}

/// ["<" number64 "." nz-number64 ">"] (RFC 9051 §9)
bool read_partial(Cursor& cursor, Section& section, std::string& label) {
  if (!cursor.take('<')) return true;
  const auto first = cursor.number64();
  if (!first || !cursor.take('.')) return false;
  const auto octets = cursor.next_is('0') ? std::nullopt : cursor.number64();
  if (!octets || !cursor.take('>')) return false;
  section.partial = Section::Partial{*first, *octets};
  label += "<" + std::to_string(*first) + ">";
  return true;
}

std::optional<std::string_view> section_octets(std::string_view content, const message::Part& root,
                                               const Section& section, std::string& chosen) {
  const message::Part* part = message::find_part(root, section.numbers);
  if (!part) return std::nullopt;
  const bool of_message = section.part != Part::Whole && section.part != Part::Mime;
  if (of_message && !section.numbers.empty()) {
    if (!part->is_message()) return std::nullopt;
    part = &part->children.front();
  }
  std::string_view octets = part->body.of(content);
  if (section.part == Part::Whole && section.numbers.empty()) octets = content;
  if (section.part == Part::Header || section.part == Part::Mime) octets = part->header.of(content);
  if (!section.names.empty()) octets = chosen = fields(part->header.of(content), section);
  return partial_octets(octets, section.partial);
}

std::string_view partial_octets(std::string_view octets, const std::optional<Section::Partial>& partial) {
  if (!partial) return octets;
  const std::uint64_t first = std::min<std::uint64_t>(partial->first, octets.size());
  return octets.substr(static_cast<std::size_t>(first),
                       static_cast<std::size_t>(std::min<std::uint64_t>(partial->octets, octets.size() - first)));
}

}  // namespace mailscope::imap
