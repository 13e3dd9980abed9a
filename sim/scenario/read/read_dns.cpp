// What a lesson says about DNS: zones and their records, faults of servers, whom a host asks, and questions by hand.
#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

using Type = ZoneRecord::Type;

/// Host names have no underscores, other names do: _dmarc, _imaps._tcp (RFC 8552 §1.1).
std::string read_dns_name(Faults& faults, const YamlNode* node) {
  if (!node) return {};
  const std::string text = to_a_labels(node->text).value_or(node->text);
  YamlNode without_underscores = *node;
  without_underscores.text = text;
  std::ranges::replace(without_underscores.text, '_', 'x');
  const std::string name = read_host_name(faults, &without_underscores);
  return name.empty() ? name : text.substr(0, name.size());
}

/// "@" is the zone itself, "mx" is within it, "mx.example.org." is absolute (RFC 1035 §5.1).
std::string read_record_name(Faults& faults, const YamlNode* node, const std::string& zone) {
  if (!node || (node->kind == YamlNode::Kind::Scalar && node->text == "@")) return zone;
  std::string name = read_dns_name(faults, node);
  if (name.empty()) return {};
  if (!node->text.ends_with('.')) return name + "." + zone;
  if (name != zone && !ascii::lower(name).ends_with("." + ascii::lower(zone)))
    faults.error(node->where, found_in(*node), tr("a name within the zone {0}", {zone}),
                 tr("put the record into the zone that it belongs to"));
  return name;
}

std::string read_record_value(Faults& faults, const YamlNode* node, Type type) {
  switch (type) {
    case Type::A:
      return read_ipv4(faults, node);
    case Type::Aaaa:
      return read_ipv6(faults, node);
    case Type::Cname:
    case Type::Ptr:
    case Type::Soa:
      return read_domain(faults, node);
    case Type::Txt:
      return read_line(faults, node, limits::txt_octets);  // several character-strings (RFC 1035 §3.3.14)
    case Type::Mx:
    case Type::Srv:
      break;
  }
  // "." takes no mail (RFC 7505 §3), or offers no such service (RFC 2782).
  if (node && node->kind == YamlNode::Kind::Scalar && node->text == ".") return {};
  return read_domain(faults, node);
}

struct KeyOfType {
  std::string_view key, type;
  bool required;
};
constexpr KeyOfType keys_of_types[] = {{"preference", "MX", true},
                                       {"priority", "SRV", true},
                                       {"weight", "SRV", false},
                                       {"port", "SRV", true},
                                       {"minimum", "SOA", false}};

/// Some keys are of one type alone.
void check_keys_of_types(Faults& faults, const MapReader& map, std::string_view type) {
  for (const auto& [key, owner, required] : keys_of_types) {
    const YamlNode* value = map.find(key);
    if (required && type == owner && !map.has(key)) {
      const bool ordered = key != "port";
      faults.error(map.where(), tr("a record of type {0} without \"{1}\"", {std::string(owner), std::string(key)}),
                   ordered ? tr("its order among others") : tr("the port of the service"),
                   ordered ? tr("add {0}: 10; lower ones are tried first", {std::string(key)})
                           : tr("add port: 993 or another one"));
    }
    if (value && type != owner)
      faults.error(value->where, tr("\"{0}\" in a record that is no {1}", {std::string(key), std::string(owner)}),
                   tr("it with {0} only", {std::string(owner)}), tr("remove it"));
  }
}

