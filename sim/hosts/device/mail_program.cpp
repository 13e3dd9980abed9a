#include "sim/hosts/device/mail_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/core/idna.hpp"
#include "protocols/message/reply.hpp"
#include "sim/hosts/device/imap_mail.hpp"
#include "sim/hosts/device/local_mail.hpp"
#include "sim/hosts/names/dns_type.hpp"
#include "sim/hosts/session/message_summary.hpp"
#include "sim/hosts/session/reply_text.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

const std::string outbox_name = "Outbox";
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

}  // namespace

MailProgram::MailProgram(HostId id, Surroundings& world, Sessions& sessions, const DeviceSetting& setting)
    : Host(id, world, sessions),
      names_(id, world, sessions, setting.resolver),
      random_(world.trace.seed, "mail program of " + info().name),
      nonces_(world.trace.seed, "nonces of " + info().name) {
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
    outgoing_.emplace_back();
    if (!account.outgoing) continue;
    ServerFinder::Wanted wanted{"submissions", "submission", std::string(domain_of(account.address)), std::nullopt};
    if (account.outgoing->security_given) wanted.security = account.outgoing->security;
    outgoing_.back() = std::make_unique<AccountServer<AccountSetting::Outgoing>>(
        *account.outgoing, ServerFinder(id, world, sessions, names_, std::move(wanted)));
  }
}

void MailProgram::wake(Instant now) {
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
  if (account) return access(account).check(now);
  for (const auto& each : accesses_) each->check(now);
}

void MailProgram::perform(Instant now, const MessageAction& action, std::optional<std::size_t> account) {
  using Deed = MessageAction::Deed;
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
  if (online_)
    for (const Letter& letter : std::exchange(outbox_, {})) {
      tell_outbox(now, MailboxChanged::Kind::Removed, letter);
      submit(now, letter);
    }
  for (const auto& access : accesses_) access->set_online(now, online_);
}

void MailProgram::perform(Instant now, const SendAction& action, std::optional<std::size_t> account) {
  message::Draft draft;
  for (const std::string& recipient : action.to) draft.to.push_back({"", recipient});
  draft.subject = action.subject;
  draft.text = action.text;
  if (action.receipt) draft.receipt_to = {{"", access(account).account().address}};
  hand_in(now, std::move(draft), account.value_or(0), action);
}

void MailProgram::perform(Instant now, const ReplyAction& action, std::optional<std::size_t> account) {
  MailAccess& mail = access(account);
  const auto message = choose(now, mail, action.message);
  if (!message) return;
  const auto content = mail.content(message->id);
  if (!content) return note(now, Severity::Warning, "notice/not-downloaded", {message->subject});
  message::Draft draft = message::reply(*content, {mail.account().display_name, mail.account().address}, false);
  draft.text = action.text + "\n" + draft.text;
  hand_in(now, std::move(draft), account.value_or(0));
  mail.mark(now, message->id, "\\Answered", true);
}

void MailProgram::hand_in(Instant now, message::Draft draft, std::size_t account, const SendAction& wishes) {
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
  send_off(now, {++last_letter_, {std::move(envelope), std::move(content)}, account, wishes.smuggled.has_value()});
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
  send_off(now, {++last_letter_,
                 {std::move(envelope), message::build_disposition(status, cover)},
                 static_cast<std::size_t>(account - accesses_.begin()),
                 false,
                 true});
}

void MailProgram::send_off(Instant now, const Letter& letter) {
  if (online_) return submit(now, letter);
  tell_outbox(now, MailboxChanged::Kind::Added, letter);
  outbox_.push_back(letter);
}

void MailProgram::tell_outbox(Instant now, MailboxChanged::Kind kind, const Letter& letter) {
  const MessageSummary summary =
      summarise(letter.id, letter.message.content, letter.message.content.size(), {"\\Seen"});
  world_.trace.append(now, MailboxChanged{id_, outbox_name, kind, summary});
}

/// A device without a domain name says its address literal (RFC 5321 §4.1.1.1).
std::string MailProgram::own_name() const { return fmt::format("[{}]", info().address); }

void MailProgram::perform(Instant now, const LookUpAction& action, std::optional<std::size_t>) {
  const dns::Type type = type_of(action.type);
  const std::string name = type == dns::Type::Ptr ? dns::reverse_name(action.name).value_or(action.name) : action.name;
  names_.look_up(now, {name, type}, [this](Instant then, const std::optional<dns::Message>& answer) {
    if (!answer) return;  // that has been said
    const bool found = answer->rcode == dns::Rcode::NoError;
    note(then, found ? Severity::Success : Severity::Warning, "notice/looked-up", {dns::summary(*answer)});
  });
}

