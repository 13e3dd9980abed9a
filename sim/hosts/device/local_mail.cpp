#include "sim/hosts/device/local_mail.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/hosts/session/message_summary.hpp"

namespace mailscope {
namespace {

const std::string inbox_name = "INBOX";
const std::string sent_name = "Sent";
const std::string seen_flag = "\\Seen";

/// Another device's session has ended by then, and a person has not lost patience.
constexpr Duration retry_pause = std::chrono::seconds(20);
constexpr int retries_max = 5;

}  // namespace

LocalMail::LocalMail(HostId id, Surroundings& world, Sessions& sessions, const AccountSetting& account,
                     std::string prefix, Shared shared)
    : MailAccess(id, world, sessions, account, std::move(prefix), std::move(shared)) {
  if (!account_.incoming || account_.incoming->check != CheckMail::Every) return;
  next_check_ = world_.trace.start + account_.incoming->check_every;
  wake_at(*next_check_);
}

void LocalMail::check(Instant now) {
  if (!account_.incoming) return;
  retries_left_ = retries_max;
  retry_.reset();
  collect(now);
}

std::optional<LocalMail::Place> LocalMail::place(std::uint64_t message) const {
  for (const auto& [name, messages] : mailboxes_)
    for (std::size_t at = 0; at < messages.size(); ++at)
      if (messages[at].summary.id == message) return Place{name, at};
  return std::nullopt;
}

void LocalMail::keep(Instant now, const std::string& mailbox, std::string content, const std::set<std::string>& flags) {
  const MessageSummary summary = summarise(++last_id_, content, content.size(), flags);
  tell(now, mailbox, MailboxChanged::Kind::Added, summary);
  mailboxes_[mailbox].push_back({summary, std::move(content)});
}

LocalMail::Kept LocalMail::take(Instant now, std::uint64_t message) {
  const auto at = place(message);
  std::vector<Kept>& from = mailboxes_[at->mailbox];
  Kept taken = std::move(from[at->at]);
  from.erase(from.begin() + static_cast<std::ptrdiff_t>(at->at));
  tell(now, at->mailbox, MailboxChanged::Kind::Removed, taken.summary);
  return taken;
}

void LocalMail::open(Instant now, std::uint64_t message) {
  mark(now, message, seen_flag, true);
  const auto at = place(message);
  note_opened(now, message, mailboxes_[at->mailbox][at->at].summary.subject);
}

void LocalMail::mark(Instant now, std::uint64_t message, const std::string& flag, bool on) {
  const auto at = place(message);
  MessageSummary& summary = mailboxes_[at->mailbox][at->at].summary;
  std::set<std::string> flags(summary.flags.begin(), summary.flags.end());
  if (on ? !flags.insert(flag).second : flags.erase(flag) == 0) return;
  summary.flags.assign(flags.begin(), flags.end());
  tell(now, at->mailbox, MailboxChanged::Kind::Updated, summary);
}

void LocalMail::annotate(Instant now, std::uint64_t message, const std::string& note) {
  const auto at = place(message);
  MessageSummary& summary = mailboxes_[at->mailbox][at->at].summary;
  if (summary.note == note) return;
  summary.note = note;
  tell(now, at->mailbox, MailboxChanged::Kind::Updated, summary);
}

void LocalMail::move(Instant now, std::uint64_t message, const std::string& to) {
  Kept moved = take(now, message);
  tell(now, to, MailboxChanged::Kind::Added, moved.summary);
  mailboxes_[to].push_back(std::move(moved));
}

void LocalMail::erase(Instant now, std::uint64_t message) { (void)take(now, message); }

void LocalMail::search(Instant now, const SearchAction& action) {
  note(now, Severity::Info, "notice/search-local", {action.text, fmt::format("{}", count_found(action))});
}

void LocalMail::keep_sent(Instant now, std::string content) { keep(now, sent_name, std::move(content), {seen_flag}); }

void LocalMail::set_online(Instant now, bool online) {
  if (!std::exchange(online_, online) && online && account_.incoming) check(now);
}

void LocalMail::wake(Instant now) {
  if (next_check_ && now >= *next_check_) {
    next_check_ = now + account_.incoming->check_every;
    wake_at(*next_check_);
    if (online_) check(now);
  }
  if (!retry_ || now < *retry_) return;
  retry_.reset();
  if (online_) collect(now);
}

std::optional<std::string> LocalMail::content(std::uint64_t message) const {
  const auto at = place(message);
  return at ? std::optional(mailboxes_.at(at->mailbox)[at->at].content) : std::nullopt;
}

MailAccess::Mailboxes LocalMail::shown() const {
  Mailboxes all;
  for (const auto& [name, messages] : mailboxes_)
    for (const Kept& message : messages) all[name].push_back(message.summary);
  return all;
}

void LocalMail::collect(Instant now) {
  server().use(now, [this](Instant then, const Server::Choice* choice) { collect_from(then, choice); });
}

void LocalMail::collect_from(Instant now, const Server::Choice* choice) {
  if (collecting_ || !choice) return;
  const Incoming& incoming = choice->setting;
  auto retrieved = std::make_shared<std::size_t>(0);
  pop3::ClientConfig config{account_.user, account_.password, incoming.leave_on_server, collected_.ids()};
  if (incoming.leave_days) config.expired = collected_.ids_until(now - std::chrono::days(*incoming.leave_days));
  config.authentication = authentication();
  config.utf8 = true;  // what is shown here may be UTF-8
  config.stls = starttls_policy(incoming.security);
  config.user_only = account_.plain_login;
  config.bare_lines = account_.liberal ? BareLineFeed::EndsLine : BareLineFeed::Octet;
  collecting_ = true;
  has_ids_ = true;
  collected_.begin_session();
  const ConnectionId connection = connect<pop3::Client>(
      now, Transport::Tcp, endpoint(*choice), "POP3", "retrieval",
      [this, retrieved](Instant then, pop3::Client&, pop3::Client::Event& event) { on_pop3(then, event, *retrieved); },
      [this, failed = *choice](Instant then, Phase reason) {
        collecting_ = false;
        unreachable(then, reason, failed,
                    [this](Instant later, const Server::Choice* next) { collect_from(later, next); });
      },
      std::move(config));
  secure(connection, incoming.security, incoming.server, "pop3");
}

/// Without ids all messages have to come again, to see which are new.
void LocalMail::on_listed(Instant now, const pop3::MaildropListed& listed) {
  has_ids_ = listed.has_all_ids;
  if (has_ids_) return collected_.listed(listed.unique_ids);
  if (account_.incoming->leave_on_server) note(now, Severity::Warning, "notice/no-unique-ids", {});
}

void LocalMail::on_pop3(Instant now, pop3::Client::Event& event, std::size_t& retrieved) {
  if (auto* message = std::get_if<pop3::MessageRetrieved>(&event)) {
    if (!collected_.take(message->unique_id, message->content, now)) return;
    ++retrieved;
    return keep(now, inbox_name, std::move(message->content), {});
  }
  if (const auto* listed = std::get_if<pop3::MaildropListed>(&event)) return on_listed(now, *listed);
  if (const auto* login = std::get_if<pop3::LoginRetried>(&event))
    return note(now, Severity::Warning, "notice/login-next", {login->refused, login->next});
  const auto* done = std::get_if<pop3::SessionDone>(&event);
  if (!done) return;
  collecting_ = false;
  if (done->error.empty()) {
    if (!has_ids_) collected_.seen_all();
    note(now, Severity::Success, "notice/retrieved", {fmt::format("{}", retrieved)});
  } else if (done->try_later && retries_left_ > 0) {
    --retries_left_;
    retry_ = now + retry_pause;
    wake_at(*retry_);
    note(now, Severity::Warning, "notice/retrieve-deferred", {done->error});
  } else {
    note(now, Severity::Failure, "notice/retrieve-failed", {done->error});
  }
}

}  // namespace mailscope
