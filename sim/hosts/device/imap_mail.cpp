#include "sim/hosts/device/imap_mail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mailscope {
namespace {

const std::string seen_flag = "\\Seen";

/// A program that wants to stay connected tries again after so long; the last pause is repeated.
constexpr std::array<Duration, 5> reconnect_pauses{std::chrono::seconds(30), std::chrono::minutes(1),
                                                   std::chrono::minutes(5), std::chrono::minutes(15),
                                                   std::chrono::minutes(30)};
/// A session that has lasted so long was none of those that end at once: it is connected again without a longer pause.
constexpr Duration steady = std::chrono::minutes(5);

}  // namespace

ImapMail::ImapMail(HostId id, Surroundings& world, Sessions& sessions, const AccountSetting& account,
                   std::string prefix, Shared shared)
    : MailAccess(id, world, sessions, account, std::move(prefix), std::move(shared)) {
  const AccountSetting::Incoming& incoming = *account_.incoming;
  if (incoming.check == CheckMail::Manual) return;
  next_session_ = world_.trace.start + (incoming.check == CheckMail::Every ? incoming.check_every : Duration{});
  wake_at(*next_session_);
}

imap::Client* ImapMail::client() const { return connection_ ? engine_of<imap::Client>(*connection_) : nullptr; }

void ImapMail::check(Instant now) {
  imap::Client* open = client();
  if (!open) return begin_session(now);
  open->check();
  changed(now);
}

void ImapMail::changed(Instant now, bool was_queued) {
  if (!was_queued) note(now, Severity::Failure, "notice/change-refused", {"", "too many changes wait"});
  if (!online_) return;
  const imap::Client* open = client();
  if (!open) return begin_session(now);
  again_ = open->ending();
  nudge(now, *connection_);
}

void ImapMail::open(Instant now, std::uint64_t message) {
  const imap::CachedMessage* known = replica_.find(message);
  const bool here = known->content.has_value();
  if (here) note_opened(now, message, known->envelope.subject);
  if (!here && !online_) return note(now, Severity::Warning, "notice/not-downloaded", {known->envelope.subject});
  if (!here) replica_.want_content(message);
  changed(now, replica_.mark(message, {seen_flag}, true));
}

void ImapMail::mark(Instant now, std::uint64_t message, const std::string& flag, bool on) {
  changed(now, replica_.mark(message, {flag}, on));
}

void ImapMail::annotate(Instant now, std::uint64_t message, const std::string& note) {
  changed(now, replica_.annotate(message, note));
}

void ImapMail::move(Instant now, std::uint64_t message, const std::string& to) {
  changed(now, replica_.move(message, to));
}

void ImapMail::erase(Instant now, std::uint64_t message) { changed(now, replica_.erase(message)); }

void ImapMail::search_here(Instant now, const SearchAction& action) {
  note(now, Severity::Info, "notice/search-local", {action.text, fmt::format("{}", count_found(action))});
}

void ImapMail::search(Instant now, const SearchAction& action) {
  if (!online_) return search_here(now, action);
  if (!client()) begin_session(now);
  imap::Client* asked = client();
  if (!asked) return search_here(now, action);
  searches_.push_back(action);
  asked->search(action.mailbox, action.text);
  nudge(now, *connection_);
}

std::uint64_t ImapMail::append_sent(Instant now, std::string content) {
  return replica_.append(replica_.mailbox_for(mailstore::SpecialUse::Sent), std::move(content), {seen_flag}, now);
}

void ImapMail::keep_sent(Instant now, std::string content) { changed(now, append_sent(now, std::move(content)) != 0); }

void ImapMail::keep_unsent(Instant now, std::string content, OnKept done) {
  const std::uint64_t message = append_sent(now, std::move(content));
  if (message == 0) {
    changed(now, false);
    return done(now, 0, "");
  }
  unsent_.emplace(message, std::move(done));
  replica_.want_url(message);
  changed(now);
}

void ImapMail::tell_url(Instant now, std::uint64_t message, const std::string& url) {
  replica_.urls_wanted().erase(message);
  if (auto waiting = unsent_.extract(message)) waiting.mapped()(now, message, url);
}

