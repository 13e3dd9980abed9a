#include "protocols/message/body.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "protocols/core/charset.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/flowed.hpp"
#include "protocols/message/html_text.hpp"

namespace mailscope::message {

namespace {

constexpr std::size_t preview_characters_max = 200;  // RFC 8970 §3.3; no more than 256
/// Of plain text no more than this is looked at for a preview: quoted text and white space may come first.
constexpr std::size_t preview_source_octets_max = 16 * 1024;

bool is_attachment(const Part& part) { return part.disposition && part.disposition->type != "inline"; }

/// The best text of the subtype, or of any where it is empty.
const Part* find_text(const Part& part, std::string_view subtype) {
  if (is_attachment(part)) return nullptr;
  if (part.type == "text") return subtype.empty() || part.subtype == subtype ? &part : nullptr;
  if (!part.is_multipart()) return nullptr;
  const bool choose = part.subtype == "alternative" && subtype.empty();
  for (const std::string_view wanted : {std::string_view("plain"), std::string_view("html"), subtype}) {
    if (!choose && wanted != subtype) continue;
    for (const Part& child : part.children)
      if (const Part* found = find_text(child, wanted)) return found;
  }
  return nullptr;
}

/// Runs of white space as one space, none at the ends, at most `characters_max` characters.
std::string in_one_line(std::string_view text, std::size_t characters_max) {
  std::string result;
  bool space = false;
  for (std::size_t characters = 0; !text.empty() && characters < characters_max;) {
    const char32_t c = take_code_point(text);
    if (c <= U' ' || c == 0x7f || c == 0xa0) {
      space = !result.empty();
      continue;
    }
    if (space && ++characters == characters_max) break;
    if (space) result += ' ';
    space = false;
    append_utf8(result, c);
    ++characters;
  }
  return result;
}

/// Lines that are no quotation (RFC 3676 §4.5), up to the signature (§4.3); all lines if every one is quoted.
std::string own_lines(std::string_view text) {
  std::string own;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t feed = rest.find('\n');
    const std::string_view line = rest.substr(0, feed);
    rest.remove_prefix(feed == std::string_view::npos ? rest.size() : feed + 1);
    if (line == "-- " || line == "-- \r") break;
    if (!line.starts_with('>')) own.append(line).append("\n");
  }
  const bool is_blank = own.find_first_not_of(" \t\r\n") == std::string::npos;
  return is_blank ? std::string(text) : own;
}

}  // namespace

bool knows_encoding(const Part& part) {
  constexpr std::string_view known[] = {"7bit", "8bit", "binary", "base64", "quoted-printable"};
  return std::ranges::find(known, part.encoding) != std::end(known);
}

std::optional<std::string> decoded_octets(std::string_view content, const Part& part) {
  const std::string_view body = part.body.of(content);
  if (part.encoding == "base64") return base64_decode_mime(body);
  if (part.encoding == "quoted-printable") return quoted_printable_decode(body);
  if (knows_encoding(part)) return std::string(body);
  return std::nullopt;
}

std::string text_of(std::string_view content, const Part& part) {
  if (part.type != "text") return {};
  std::optional<std::string> octets = decoded_octets(content, part);
  if (!octets) return {};
  std::string text =
      utf8_from_charset(*octets, ascii::trim(parameter(part.parameters, "charset"))).value_or(utf8_guessed(*octets));
  std::erase(text, '\0');  // RFC 7103 §7.6
  return text;
}

std::string shown_text(std::string_view content, const Part& part) {
  std::string text = text_of(content, part);
  if (part.subtype == "html") return html_text(text, shown_characters_max);
  if (ascii::iequals(parameter(part.parameters, "format"), "flowed"))
    return unflow(text, ascii::iequals(parameter(part.parameters, "delsp"), "yes"));
  text = with_crlf(text);
  std::erase(text, '\r');
  return text;
}

const Part* first_text(const Part& root) { return find_text(root, {}); }

std::string preview(std::string_view content, const Part& root) {
  const Part* part = first_text(root);
  if (!part) return {};
  const std::string text = text_of(content, *part);
  if (part->subtype == "html") return in_one_line(html_text(text, preview_characters_max), preview_characters_max);
  const std::string_view beginning = std::string_view(text).substr(0, preview_source_octets_max);
  return in_one_line(own_lines(beginning), preview_characters_max);
}

}  // namespace mailscope::message
