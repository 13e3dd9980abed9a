#include "sim/hosts/mail_server/mail_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "protocols/core/internet_date.hpp"
#include "protocols/smtp/header_scan.hpp"
#include "sim/hosts/session/reply_text.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

constexpr Port relay_port{25};

/// Another server may take the message (RFC 5321 §5.1): this one gave no answer, refuses for now, serves nobody, or has
/// not the TLS that there must be (RFC 8689 §4.2.1).
bool may_go_elsewhere(const smtp::MessageDone::Recipient& fate) {
  if (!fate.ours) return !fate.reply.positive() && (fate.of_server || !fate.reply.permanent());
  const bool tls =
      fate.reply.enhanced.starts_with("4.7.") || fate.reply.enhanced == "5.7.10" || fate.reply.enhanced == "5.7.30";
  return fate.reply.code == 0 || tls;
}

int priority_of(const Letter& letter) { return letter.envelope.priority.value_or(0); }

/// Both in A-labels, as ETRN names nodes.
bool is_or_is_below(std::string_view domain, std::string_view node) {
  if (domain.size() <= node.size()) return ascii::iequals(domain, node);
  return ascii::iequals(domain.substr(domain.size() - node.size()), node) &&
         domain[domain.size() - node.size() - 1] == '.';
}

}  // namespace

MailQueue::MailQueue(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting,
                     OnOutcome on_outcome, OnReleased on_released)
    : HostToolkit(id, world, sessions),
      setting_(setting),
      on_outcome_(std::move(on_outcome)),
      on_released_(std::move(on_released)),
      names_(id, world, sessions, setting.resolver),
      random_(world.trace.seed, "mail queue of " + info().name) {}

std::optional<Instant> MailQueue::due_by(const Letter& letter) {
  if (!letter.envelope.by) return std::nullopt;
  return letter.accepted + letter.envelope.by->time;
}

bool MailQueue::is_late(Instant now, const Item& item) {
  const auto due = due_by(item.letter);
  return due && *due <= now && !item.progress.held && !item.progress.told_late;
}

void MailQueue::put(Instant now, Letter letter, const Progress& progress) {
  if (const auto due = due_by(letter); due && !progress.held)
    wake_at(std::max(now, *due));
  wake_at(std::max(now, progress.next_try));
  const std::size_t octets = letter.content->size();
  octets_ += octets;
  const auto added = items_.emplace(next_key_++, Item{std::move(letter), progress, octets}).first;
  keep(added->first, added->second);
  count_changed(now);
}

/// Once for all letters of an instant: each call looks at all of them.
void MailQueue::wake_at(Instant at) {
  if (booked_.insert(at).second) world_.agenda.schedule(at, HostWakes{id_});
}

void MailQueue::keep(std::uint64_t key, const Item& item) {
  if (keeper_) keeper_->queued(key, item.letter, item.progress);
}

void MailQueue::add(Instant now, Letter letter) { put(now, std::move(letter), {.next_try = now, .since = now}); }

void MailQueue::restore(Instant now, Letter letter, const Progress& progress) { put(now, std::move(letter), progress); }

void MailQueue::hold(Instant now, Letter letter) {
  const Instant release = std::max(now, smtp::release_of(*letter.envelope.hold, letter.accepted));
  note(now, Severity::Info, "notice/held", {letter.address(), internet_date(release)});
  put(now, std::move(letter), {.next_try = release, .since = release, .held = true});
}

bool MailQueue::may_hold(std::string_view user) const {
  const auto held = std::ranges::count_if(
      items_, [&](const auto& entry) { return entry.second.progress.held && entry.second.letter.user == user; });
  return static_cast<std::size_t>(held) < held_max;
}

std::size_t MailQueue::flush(Instant now, std::string_view node, bool subdomains) {
  std::size_t waiting{};
  for (auto& [key, item] : items_) {
    const std::string domain = road_of(item.letter).domain;
    if (item.progress.held || !(subdomains ? is_or_is_below(domain, node) : ascii::iequals(domain, node))) continue;
    ++waiting;
    if (!item.busy) item.progress.next_try = now;
  }
  if (waiting > 0) wake_at(now);
  return waiting;
}

