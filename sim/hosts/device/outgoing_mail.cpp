#include "sim/hosts/device/outgoing_mail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/hosts/session/message_summary.hpp"
#include "sim/hosts/session/reply_text.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

/// For the collector of translations: who shows the reason translates it.
constexpr auto tr = [](const char* english) { return english; };

/// Pauses between a program's own tries, as people's programs make them; the last one is repeated. A check of mail or a
/// new line to the network does not wait for them.
constexpr std::array<Duration, 4> pauses{std::chrono::minutes(1), std::chrono::minutes(5), std::chrono::minutes(15),
                                         std::chrono::minutes(30)};

bool is_refused_for_good(const smtp::MessageDone::Recipient& fate) {
  return fate.reply.permanent() && !fate.of_session;
}

}  // namespace

OutgoingMail::OutgoingMail(HostId id, Surroundings& world, Sessions& sessions, const DeviceSetting& setting,
                           NameLookup& names, RandomStream& nonces, Accesses& accesses)
    : HostToolkit(id, world, sessions), nonces_(nonces), accesses_(accesses) {
  for (const AccountSetting& account : setting.accounts) {
    servers_.emplace_back();
    if (!account.outgoing) continue;
    ServerFinder::Wanted wanted{"submissions", "submission", std::string(domain_of(account.address)), std::nullopt};
    if (account.outgoing->security_given) wanted.security = account.outgoing->security;
    servers_.back() = std::make_unique<AccountServer<AccountSetting::Outgoing>>(
        *account.outgoing, ServerFinder(id, world, sessions, names, std::move(wanted)));
  }
}

void OutgoingMail::hand_in(Instant now, WrittenLetter letter) {
  const std::uint64_t id = ++last_id_;
  items_.emplace(id, Item{std::move(letter)});
  submit(now, id);
}

void OutgoingMail::try_again(Instant now, std::optional<std::size_t> account) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, item] : items_)
    if (!item.busy && item.waits != Wait::Person && (!account || *account == item.letter.account)) ids.push_back(id);
  for (const std::uint64_t id : ids) submit(now, id);
}

void OutgoingMail::set_online(Instant now, bool online) {
  if (!std::exchange(online_, online) && online) try_again(now, std::nullopt);
}

void OutgoingMail::wake(Instant now) {
  std::vector<std::uint64_t> due;
  for (auto& [id, item] : items_)
    if (item.next_try && *item.next_try <= now && !item.busy) due.push_back(id);
  for (const std::uint64_t id : due) submit(now, id);
}

std::optional<std::uint64_t> OutgoingMail::find(std::string_view subject) const {
  for (auto entry = items_.rbegin(); entry != items_.rend(); ++entry) {
    const auto& [id, item] = *entry;
    if (item.shown && !item.busy && (subject.empty() || item.letter.draft.subject == subject)) return id;
  }
  return std::nullopt;
}

void OutgoingMail::replace(Instant now, std::uint64_t id, WrittenLetter letter) {
  Item& item = items_.at(id);
  forget_kept(now, item);
  item = Item{.letter = std::move(letter), .shown = true};
  tell(now, id, MailboxChanged::Kind::Updated);
  submit(now, id);
}

void OutgoingMail::remove(Instant now, std::uint64_t id) {
  forget_kept(now, items_.at(id));
  tell(now, id, MailboxChanged::Kind::Removed);
  items_.erase(id);
}

void OutgoingMail::submit(Instant now, std::uint64_t id) {
  Item& item = items_.at(id);
  item.next_try.reset();
  if (!online_) return wait(now, id, tr("there is no connection"), Wait::Check);
  item.busy = true;
  ++item.tries;
  const WrittenLetter& letter = item.letter;
  const bool by_reference =
      access(item).account().outgoing->by_reference && !letter.is_receipt && !letter.wishes.smuggled && !item.in_sent;
  by_reference && !letter.kept ? keep_first(now, id) : submit_at_server(now, id);
}

