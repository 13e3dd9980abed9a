#include "protocols/message/report_form.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::message::report_form {

namespace {

/// A body part. What is not US-ASCII travels as it is: in reports on internationalized mail it may (RFC 6533 §4).
std::string part(std::string_view boundary, std::string_view type, std::string_view body) {
  std::string text = "--" + std::string(boundary) + "\r\nContent-Type: " + std::string(type) + "\r\n";
  if (!ascii::is_ascii(body)) text += "Content-Transfer-Encoding: 8bit\r\n";
  return text.append("\r\n").append(body).append("\r\n");
}

/// Type of the third part: what comes back (RFC 6522 §3 (c), RFC 6533 §5). A header in an unknown charset is no UTF-8.
std::string_view returned_type(std::string_view header, bool whole) {
  const bool global = !ascii::is_ascii(header) && utf8_valid_prefix(header) == header.size();
  if (whole) return global ? "message/global" : "message/rfc822";
  return global ? "message/global-headers" : "text/rfc822-headers";
}

/// bchars that occur nowhere in what they shall divide (RFC 2046 §5.1.1).
std::string boundary_for(const ReportCover& cover, std::string_view status) {
  std::string boundary = "report-";
  for (const char c : cover.message_id.substr(0, 40)) boundary += ascii::is_alnum(c) ? c : '.';
  const auto occurs = [&](std::string_view text) { return text.find(boundary) != std::string_view::npos; };
  for (boundary += "=_"; occurs(cover.original) || occurs(cover.text) || occurs(status);) boundary += '_';
  return boundary;
}

}  // namespace

std::string field(std::string_view name, std::string_view value) {
  std::string line(value.substr(0, report_value_octets_max));
  if (utf8_valid_prefix(value) == value.size()) line.resize(utf8_valid_prefix(line));  // no character is cut in two
  std::ranges::replace_if(
      line, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return std::string(name) + ": " + line + "\r\n";
}

std::string field(std::string_view name, const std::optional<Typed>& typed) {
  return typed ? field(name, typed->type + "; " + typed->value) : std::string();
}

std::string field_unless_empty(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : field(name, value);
}

std::optional<Typed> typed_address(std::string_view address) {
  return Typed{ascii::is_ascii(address) ? "rfc822" : "utf-8", std::string(address)};
}

std::string Fields::text(std::string_view name) const {
  const auto found = std::ranges::find_if(fields_, [&](const Field& each) { return ascii::iequals(each.name, name); });
  return found == fields_.end() ? std::string() : found->body.substr(0, report_value_octets_max);
}

std::optional<Typed> Fields::pair(std::string_view name) const {
  const std::string value = text(name);
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string::npos) return std::nullopt;
  const std::string_view whole = value;
  return Typed{ascii::lower(ascii::trim(whole.substr(0, semicolon))),
               std::string(ascii::trim(whole.substr(semicolon + 1)))};
}

std::optional<Instant> Fields::instant(std::string_view name) const {
  const std::optional<DateTime> found = parse_date(text(name));
  return found ? std::optional(found->instant) : std::nullopt;
}

std::string write(const ReportCover& cover, std::string_view kind, std::string_view fields) {
  const std::string type = (ascii::is_ascii(fields) ? "" : "global-") + std::string(kind);
  const std::string text = with_crlf(cover.text);
  const std::string_view header = split(cover.original).header;
  const std::string_view original = cover.returns_content ? cover.original : header;
  const std::string boundary = boundary_for(cover, fields);
  std::string report = field("From", cover.from) + field("To", cover.to) + field("Subject", cover.subject) +
                       field("Date", date(cover.date)) + field("Message-ID", '<' + cover.message_id + '>') +
                       "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n" +  // RFC 3834 §5
                       "Content-Type: multipart/report; report-type=" + type + ";\r\n boundary=\"" + boundary +
                       "\"\r\n";
  if (!ascii::is_ascii(text) || !ascii::is_ascii(fields) || !ascii::is_ascii(original))
    report += "Content-Transfer-Encoding: 8bit\r\n";
  return report + "\r\n" +
         part(boundary, ascii::is_ascii(text) ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8", text) +
         part(boundary, "message/" + type, fields) +
         part(boundary, returned_type(header, cover.returns_content), original) + "--" + boundary + "--\r\n";
}

std::optional<std::string> read(std::string_view content, std::string_view kind) {
  const Structure structure = parse_structure(content);
  if (!structure.root.is("multipart", "report")) return std::nullopt;
  const auto& parts = structure.root.children;
  const auto found = std::ranges::find_if(parts, [&](const Part& each) {
    return each.is("message", kind) || each.is("message", "global-" + std::string(kind));
  });
  return found == parts.end() ? std::nullopt : decoded_octets(content, *found);
}

}  // namespace mailscope::message::report_form
