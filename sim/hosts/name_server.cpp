#include "sim/hosts/name_server.hpp"

namespace mailscope {
namespace {

dns::ResourceRecord resource_record(const ZoneRecord& record) {
  switch (record.type) {
    case ZoneRecord::Type::Mx:
      return {record.name, dns::Type::Mx, record.ttl_s, dns::MxData{record.preference, record.value}};
    case ZoneRecord::Type::A:
      return {record.name, dns::Type::A, record.ttl_s, record.value};
    case ZoneRecord::Type::Aaaa:
      return {record.name, dns::Type::Aaaa, record.ttl_s, record.value};
    case ZoneRecord::Type::Cname:
      return {record.name, dns::Type::Cname, record.ttl_s, record.value};
    case ZoneRecord::Type::Txt:
      return {record.name, dns::Type::Txt, record.ttl_s, record.value};
  }
  return {};
}

/// Every zone has a start of authority (RFC 1035 §3.3.13); a scenario need not write one.
dns::ResourceRecord start_of_authority(const std::string& zone, const std::string& server) {
  return {zone, dns::Type::Soa, 3600, dns::SoaData{server, "hostmaster." + zone, 1, 7200, 900, 1'209'600, 300}};
}

}  // namespace

NameServer::NameServer(HostId id, Surroundings& world, Sessions& sessions, const DnsServerSetting& setting)
    : Host(id, world, sessions) {
  for (const Zone& zone : setting.zones) {
    dns::Zone served{zone.name, {start_of_authority(zone.name, info().name)}};
    for (const ZoneRecord& record : zone.records) served.records.push_back(resource_record(record));
    zones_.push_back(std::move(served));
  }
}

std::unique_ptr<Session> NameServer::accept(Instant, const ConnectionOpened& opened) {
  return serve<dns::Server>(
      opened, [](Instant, dns::Server&, dns::Server::Event&) {}, zones_);
}

}  // namespace mailscope
