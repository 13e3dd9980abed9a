#include "sim/hosts/bounce.hpp"

#include <fmt/format.h>

#include "protocols/message/message.hpp"
#include "sim/hosts/reply_text.hpp"

namespace mailscope {
namespace {

/// The RFC 3463 status of a reply; a peer without enhanced codes still said which class it is.
std::string status_of(const smtp::Reply& reply) {
  if (!reply.enhanced.empty()) return reply.enhanced;
  return reply.permanent() ? "5.0.0" : "4.0.0";
}

}  // namespace

std::string bounce_message(const FailedDelivery& failure, Instant now, const std::string& unique) {
  const std::string boundary = fmt::format("report-{}", unique);
  const std::string diagnostic = one_line(failure.reply);
  std::string report = fmt::format(
      "From: Mail Delivery System <mailer-daemon@{0}>\r\n"
      "To: <{1}>\r\n"
      "Subject: Undelivered mail returned to sender\r\n"
      "Date: {2}\r\n"
      "Message-ID: <{3}@{0}>\r\n"
      "Auto-Submitted: auto-replied\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"{4}\"\r\n\r\n",
      failure.reporting_host, failure.sender, message::date(now), unique, boundary);
  report += fmt::format(
      "--{}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
      "This is the mail system at {}.\r\n\r\n"
      "Your message could not be delivered to\r\n\r\n    <{}>\r\n\r\n{}\r\n\r\n    {}\r\n\r\n",
      boundary, failure.reporting_host, failure.recipient,
      failure.remote_host.empty() ? "because:" : fmt::format("because {} said:", failure.remote_host), diagnostic);
  report += fmt::format(
      "--{}\r\nContent-Type: message/delivery-status\r\n\r\n"
      "Reporting-MTA: dns; {}\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: {}\r\n",
      boundary, failure.reporting_host, failure.recipient, status_of(failure.reply));
  if (!failure.remote_host.empty()) {
    report += fmt::format("Remote-MTA: dns; {}\r\nDiagnostic-Code: smtp; {}\r\n", failure.remote_host, diagnostic);
  }
  report += fmt::format("\r\n--{}\r\nContent-Type: text/rfc822-headers\r\n\r\n{}\r\n--{}--\r\n", boundary,
                        message::split(failure.content).header, boundary);
  return report;
}

}  // namespace mailscope