void MailQueue::run(Instant now) {
  booked_.erase(booked_.begin(), booked_.upper_bound(now));
  release_held(now);
  tell_of_late(now);
  std::map<Road, Keys> due;  // one session carries all that can go together
  for (auto& [key, item] : items_) {
    if (item.busy || item.progress.held || item.progress.next_try > now) continue;
    item.busy = true;
    due[road_of(item.letter)].push_back(key);
  }
  std::vector<AttemptPtr> attempts;
  for (auto& [road, keys] : due) {
    const auto attempt = std::make_shared<Attempt>();
    attempt->road = road;
    attempt->route = std::make_shared<MailRoute>(id_, world_, sessions_, names_, random_, road.domain);
    attempt->batches = batches_of(std::move(keys));
    attempts.push_back(attempt);
  }
  const auto most_urgent = [this](const AttemptPtr& attempt) {
    return -priority_of(items_.at(attempt->batches.front().front()).letter);
  };
  std::ranges::stable_sort(attempts, {}, most_urgent);
  for (const AttemptPtr& attempt : attempts) attempt->route->start(now, next_for(attempt));
}

void MailQueue::release_held(Instant now) {
  Keys released;
  for (const auto& [key, item] : items_)
    if (item.progress.held && item.progress.next_try <= now) released.push_back(key);
  for (const std::uint64_t key : released) {
    Letter letter = std::move(items_.at(key).letter);
    letter.held = std::exchange(letter.envelope.hold, std::nullopt);  // and nowhere else again
    remove(now, key);
    on_released_(now, letter);
  }
}

/// RFC 2852 §4.1.3.
void MailQueue::tell_of_late(Instant now) {
  Keys late;
  for (const auto& [key, item] : items_)
    if (!item.busy && is_late(now, item)) late.push_back(key);
  for (const std::uint64_t key : late) {
    Item& item = items_.at(key);
    if (item.letter.envelope.by->returned) {
      fail(now, key, {554, "5.4.7", {"The time that the sender allowed is over"}}, "");
    } else {
      item.progress.told_late = true;
      keep(key, item);
      on_outcome_(now, Letter(item.letter),
                  {Outcome::Action::Delayed, {451, "4.4.7", {"The time that the sender allowed is over"}}, "", {}});
    }
  }
}

MailQueue::Road MailQueue::road_of(const Letter& letter) const {
  const smtp::Envelope& envelope = letter.envelope;
  const std::string_view domain = domain_of(letter.address());
  Road road{ascii::lower(to_a_labels(domain).value_or(std::string(domain))), setting_.relay_security,
            envelope.require_tls && !envelope.reverse_path.empty()};
  if (road.insists) {
    road.security = Security::StartTls;
  } else if (envelope.require_tls) {
    road.security =
        std::max(road.security, Security::Opportunistic);  // a report: secured where it can be (RFC 8689 §5)
  } else if (ascii::iequals(smtp::first_line_of(*letter.content, "TLS-Required"), "No")) {
    road.security = std::min(road.security, Security::Opportunistic);  // RFC 8689 §4.2.2
  }
  return road;
}

MailRoute::OnNext MailQueue::next_for(const AttemptPtr& attempt) {
  return [this, attempt](Instant then, const MailRoute::Next& next) {
    attempt->in_clear = false;
    next.server ? relay(then, attempt, *next.server) : settle_all(then, attempt, next.dead_end);
  };
}

/// Urgent ones first, then in the order of arrival; copies of one message that differ in nothing but the recipient go
/// together (RFC 5321 §4.5.4.1).
std::deque<MailQueue::Keys> MailQueue::batches_of(Keys keys) const {
  const auto letter = [this](std::uint64_t key) -> const Letter& { return items_.at(key).letter; };
  std::ranges::stable_sort(
      keys, [&](std::uint64_t a, std::uint64_t b) { return priority_of(letter(a)) > priority_of(letter(b)); });
  const auto one_message = [&](std::uint64_t a, std::uint64_t b) {
    smtp::Envelope other = letter(b).envelope;
    other.recipients = letter(a).envelope.recipients;
    return letter(a).content == letter(b).content && letter(a).envelope == other;
  };
  std::deque<Keys> batches;
  for (const std::uint64_t key : keys) {
    const bool joins =
        !batches.empty() && batches.back().size() < recipients_max && one_message(batches.back().front(), key);
    if (!joins) batches.emplace_back();
    batches.back().push_back(key);
  }
  return batches;
}

