#include "sim/hosts/delivery_report.hpp"

#include <fmt/format.h>

#include "protocols/message/message.hpp"
#include "sim/hosts/reply_text.hpp"

namespace mailscope {
namespace {

using Action = Outcome::Action;

/// What a person reads, and the keyword of RFC 3464 §2.3.3.
struct Words {
  const char *keyword, *subject, *sentence;
};

Words words_of(Action action) {
  switch (action) {
    case Action::Failed:
      return {"failed", "Undelivered mail returned to sender", "Your message could not be delivered to"};
    case Action::Delayed:
      return {"delayed", "Delayed mail (still being retried)", "Your message has not been delivered yet to"};
    case Action::Delivered:
      return {"delivered", "Successful mail delivery report", "Your message was delivered to"};
    case Action::Relayed:
      return {"relayed", "Mail relayed without further reports",
              "Your message was passed on, to a server that sends no such reports, for"};
    case Action::Expanded:
      return {"expanded", "Mail expanded to several recipients", "Your message was passed on to the addresses behind"};
  }
  return {};
}

/// The RFC 3463 status of a reply; a peer without enhanced codes still said which class it is.
std::string status_of(const smtp::Reply& reply) {
  if (!reply.enhanced.empty()) return reply.enhanced;
  return reply.permanent() ? "5.0.0" : reply.positive() ? "2.0.0" : "4.0.0";
}

std::string for_people(const Letter& letter, const Outcome& outcome, const std::string& reporting_host) {
  std::string text = fmt::format("This is the mail system at {}.\r\n\r\n{}\r\n\r\n    <{}>\r\n\r\n", reporting_host,
                                 words_of(outcome.action).sentence, letter.address());
  if (outcome.action == Action::Failed || outcome.action == Action::Delayed)
    text += fmt::format("{}\r\n\r\n    {}\r\n\r\n",
                        outcome.remote_host.empty() ? "because:" : fmt::format("because {} said:", outcome.remote_host),
                        one_line(outcome.reply));
  if (outcome.retry_until)
    text += fmt::format("It will be tried again until {}.\r\n\r\n", message::date(*outcome.retry_until));
  return text;
}

/// message/delivery-status: the fields of the message, then those of the recipient (RFC 3464 §2.2, §2.3).
std::string for_programs(const Letter& letter, const Outcome& outcome, const std::string& reporting_host) {
  std::string fields;
  if (!letter.envelope.id.empty()) fields += fmt::format("Original-Envelope-Id: {}\r\n", letter.envelope.id);
  fields +=
      fmt::format("Reporting-MTA: dns; {}\r\nArrival-Date: {}\r\n\r\n", reporting_host, message::date(letter.accepted));
  if (const auto& original = letter.recipient().original)
    fields += fmt::format("Original-Recipient: {}; {}\r\n", original->type, original->address);
  fields += fmt::format("Final-Recipient: rfc822; {}\r\nAction: {}\r\nStatus: {}\r\n", letter.address(),
                        words_of(outcome.action).keyword, status_of(outcome.reply));
  if (!outcome.remote_host.empty()) {
    fields += fmt::format("Remote-MTA: dns; {}\r\nDiagnostic-Code: smtp; {}\r\n", outcome.remote_host,
                          one_line(outcome.reply));
  }
  if (outcome.retry_until) fields += fmt::format("Will-Retry-Until: {}\r\n", message::date(*outcome.retry_until));
  return fields;
}

}  // namespace

bool is_to_be_reported(const Letter& letter, const Outcome& outcome) {
  const smtp::Notify& notify = letter.recipient().notify;
  if (letter.envelope.reverse_path.empty() || notify.never) return false;
  switch (outcome.action) {
    case Action::Failed:
      return notify.failure || !notify.said();
    case Action::Delayed:
      return notify.delay || !notify.said();
    case Action::Delivered:
    case Action::Relayed:
    case Action::Expanded:
      return notify.success;
  }
  return false;
}

std::string delivery_report(const Letter& letter, const Outcome& outcome, const std::string& reporting_host,
                            const std::string& reader, Instant now, const std::string& unique) {
  const std::string boundary = fmt::format("report-{}", unique);
  std::string report = fmt::format(
      "From: Mail Delivery System <mailer-daemon@{0}>\r\n"
      "To: <{1}>\r\n"
      "Subject: {5}\r\n"
      "Date: {2}\r\n"
      "Message-ID: <{3}@{0}>\r\n"
      "Auto-Submitted: auto-replied\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"{4}\"\r\n\r\n",
      reporting_host, reader, message::date(now), unique, boundary, words_of(outcome.action).subject);
  report += fmt::format("--{}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{}", boundary,
                        for_people(letter, outcome, reporting_host));
  report += fmt::format("--{}\r\nContent-Type: message/delivery-status\r\n\r\n{}\r\n", boundary,
                        for_programs(letter, outcome, reporting_host));
  // RFC 3461 §6.2: the whole message comes back only with a failure, and only where RET=FULL asks for it.
  const bool whole = outcome.action == Action::Failed && letter.envelope.returned == smtp::Return::Full;
  report += fmt::format("--{}\r\nContent-Type: {}\r\n\r\n{}\r\n--{}--\r\n", boundary,
                        whole ? "message/rfc822" : "text/rfc822-headers",
                        whole ? std::string_view(*letter.content) : message::split(*letter.content).header, boundary);
  return report;
}

}  // namespace mailscope
