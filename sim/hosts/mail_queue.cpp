#include "sim/hosts/mail_queue.hpp"

#include <fmt/format.h>

#include "protocols/core/ascii.hpp"
#include "sim/hosts/address.hpp"
#include "sim/hosts/reply_text.hpp"

namespace mailscope {
namespace {

constexpr Port relay_port{25};

smtp::Reply own_reply(std::uint16_t code, std::string enhanced, std::string text) {
  return {code, std::move(enhanced), {std::move(text)}};
}

/// Exchanges best last (so that the next one is taken off the back); equal preferences in random order (RFC 5321 §5.1).
std::vector<std::string> exchanges_of(const dns::Message& answer, RandomStream& random) {
  struct Candidate {
    std::uint16_t preference;
    std::uint64_t lot;
    std::string exchange;
  };
  std::vector<Candidate> candidates;
  for (const dns::ResourceRecord& record : answer.answers)
    if (const auto* mx = std::get_if<dns::MxData>(&record.data))
      candidates.push_back({mx->preference, random.next(), mx->exchange});
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(b.preference, b.lot) < std::tie(a.preference, a.lot);
  });
  std::vector<std::string> exchanges;
  for (Candidate& candidate : candidates) exchanges.push_back(std::move(candidate.exchange));
  return exchanges;
}

std::vector<std::string> addresses_of(const dns::Message& answer) {
  std::vector<std::string> addresses;
  for (const dns::ResourceRecord& record : answer.answers)
    if (record.type == dns::Type::A) addresses.push_back(std::get<std::string>(record.data));
  std::reverse(addresses.begin(), addresses.end());
  return addresses;
}

}  // namespace

MailQueue::MailQueue(HostId id, Surroundings& world, Sessions& sessions, std::optional<std::string> resolver,
                     OnFailure on_failure)
    : HostToolkit(id, world, sessions),
      resolver_(std::move(resolver)),
      on_failure_(std::move(on_failure)),
      random_(world.trace.seed, "mail queue of " + info().name) {}

void MailQueue::add(Instant now, std::string reverse_path, std::string recipient, std::string content) {
  items_.emplace(next_key_++, Item{std::move(reverse_path), std::move(recipient), std::move(content), now, now, false});
  count_changed(now);
  world_.agenda.schedule(now, HostWakes{id_});
}

void MailQueue::run(Instant now) {
  std::map<std::string, AttemptPtr> attempts;  // one a domain, so that one session carries all its mail
  for (auto& [key, item] : items_) {
    if (item.busy || item.next_try > now) continue;
    item.busy = true;
    AttemptPtr& attempt = attempts[ascii::lower(domain_of(item.recipient))];
    if (!attempt) attempt = std::make_shared<Attempt>();
    attempt->items.push_back(key);
  }
  for (auto& [domain, attempt] : attempts) {
    attempt->domain = domain;
    attempt->reason = own_reply(451, "4.4.1", "No mail exchanger could be reached");
    if (const auto literal = address_literal(domain)) {
      attempt->exchange = domain;
      attempt->addresses = {*literal};
      next_address(now, attempt);
    } else {
      look_up(now, {domain, dns::Type::Mx},
              [this, attempt = attempt](Instant then, const auto& answer) { exchanges_found(then, attempt, answer); });
    }
  }
}

