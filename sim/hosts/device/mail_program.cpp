#include "sim/hosts/device/mail_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/core/idna.hpp"
#include "protocols/message/reply.hpp"
#include "sim/hosts/device/imap_mail.hpp"
#include "sim/hosts/device/local_mail.hpp"
#include "sim/hosts/names/dns_type.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

const std::string receipt_flag = "$MDNSent";  // RFC 3503

/// What a person reads of a receipt: no promise that the message was understood (RFC 8098 §3.2.6.2).
constexpr const char* receipt_text =
    "Your message to <{}> was displayed.\n\nThis is no guarantee that it was read or understood.\n";

/// What makes one message two where a bare LF ends lines: an end of content that only such a server sees, the commands
/// of a second transaction, and its message.
std::string smuggled(const SmuggledMessage& hidden, Instant now) {
  message::Draft draft;
  draft.from = {"", hidden.from};
  draft.date = now;
  draft.subject = hidden.subject;
  draft.text = hidden.text;
  draft.message_id = fmt::format("hidden@{}", domain_of(hidden.from));
  std::string commands = fmt::format("\n.\r\nMAIL FROM:<{}>\r\n", hidden.from);
  for (const std::string& recipient : hidden.to) {
    draft.to.push_back({"", recipient});
    commands += fmt::format("RCPT TO:<{}>\r\n", recipient);
  }
  return commands + "DATA\r\n" + message::build(draft);
}

std::vector<message::Address> to_addresses(const std::vector<std::string>& recipients) {
  std::vector<message::Address> addresses;
  for (const std::string& recipient : recipients) addresses.push_back({"", recipient});
  return addresses;
}

}  // namespace

MailProgram::MailProgram(HostId id, Surroundings& world, Sessions& sessions, const DeviceSetting& setting)
    : Host(id, world, sessions),
      names_(id, world, sessions, setting.resolver),
      random_(world.trace.seed, "mail program of " + info().name),
      nonces_(world.trace.seed, "nonces of " + info().name),
      outgoing_(id, world, sessions, setting, names_, nonces_, accesses_) {
  const MailAccess::Shared shared{names_, nonces_, [this](Instant now, MailAccess& access, std::uint64_t message) {
                                    on_opened(now, access, message);
                                  }};
  for (const AccountSetting& account : setting.accounts) {
    const std::string prefix = mailbox_prefix(setting, account);
    if (account.incoming && account.incoming->protocol == AccountSetting::Incoming::Protocol::Imap) {
      accesses_.push_back(std::make_unique<ImapMail>(id, world, sessions, account, prefix, shared));
    } else {
      accesses_.push_back(std::make_unique<LocalMail>(id, world, sessions, account, prefix, shared));
    }
  }
}

void MailProgram::wake(Instant now) {
  outgoing_.wake(now);
  for (const auto& access : accesses_) access->wake(now);
}

/// No other session looks at what a device has.
bool MailProgram::publish(Instant now) {
  for (const auto& access : accesses_) access->publish(now);
  return false;
}

std::optional<MessageSummary> MailProgram::choose(Instant now, MailAccess& access, const MessageChoice& choice) {
  auto found = access.find(choice);
  if (!found) note(now, Severity::Warning, "notice/no-such-message", {choice.subject});
  return found;
}

void MailProgram::act(Instant now, const Action& action) {
  std::visit(
      [&](const auto& what) {
        if constexpr (requires { perform(now, what, action.account); }) perform(now, what, action.account);
      },
      action.what);
}

void MailProgram::perform(Instant now, const CheckMailAction&, std::optional<std::size_t> account) {
  if (!online_) return note(now, Severity::Warning, "notice/off-line", {});
  outgoing_.try_again(now, account);
  if (account) return access(account).check(now);
  for (const auto& each : accesses_) each->check(now);
}

void MailProgram::perform(Instant now, const MessageAction& action, std::optional<std::size_t> account) {
  using Deed = MessageAction::Deed;
  if (action.deed == Deed::Delete && action.message.mailbox == outbox_name) {
    if (const auto letter = choose_waiting(now, action.message.subject)) outgoing_.remove(now, *letter);
    return;
  }
  MailAccess& mail = access(account);
  const auto message = choose(now, mail, action.message);
  if (!message) return;
  switch (action.deed) {
    case Deed::Read:
      return mail.open(now, message->id);
    case Deed::Delete:
      return erase(now, mail, *message, action.message.mailbox);
    case Deed::Flag:
    case Deed::Unflag:
      return mail.mark(now, message->id, "\\Flagged", action.deed == Deed::Flag);
    case Deed::MarkRead:
    case Deed::MarkUnread:
      return mail.mark(now, message->id, "\\Seen", action.deed == Deed::MarkRead);
  }
}

/// As most programs do it: what is deleted goes to the trash, and from there for good.
void MailProgram::erase(Instant now, MailAccess& access, const MessageSummary& message, const std::string& mailbox) {
  const std::string trash = access.trash();
  mailbox == trash ? access.erase(now, message.id) : access.move(now, message.id, trash);
}

void MailProgram::perform(Instant now, const MoveAction& action, std::optional<std::size_t> account) {
  MailAccess& mail = access(account);
  if (const auto message = choose(now, mail, action.message)) mail.move(now, message->id, action.to);
}

void MailProgram::perform(Instant now, const NoteAction& action, std::optional<std::size_t> account) {
  MailAccess& mail = access(account);
  if (const auto message = choose(now, mail, action.message)) mail.annotate(now, message->id, action.text);
}

void MailProgram::perform(Instant now, const SearchAction& action, std::optional<std::size_t> account) {
  access(account).search(now, action);
}