void ImapMail::set_online(Instant now, bool online) {
  if (std::exchange(online_, online) == online) return;
  failures_ = 0;
  if (online) return check(now);
  next_session_.reset();
  if (imap::Client* open = client()) {
    open->leave();
    nudge(now, *connection_);
  }
}

void ImapMail::wake(Instant now) {
  if (!next_session_ || now < *next_session_) return;
  next_session_.reset();
  if (account_.incoming->check == CheckMail::Every) {
    next_session_ = now + account_.incoming->check_every;
    wake_at(*next_session_);
  }
  if (online_) check(now);
}

std::optional<std::string> ImapMail::content(std::uint64_t message) const {
  const imap::CachedMessage* known = replica_.find(message);
  return known ? known->content : std::nullopt;
}

std::string ImapMail::trash() const { return replica_.mailbox_for(mailstore::SpecialUse::Trash); }

MailAccess::Mailboxes ImapMail::shown() const {
  Mailboxes all;
  for (const std::string& name : replica_.mailbox_names()) {
    std::vector<MessageSummary>& mailbox = all[name];
    for (const auto& [message, uid, flags, note] : replica_.shown(name))
      mailbox.push_back({message->id,
                         message->envelope.from,
                         message->envelope.subject,
                         message->octets,
                         {flags.begin(), flags.end()},
                         message->content.has_value(),
                         note});
  }
  return all;
}

void ImapMail::publish(Instant now) {
  if (published_revision_ == replica_.revision()) return;
  published_revision_ = replica_.revision();
  using Kind = MailboxChanged::Kind;
  const Mailboxes all = shown();
  // A message that moves leaves one mailbox before it comes into another.
  for (const auto& [mailbox, before] : published_) {
    std::set<std::uint64_t> after;
    if (const auto now_there = all.find(mailbox); now_there != all.end())
      for (const MessageSummary& message : now_there->second) after.insert(message.id);
    for (const MessageSummary& message : before)
      if (!after.contains(message.id)) tell(now, mailbox, Kind::Removed, message);
  }
  for (const auto& [mailbox, after] : all) {
    std::map<std::uint64_t, const MessageSummary*> before;
    for (const MessageSummary& message : published_[mailbox]) before.emplace(message.id, &message);
    for (const MessageSummary& message : after) {
      const auto known = before.find(message.id);
      if (known == before.end())
        tell(now, mailbox, Kind::Added, message);
      else if (!(*known->second == message))
        tell(now, mailbox, Kind::Updated, message);
    }
  }
  published_ = all;
}

void ImapMail::begin_session(Instant now) {
  server().use(now, [this](Instant then, const Server::Choice* choice) {
    choice ? begin_session_with(then, *choice) : ended(then, "no server");
  });
}

void ImapMail::begin_session_with(Instant now, const Server::Choice& choice) {
  if (client()) return nudge(now, *connection_);  // while names were looked up another one has begun
  const Incoming& incoming = choice.setting;
  imap::ClientConfig config;
  config.user = account_.user;
  config.password = account_.password;
  config.server = incoming.server;
  config.authentication = authentication();
  config.starttls = starttls_policy(incoming.security);
  config.compress = incoming.compress;
  config.notes = incoming.notes;
  config.stay = incoming.check == CheckMail::Idle;
  config.bare_lines = account_.liberal ? BareLineFeed::EndsLine : BareLineFeed::Octet;
  session_begun_ = now;
  connection_ = connect<imap::Client>(
      now, Transport::Tcp, endpoint(choice), "IMAP", "retrieval",
      [this](Instant then, imap::Client&, imap::Client::Event& event) { on_imap(then, event); },
      [this, failed = choice](Instant then, Phase reason) {
        ended(then, "unreachable");
        unreachable(then, reason, failed, [this](Instant later, const Server::Choice* next) {
          if (next) begin_session_with(later, *next);
        });
      },
      std::move(config), replica_);
  secure(*connection_, incoming.security, incoming.server, "imap");
}

