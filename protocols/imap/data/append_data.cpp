#include "protocols/imap/data/append_data.hpp"

#include <utility>

#include "protocols/imap/data/annotation.hpp"

namespace mailscope::imap {

namespace {

/// What follows "UTF8" in utf8-literal = "UTF8" SP "(" literal8 ")" (RFC 6855 §4)
std::optional<std::string> read_utf8_literal(Cursor& arguments) {
  if (!arguments.prefix(" (") || !arguments.next_is('~')) return std::nullopt;
  auto octets = arguments.literal();
  return arguments.take(')') ? octets : std::nullopt;
}

/// cat-part = "TEXT" SP literal / "URL" SP astring / utf8-literal (RFC 4469 §5, RFC 6855 §4); a literal8 too (RFC 3516
/// §4.4)
std::optional<AppendPart> read_part(Cursor& arguments) {
  const bool is_url = arguments.word("URL"), is_utf8 = !is_url && arguments.word("UTF8");
  if (!is_utf8 && ((!is_url && !arguments.word("TEXT")) || !arguments.space())) return std::nullopt;
  auto text = is_url ? arguments.astring() : is_utf8 ? read_utf8_literal(arguments) : arguments.literal();
  if (!text) return std::nullopt;
  return AppendPart{is_url, std::move(*text)};
}

/// append-data = literal / literal8 / utf8-literal / "CATENATE" SP "(" cat-part *(SP cat-part) ")"
std::optional<std::vector<AppendPart>> read_data(Cursor& arguments) {
  std::vector<AppendPart> parts;
  if (!arguments.word("CATENATE")) {
    auto content = arguments.word("UTF8") ? read_utf8_literal(arguments) : arguments.literal();
    if (!content) return std::nullopt;
    parts.push_back({false, std::move(*content)});
    return parts;
  }
  if (!arguments.space() || !arguments.take('(')) return std::nullopt;
  do {
    auto part = read_part(arguments);
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  } while (arguments.space());
  if (!arguments.take(')')) return std::nullopt;
  return parts;
}

}  // namespace

std::optional<AppendMessage> read_append_message(Cursor& arguments) {
  AppendMessage message;
  if (!arguments.space()) return std::nullopt;
  if (arguments.next_is('(')) {
    auto flags = arguments.flag_list();
    if (!flags || !arguments.space()) return std::nullopt;
    message.flags = std::move(*flags);
  }
  if (arguments.next_is('"')) {
    message.date = arguments.date_time();
    if (!message.date || !arguments.space()) return std::nullopt;
  }
  if (arguments.word("ANNOTATION")) {
    auto annotations = read_annotations(arguments);
    if (!annotations || !arguments.space()) return std::nullopt;
    message.annotations = std::move(*annotations);
  }
  auto parts = read_data(arguments);
  if (!parts) return std::nullopt;
  message.parts = std::move(*parts);
  return message;
}

}  // namespace mailscope::imap