/// What is to be kept in Sent goes there before it is sent, and the submission server fetches it from there (RFC 4468).
void OutgoingMail::keep_first(Instant now, std::uint64_t id) {
  MailAccess& mail = access(items_.at(id));
  mail.keep_unsent(now, items_.at(id).letter.message.content,
                   [this, id, &mail](Instant then, std::uint64_t message, const std::string& url) {
                     WrittenLetter& letter = items_.at(id).letter;
                     letter.kept = message;
                     letter.message.url = url;
                     if (url.empty()) tell_not_by_reference(then, mail.account().incoming->server);
                     if (online_) return submit_at_server(then, id);
                     items_.at(id).busy = false;
                     submit(then, id);  // the line went away meanwhile
                   });
}

void OutgoingMail::submit_at_server(Instant now, std::uint64_t id) {
  servers_[items_.at(id).letter.account]->use(
      now, [this, id](Instant then, const Choice* choice) { submit_to(then, id, choice, tr("no server was found")); });
}

void OutgoingMail::tell_not_by_reference(Instant now, const std::string& server) {
  note(now, Severity::Warning, "notice/not-by-reference", {server});
}

smtp::ClientConfig OutgoingMail::client_config(const WrittenLetter& letter, const AccountSetting::Outgoing& outgoing) {
  const AccountSetting& account = accesses_[letter.account]->account();
  // A device without a domain name says its address literal (RFC 5321 §4.1.1.1). As the mail programs of most people do
  // it: one command, one reply, and DATA.
  smtp::ClientConfig config{
      .helo_name = fmt::format("[{}]", info().address), .pipelining = false, .chunking = smtp::Chunking::WhereNeeded};
  if (outgoing.authenticate) config.credentials = smtp::Credentials{account.user, account.password};
  config.authentication = {account.mechanism, true, [this](std::size_t octets) { return nonces_.octets(octets); }};
  config.starttls = starttls_policy(outgoing.security);
  config.mends_lines = !letter.wishes.smuggled;
  config.bare_lines = account.liberal ? BareLineFeed::EndsLine : BareLineFeed::Octet;
  return config;
}

/// `reason`: why it waits, where there is no server (left) to go to.
void OutgoingMail::submit_to(Instant now, std::uint64_t id, const Choice* choice, const std::string& reason) {
  if (!choice) return wait(now, id, reason, Wait::Schedule);
  const AccountSetting::Outgoing& outgoing = choice->setting;
  const WrittenLetter& letter = items_.at(id).letter;
  const auto on_event = [this, id, server = outgoing.server](Instant then, smtp::Client&, smtp::Client::Event& event) {
    if (const auto* login = std::get_if<smtp::LoginRetried>(&event))
      note(then, Severity::Warning, "notice/login-next", {login->refused, login->next});
    const auto* done = std::get_if<smtp::MessageDone>(&event);
    if (!done) return;
    const bool is_taken = std::ranges::any_of(done->recipients, [](const auto& each) { return each.reply.positive(); });
    if (is_taken && !done->by_url && !items_.at(id).letter.message.url.empty()) tell_not_by_reference(then, server);
    on_submitted(then, id, *done);
  };
  const auto on_failure = [this, id, failed = *choice](Instant then, Phase phase) {
    unreachable(then, id, phase, failed);
  };
  const Endpoint server = choice->found_at ? *choice->found_at : Endpoint{*host_named(outgoing.server), outgoing.port};
  const ConnectionId connection =
      connect<smtp::Client>(now, Transport::Tcp, server, "SMTP", "submission", on_event, on_failure,
                            client_config(letter, outgoing), std::vector<smtp::OutgoingMessage>{letter.message});
  secure(connection, outgoing.security, outgoing.server, "");
}

void OutgoingMail::unreachable(Instant now, std::uint64_t id, Phase phase, const Choice& failed) {
  const bool refused = phase == Phase::Refused;
  note(now, Severity::Failure, refused ? "notice/connection-refused" : "notice/connection-timed-out",
       {failed.setting.server, fmt::format("{}", failed.setting.port.number)});
  servers_[items_.at(id).letter.account]->use_next(now, failed, [=, this](Instant then, const Choice* next) {
    submit_to(then, id, next, refused ? tr("the connection was refused") : tr("the server did not answer"));
  });
}

