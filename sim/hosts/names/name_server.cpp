#include "sim/hosts/names/name_server.hpp"

#include <algorithm>

#include "protocols/dns/name.hpp"
#include "sim/hosts/names/dns_type.hpp"

namespace mailscope {
namespace {

dns::ResourceRecord start_of_authority(const std::string& zone, const std::string& server, std::uint32_t ttl_s,
                                       std::uint32_t minimum_s) {
  return {zone, dns::Type::Soa, ttl_s,
          dns::SoaData{server, "hostmaster." + (zone.empty() ? server : zone), 1, 7200, 900, 1'209'600, minimum_s}};
}

dns::ResourceRecord resource_record(const ZoneRecord& record) {
  const dns::Type type = type_of(record.type);
  if (type == dns::Type::Mx) return {record.name, type, record.ttl_s, dns::MxData{record.preference, record.value}};
  if (type == dns::Type::Srv)
    return {record.name, type, record.ttl_s, dns::SrvData{record.preference, record.weight, record.port, record.value}};
  if (type == dns::Type::Soa) return start_of_authority(record.name, record.value, record.ttl_s, record.minimum_s);
  return {record.name, type, record.ttl_s, record.value};
}

/// Every zone has a start of authority (RFC 1035 §3.3.13); a scenario need not write one.
dns::Zone new_zone(const std::string& name, const std::string& server) {
  const ZoneRecord usual;
  return {name, {start_of_authority(name, server, usual.ttl_s, usual.minimum_s)}};
}

}  // namespace

std::vector<dns::Zone> reverse_zones(const std::vector<HostInfo>& hosts, const std::string& server) {
  std::vector<dns::Zone> zones;
  for (const HostInfo& host : hosts) {
    const std::optional<std::string> name = dns::reverse_name(host.address);
    if (!name) continue;
    const std::string zone(dns::parent(*name));
    auto found = std::ranges::find(zones, zone, &dns::Zone::name);
    if (found == zones.end()) found = zones.insert(zones.end(), new_zone(zone, server));
    found->records.push_back({*name, dns::Type::Ptr, ZoneRecord{}.ttl_s, host.name});
  }
  return zones;
}

NameServer::NameServer(HostId id, Surroundings& world, Sessions& sessions, const DnsServerSetting& setting,
                       const std::vector<std::string>& zones)
    : Host(id, world, sessions),
      setting_(setting),
      zones_of_world_(zones),
      faults_told_(setting.faults.size()),
      names_(id, world, sessions, setting.forward) {
  for (const Zone& zone : setting.zones) {
    dns::Zone served = new_zone(zone.name, info().name);
    for (const ZoneRecord& record : zone.records) {
      if (record.type == ZoneRecord::Type::Soa) served.records.erase(served.records.begin());  // the usual one
      served.records.insert(record.type == ZoneRecord::Type::Soa ? served.records.begin() : served.records.end(),
                            resource_record(record));
    }
    zones_.push_back(std::move(served));
  }
  if (!setting.reverse) return;
  for (dns::Zone& zone : reverse_zones(world.trace.hosts, info().name))
    if (std::ranges::none_of(zones_, [&](const dns::Zone& own) { return dns::same_name(own.name, zone.name); }))
      zones_.push_back(std::move(zone));
}

std::unique_ptr<Session> NameServer::accept(Instant, const ConnectionOpened& opened) {
  const dns::Carrier carrier = opened.transport == Transport::Udp ? dns::Carrier::Datagram : dns::Carrier::Stream;
  return serve<dns::Server>(
      opened,
      [this, opened](Instant now, dns::Server& engine, dns::Server::Event& event) {
        take(now, opened, engine, std::get<dns::QueryReceived>(event));
      },
      carrier, setting_.edns);
}

std::optional<DnsFault::Kind> NameServer::fault_for(const dns::Question& question) {
  for (std::size_t i = 0; i < setting_.faults.size(); ++i) {
    const DnsFault& fault = setting_.faults[i];
    if (!dns::is_within(question.name, fault.name)) continue;
    if (fault.type && type_of(*fault.type) != question.type) continue;
    if (fault.times && faults_told_[i] >= *fault.times) continue;
    ++faults_told_[i];
    return fault.kind;
  }
  return std::nullopt;
}

void NameServer::take(Instant now, const ConnectionOpened& opened, dns::Server& engine,
                      const dns::QueryReceived& received) {
  const dns::Message& query = received.query;
  const bool is_plain = query.questions.size() == 1 && query.opcode == 0;
  const auto fault = is_plain ? fault_for(query.questions.front()) : std::nullopt;
  if (fault == DnsFault::Kind::Silent) return engine.answer(now, received.key, std::nullopt);
  if (fault == DnsFault::Kind::ServFail || fault == DnsFault::Kind::Refused) {
    const bool failed = fault == DnsFault::Kind::ServFail;
    return engine.answer(now, received.key,
                         dns::empty_response(query, failed ? dns::Rcode::ServerFailure : dns::Rcode::Refused));
  }
  const bool forwards = !setting_.forward.servers.empty();
  if (is_plain && forwards && query.recursion_desired && !dns::has_zone_for(zones_, query.questions.front().name))
    return forward(now, opened.connection, received);
  std::optional<dns::Message> of_root;
  if (is_plain && query.recursion_desired) of_root = answer_of_root(query);
  dns::Message response = of_root ? *std::move(of_root) : dns::answer(zones_, query);
  response.recursion_available = forwards || of_root;
  if (fault == DnsFault::Kind::Truncated && opened.transport == Transport::Udp) {
    response = dns::empty_response(query, dns::Rcode::NoError);
    response.truncated = true;
  }
  engine.answer(now, received.key, response);
}

/// A name below which some zone stands exists, without data (RFC 8020); all others do not, and the root's start of
/// authority says for how long that may be kept (RFC 2308 §3).
std::optional<dns::Message> NameServer::answer_of_root(const dns::Message& query) const {
  const std::string& name = query.questions.front().name;
  if (dns::has_zone_for(zones_, name)) return std::nullopt;
  const auto has = [&](const std::string& zone) { return dns::is_within(name, zone); };
  if (std::ranges::any_of(zones_of_world_, has)) return std::nullopt;  // who has it was not asked
  const bool exists =
      std::ranges::any_of(zones_of_world_, [&](const std::string& zone) { return dns::is_within(zone, name); });
  dns::Message response = dns::empty_response(query, exists ? dns::Rcode::NoError : dns::Rcode::NameError);
  const ZoneRecord usual;
  response.authorities.push_back(start_of_authority("", info().name, usual.ttl_s, usual.minimum_s));
  return response;
}

/// RFC 1034 §4.3.1: recursion, with the answer of others, which is not authoritative.
void NameServer::forward(Instant now, ConnectionId connection, const dns::QueryReceived& received) {
  names_.look_up(now, received.query.questions.front(),
                 [this, connection, received](Instant then, const std::optional<dns::Message>& answer) {
                   dns::Message response = dns::empty_response(received.query, dns::Rcode::ServerFailure);
                   response.recursion_available = true;
                   if (answer) {
                     response.rcode = answer->rcode;
                     response.answers = answer->answers;
                     response.authorities = answer->authorities;
                   }
                   // Who asked may have given up: then nobody is there to be told.
                   resume<dns::Server>(then, connection, Side::Server,
                                       [&](dns::Server& engine) { engine.answer(then, received.key, response); });
                 });
}

}  // namespace mailscope
