#include "sim/hosts/mail_server/mailbox_watch.hpp"

#include <utility>

#include "sim/hosts/session/message_summary.hpp"

namespace mailscope {

void MailboxWatch::changed(const mailstore::Change& change) {
  using Kind = mailstore::Change::Kind;
  const mailstore::Mailbox* mailbox = account_.find(change.mailbox);
  if (!mailbox) return;
  switch (change.kind) {
    case Kind::Added:
      return record(MailboxChanged::Kind::Added, change.mailbox, *mailbox, *change.message);
    case Kind::Flagged:
    case Kind::Annotated:
      return record(MailboxChanged::Kind::Updated, change.mailbox, *mailbox, *change.message);
    case Kind::Removed:
      return record(MailboxChanged::Kind::Removed, change.mailbox, *mailbox, *change.message);
    case Kind::Renamed:
      for (const mailstore::Message& message : mailbox->messages()) {
        record(MailboxChanged::Kind::Removed, change.old_name, *mailbox, message);
        record(MailboxChanged::Kind::Added, change.mailbox, *mailbox, message);
      }
      return;
    default:
      return;  // a trace shows messages
  }
}

void MailboxWatch::record(MailboxChanged::Kind kind, const std::string& mailbox, const mailstore::Mailbox& keywords,
                          const mailstore::Message& message) {
  changed_ = true;
  if (trace_.full()) return;  // nobody would read it
  const std::string& octets = message.content->octets();
  MessageSummary summary = summarise(message.uid.value, octets, octets.size(), keywords.names(message.flags));
  if (const std::string* note = annotations_of(message.annotations).find(account_.user(), "/comment"))
    summary.note = *note;
  records_.push_back({host_, account_.user() + "/" + mailbox, kind, std::move(summary)});
}

bool MailboxWatch::publish(Instant now) {
  for (MailboxChanged& record : std::exchange(records_, {})) trace_.append(now, std::move(record));
  return std::exchange(changed_, false);
}

}  // namespace mailscope