void MailQueue::relay(Instant now, const AttemptPtr& attempt, HostId to) {
  std::vector<smtp::OutgoingMessage> messages;
  for (const Keys& batch : attempt->batches) {
    const Letter& first = items_.at(batch.front()).letter;
    smtp::OutgoingMessage message{first.envelope, *first.content};
    message.envelope.recipients.clear();
    for (const std::uint64_t key : batch) message.envelope.recipients.push_back(items_.at(key).letter.recipient());
    // RFC 2852 §4.1.4: what is left of the time.
    if (auto& by = message.envelope.by) by->time -= std::chrono::ceil<std::chrono::seconds>(now - first.accepted);
    messages.push_back(std::move(message));
  }
  const auto on_event = [this, attempt, to](Instant then, smtp::Client&, smtp::Client::Event& event) {
    if (const auto* done = std::get_if<smtp::MessageDone>(&event)) return batch_done(then, attempt, *done);
    session_over(then, attempt, to);
  };
  const auto on_failure = [this, attempt](Instant then, Phase phase) {
    const bool refused = phase == Phase::Refused;
    const std::string& exchange = attempt->route->exchange();
    note(then, Severity::Failure, refused ? "notice/connection-refused" : "notice/connection-timed-out",
         {exchange, fmt::format("{}", relay_port.number)});
    attempt->reason = {451, "4.4.1", {fmt::format("{}: connection {}", exchange, refused ? "refused" : "timed out")}};
    try_next_server(then, attempt, "");
  };
  attempt->reason = {451, "4.4.2", {"The connection ended too early"}};
  attempt->tls_failed = false;
  const Security security = attempt->in_clear ? Security::None : attempt->road.security;
  smtp::ClientConfig config;
  config.helo_name = info().name;
  config.chunking = smtp::Chunking::WhereNeeded;  // as most servers relay: DATA is what people know
  config.starttls = starttls_policy(security);
  config.mends_lines = setting_.bare_lines != smtp::BareLines::PassedOn;
  const ConnectionId connection = connect<smtp::Client>(now, Transport::Tcp, {to, relay_port}, "SMTP", "relay",
                                                        on_event, on_failure, std::move(config), std::move(messages));
  secure(connection, security, attempt->route->exchange(), "");
}

/// RFC 7435 §3: where security is opportunistic, communication goes before it. A server that cannot do what it offers
/// gets the mail as one that offers nothing would.
void MailQueue::session_over(Instant now, const AttemptPtr& attempt, HostId server) {
  for (const Keys& batch : std::exchange(attempt->batches, {}))
    attempt->left.insert(attempt->left.end(), batch.begin(), batch.end());
  if (attempt->left.empty()) return;
  attempt->batches = batches_of(std::exchange(attempt->left, {}));
  if (!attempt->tls_failed || attempt->road.security != Security::Opportunistic)
    return try_next_server(now, attempt, attempt->route->exchange());
  attempt->in_clear = true;
  note(now, Severity::Warning, "notice/tls-given-up", {attempt->route->exchange()});
  relay(now, attempt, server);
}

void MailQueue::batch_done(Instant now, const AttemptPtr& attempt, const smtp::MessageDone& done) {
  const Keys batch = std::move(attempt->batches.front());
  attempt->batches.pop_front();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const smtp::Reply& reply = done.recipients.at(i).reply;
    if (!may_go_elsewhere(done.recipients[i])) {
      settle(now, batch[i], reply, attempt->route->exchange(), done.recipients[i].owes_report);
      continue;
    }
    attempt->left.push_back(batch[i]);
    attempt->tls_failed = attempt->tls_failed || (done.recipients[i].ours && reply.enhanced == smtp::tls_failed_status);
    attempt->reason = reply.code == 0 ? smtp::Reply{451, "4.4.2", reply.lines} : reply;
  }
}

