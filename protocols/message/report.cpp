#include "protocols/message/report.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/report_form.hpp"

namespace mailscope::message {

namespace {

constexpr std::array<std::string_view, 5> actions = {"failed", "delayed", "delivered", "relayed", "expanded"};

using report_form::field;
using report_form::field_unless_empty;
using Group = report_form::Fields;

std::string field(std::string_view name, const std::optional<Instant>& at) {
  return at ? report_form::field(name, date(*at)) : std::string();
}

/// delivery-status-content = per-message-fields 1*( CRLF per-recipient-fields ) (RFC 3464 §2.1)
std::string write_status(const DeliveryStatus& status) {
  std::string text = field_unless_empty("Original-Envelope-Id", status.envelope_id) +
                     field("Reporting-MTA", std::optional(status.reporting_mta)) +
                     field("DSN-Gateway", status.gateway) + field("Received-From-MTA", status.received_from) +
                     field("Arrival-Date", status.arrival) + field("Deliver-By-Date", status.deliver_by) +
                     field_unless_empty("Future-Release-Request", status.future_release);
  for (const RecipientStatus& each : status.recipients) {
    text += "\r\n" + field("Original-Recipient", each.original) +
            field("Final-Recipient", report_form::typed_address(each.recipient)) + field("Action", name(each.action)) +
            field("Status", each.status) + field("Remote-MTA", each.remote_mta) +
            field("Diagnostic-Code", each.diagnostic) + field("Last-Attempt-Date", each.last_attempt) +
            field_unless_empty("Final-Log-ID", each.log_id) + field("Will-Retry-Until", each.retry_until);
  }
  return text;
}

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

}  // namespace

std::string_view name(ReportAction action) { return actions[static_cast<std::size_t>(action)]; }

std::string build_report(const DeliveryStatus& status, const ReportCover& cover) {
  return report_form::write(cover, "delivery-status", write_status(status));
}

std::optional<DeliveryStatus> parse_report(std::string_view content) {
  const std::optional<std::string> body = report_form::read(content, "delivery-status");
  if (!body) return std::nullopt;
  std::string_view left = *body;
  const Group of_message = take_group(left);
  DeliveryStatus status{of_message.text("Original-Envelope-Id"), of_message.pair("Reporting-MTA").value_or(Typed{}),
                        of_message.pair("DSN-Gateway"),          of_message.pair("Received-From-MTA"),
                        of_message.instant("Arrival-Date"),      {},
                        of_message.instant("Deliver-By-Date"),   of_message.text("Future-Release-Request")};
  while (!left.empty() && status.recipients.size() < report_recipients_max)
    if (std::optional<RecipientStatus> recipient = read_recipient(take_group(left)))
      status.recipients.push_back(std::move(*recipient));
  return status;
}

}  // namespace mailscope::message
