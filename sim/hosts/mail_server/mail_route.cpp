#include "sim/hosts/mail_server/mail_route.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

smtp::Reply own_reply(std::uint16_t code, std::string enhanced, std::string text) {
  return {code, std::move(enhanced), {std::move(text)}};
}

std::vector<std::string> addresses_of(const dns::Message& answer, dns::Type type) {
  std::vector<std::string> addresses;
  for (const dns::ResourceRecord& record : answer.answers)
    if (record.type == type) addresses.push_back(std::get<std::string>(record.data));
  std::ranges::reverse(addresses);
  return addresses;
}

/// The name servers have said what there is, be it nothing.
bool is_settled(const std::optional<dns::Message>& answer) {
  return answer && (answer->rcode == dns::Rcode::NoError || answer->rcode == dns::Rcode::NameError);
}

}  // namespace

MailRoute::MailRoute(HostId id, Surroundings& world, Sessions& sessions, NameLookup& names, RandomStream& random,
                     std::string domain)
    : HostToolkit(id, world, sessions), names_(names), random_(random), domain_(std::move(domain)) {}

void MailRoute::start(Instant now, const OnNext& on_next) {
  reason_ = own_reply(451, "4.4.1", "No mail exchanger could be reached");
  if (const auto literal = address_literal(domain_)) {
    exchange_ = domain_;
    addresses_ = {*literal};
    return next_address(now, on_next);
  }
  const auto name = to_a_labels(domain_);  // RFC 6531 §3.2
  if (!name) return on_next(now, {{}, own_reply(550, "5.1.2", "The domain is none that a name server could know")});
  domain_ = *name;
  names_.look_up(now, {domain_, dns::Type::Mx}, [self = shared_from_this(), on_next](Instant then, const auto& answer) {
    self->exchanges_found(then, answer, on_next);
  });
}

void MailRoute::try_next(Instant now, smtp::Reply reason, const OnNext& on_next) {
  reason_ = std::move(reason);
  next_address(now, on_next);
}

void MailRoute::exchanges_found(Instant now, const std::optional<dns::Message>& answer, const OnNext& on_next) {
  if (!is_settled(answer))
    return on_next(now, {{}, own_reply(451, "4.4.3", "The domain's name server gave no answer")});
  if (answer->rcode == dns::Rcode::NameError)
    return on_next(now, {{}, own_reply(550, "5.1.2", "The domain does not exist")});
  const bool loops = order_exchanges(*answer);
  if (exchanges_.size() == 1 && exchanges_[0].empty())  // null MX (RFC 7505)
    return on_next(now, {{}, own_reply(556, "5.1.10", "The domain accepts no mail")});
  if (exchanges_.empty() && loops) return reached_itself(now, on_next);
  if (exchanges_.empty()) exchanges_ = {domain_};  // implicit MX (RFC 5321 §5.1)
  next_exchange(now, on_next);
}

/// Exchanges best last, so that the next one is taken off the back; equal preferences in random order. True where this
/// server is one of them: then it and all that are not better are left out, or mail would go round (RFC 5321 §5.1).
bool MailRoute::order_exchanges(const dns::Message& answer) {
  struct Candidate {
    std::uint16_t preference;
    std::uint64_t lot;
    std::string exchange;
  };
  std::vector<Candidate> candidates;
  std::optional<std::uint16_t> own;
  for (const dns::ResourceRecord& record : answer.answers)
    if (const auto* mx = std::get_if<dns::MxData>(&record.data)) {
      candidates.push_back({mx->preference, random_.next(), mx->exchange});
      if (ascii::iequals(mx->exchange, info().name)) own = std::min(own.value_or(mx->preference), mx->preference);
    }
  if (own) std::erase_if(candidates, [&](const Candidate& candidate) { return candidate.preference >= *own; });
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tie(b.preference, b.lot) < std::tie(a.preference, a.lot);
  });
  exchanges_.clear();
  for (Candidate& candidate : candidates) exchanges_.push_back(std::move(candidate.exchange));
  return own.has_value();
}

void MailRoute::next_exchange(Instant now, const OnNext& on_next) {
  if (exchanges_.empty()) return on_next(now, {{}, reason_});
  any_before_ = !exchange_.empty();
  exchange_ = std::move(exchanges_.back());
  exchanges_.pop_back();
  any_address_ = false;
  look_up_address(now, dns::Type::A, on_next);
}

/// A records first, then AAAA (RFC 5321 §5.2 leaves the order open): no host of the simulation has an IPv6 address, so
/// that AAAA records are asked for only where nothing else is left.
void MailRoute::look_up_address(Instant now, dns::Type type, const OnNext& on_next) {
  has_ipv6_left_ = type == dns::Type::A;
  names_.look_up(now, {exchange_, type}, [self = shared_from_this(), type, on_next](Instant then, const auto& answer) {
    if (answer) self->addresses_ = addresses_of(*answer, type);
    if (std::ranges::find(self->addresses_, self->info().address) != self->addresses_.end())
      return self->reached_itself(then, on_next);
    self->any_address_ = self->any_address_ || !self->addresses_.empty();
    self->may_mend_ = self->may_mend_ || !self->addresses_.empty() || !is_settled(answer);
    if (!self->any_address_ && type == dns::Type::Aaaa) self->reason_ = self->no_address();
    self->next_address(then, on_next);
  });
}

/// RFC 5321 §5.1: that no exchange is usable is an error. It is for good once the name servers have said of each that
/// it has no address.
smtp::Reply MailRoute::no_address() const {
  return may_mend_ ? own_reply(451, "4.4.4", fmt::format("{} has no address", exchange_))
                   : own_reply(550, "5.4.4", fmt::format("{} has no address, nor has any other exchanger", exchange_));
}

/// RFC 5321 §5.1: whatever names it there, with any of its addresses. Better ones may be back later; where there is
/// none, mail would go round.
void MailRoute::reached_itself(Instant now, const OnNext& on_next) {
  exchanges_.clear();
  addresses_.clear();
  has_ipv6_left_ = false;
  on_next(now,
          {{}, any_before_ ? reason_ : own_reply(554, "5.4.6", "The domain's mail exchanger is this server itself")});
}

void MailRoute::next_address(Instant now, const OnNext& on_next) {
  if (addresses_.empty())
    return has_ipv6_left_ ? look_up_address(now, dns::Type::Aaaa, on_next) : next_exchange(now, on_next);
  const std::string address = std::move(addresses_.back());
  addresses_.pop_back();
  const auto host = host_with_address(address);
  if (host == id_) return reached_itself(now, on_next);
  if (host) return on_next(now, {*host, {}});
  reason_ = own_reply(451, "4.4.1", fmt::format("No route to {} [{}]", exchange_, address));
  next_address(now, on_next);
}

}  // namespace mailscope