/// That a server may take the mail later outweighs that another one never will.
void MailQueue::try_next_server(Instant now, const AttemptPtr& attempt, const std::string& said_by) {
  if (!attempt->told || !attempt->reason.permanent()) {
    attempt->told = attempt->reason;
    attempt->told_by = said_by;
  }
  attempt->route->try_next(now, *attempt->told, next_for(attempt));
}

void MailQueue::settle_all(Instant now, const AttemptPtr& attempt, const smtp::Reply& dead_end) {
  const bool by_server = attempt->told && (!attempt->told->permanent() || dead_end.permanent());
  smtp::Reply reply = by_server ? *attempt->told : dead_end;
  // RFC 8689 §4.2.1: a message that requires TLS does not wait for servers to learn it.
  if (attempt->road.insists && reply.enhanced.starts_with("4.7.")) reply = {550, "5.7.10", reply.lines};
  for (const Keys& batch : std::exchange(attempt->batches, {}))
    for (const std::uint64_t key : batch) settle(now, key, reply, by_server ? attempt->told_by : "", false);
}

void MailQueue::settle(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host,
                       bool owes_report) {
  Item& item = items_.at(key);
  if (reply.permanent() || (!reply.positive() && is_overdue(now, item))) return fail(now, key, reply, remote_host);
  if (!reply.positive()) return defer(now, key, reply, remote_host);
  note(now, Severity::Success, "notice/relayed", {item.letter.address(), remote_host});
  const Letter relayed = std::move(item.letter);
  remove(now, key);
  // A server that knows DSN was told who wants to hear, and reports itself (RFC 3461 §5.2.1).
  if (owes_report) on_outcome_(now, relayed, {Outcome::Action::Relayed, reply, remote_host, {}});
}

bool MailQueue::is_overdue(Instant now, const Item& item) const {
  return now - item.progress.since >= setting_.policy.give_up_after;
}

void MailQueue::defer(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host) {
  Item& item = items_.at(key);
  Progress& progress = item.progress;
  note(now, Severity::Warning, "notice/relay-deferred", {item.letter.address(), one_line(reply)});
  const std::vector<Duration>& waits = setting_.policy.retry;
  item.busy = false;
  progress.next_try = now + waits.at(std::min(progress.tries++, waits.size() - 1));
  wake_at(is_late(now, item) ? now : progress.next_try);
  const auto& warn_after = setting_.policy.warn_after;
  const bool warns = !progress.warned && warn_after && now - progress.since >= *warn_after;
  progress.warned = progress.warned || warns;
  keep(key, item);
  if (!warns) return;
  const Instant last = progress.since + setting_.policy.give_up_after;
  on_outcome_(now, Letter(item.letter), {Outcome::Action::Delayed, reply, remote_host, last});
}

void MailQueue::fail(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host) {
  const Letter failed = std::move(items_.at(key).letter);
  note(now, Severity::Failure, "notice/bounced", {failed.address(), one_line(reply)});
  remove(now, key);
  on_outcome_(now, failed, {Outcome::Action::Failed, reply, remote_host, {}});
}

void MailQueue::remove(Instant now, std::uint64_t key) {
  octets_ -= items_.at(key).octets;
  items_.erase(key);
  if (keeper_) keeper_->gone(key);
  count_changed(now);
}

void MailQueue::crash() {
  names_.crash();
  booked_.clear();
  for (auto& [key, item] : items_) item.busy = false;
}

void MailQueue::restart(Instant now) {
  for (const auto& [key, item] : items_) {  // wake-ups of the time without power were missed
    wake_at(std::max(now, item.progress.next_try));
    if (const auto due = due_by(item.letter)) wake_at(std::max(now, *due));
  }
}

void MailQueue::count_changed(Instant now) {
  world_.trace.append(now, QueueChanged{id_, static_cast<std::uint32_t>(items_.size())});
}

}  // namespace mailscope