/// RFC 2181 §8: a time to live has 31 bits.
std::uint32_t read_seconds(Faults& faults, const YamlNode* node, std::uint32_t absent) {
  return static_cast<std::uint32_t>(read_number(faults, node, 0, 2'147'483'647, absent));
}

ZoneRecord read_record(Faults& faults, const YamlNode& node, const std::string& zone) {
  const MapReader map(faults, node, shapes::record);
  ZoneRecord record;
  const YamlNode* type = map.find("type");
  const auto read_16_bits = [&](std::string_view key) {
    return static_cast<std::uint16_t>(read_number(faults, map.find(key), 0, 65'535));
  };
  record.name = read_record_name(faults, map.find("name"), zone);
  record.type = read_record_type(faults, type);
  record.value = read_record_value(faults, map.find("value"), record.type);
  record.preference = read_16_bits(record.type == Type::Srv ? "priority" : "preference");
  record.weight = read_16_bits("weight");
  record.port = read_16_bits("port");
  record.ttl_s = read_seconds(faults, map.find("ttl"), record.ttl_s);
  record.minimum_s = read_seconds(faults, map.find("minimum"), record.minimum_s);
  if (type) check_keys_of_types(faults, map, type->text);
  if (record.type == Type::Soa && record.name != zone && map.find("name"))
    faults.error(map.find("name")->where, tr("a SOA record of a name within the zone"), tr("the name \"@\""),
                 tr("it tells of the zone as a whole"));
  return record;
}

/// What no name server loads, though each record is well formed: an alias stands alone (RFC 1034 §3.6.2, RFC 2181
/// §10.1).
void check_aliases(Faults& faults, const std::vector<const YamlNode*>& nodes, const Zone& zone) {
  for (std::size_t i = 0; i < zone.records.size(); ++i) {
    const ZoneRecord& alias = zone.records[i];
    if (alias.type != Type::Cname || alias.name.empty()) continue;
    const std::string name = ascii::lower(alias.name);
    if (name == ascii::lower(zone.name)) {
      faults.error(
          nodes[i]->where, tr("a CNAME record of the zone itself"), tr("a name within the zone"),
          tr("the zone itself has records of its own, and an alias has none beside it: give it an A or MX record"));
      continue;
    }
    for (std::size_t j = 0; j < zone.records.size(); ++j) {
      const ZoneRecord& other = zone.records[j];
      if (j == i || ascii::lower(other.name) != name || (other.type == Type::Cname && j < i)) continue;
      faults.error(nodes[std::max(i, j)]->where,
                   other.type == Type::Cname ? tr("a second CNAME record of {0}", {alias.name})
                                             : tr("a CNAME record of {0} beside another record", {alias.name}),
                   tr("an alias that stands alone"), tr("no name server loads such a zone: remove one of them"));
      break;
    }
  }
}

Zone read_zone(Faults& faults, const YamlNode& key, const YamlNode& value) {
  Zone zone{read_domain(faults, &key), {}};
  std::vector<const YamlNode*> nodes;
  for_each_item(faults, value, tr("a list of records"), limits::records, [&](const YamlNode& item) {
    ZoneRecord record = read_record(faults, item, zone.name);
    if (record.type == Type::Soa && std::ranges::find(zone.records, Type::Soa, &ZoneRecord::type) != zone.records.end())
      faults.error(item.where, tr("a second SOA record"), tr("one for each zone"), tr("remove one of them"));
    zone.records.push_back(std::move(record));
    nodes.push_back(&item);
  });
  check_aliases(faults, nodes, zone);
  return zone;
}

DnsFault read_dns_fault(Faults& faults, const YamlNode& node) {
  static constexpr std::pair<std::string_view, DnsFault::Kind> kinds[] = {{"servfail", DnsFault::Kind::ServFail},
                                                                          {"refused", DnsFault::Kind::Refused},
                                                                          {"silent", DnsFault::Kind::Silent},
                                                                          {"truncated", DnsFault::Kind::Truncated}};
  const MapReader map(faults, node, shapes::dns_fault);
  DnsFault fault;
  fault.kind = read_choice<DnsFault::Kind>(faults, map.find("fault"), kinds);
  fault.name = read_dns_name(faults, map.find("name"));
  if (const YamlNode* type = map.find("type")) fault.type = read_record_type(faults, type);
  if (const YamlNode* times = map.find("times"))
    fault.times = static_cast<std::uint32_t>(read_number(faults, times, 1, limits::dns_fault_times));
  return fault;
}

}  // namespace

ZoneRecord::Type read_record_type(Faults& faults, const YamlNode* node) {
  static constexpr std::pair<std::string_view, Type> types[] = {
      {"MX", Type::Mx},   {"A", Type::A},     {"AAAA", Type::Aaaa}, {"CNAME", Type::Cname},
      {"TXT", Type::Txt}, {"SRV", Type::Srv}, {"PTR", Type::Ptr},   {"SOA", Type::Soa}};
  return read_choice<Type>(faults, node, types, Type::Txt);
}

ResolverSetting read_resolver(ScenarioReader& reader, const MapReader& map, std::string_view key,
                              const std::string& host) {
  ResolverSetting resolver;
  resolver.cache = read_truth(reader.faults, map.find("dns-cache"), true);
  resolver.edns = read_truth(reader.faults, map.find("edns"), true);
  const auto add = [&](const YamlNode& node) {
    const std::string server = read_host_reference(reader, &node, HostRole::DnsServer);
    if (server.empty()) return;
    if (server == host)
      reader.faults.error(node.where, found_in(node), tr("another DNS server"), tr("it cannot ask itself"));
    else if (std::ranges::find(resolver.servers, server) != resolver.servers.end())
      reader.faults.error(node.where, tr("the DNS server {0} a second time", {server}), tr("each server once"),
                          tr("remove it"));
    resolver.servers.push_back(server);
    reader.talks.push_back({host, server, node.where, tr("it looks names up there")});
  };
  const YamlNode* node = map.find(key);
  if (node && node->kind == YamlNode::Kind::List) {
    for_each_item(reader.faults, *node, tr("a list of DNS servers"), limits::resolvers, add);
    if (node->items.empty())
      reader.faults.error(node->where, tr("an empty list"), tr("at least one DNS server"),
                          tr("without this key no look-up succeeds"));
  } else if (node) {
    add(*node);
  }
  if (const YamlNode* cache = map.find("dns-cache"); cache && !map.has(key))
    reader.faults.error(cache->where, tr("\"{0}\" without \"{1}\"", {"dns-cache", std::string(key)}),
                        tr("both, or neither"), tr("who asks nobody has nothing to remember"));
  if (const YamlNode* edns = map.find("edns"); edns && !map.has(key) && key == "resolver")
    reader.faults.error(edns->where, tr("\"{0}\" without \"{1}\"", {"edns", std::string(key)}), tr("both, or neither"),
                        tr("who asks nobody offers nothing"));
  return resolver;
}

DnsServerSetting read_dns_server(ScenarioReader& reader, const MapReader& map, const std::string& host) {
  Faults& faults = reader.faults;
  DnsServerSetting server;
  if (const YamlNode* zones = map.find("zones"))
    for_each_entry(
        faults, *zones, tr("a map of zones, such as {alba.example: [records]}"), limits::zones,
        [&](const YamlNode& key, const YamlNode& value) { server.zones.push_back(read_zone(faults, key, value)); });
  server.ports = read_ports(faults, map.find("ports"), true, {{Port{53}, Service::Dns, {}}});
  static constexpr std::pair<std::string_view, PortPolicy> policies[] = {
      {"open", PortPolicy::Open}, {"closed", PortPolicy::Closed}, {"filtered", PortPolicy::Filtered}};
  server.tcp = read_choice<PortPolicy>(faults, map.find("tcp"), policies);
  if (const YamlNode* list = map.find("faults"))
    for_each_item(faults, *list, tr("a list of faults, such as [{fault: servfail}]"), limits::dns_faults,
                  [&](const YamlNode& item) { server.faults.push_back(read_dns_fault(faults, item)); });
  server.forward = read_resolver(reader, map, "forward", host);
  server.reverse = read_truth(faults, map.find("reverse"), false);
  server.edns = server.forward.edns;  // one program, whichever of the two it does
  if (!map.has("zones") && !map.has("forward") && !server.reverse)
    faults.error(map.where(), tr("a DNS server without \"{0}\" and \"{1}\"", {"zones", "forward"}),
                 tr("at least one of them"), tr("give it names to know, or a server to ask"));
  return server;
}

LookUpAction read_look_up(ScenarioReader& reader, const YamlNode& node) {
  const MapReader map(reader.faults, node, shapes::look_up);
  return {read_dns_name(reader.faults, map.find("name")), read_record_type(reader.faults, map.find("type"))};
}

}  // namespace mailscope
