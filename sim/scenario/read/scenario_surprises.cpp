// Addresses for hosts that have none, and warnings where a lesson will not do what its file seems to mean.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

/// What the zones of all DNS servers say, by name in lower case.
struct Names {
  std::map<std::string, std::vector<std::string>> addresses;  ///< of A records
  std::map<std::string, std::set<std::string>> exchanges;     ///< of MX records, in lower case
};

Names names_in(const Scenario& scenario) {
  Names names;
  for (const HostSetting& host : scenario.hosts)
    if (const auto* dns = std::get_if<DnsServerSetting>(&host.what))
      for (const Zone& zone : dns->zones)
        for (const ZoneRecord& record : zone.records) {
          const std::string name = ascii::lower(record.name);
          if (record.type == ZoneRecord::Type::A) names.addresses[name].push_back(record.value);
          if (record.type == ZoneRecord::Type::Mx) names.exchanges[name].insert(ascii::lower(record.value));
        }
  return names;
}

/// The addresses that A records give for a name.
const std::vector<std::string>& addresses_of(const Names& names, const std::string& name) {
  static const std::vector<std::string> none;
  const auto found = names.addresses.find(ascii::lower(name));
  return found == names.addresses.end() ? none : found->second;
}

bool linked(const Scenario& scenario, const std::string& one, const std::string& other) {
  return one == other || std::ranges::any_of(scenario.links, [&](const LinkSetting& link) {
           return (link.a == one && link.b == other) || (link.a == other && link.b == one);
         });
}

/// The hosts that a server would send mail for this domain to (RFC 5321 §5.1: MX, else A).
std::vector<std::string> exchanges(const Scenario& scenario, const Names& names, const HostSetting& server,
                                   const std::string& domain) {
  const auto& setting = std::get<MailServerSetting>(server.what);
  if (setting.resolver.servers.empty() ||
      std::ranges::any_of(setting.domains, [&](const std::string& own) { return same_domain(own, domain); }))
    return {};
  const auto found = names.exchanges.find(domain);
  std::vector<std::string> hosts;
  for (const std::string& name : found == names.exchanges.end() ? std::set{domain} : found->second)
    for (const std::string& address : addresses_of(names, name)) {
      const auto host = std::ranges::find(scenario.hosts, address, &HostSetting::address);
      if (host != scenario.hosts.end()) hosts.push_back(host->name);
    }
  return hosts;
}

}  // namespace

void assign_addresses(Scenario& scenario) {
  const Names names = names_in(scenario);
  std::set<std::string> taken;
  for (const HostSetting& host : scenario.hosts) taken.insert(host.address);
  for (HostSetting& host : scenario.hosts)
    for (const std::string& address : addresses_of(names, host.name))
      if (host.address.empty() && taken.insert(address).second) host.address = address;
  // An address that some zone gives to another name stays free, so that a record without host leads nowhere.
  for (const auto& [name, addresses] : names.addresses) taken.insert(addresses.begin(), addresses.end());
  // A file has room for more records than 192.0.2.0/24 has addresses: then 198.18.0.0/16 (RFC 2544 §C.2.2) goes on.
  int number{};
  for (HostSetting& host : scenario.hosts)
    while (host.address.empty()) {
      const std::string candidate =
          ++number < 255 ? fmt::format("192.0.2.{}", number) : fmt::format("198.18.{}.{}", number / 256, number % 256);
      if (taken.insert(candidate).second) host.address = candidate;
    }
}

void warn_of_surprises(ScenarioReader& reader) {
  const Scenario& scenario = reader.scenario;
  const Names names = names_in(scenario);
  for (std::size_t i{}; i < scenario.hosts.size(); ++i) {
    const HostSetting& host = scenario.hosts[i];
    const std::vector<std::string>& addresses = addresses_of(names, host.name);
    if (!addresses.empty() && std::ranges::find(addresses, host.address) == addresses.end())
      reader.faults.warning(reader.host_places[i], tr("the address {0} of {1}", {host.address, host.name}),
                            tr("{0}, as its A record says", {addresses.front()}),
                            tr("who looks the name up will not reach it"));
  }
  for (const auto& [sending, where] : reader.sendings) {
    const auto server = std::ranges::find(scenario.hosts, sending.first, &HostSetting::name);
    if (server == scenario.hosts.end() || !std::holds_alternative<MailServerSetting>(server->what)) continue;
    for (const std::string& host : exchanges(scenario, names, *server, sending.second))
      reader.talks.push_back({server->name, host, where, tr("it relays mail for {0} there", {sending.second})});
  }
  std::set<std::pair<std::string, std::string>> warned;
  for (const Talk& talk : reader.talks)
    if (!linked(scenario, talk.from, talk.to) && warned.emplace(std::minmax(talk.from, talk.to)).second)
      reader.faults.warning(talk.where, tr("no link between {0} and {1}", {talk.from, talk.to}),
                            tr("one, since {0}", {talk.reason}), tr("without it the packets are lost"));
}

}  // namespace mailscope
