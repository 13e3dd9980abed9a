#include "protocols/imap/data/annotation.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/casemap.hpp"
#include "protocols/core/charset.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"

namespace mailscope::imap {

namespace {

using mailstore::Annotation;
using mailstore::Annotations;

constexpr std::string_view part_flags[] = {"flags/seen", "flags/answered", "flags/flagged", "flags/forwarded"};

bool has_wildcard(std::string_view entry) { return entry.find_first_of("*%") != std::string_view::npos; }

/// An entry's name apart from the part that it belongs to.
struct EntryName {
  bool good{true};                  ///< section-part = nz-number *("." nz-number), where there is one
  std::vector<std::uint32_t> part;  ///< empty: the whole message
  std::string_view rest;            ///< behind "/" or "/1.2/"
};

EntryName split(std::string_view entry) {
  EntryName name;
  name.rest = entry.substr(1);
  if (name.rest.empty() || !ascii::is_digit(name.rest.front())) return name;
  const std::size_t end = name.rest.find('/');
  std::string_view digits = name.rest.substr(0, end);
  name.rest = end == std::string_view::npos ? "" : name.rest.substr(end + 1);
  for (;;) {
    const std::size_t dot = digits.find('.');
    const auto number = ascii::number<std::uint32_t>(digits.substr(0, dot));
    name.good = number && !digits.starts_with('0');
    if (!name.good) return name;
    name.part.push_back(*number);
    if (dot == std::string_view::npos) return name;
    digits.remove_prefix(dot + 1);
  }
}

/// §3.2: slash-separated, US-ASCII without NUL. "/" alone is the top of all, and has no attributes.
bool is_entry(std::string_view entry) {
  const auto wrong = [](char c) { return c == '\0' || static_cast<unsigned char>(c) >= 0x80; };
  return entry.starts_with('/') && !entry.ends_with('/') && entry.find("//") == std::string_view::npos &&
         entry.size() <= Annotations::entry_octets_max && std::ranges::none_of(entry, wrong);
}

/// An entry that may have a value: registered, or a vendor's (§3.2.1). "/flags" is reserved (§3.5).
bool is_writable(std::string_view entry) {
  const EntryName name = split(entry);
  if (name.rest == "comment" || name.rest.starts_with("vendor/")) return true;
  return name.part.empty() ? name.rest == "altsubject"
                           : std::ranges::find(part_flags, name.rest) != std::end(part_flags);
}

/// A flag of a part is "1", "0" or NIL (§3.2.1).
bool is_good_value(const Annotation& annotation) {
  const EntryName name = split(annotation.entry);
  return !annotation.value || name.part.empty() || !name.rest.starts_with("flags/") || *annotation.value == "1" ||
         *annotation.value == "0";
}

/// entry = astring
std::optional<std::string> read_entry_name(Cursor& cursor) {
  auto entry = cursor.astring();
  if (!entry || !is_entry(*entry) || has_wildcard(*entry) || !split(*entry).good) return std::nullopt;
  return entry;
}

/// entry-match = list-mailbox. Where a part is written out, it is one ("*" and "/*" name no part).
std::optional<std::string> read_entry_match(Cursor& cursor) {
  auto entry = cursor.list_mailbox();
  if (!entry || entry->empty() || entry->size() > Annotations::entry_octets_max) return std::nullopt;
  if (!has_wildcard(*entry)) return is_entry(*entry) && split(*entry).good ? entry : std::nullopt;
  const auto wrong = [](char c) { return c == '\0' || static_cast<unsigned char>(c) >= 0x80; };
  if (entry->find("//") != std::string::npos || std::ranges::any_of(*entry, wrong)) return std::nullopt;
  return entry;
}

/// Which of ".priv" and ".shared" is there is left to find out; nothing where it is another word.
bool read_scope(std::string_view attribute, std::string_view name, bool& priv, bool& shared) {
  if (!attribute.starts_with(name)) return false;
  const std::string_view suffix = attribute.substr(name.size());
  priv = suffix.empty() || suffix == ".priv";
  shared = suffix.empty() || suffix == ".shared";
  return priv || shared;
}

/// entry-att = entry SP "(" att-value *(SP att-value) ")"; att-value = attrib SP value
bool read_entry_att(Cursor& cursor, std::vector<Annotation>& annotations) {
  const auto entry = read_entry_name(cursor);
  if (!entry || !is_writable(*entry) || !cursor.space() || !cursor.take('(')) return false;
  do {
    const auto attribute = cursor.astring();
    if (!attribute || !cursor.space() || annotations.size() == annotations_named_max) return false;
    Annotation annotation{*entry, *attribute == "value.shared", {}};
    if (!annotation.shared && *attribute != "value.priv") return false;
    if (!cursor.value(annotation.value) || !is_good_value(annotation)) return false;
    annotations.push_back(std::move(annotation));
  } while (cursor.space());
  return cursor.take(')');
}

/// One or more in parentheses, or one alone.
template <class ReadOne>
bool read_one_or_list(Cursor& cursor, ReadOne read_one) {
  const bool several = cursor.take('(');
  do {
    if (!read_one()) return false;
  } while (several && cursor.space());
  return !several || cursor.take(')');
}

/// A pattern that names one of the entries of a part that is written out: "/2.1/*".
std::string_view part_written_out(std::string_view entry) {
  const std::string_view first = entry.substr(0, entry.find('/', 1));
  return first.size() > 1 && ascii::is_digit(first[1]) && !has_wildcard(first) ? first : std::string_view();
}

}  // namespace

std::optional<std::vector<Annotation>> read_annotations(Cursor& cursor) {
  std::vector<Annotation> annotations;
  if (!cursor.space() || !cursor.take('(')) return std::nullopt;
  do {
    if (!read_entry_att(cursor, annotations)) return std::nullopt;
  } while (cursor.space());
  return cursor.take(')') ? std::optional(std::move(annotations)) : std::nullopt;
}

std::optional<AnnotationRequest> read_annotation_request(Cursor& cursor) {
  AnnotationRequest request;
  const auto read_one_entry = [&] {
    auto entry = read_entry_match(cursor);
    if (!entry || request.entries.size() == annotations_named_max) return false;
    const std::string_view part = part_written_out(*entry);
    if (!part.empty() && !split(part).good) return false;
    request.entries.push_back(std::move(*entry));
    return true;
  };
  const auto read_one_attribute = [&] {
    const auto name = cursor.astring();
    AnnotationRequest::Attribute attribute;
    attribute.size = name && read_scope(*name, "size", attribute.priv, attribute.shared);
    if (!name || (!attribute.size && !read_scope(*name, "value", attribute.priv, attribute.shared))) return false;
    request.attributes.push_back(attribute);
    return request.attributes.size() <= annotations_named_max;
  };
  if (!cursor.space() || !cursor.take('(') || !read_one_or_list(cursor, read_one_entry)) return std::nullopt;
  if (!cursor.space() || !read_one_or_list(cursor, read_one_attribute) || !cursor.take(')')) return std::nullopt;
  return request;
}

std::string annotation_data(const AnnotationRequest& request, const Annotations& annotations, std::string_view user) {
  std::vector<std::string> entries;
  std::set<std::string_view> known;
  const auto asks = [&request](bool shared) {
    return std::ranges::any_of(request.attributes,
                               shared ? &AnnotationRequest::Attribute::shared : &AnnotationRequest::Attribute::priv);
  };
  for (const std::string& pattern : request.entries) {
    if (!has_wildcard(pattern)) {
      if (known.insert(pattern).second) entries.push_back(pattern);
      continue;
    }
    for (const auto& [key, value] : annotations.values()) {
      const bool seen = key.user.empty() ? asks(true) : key.user == user && asks(false);
      if (seen && matches_pattern(pattern, key.entry) && known.insert(key.entry).second) entries.push_back(key.entry);
    }
  }
  std::string text;
  const auto add = [&text](const std::string& more) { text.append(text.ends_with('(') ? "" : " ").append(more); };
  for (const std::string& entry : entries) {
    if (text.empty()) text = "(";
    add(astring(entry) + " (");
    for (const AnnotationRequest::Attribute& attribute : request.attributes)
      for (const bool shared : {false, true}) {
        if (!(shared ? attribute.shared : attribute.priv)) continue;
        const std::string* value = annotations.find(shared ? "" : user, entry);
        const std::string suffix = shared ? ".shared " : ".priv ";
        if (attribute.size)
          add("size" + suffix + "\"" + std::to_string(value ? value->size() : 0) + "\"");
        else
          add("value" + suffix + (value ? string_or_literal8(*value) : "NIL"));
      }
    text += ')';
  }
  return text.empty() ? text : text + ")";
}

std::optional<AnnotationTerm> read_annotation_term(Cursor& cursor, const std::string& charset,
                                                   const std::string& user) {
  AnnotationTerm term{{}, user, false, false, {}};
  auto entry = cursor.space() ? read_entry_match(cursor) : std::nullopt;
  if (!entry || !cursor.space()) return std::nullopt;
  term.entry = std::move(*entry);
  const auto attribute = cursor.astring();
  if (!attribute || !read_scope(ascii::lower(*attribute), "value", term.priv, term.shared)) return std::nullopt;
  if (!cursor.space() || !cursor.value(term.text)) return std::nullopt;
  if (term.text) term.text = casemap(utf8_from_charset(*term.text, charset).value_or(""));
  return term;
}

bool matches(const AnnotationTerm& term, const Annotations& annotations) {
  const auto is_meant = [&term](const auto& entry) {
    const auto& [key, value] = entry;
    const bool theirs = key.user.empty() ? term.shared : term.priv && key.user == term.user;
    return theirs && matches_pattern(term.entry, key.entry) && (!term.text || text_holds(*value, *term.text));
  };
  return std::ranges::any_of(annotations.values(), is_meant) == term.text.has_value();
}

std::optional<AnnotationColumn> read_annotation_column(Cursor& cursor, const std::string& user) {
  auto entry = cursor.space() ? read_entry_name(cursor) : std::nullopt;
  if (!entry || !cursor.space()) return std::nullopt;
  const bool shared = cursor.word("value.shared");
  if (!shared && !cursor.word("value.priv")) return std::nullopt;
  return AnnotationColumn{std::move(*entry), shared ? "" : user};
}

std::optional<std::vector<ToldAnnotation>> read_told_annotations(Cursor& cursor) {
  std::vector<ToldAnnotation> told;
  if (!cursor.take('(')) return std::nullopt;
  do {
    const auto entry = cursor.astring();
    if (!entry) return std::nullopt;
    if (!cursor.prefix(" (")) {
      told.push_back({*entry, {}, {}});
      continue;
    }
    do {
      ToldAnnotation one{*entry, cursor.astring().value_or(""), {}};
      if (one.attribute.empty() || !cursor.space() || !cursor.value(one.value)) return std::nullopt;
      told.push_back(std::move(one));
    } while (cursor.space());
    if (!cursor.take(')')) return std::nullopt;
  } while (cursor.space());
  return cursor.take(')') ? std::optional(std::move(told)) : std::nullopt;
}

bool names_part(std::string_view entry) { return !part_written_out(entry).empty(); }

bool names_missing_part(std::string_view entry, const message::Part& root) {
  const std::string_view part = part_written_out(entry);
  return !part.empty() && !message::find_part(root, split(part).part);
}

}  // namespace mailscope::imap