void ImapMail::on_imap(Instant now, imap::Client::Event& event) {
  if (on_trouble(now, event)) return;
  if (const auto* round = std::get_if<imap::Synchronised>(&event)) {
    note(now, Severity::Success, "notice/synchronised", {fmt::format("{}", round->messages)});
  } else if (const auto* fetched = std::get_if<imap::ContentFetched>(&event)) {
    note_opened(now, fetched->id, replica_.find(fetched->id)->envelope.subject);
  } else if (const auto* found = std::get_if<imap::SearchDone>(&event)) {
    const SearchAction asked = searches_.front();
    searches_.pop_front();
    if (!found->error.empty()) return search_here(now, asked);
    note(now, Severity::Info, "notice/search-server", {asked.text, fmt::format("{}", found->ids.size())});
  } else if (const auto* dropped = std::get_if<imap::ChangeDropped>(&event)) {
    on_dropped(now, *dropped);
  } else if (const auto* contested = std::get_if<imap::ChangeContested>(&event)) {
    note(now, Severity::Info, "notice/change-contested", {contested->subject});
  } else if (const auto* authorised = std::get_if<imap::UrlAuthorised>(&event)) {
    tell_url(now, authorised->id, authorised->url);
  } else if (const auto* created = std::get_if<imap::MailboxCreated>(&event)) {
    note(now, Severity::Info, "notice/mailbox-created", {created->name});
  } else {
    const auto& done = std::get<imap::SessionDone>(event);
    if (!done.error.empty()) note(now, Severity::Failure, "notice/retrieve-failed", {done.error});
    ended(now, done.error);
  }
}

/// What went wrong with one thing, and leaves the session as it is. False where the event is another one.
bool ImapMail::on_trouble(Instant now, const imap::Client::Event& event) {
  if (const auto* mailbox = std::get_if<imap::MailboxRefused>(&event)) {
    note(now, Severity::Warning, "notice/mailbox-refused", {mailbox->mailbox, mailbox->error});
  } else if (const auto* content = std::get_if<imap::ContentRefused>(&event)) {
    const imap::CachedMessage* message = replica_.find(content->id);
    note(now, Severity::Failure, "notice/not-fetched", {message ? message->envelope.subject : "", content->error});
  } else if (const auto* unread = std::get_if<imap::Unreadable>(&event)) {
    if (unread->count == 1) {
      note(now, Severity::Warning, "notice/unreadable", {unread->what});
    } else {
      note(now, Severity::Warning, "notice/unreadable-in-all", {fmt::format("{}", unread->count)});
    }
  } else if (const auto* login = std::get_if<imap::LoginRetried>(&event)) {
    note(now, Severity::Warning, "notice/login-next", {login->refused, login->next});
  } else if (const auto* alert = std::get_if<imap::Alert>(&event)) {
    note(now, Severity::Warning, alert->is_secured ? "notice/alert" : "notice/alert-in-clear", {alert->text});
  } else {
    return false;
  }
  return true;
}

void ImapMail::on_dropped(Instant now, const imap::ChangeDropped& dropped) {
  if (dropped.error.empty()) return note(now, Severity::Warning, "notice/change-dropped", {dropped.subject});
  note(now, Severity::Failure, dropped.waits ? "notice/change-deferred" : "notice/change-refused",
       {dropped.subject, dropped.error});
}

/// A program that stays connected connects again.
void ImapMail::ended(Instant now, const std::string& error) {
  connection_.reset();
  searches_.clear();
  if (std::exchange(again_, false) && online_) return begin_session(now);
  while (!unsent_.empty()) tell_url(now, unsent_.begin()->first, "");  // nobody waits for another session
  if (!online_ || account_.incoming->check != CheckMail::Idle || error.empty()) return;
  failures_ = now - session_begun_ >= steady ? 1 : failures_ + 1;
  next_session_ = now + reconnect_pauses[std::min(failures_, reconnect_pauses.size()) - 1];
  wake_at(*next_session_);
}

}  // namespace mailscope