void MailProgram::submit(Instant now, const Letter& letter) {
  const AccountSetting& account = accesses_[letter.account]->account();
  const bool by_reference = account.outgoing->by_reference && !letter.is_receipt && !letter.smuggles;
  if (by_reference && !letter.kept) return keep_first(now, letter);
  outgoing_[letter.account]->use(now, [this, letter](Instant then, const AccountSetting::Outgoing& outgoing) {
    submit_to(then, outgoing, letter);
  });
}

/// What is to be kept in Sent goes there before it is sent, and the submission server fetches it from there (RFC 4468).
void MailProgram::keep_first(Instant now, const Letter& letter) {
  MailAccess& mail = access(letter.account);
  mail.keep_unsent(now, letter.message.content,
                   [this, letter, &mail](Instant then, std::uint64_t message, const std::string& url) {
                     Letter kept = letter;
                     kept.kept = message;
                     kept.message.url = url;
                     if (url.empty()) tell_not_by_reference(then, mail.account().incoming->server);
                     send_off(then, kept);
                   });
}

void MailProgram::tell_not_by_reference(Instant now, const std::string& server) {
  note(now, Severity::Warning, "notice/not-by-reference", {server});
}

void MailProgram::submit_to(Instant now, const AccountSetting::Outgoing& outgoing, const Letter& letter) {
  const AccountSetting& account = accesses_[letter.account]->account();
  // As the mail programs of most people do it: one command, one reply, and DATA.
  smtp::ClientConfig config{.helo_name = own_name(), .pipelining = false, .chunking = smtp::Chunking::WhereNeeded};
  if (outgoing.authenticate) config.credentials = smtp::Credentials{account.user, account.password};
  config.authentication = {account.mechanism, true, [this](std::size_t octets) { return nonces_.octets(octets); }};
  config.starttls = starttls_policy(outgoing.security);
  config.mends_lines = !letter.smuggles;
  const auto on_event = [this, letter, &outgoing](Instant then, smtp::Client&, smtp::Client::Event& event) {
    const auto* done = std::get_if<smtp::MessageDone>(&event);
    if (!done) return;
    const bool is_taken = std::ranges::any_of(done->recipients, [](const auto& each) { return each.reply.positive(); });
    if (is_taken && !done->by_url && !letter.message.url.empty()) tell_not_by_reference(then, outgoing.server);
    on_submitted(then, letter, *done);
  };
  const auto on_failure = [this, letter, &outgoing](Instant then, Phase reason) {
    note(then, Severity::Failure,
         reason == Phase::Refused ? "notice/connection-refused" : "notice/connection-timed-out",
         {outgoing.server, fmt::format("{}", outgoing.port.number)});
    outgoing_[letter.account]->use_next(
        then, [this, letter](Instant later, const auto& next) { submit_to(later, next, letter); });
  };
  const auto found = outgoing_[letter.account]->found_at();
  const Endpoint server = found ? *found : Endpoint{*host_named(outgoing.server), outgoing.port};
  const ConnectionId connection =
      connect<smtp::Client>(now, Transport::Tcp, server, "SMTP", "submission", on_event, on_failure, std::move(config),
                            std::vector<smtp::OutgoingMessage>{letter.message});
  secure(connection, outgoing.security, outgoing.server, "");
}

void MailProgram::on_submitted(Instant now, const Letter& letter, const smtp::MessageDone& done) {
  std::string accepted;
  for (const auto& [recipient, reply, ours, owes_report, of_server] : done.recipients) {
    if (reply.positive()) {
      accepted += (accepted.empty() ? "" : ", ") + recipient;
    } else {
      // A person's program does not queue: whatever is not accepted now is told to the person (RFC 6409 leaves
      // queueing to the server).
      note(now, Severity::Failure, reply.permanent() ? "notice/send-failed" : "notice/send-deferred",
           {recipient, one_line(reply)});
    }
  }
  MailAccess& mail = access(letter.account);
  if (accepted.empty()) {
    if (letter.kept.value_or(0) != 0) mail.erase(now, *letter.kept);
    return;
  }
  if (letter.is_receipt) return note(now, Severity::Success, "notice/receipt-given", {accepted});
  note(now, Severity::Success, "notice/sent", {accepted});
  if (letter.kept.value_or(0) == 0) mail.keep_sent(now, letter.message.content);
}

}  // namespace mailscope