void MailQueue::look_up(Instant now, dns::Question question,
                        std::function<void(Instant, const std::optional<dns::Message>&)> done) {
  const auto server = resolver_ ? host_named(*resolver_) : std::nullopt;
  if (!server) {
    done(now, std::nullopt);
    return;
  }
  const auto id = static_cast<std::uint16_t>(random_.below(65'536));
  const std::string name = question.name;
  connect<dns::Resolver>(
      now, Transport::Udp, {*server, Port{53}}, "DNS", "lookup",
      [this, done, name](Instant then, dns::Resolver&, dns::Resolver::Event& event) {
        const auto& answer = std::get<dns::LookupDone>(event).answer;
        if (!answer) note(then, Severity::Failure, "notice/lookup-failed", {name});
        done(then, answer);
      },
      nullptr, std::move(question), id);
}

void MailQueue::exchanges_found(Instant now, const AttemptPtr& attempt, const std::optional<dns::Message>& answer) {
  if (!answer || (answer->rcode != dns::Rcode::NoError && answer->rcode != dns::Rcode::NameError)) {
    return settle_all(now, attempt, own_reply(451, "4.4.3", "The domain's name server gave no answer"), "");
  }
  if (answer->rcode == dns::Rcode::NameError) {
    return settle_all(now, attempt, own_reply(550, "5.1.2", "The domain does not exist"), "");
  }
  attempt->exchanges = exchanges_of(*answer, random_);
  if (attempt->exchanges.size() == 1 && attempt->exchanges[0].empty()) {  // null MX (RFC 7505)
    return settle_all(now, attempt, own_reply(556, "5.1.10", "The domain accepts no mail"), "");
  }
  if (attempt->exchanges.empty()) attempt->exchanges = {attempt->domain};  // implicit MX (RFC 5321 §5.1)
  next_exchange(now, attempt);
}

void MailQueue::next_exchange(Instant now, const AttemptPtr& attempt) {
  if (attempt->exchanges.empty()) return settle_all(now, attempt, attempt->reason, "");
  attempt->exchange = std::move(attempt->exchanges.back());
  attempt->exchanges.pop_back();
  look_up(now, {attempt->exchange, dns::Type::A}, [this, attempt](Instant then, const auto& answer) {
    if (answer) attempt->addresses = addresses_of(*answer);
    if (attempt->addresses.empty()) {
      attempt->reason = own_reply(451, "4.4.4", fmt::format("{} has no address", attempt->exchange));
    }
    next_address(then, attempt);
  });
}

void MailQueue::next_address(Instant now, const AttemptPtr& attempt) {
  if (attempt->addresses.empty()) return next_exchange(now, attempt);
  const std::string address = std::move(attempt->addresses.back());
  attempt->addresses.pop_back();
  const auto host = host_with_address(address);
  if (host == id_) {
    return settle_all(now, attempt, own_reply(554, "5.4.6", "The domain's mail exchanger is this server itself"), "");
  }
  if (host) return relay(now, attempt, *host);
  attempt->reason = own_reply(451, "4.4.1", fmt::format("No route to {} [{}]", attempt->exchange, address));
  next_address(now, attempt);
}

void MailQueue::relay(Instant now, const AttemptPtr& attempt, HostId to) {
  std::vector<smtp::OutgoingMessage> messages;
  for (const std::uint64_t key : attempt->items) {
    const Item& item = items_.at(key);
    messages.push_back({smtp::envelope(item.reverse_path, {item.recipient}), item.content});
  }
  const auto on_event = [this, attempt](Instant then, smtp::Client&, smtp::Client::Event& event) {
    if (const auto* done = std::get_if<smtp::MessageDone>(&event)) {
      const std::uint64_t key = attempt->items.front();
      attempt->items.erase(attempt->items.begin());
      settle(then, key, done->recipients.front().reply, attempt->exchange);
    } else {
      settle_all(then, attempt, own_reply(451, "4.4.2", "The connection ended too early"), attempt->exchange);
    }
  };
  const auto on_failure = [this, attempt](Instant then, Phase phase) {
    const bool refused = phase == Phase::Refused;
    note(then, Severity::Failure, refused ? "notice/connection-refused" : "notice/connection-timed-out",
         {attempt->exchange, fmt::format("{}", relay_port.number)});
    attempt->reason =
        own_reply(451, "4.4.1", fmt::format("{}: connection {}", attempt->exchange, refused ? "refused" : "timed out"));
    next_address(then, attempt);
  };
  connect<smtp::Client>(now, Transport::Tcp, {to, relay_port}, "SMTP", "relay", on_event, on_failure,
                        smtp::ClientConfig{info().name, std::nullopt}, std::move(messages));
}

void MailQueue::settle_all(Instant now, const AttemptPtr& attempt, const smtp::Reply& reply,
                           const std::string& remote_host) {
  for (const std::uint64_t key : std::exchange(attempt->items, {})) settle(now, key, reply, remote_host);
}

void MailQueue::settle(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host) {
  Item& item = items_.at(key);
  if (reply.positive()) {
    note(now, Severity::Success, "notice/relayed", {item.recipient, remote_host});
  } else if (reply.permanent() || now - item.accepted >= give_up_after) {
    note(now, Severity::Failure, "notice/bounced", {item.recipient, one_line(reply)});
    FailedDelivery failure{info().name, item.reverse_path, item.recipient, reply, remote_host, item.content};
    items_.erase(key);
    count_changed(now);
    return on_failure_(now, std::move(failure));
  } else {
    note(now, Severity::Warning, "notice/relay-deferred", {item.recipient, one_line(reply)});
    item.busy = false;
    item.next_try = now + retry_interval;
    world_.agenda.schedule(item.next_try, HostWakes{id_});
    return;
  }
  items_.erase(key);
  count_changed(now);
}

void MailQueue::count_changed(Instant now) {
  world_.trace.append(now, QueueChanged{id_, static_cast<std::uint32_t>(items_.size())});
}

}  // namespace mailscope
