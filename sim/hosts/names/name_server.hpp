// A DNS server host: answers for the zones of its scenario, asks other servers for the rest where it may, and fails
// where the scenario wants it to.
#pragma once

#include <vector>

#include "protocols/dns/server.hpp"
#include "protocols/dns/zone.hpp"
#include "sim/hosts/names/name_lookup.hpp"
#include "sim/hosts/session/host.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

class NameServer final : public Host {
 public:
  /// `zones`: the names of all zones that some server of the world has. Together they are the world's Internet, so that
  /// this server knows, as one that has asked the root, which names no server has. Outlives this.
  NameServer(HostId id, Surroundings& world, Sessions& sessions, const DnsServerSetting& setting,
             const std::vector<std::string>& zones);
  std::unique_ptr<Session> accept(Instant now, const ConnectionOpened& opened) override;
  void wake(Instant) override {}
  void crash(Instant) override { names_.crash(); }

 private:
  void take(Instant now, const ConnectionOpened& opened, dns::Server& engine, const dns::QueryReceived& received);
  /// What is wrong with the answer to this question, if anything is; counts it.
  [[nodiscard]] std::optional<DnsFault::Kind> fault_for(const dns::Question& question);
  /// What the root would say of a name, where no server of the world has its zone.
  [[nodiscard]] std::optional<dns::Message> answer_of_root(const dns::Message& query) const;
  void forward(Instant now, ConnectionId connection, const dns::QueryReceived& received);

  const DnsServerSetting& setting_;
  const std::vector<std::string>& zones_of_world_;
  std::vector<dns::Zone> zones_;
  std::vector<std::uint32_t> faults_told_;  ///< by index of the setting's faults
  NameLookup names_;
};

/// Zones under in-addr.arpa with a PTR record for each host, one for each network of 256 addresses (RFC 1035 §3.5).
[[nodiscard]] std::vector<dns::Zone> reverse_zones(const std::vector<HostInfo>& hosts, const std::string& server);

}  // namespace mailscope