void MailProgram::perform(Instant now, const EmptyTrashAction&, std::optional<std::size_t> account) {
  MailAccess& mail = access(account);
  const MailAccess::Mailboxes all = mail.shown();
  if (const auto trash = all.find(mail.trash()); trash != all.end())
    for (const MessageSummary& message : trash->second) mail.erase(now, message.id);
}

void MailProgram::perform(Instant now, const LineAction& action, std::optional<std::size_t>) {
  if (std::exchange(online_, action.online) == action.online) return;
  note(now, Severity::Info, online_ ? "notice/went-on-line" : "notice/went-off-line", {});
  outgoing_.set_online(now, online_);
  for (const auto& access : accesses_) access->set_online(now, online_);
}

void MailProgram::perform(Instant now, const SendAction& action, std::optional<std::size_t> account) {
  message::Draft draft;
  draft.to = to_addresses(action.to);
  draft.subject = action.subject;
  draft.text = action.text;
  if (action.receipt) draft.receipt_to = {{"", access(account).account().address}};
  outgoing_.hand_in(now, written(now, std::move(draft), account.value_or(0), action));
}

std::optional<std::uint64_t> MailProgram::choose_waiting(Instant now, const std::string& subject) {
  const auto found = outgoing_.find(subject);
  if (!found) note(now, Severity::Warning, "notice/no-such-message", {subject});
  return found;
}

/// A new version is a new message (RFC 5322 §3.6.4).
void MailProgram::perform(Instant now, const EditAction& action, std::optional<std::size_t>) {
  const auto id = choose_waiting(now, action.subject);
  if (!id) return;
  const WrittenLetter& old = outgoing_.letter(*id);
  message::Draft draft = old.draft;
  if (!action.to.empty()) draft.to = to_addresses(action.to);
  if (action.new_subject) draft.subject = *action.new_subject;
  if (action.text) draft.text = *action.text;
  outgoing_.replace(now, *id, written(now, std::move(draft), old.account, old.wishes));
}

void MailProgram::perform(Instant now, const ReplyAction& action, std::optional<std::size_t> account) {
  MailAccess& mail = access(account);
  const auto message = choose(now, mail, action.message);
  if (!message) return;
  const auto content = mail.content(message->id);
  if (!content) return note(now, Severity::Warning, "notice/not-downloaded", {message->subject});
  message::Draft draft = message::reply(*content, {mail.account().display_name, mail.account().address}, false);
  draft.text = action.text + "\n" + draft.text;
  outgoing_.hand_in(now, written(now, std::move(draft), account.value_or(0), {}));
  mail.mark(now, message->id, "\\Answered", true);
}

WrittenLetter MailProgram::written(Instant now, message::Draft draft, std::size_t account, SendAction wishes) {
  const AccountSetting& setting = accesses_[account]->account();
  draft.from = {setting.display_name, setting.address};
  draft.date = now;
  draft.message_id = message_id(setting.address);
  smtp::Envelope envelope = wishes.wishes;
  envelope.reverse_path = setting.address;
  for (const std::string& recipient : message::recipients(draft))
    envelope.recipients.push_back({recipient, wishes.notify, {}});
  std::string content = message::build(draft);
  if (wishes.smuggled) content += smuggled(*wishes.smuggled, now);
  return {std::move(draft), std::move(wishes), {std::move(envelope), std::move(content)}, account};
}

std::string MailProgram::message_id(std::string_view address) {
  const std::string domain(domain_of(address));
  return fmt::format("{:016x}@{}", random_.next(), to_a_labels(domain).value_or(domain));
}

void MailProgram::on_opened(Instant now, MailAccess& access, std::uint64_t message) {
  const std::string content = access.content(message).value_or("");
  const auto request = message::disposition_request(content);
  if (!request || access.is_marked(message, receipt_flag)) return;
  if (!access.account().gives_receipts || !request->may_be_automatic)
    return note(now, Severity::Info, "notice/receipt-not-given", {request->to.front()});
  access.mark(now, message, receipt_flag, true);  // before it goes: rather none than two (RFC 3503 §3)
  send_receipt(now, access, content, *request);
}

void MailProgram::send_receipt(Instant now, const MailAccess& access, const std::string& content,
                               const message::DispositionRequest& request) {
  const std::string& self = access.account().address;
  const message::DispositionStatus status{.reporting_ua = "Mailscope",
                                          .original = request.original,
                                          .recipient = self,
                                          .message_id = request.message_id,
                                          .type = message::DispositionType::Displayed,
                                          .sent_automatically = true};
  const std::string& to = request.to.front();
  const message::ReportCover cover{
      self, to, "Read: " + request.subject, fmt::format(receipt_text, self), now, message_id(self), content};
  smtp::Envelope envelope;  // with the null reverse-path (RFC 8098 §3)
  envelope.recipients.push_back({to, {}, {}});
  const auto account = std::ranges::find(accesses_, &access, [](const auto& each) { return each.get(); });
  outgoing_.hand_in(now, {{},
                          {},
                          {std::move(envelope), message::build_disposition(status, cover)},
                          static_cast<std::size_t>(account - accesses_.begin()),
                          true});
}

void MailProgram::perform(Instant now, const LookUpAction& action, std::optional<std::size_t>) {
  const dns::Type type = type_of(action.type);
  const std::string name = type == dns::Type::Ptr ? dns::reverse_name(action.name).value_or(action.name) : action.name;
  names_.look_up(now, {name, type}, [this](Instant then, const std::optional<dns::Message>& answer) {
    if (!answer) return;  // that has been said
    const bool found = answer->rcode == dns::Rcode::NoError;
    note(then, found ? Severity::Success : Severity::Warning, "notice/looked-up", {dns::summary(*answer)});
  });
}

}  // namespace mailscope
