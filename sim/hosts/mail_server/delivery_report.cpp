#include "sim/hosts/mail_server/delivery_report.hpp"

#include <fmt/format.h>

#include "protocols/core/internet_date.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/report.hpp"
#include "sim/hosts/session/reply_text.hpp"

namespace mailscope {
namespace {

using Action = Outcome::Action;

/// What a person reads.
struct Words {
  const char *subject, *sentence;
};

Words words_of(Action action) {
  switch (action) {
    case Action::Failed:
      return {"Undelivered mail returned to sender", "Your message could not be delivered to"};
    case Action::Delayed:
      return {"Delayed mail (still being retried)", "Your message has not been delivered yet to"};
    case Action::Delivered:
      return {"Successful mail delivery report", "Your message was delivered to"};
    case Action::Relayed:
      return {"Mail relayed without further reports",
              "Your message was passed on, to a server that sends no such reports, for"};
    case Action::Expanded:
      return {"Mail expanded to several recipients", "Your message was passed on to the addresses behind"};
  }
  return {};
}

/// The RFC 3463 status of a reply; a peer without enhanced codes still said which class it is.
std::string status_of(const smtp::Reply& reply) {
  if (!reply.enhanced.empty()) return reply.enhanced;
  return reply.permanent() ? "5.0.0" : reply.positive() ? "2.0.0" : "4.0.0";
}

std::string for_people(const Letter& letter, const Outcome& outcome, const std::string& reporting_host) {
  std::string text = fmt::format("This is the mail system at {}.\n\n{}\n\n    <{}>\n", reporting_host,
                                 words_of(outcome.action).sentence, letter.address());
  if (outcome.action == Action::Failed || outcome.action == Action::Delayed)
    text += fmt::format("\n{}\n\n    {}\n",
                        outcome.remote_host.empty() ? "because:" : fmt::format("because {} said:", outcome.remote_host),
                        one_line(outcome.reply));
  if (outcome.retry_until)
    text += fmt::format("\nIt will be tried again until {}.\n", message::date(*outcome.retry_until));
  return text;
}

/// orig-hold-param-value (RFC 4865 §5.1.2)
std::string hold_value(const smtp::Hold& hold) {
  const auto* interval = std::get_if<std::chrono::seconds>(&hold);
  return interval ? fmt::format("for;{}", interval->count())
                  : fmt::format("until;{}", internet_date(std::get<Instant>(hold)));
}

message::DeliveryStatus for_programs(const Letter& letter, const Outcome& outcome, const std::string& reporting_host) {
  message::RecipientStatus recipient;
  recipient.recipient = letter.address();
  recipient.action = outcome.action;
  recipient.status = status_of(outcome.reply);
  if (const auto& original = letter.recipient().original)
    recipient.original = message::Typed{original->type, original->address};
  if (!outcome.remote_host.empty()) {
    recipient.remote_mta = message::Typed{"dns", outcome.remote_host};
    recipient.diagnostic = message::Typed{"smtp", one_line(outcome.reply)};
  }
  recipient.retry_until = outcome.retry_until;
  message::DeliveryStatus status;
  status.envelope_id = letter.envelope.id;
  status.reporting_mta = {"dns", reporting_host};
  status.arrival = letter.accepted;
  if (const auto& by = letter.envelope.by) status.deliver_by = letter.accepted + by->time;
  if (letter.held) status.future_release = hold_value(*letter.held);
  status.recipients.push_back(std::move(recipient));
  return status;
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
    case Action::Relayed:  // told of only where it is owed, whatever NOTIFY asks for (RFC 2852 §4.1.4)
      return true;
    case Action::Delivered:
    case Action::Expanded:
      return notify.success;
  }
  return false;
}

std::string delivery_report(const Letter& letter, const Outcome& outcome, const std::string& reporting_host,
                            const std::string& reader, Instant now, const std::string& unique) {
  message::ReportCover cover;
  cover.from = fmt::format("Mail Delivery System <mailer-daemon@{}>", reporting_host);
  cover.to = fmt::format("<{}>", reader);
  cover.subject = words_of(outcome.action).subject;
  cover.text = for_people(letter, outcome, reporting_host);
  cover.date = now;
  cover.message_id = fmt::format("{}@{}", unique, reporting_host);
  cover.original = *letter.content;
  // RFC 3461 §6.2: the whole message comes back only with a failure, and only where RET=FULL asks for it; never where
  // it was not to travel without TLS (RFC 8689 §5).
  cover.returns_content = outcome.action == Action::Failed && letter.envelope.returned == smtp::Return::Full &&
                          !letter.envelope.require_tls;
  return message::build_report(for_programs(letter, outcome, reporting_host), cover);
}

}  // namespace mailscope
