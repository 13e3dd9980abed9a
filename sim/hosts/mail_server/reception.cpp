#include "sim/hosts/mail_server/reception.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

/// Four numbers with dots as one; nothing for any other text.
std::optional<std::uint32_t> number_of(std::string_view address) {
  std::uint32_t number{};
  const char* at = address.data();
  const char* end = at + address.size();
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at == end || *at++ != '.')) return std::nullopt;
    std::uint8_t octet{};
    const auto [stopped, error] = std::from_chars(at, end, octet);
    if (error != std::errc{}) return std::nullopt;
    number = number << 8 | octet;
    at = stopped;
  }
  return at == end ? std::optional(number) : std::nullopt;
}

}  // namespace

bool is_in_network(std::string_view address, std::string_view network) {
  const std::size_t slash = network.find('/');
  const std::optional<std::uint32_t> one = number_of(address), base = number_of(network.substr(0, slash));
  unsigned bits = 32;
  if (slash != std::string_view::npos)
    std::from_chars(network.data() + slash + 1, network.data() + network.size(), bits);
  if (!one || !base || bits > 32) return false;
  const std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  return (*one & mask) == (*base & mask);
}

bool Reception::is_trusted(const Visit& visit, const std::string& user) const {
  return !user.empty() || std::ranges::any_of(setting_.policy.relay_for, [&](const std::string& trusted) {
    return ascii::iequals(trusted, visit.client_name) || is_in_network(visit.client_address, trusted);
  });
}

bool Reception::is_backup_for(std::string_view address) const {
  return std::ranges::any_of(setting_.policy.relay_domains,
                             [&](const std::string& domain) { return same_domain(domain, domain_of(address)); });
}

smtp::Reply Reception::judge(Instant now, Visit& visit, const smtp::SenderOffered& offer) {
  visit.sender = offer.reverse_path;
  visit.octets = offer.envelope.size.value_or(0);
  const std::optional<MailPolicy::Rate>& rate = setting_.policy.rate;
  if (rate && !rates_.allows(now, visit.client_address, *rate))
    return {450, "4.7.0", {"Too many messages from this client; try again later"}};
  return {250, "2.1.0", {"Sender OK"}};
}

smtp::Reply Reception::judge(Instant now, const Visit& visit, const smtp::RecipientOffered& offer) {
  if (auto refused = refusal(visit, offer)) return *refused;
  const bool local = aliases_.is_local(offer.forward_path);
  const std::optional<Duration>& delay = setting_.policy.greylist;
  // Last of all, so that nobody waits for an answer that stands already.
  if (delay && !is_trusted(visit, offer.user) &&
      !greylist_.passes(now, {visit.client_address, visit.sender, ascii::lower(offer.forward_path)}, *delay))
    return {450, "4.7.1", {"Greylisted: this server does not know you yet; try again later"}};
  return {250, "2.1.5", {local ? "Recipient OK" : "Recipient OK, will be relayed"}};
}

std::optional<smtp::Reply> Reception::refusal(const Visit& visit, const smtp::RecipientOffered& offer) const {
  if (!aliases_.is_local(offer.forward_path)) {
    // An open relay would be abused within the hour (RFC 5321 §7.9).
    if (is_backup_for(offer.forward_path) || is_trusted(visit, offer.user)) return std::nullopt;
    return smtp::Reply{550, "5.7.1", {"Relaying denied"}};
  }
  if (aliases_.stands_for_others(offer.forward_path)) return std::nullopt;
  const mailstore::Account* account = accounts_.account_of(offer.forward_path);
  if (account) return accounts_.obstacle(*account, 1, visit.octets);  // RFC 1870 §6.4: before it has travelled
  if (!setting_.policy.verify_recipients) return std::nullopt;
  return smtp::Reply{550, "5.1.1", {"No such user here"}};
}

}  // namespace mailscope
