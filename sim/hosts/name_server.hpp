// A DNS server host: answers for the zones of its scenario.
#pragma once

#include "protocols/dns/server.hpp"
#include "sim/hosts/host.hpp"
#include "sim/lesson/scenario.hpp"

namespace mailscope {

class NameServer final : public Host {
 public:
  NameServer(HostId id, Surroundings& world, Sessions& sessions, const DnsServerSetting& setting);
  std::unique_ptr<Session> accept(Instant now, const ConnectionOpened& opened) override;
  void wake(Instant) override {}

 private:
  std::vector<dns::Zone> zones_;
};

}  // namespace mailscope