void OutgoingMail::on_submitted(Instant now, std::uint64_t id, const smtp::MessageDone& done) {
  Item& item = items_.at(id);
  std::vector<smtp::Recipient> left;
  std::string accepted, why_left, why_refused;
  bool session_refused = false;
  for (std::size_t i = 0; i < done.recipients.size(); ++i) {
    const auto& fate = done.recipients[i];
    if (fate.reply.positive()) {
      accepted += (accepted.empty() ? "" : ", ") + fate.forward_path;
      continue;
    }
    const std::string why = one_line(fate.reply);
    note(now, Severity::Failure, fate.reply.permanent() ? "notice/send-failed" : "notice/send-deferred",
         {fate.forward_path, why});
    (is_refused_for_good(fate) ? why_refused : why_left) = why;
    if (is_refused_for_good(fate)) continue;
    left.push_back(item.letter.message.envelope.recipients[i]);
    session_refused = session_refused || fate.reply.permanent();
  }
  if (!accepted.empty()) taken(now, item, accepted);
  if (!left.empty()) {
    // Whom a server has refused for good has been told to the person; the others are still to get it. A login that was
    // refused is not said again and again: that gets accounts locked.
    item.letter.message.envelope.recipients = std::move(left);
    return wait(now, id, why_left, session_refused ? Wait::Check : Wait::Schedule);
  }
  if (accepted.empty() && !item.in_sent && !item.letter.is_receipt) return wait(now, id, why_refused, Wait::Person);
  if (item.shown) tell(now, id, MailboxChanged::Kind::Removed);
  items_.erase(id);
}

/// Some of its recipients, or all, will get it.
void OutgoingMail::taken(Instant now, Item& item, const std::string& recipients) {
  if (item.letter.is_receipt) return note(now, Severity::Success, "notice/receipt-given", {recipients});
  note(now, Severity::Success, "notice/sent", {recipients});
  if (std::exchange(item.in_sent, true)) return;
  if (item.letter.kept.value_or(0) == 0) access(item).keep_sent(now, item.letter.message.content);
  item.letter.kept.reset();  // it is a copy like others now
  item.letter.message.url.clear();
}

void OutgoingMail::wait(Instant now, std::uint64_t id, std::string reason, Wait waits) {
  Item& item = items_.at(id);
  forget_kept(now, item);
  item.busy = false;
  item.waits = waits;
  const bool is_news = item.reason != reason;
  item.reason = std::move(reason);
  if (waits == Wait::Schedule) {
    item.next_try = now + pauses[std::min(item.tries, pauses.size()) - 1];
    world_.agenda.schedule(*item.next_try, HostWakes{id_});
  }
  if (!is_news) return;
  tell(now, id, std::exchange(item.shown, true) ? MailboxChanged::Kind::Updated : MailboxChanged::Kind::Added);
  if (!online_) return;  // the person knows
  note(now, Severity::Warning, waits == Wait::Person ? "notice/outbox-asks" : "notice/outbox-waits",
       {item.letter.draft.subject});
}

/// A copy that was to be fetched from Sent is none of a message that was sent.
void OutgoingMail::forget_kept(Instant now, Item& item) {
  if (item.letter.kept.value_or(0) != 0) access(item).erase(now, *item.letter.kept);
  item.letter.kept.reset();
  item.letter.message.url.clear();
}

void OutgoingMail::tell(Instant now, std::uint64_t id, MailboxChanged::Kind kind) {
  const Item& item = items_.at(id);
  const std::string& content = item.letter.message.content;
  MessageSummary summary = summarise(id, content, content.size(), {"\\Seen"});
  if (kind != MailboxChanged::Kind::Removed) summary.waits = item.reason;
  world_.trace.append(now, MailboxChanged{id_, outbox_name, kind, std::move(summary)});
}

}  // namespace mailscope
