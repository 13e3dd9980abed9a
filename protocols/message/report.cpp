#include "protocols/message/report.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/message.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::message {

namespace {

constexpr std::array<std::string_view, 5> actions = {"failed", "delayed", "delivered", "relayed", "expanded"};

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

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
std::string field(std::string_view name, const std::optional<Instant>& at) {
  return at ? field(name, date(*at)) : std::string();
}
std::string field_unless_empty(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : field(name, value);
}

/// delivery-status-content = per-message-fields 1*( CRLF per-recipient-fields ) (RFC 3464 §2.1)
std::string write_status(const DeliveryStatus& status) {
  std::string text = field_unless_empty("Original-Envelope-Id", status.envelope_id) +
                     field("Reporting-MTA", std::optional(status.reporting_mta)) +
                     field("DSN-Gateway", status.gateway) + field("Received-From-MTA", status.received_from) +
                     field("Arrival-Date", status.arrival) + field("Deliver-By-Date", status.deliver_by) +
                     field_unless_empty("Future-Release-Request", status.future_release);
  for (const RecipientStatus& each : status.recipients) {
    const Typed final_recipient{is_ascii(each.recipient) ? "rfc822" : "utf-8", each.recipient};
    text += "\r\n" + field("Original-Recipient", each.original) +
            field("Final-Recipient", std::optional(final_recipient)) + field("Action", name(each.action)) +
            field("Status", each.status) + field("Remote-MTA", each.remote_mta) +
            field("Diagnostic-Code", each.diagnostic) + field("Last-Attempt-Date", each.last_attempt) +
            field_unless_empty("Final-Log-ID", each.log_id) + field("Will-Retry-Until", each.retry_until);
  }
  return text;
}

/// A body part. What is not US-ASCII travels as it is: in reports on internationalized mail it may (RFC 6533 §4).
std::string part(std::string_view boundary, std::string_view type, std::string_view body) {
  std::string text = "--" + std::string(boundary) + "\r\nContent-Type: " + std::string(type) + "\r\n";
  if (!is_ascii(body)) text += "Content-Transfer-Encoding: 8bit\r\n";
  return text.append("\r\n").append(body).append("\r\n");
}

/// Type of the third part: what comes back (RFC 6522 §3 (c), RFC 6533 §5). A header in an unknown charset is no UTF-8.
std::string_view returned_type(std::string_view header, bool whole) {
  const bool global = !is_ascii(header) && utf8_valid_prefix(header) == header.size();
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

/// A field's value of the form type ";" value (RFC 3464 §2.1.2).
std::optional<Typed> typed(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  return Typed{ascii::lower(ascii::trim(value.substr(0, semicolon))),
               std::string(ascii::trim(value.substr(semicolon + 1)))};
}

/// The fields of one group, by name; of repeated ones the first.
class Group {
 public:
  explicit Group(std::string_view text) : fields_(header_fields(text)) {}
  [[nodiscard]] std::string text(std::string_view name) const {
    const auto found =
        std::ranges::find_if(fields_, [&](const Field& field) { return ascii::iequals(field.name, name); });
    return found == fields_.end() ? std::string() : found->body.substr(0, report_value_octets_max);
  }
  [[nodiscard]] std::optional<Typed> pair(std::string_view name) const { return typed(text(name)); }
  [[nodiscard]] std::optional<Instant> instant(std::string_view name) const {
    const std::optional<DateTime> found = parse_date(text(name));
    return found ? std::optional(found->instant) : std::nullopt;
  }

 private:
  std::vector<Field> fields_;
};

std::optional<RecipientStatus> read_recipient(const Group& group) {
  const std::optional<Typed> recipient = group.pair("Final-Recipient");
  const auto action = std::ranges::find(actions, ascii::lower(group.text("Action")));
  if (!recipient || action == actions.end()) return std::nullopt;
  return RecipientStatus{recipient->value,
                         static_cast<ReportAction>(action - actions.begin()),
                         group.text("Status"),
                         group.pair("Original-Recipient"),
                         group.pair("Remote-MTA"),
                         group.pair("Diagnostic-Code"),
                         group.text("Final-Log-ID"),
                         group.instant("Last-Attempt-Date"),
                         group.instant("Will-Retry-Until")};
}

/// Takes the first group of fields off `text`, and the empty lines behind it.
Group take_group(std::string_view& text) {
  const std::size_t end = header_end(text);
  const Group group(text.substr(0, end));
  text.remove_prefix(end);
  while (text.starts_with("\r\n") || text.starts_with('\n')) text.remove_prefix(text.starts_with('\n') ? 1 : 2);
  return group;
}

const Part* find_status(const Part& root) {
  if (!root.is("multipart", "report")) return nullptr;
  const auto found = std::ranges::find_if(root.children, [](const Part& each) {
    return each.is("message", "delivery-status") || each.is("message", "global-delivery-status");
  });
  return found == root.children.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name(ReportAction action) { return actions[static_cast<std::size_t>(action)]; }

std::string build_report(const DeliveryStatus& status, const ReportCover& cover) {
  const std::string fields = write_status(status);
  const std::string text = with_crlf(cover.text);
  const std::string_view header = split(cover.original).header;
  const std::string_view original = cover.returns_content ? cover.original : header;
  const std::string boundary = boundary_for(cover, fields);
  std::string report = field("From", cover.from) + field("To", cover.to) + field("Subject", cover.subject) +
                       field("Date", date(cover.date)) + field("Message-ID", '<' + cover.message_id + '>') +
                       "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n" +  // RFC 3834 §5
                       "Content-Type: multipart/report; report-type=" +
                       (is_ascii(fields) ? "delivery-status" : "global-delivery-status") + ";\r\n boundary=\"" +
                       boundary + "\"\r\n";
  if (!is_ascii(text) || !is_ascii(fields) || !is_ascii(original)) report += "Content-Transfer-Encoding: 8bit\r\n";
  return report + "\r\n" +
         part(boundary, is_ascii(text) ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8", text) +
         part(boundary, is_ascii(fields) ? "message/delivery-status" : "message/global-delivery-status", fields) +
         part(boundary, returned_type(header, cover.returns_content), original) + "--" + boundary + "--\r\n";
}

std::optional<DeliveryStatus> parse_report(std::string_view content) {
  const Structure structure = parse_structure(content);
  const Part* found = find_status(structure.root);
  const std::optional<std::string> body = found != nullptr ? decoded_octets(content, *found) : std::nullopt;
  if (!body) return std::nullopt;
  std::string_view left = *body;
  const Group of_message = take_group(left);
  DeliveryStatus status{of_message.text("Original-Envelope-Id"),
                        of_message.pair("Reporting-MTA").value_or(Typed{}),
                        of_message.pair("DSN-Gateway"),
                        of_message.pair("Received-From-MTA"),
                        of_message.instant("Arrival-Date"),
                        {},
                        of_message.instant("Deliver-By-Date"),
                        of_message.text("Future-Release-Request")};
  while (!left.empty() && status.recipients.size() < report_recipients_max)
    if (std::optional<RecipientStatus> recipient = read_recipient(take_group(left)))
      status.recipients.push_back(std::move(*recipient));
  return status;
}

}  // namespace mailscope::message
