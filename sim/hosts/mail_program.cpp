#include "sim/hosts/mail_program.hpp"

#include <fmt/format.h>

#include "protocols/message/message.hpp"
#include "sim/hosts/address.hpp"
#include "sim/hosts/dns_type.hpp"
#include "sim/hosts/message_summary.hpp"
#include "sim/hosts/reply_text.hpp"

namespace mailscope {
namespace {

const std::string inbox_name = "INBOX";
const std::string sent_name = "Sent";
const std::string seen_flag = "\\Seen";

/// Another device's session has ended by then, and a person has not lost patience.
constexpr Duration retry_pause = std::chrono::seconds(20);
constexpr int retries_max = 5;

smtp::Envelope envelope_of(const AccountSetting& account, const SendAction& action) {
  smtp::Envelope envelope = action.wishes;
  envelope.reverse_path = account.address;
  for (const std::string& recipient : action.to) envelope.recipients.push_back({recipient, action.notify, {}});
  return envelope;
}

}  // namespace

MailProgram::MailProgram(HostId id, Surroundings& world, Sessions& sessions, const DeviceSetting& setting)
    : Host(id, world, sessions),
      setting_(setting),
      names_(id, world, sessions, setting.resolver),
      random_(world.trace.seed, "mail program of " + info().name),
      nonces_(world.trace.seed, "nonces of " + info().name) {
  if (!setting.account) return;
  const AccountSetting& account = *setting.account;
  if (account.outgoing) outgoing_.emplace(server_of(*account.outgoing, "submissions", "submission"));
  if (!account.incoming) return;
  const bool pop3 = account.incoming->protocol == AccountSetting::Incoming::Protocol::Pop3;
  incoming_.emplace(server_of(*account.incoming, pop3 ? "pop3s" : "imaps", pop3 ? "pop3" : "imap"));
}

template <class Setting>
AccountServer<Setting> MailProgram::server_of(const Setting& setting, std::string tls_service, std::string service) {
  ServerFinder::Wanted wanted{std::move(tls_service), std::move(service),
                              std::string(domain_of(setting_.account->address)), std::nullopt};
  if (setting.security_given) wanted.security = setting.security;
  return {setting, ServerFinder(id_, world_, sessions_, names_, std::move(wanted))};
}

/// A device without a domain name says its address literal (RFC 5321 §4.1.1.1).
std::string MailProgram::own_name() const { return fmt::format("[{}]", info().address); }

sasl::ClientPolicy MailProgram::authentication() {
  return {setting_.account->mechanism, true, [this](std::size_t octets) { return nonces_.octets(octets); }};
}

void MailProgram::perform(Instant now, const SendAction& action) {
  const AccountSetting& account = *setting_.account;
  message::Draft draft;
  draft.from = {account.display_name, account.address};
  for (const std::string& recipient : action.to) draft.to.push_back({"", recipient});
  draft.subject = action.subject;
  draft.text = action.text;
  draft.date = now;
  draft.message_id = fmt::format("{:016x}@{}", random_.next(), domain_of(account.address));
  const smtp::OutgoingMessage message{envelope_of(account, action), message::build(draft)};
  outgoing_->use(now, [this, message](Instant then, const AccountSetting::Outgoing& outgoing) {
    submit(then, outgoing, message);
  });
}

void MailProgram::submit(Instant now, const AccountSetting::Outgoing& outgoing, const smtp::OutgoingMessage& message) {
  const AccountSetting& account = *setting_.account;
  // As the mail programs of most people do it: one command, one reply, and DATA.
  smtp::ClientConfig config{.helo_name = own_name(), .pipelining = false, .chunking = smtp::Chunking::WhereNeeded};
  if (outgoing.authenticate) config.credentials = smtp::Credentials{account.user, account.password};
  config.authentication = authentication();
  const auto on_event = [this, content = message.content](Instant then, smtp::Client&, smtp::Client::Event& event) {
    const auto* done = std::get_if<smtp::MessageDone>(&event);
    if (!done) return;
    std::string accepted;
    for (const auto& [recipient, reply, ours, owes_report] : done->recipients) {
      if (reply.positive()) {
        accepted += (accepted.empty() ? "" : ", ") + recipient;
      } else {
        // A person's program does not queue: whatever is not accepted now is told to the person (RFC 6409 leaves
        // queueing to the server).
        note(then, Severity::Failure, reply.permanent() ? "notice/send-failed" : "notice/send-deferred",
             {recipient, one_line(reply)});
      }
    }
    if (accepted.empty()) return;
    note(then, Severity::Success, "notice/sent", {accepted});
    const MessageSummary summary = summarise(next_id_++, content, content.size(), {seen_flag});
    world_.trace.append(then, MailboxChanged{id_, sent_name, MailboxChanged::Kind::Added, summary});
  };
  config.starttls = starttls_policy(outgoing.security);
  const auto on_failure = [this, &outgoing, message](Instant then, Phase reason) {
    note_unreachable(then, reason, outgoing.server, outgoing.port);
    outgoing_->use_next(then, [this, message](Instant later, const auto& next) { submit(later, next, message); });
  };
  const ConnectionId connection =
      connect<smtp::Client>(now, Transport::Tcp, endpoint(outgoing, *outgoing_), "SMTP", "submission", on_event,
                            on_failure, std::move(config), std::vector<smtp::OutgoingMessage>{message});
  secure(connection, outgoing.security, outgoing.server, "");
}

void MailProgram::perform(Instant now, const CheckMailAction&) {
  retries_left_ = retries_max;
  incoming_->use(now, [this](Instant then, const AccountSetting::Incoming& incoming) {
    if (incoming.protocol == AccountSetting::Incoming::Protocol::Pop3) {
      collect(then, incoming);
    } else {
      synchronise(then, incoming, {});
    }
  });
}

void MailProgram::perform(Instant now, const ReadAction& action) {
  const AccountSetting::Incoming& incoming = *setting_.account->incoming;
  LocalMessage* message = find_subject(action.subject);
  if (!message) return note(now, Severity::Warning, "notice/no-such-message", {action.subject});
  if (incoming.protocol == AccountSetting::Incoming::Protocol::Imap) {
    return incoming_->use(now, [this, uid = message->uid](Instant then, const AccountSetting::Incoming& server) {
      synchronise(then, server, {uid});
    });
  }
  LocalMessage opened = *message;  // collected mail is read from the device's own disk; no server learns of it
  opened.summary.flags = {seen_flag};
  put(now, std::move(opened));
  note(now, Severity::Success, "notice/opened", {message->summary.subject});
}

void MailProgram::perform(Instant now, const LookUpAction& action) {
  const dns::Type type = type_of(action.type);
  const std::string name = type == dns::Type::Ptr ? dns::reverse_name(action.name).value_or(action.name) : action.name;
  names_.look_up(now, {name, type}, [this](Instant then, const std::optional<dns::Message>& answer) {
    if (!answer) return;  // that has been said
    const bool found = answer->rcode == dns::Rcode::NoError;
    note(then, found ? Severity::Success : Severity::Warning, "notice/looked-up", {dns::summary(*answer)});
  });
}

void MailProgram::collect(Instant now, const AccountSetting::Incoming& incoming) {
  const AccountSetting& account = *setting_.account;
  auto retrieved = std::make_shared<std::size_t>(0);
  pop3::ClientConfig config{account.user, account.password, incoming.leave_on_server, collected_.ids()};
  if (incoming.leave_days) config.expired = collected_.ids_until(now - std::chrono::days(*incoming.leave_days));
  config.authentication = authentication();
  config.utf8 = true;  // what is shown here may be UTF-8
  config.stls = starttls_policy(incoming.security);
  const ConnectionId connection = connect<pop3::Client>(
      now, Transport::Tcp, endpoint(incoming, *incoming_), "POP3", "retrieval",
      [this, retrieved](Instant then, pop3::Client&, pop3::Client::Event& event) { on_pop3(then, event, *retrieved); },
      [this, &incoming](Instant then, Phase reason) {
        note_unreachable(then, reason, incoming.server, incoming.port);
        incoming_->use_next(then, [this](Instant later, const auto& next) { collect(later, next); });
      },
      std::move(config));
  secure(connection, incoming.security, incoming.server, "pop3");
}

void MailProgram::on_pop3(Instant now, pop3::Client::Event& event, std::size_t& retrieved) {
  if (auto* message = std::get_if<pop3::MessageRetrieved>(&event)) {
    ++retrieved;
    if (!message->unique_id.empty()) collected_.add(message->unique_id, now);
    put(now, {summarise(next_id_++, message->content, message->content.size(), {}), 0});
  } else if (const auto* listed = std::get_if<pop3::MaildropListed>(&event)) {
    collected_.keep_only(listed->unique_ids);
  } else if (const auto* done = std::get_if<pop3::SessionDone>(&event); done && done->error.empty()) {
    note(now, Severity::Success, "notice/retrieved", {fmt::format("{}", retrieved)});
  } else if (done && done->try_later && retries_left_ > 0) {
    --retries_left_;
    retry_ = now + retry_pause;
    world_.agenda.schedule(*retry_, HostWakes{id_});
    note(now, Severity::Warning, "notice/retrieve-deferred", {done->error});
  } else if (done) {
    note(now, Severity::Failure, "notice/retrieve-failed", {done->error});
  }
}

void MailProgram::wake(Instant now) {
  if (!retry_ || now < *retry_) return;
  retry_.reset();
  incoming_->use(now, [this](Instant then, const AccountSetting::Incoming& incoming) { collect(then, incoming); });
}

void MailProgram::synchronise(Instant now, const AccountSetting::Incoming& incoming,
                              std::vector<std::uint32_t> open_uids) {
  const AccountSetting& account = *setting_.account;
  auto progress = std::make_shared<ImapProgress>();
  imap::ClientConfig config{account.user, account.password, inbox_name, open_uids};
  config.authentication = authentication();
  config.starttls = starttls_policy(incoming.security);
  const ConnectionId connection = connect<imap::Client>(
      now, Transport::Tcp, endpoint(incoming, *incoming_), "IMAP", "retrieval",
      [this, progress](Instant then, imap::Client&, imap::Client::Event& event) { on_imap(then, event, *progress); },
      [this, &incoming, open_uids](Instant then, Phase reason) {
        note_unreachable(then, reason, incoming.server, incoming.port);
        incoming_->use_next(
            then, [this, open_uids](Instant later, const auto& next) { synchronise(later, next, open_uids); });
      },
      std::move(config));
  secure(connection, incoming.security, incoming.server, "imap");
}

void MailProgram::on_imap(Instant now, imap::Client::Event& event, ImapProgress& progress) {
  if (const auto* selected = std::get_if<imap::MailboxSelected>(&event)) {
    told_uid_validity(now, selected->uid_validity);
  } else if (const auto* listed = std::get_if<imap::MessageListed>(&event)) {
    progress.listed.insert(listed->uid);
    const LocalMessage* known = find_uid(listed->uid);
    put(now, {summarise(known ? known->summary.id : next_id_++, listed->header, listed->octets, listed->flags,
                        known && known->summary.body_present),
              listed->uid});
  } else if (std::holds_alternative<imap::ListingDone>(event)) {
    forget_unlisted(now, progress.listed);
    note(now, Severity::Success, "notice/synchronised", {fmt::format("{}", progress.listed.size())});
  } else if (const auto* fetched = std::get_if<imap::MessageFetched>(&event)) {
    const LocalMessage* known = find_uid(fetched->uid);
    put(now,
        {summarise(known ? known->summary.id : next_id_++, fetched->content, fetched->content.size(), fetched->flags),
         fetched->uid});
    note(now, Severity::Success, "notice/opened", {message::decoded_field(fetched->content, "Subject").value_or("")});
  } else if (const auto& done = std::get<imap::SessionDone>(event); !done.error.empty()) {
    note(now, Severity::Failure, "notice/retrieve-failed", {done.error});
  }
}

void MailProgram::put(Instant now, LocalMessage message) {
  const auto same = std::find_if(inbox_.begin(), inbox_.end(),
                                 [&](const LocalMessage& local) { return local.summary.id == message.summary.id; });
  if (same == inbox_.end()) {
    world_.trace.append(now, MailboxChanged{id_, inbox_name, MailboxChanged::Kind::Added, message.summary});
    inbox_.push_back(std::move(message));
  } else if (!(same->summary == message.summary)) {
    world_.trace.append(now, MailboxChanged{id_, inbox_name, MailboxChanged::Kind::Updated, message.summary});
    *same = std::move(message);
  }
}

void MailProgram::forget_unlisted(Instant now, const std::set<std::uint32_t>& listed) {
  std::erase_if(inbox_, [&](const LocalMessage& local) {
    if (listed.contains(local.uid)) return false;
    world_.trace.append(now, MailboxChanged{id_, inbox_name, MailboxChanged::Kind::Removed, local.summary});
    return true;
  });
}

void MailProgram::told_uid_validity(Instant now, std::uint32_t uid_validity) {
  // Under another validity value the UIDs mean other messages: the cache is void (RFC 3501 §2.3.1.1).
  if (uid_validity_ && *uid_validity_ != uid_validity) forget_unlisted(now, {});
  uid_validity_ = uid_validity;
}

MailProgram::LocalMessage* MailProgram::find_uid(std::uint32_t uid) {
  const auto found =
      std::find_if(inbox_.begin(), inbox_.end(), [&](const LocalMessage& local) { return local.uid == uid; });
  return found == inbox_.end() ? nullptr : &*found;
}

MailProgram::LocalMessage* MailProgram::find_subject(const std::string& subject) {
  const auto found = std::find_if(inbox_.rbegin(), inbox_.rend(), [&](const LocalMessage& local) {
    return subject.empty() || local.summary.subject == subject;
  });
  return found == inbox_.rend() ? nullptr : &*found;
}

void MailProgram::note_unreachable(Instant now, Phase reason, const std::string& server, Port port) {
  note(now, Severity::Failure, reason == Phase::Refused ? "notice/connection-refused" : "notice/connection-timed-out",
       {server, fmt::format("{}", port.number)});
}

}  // namespace mailscope
