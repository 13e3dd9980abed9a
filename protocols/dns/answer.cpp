// What an authoritative server answers (RFC 1034 §4.3.2, RFC 2308). Zones are looked through in order: they are small.
#include <algorithm>

#include "protocols/dns/name.hpp"
#include "protocols/dns/zone.hpp"

namespace mailscope::dns {

namespace {

/// The zone that is nearest above `name` (RFC 1034 §4.3.2, step 2).
const Zone* zone_of(const std::vector<Zone>& zones, std::string_view name) {
  const Zone* nearest = nullptr;
  for (const Zone& zone : zones)
    if (is_within(name, zone.name) && (!nearest || is_within(zone.name, nearest->name))) nearest = &zone;
  return nearest;
}

/// A name exists where it has records, or a name below it has (RFC 4592 §2.2.2); the zone's own name always does.
bool exists(const Zone& zone, std::string_view name) {
  if (same_name(name, zone.name)) return true;
  return std::any_of(zone.records.begin(), zone.records.end(),
                     [&](const ResourceRecord& record) { return is_within(record.name, name); });
}

/// The owner whose records answer for `name`: itself, or the wildcard at its closest encloser (RFC 4592 §3.3.1).
/// Precondition: `name` lies within the zone.
std::optional<std::string> owner_for(const Zone& zone, std::string_view name) {
  if (exists(zone, name)) return std::string(name);
  std::string_view encloser = parent(name);
  while (!exists(zone, encloser)) encloser = parent(encloser);  // ends at the zone's own name
  std::string wildcard = encloser.empty() ? "*" : "*." + std::string(encloser);
  if (!exists(zone, wildcard)) return std::nullopt;
  return wildcard;
}

/// The records of `owner` and `type`, given out under the name that was asked for.
std::vector<ResourceRecord> records_of(const Zone& zone, std::string_view owner, Type type, std::string_view name) {
  std::vector<ResourceRecord> found;
  for (const ResourceRecord& record : zone.records) {
    if (!same_name(record.name, owner) || (type != any_type && record.type != type)) continue;
    found.push_back(record);
    found.back().name = name;
  }
  return found;
}

void append(std::vector<ResourceRecord>& to, const std::vector<ResourceRecord>& records) {
  for (const ResourceRecord& record : records)
    if (std::find(to.begin(), to.end(), record) == to.end()) to.push_back(record);
}

/// RFC 2308 §3: its TTL is how long the negative answer may be kept.
void add_start_of_authority(const Zone& zone, Message& response) {
  for (ResourceRecord& record : records_of(zone, zone.name, Type::Soa, zone.name)) {
    if (const auto* soa = std::get_if<SoaData>(&record.data)) record.ttl_s = std::min(record.ttl_s, soa->minimum_s);
    response.authorities.push_back(std::move(record));
  }
}

/// Follows aliases from the question to records or to their absence (RFC 1034 §4.3.2, step 3).
void answer_from_zones(const std::vector<Zone>& zones, const Question& question, Message& response) {
  std::string name = question.name;
  for (int aliases = 0; aliases <= alias_chain_max; ++aliases) {
    const Zone* zone = zone_of(zones, name);
    if (!zone) return;  // an alias led out of our zones: whoever asks goes on from there
    const std::optional<std::string> owner = owner_for(*zone, name);
    if (!owner) {
      response.rcode = Rcode::NameError;
      return add_start_of_authority(*zone, response);
    }
    const auto found = records_of(*zone, *owner, question.type, name);
    if (!found.empty()) return append(response.answers, found);
    const auto alias = records_of(*zone, *owner, Type::Cname, name);
    const std::string* target = alias.empty() ? nullptr : std::get_if<std::string>(&alias.front().data);
    if (!target) return add_start_of_authority(*zone, response);
    append(response.answers, {alias.front()});
    name = *target;
  }
}

/// RFC 1035 §3.3.9, §3.3.11, RFC 2782: addresses of the hosts that the answer names.
void add_addresses(const std::vector<Zone>& zones, Message& response) {
  for (const ResourceRecord& record : response.answers) {
    const auto* mx = std::get_if<MxData>(&record.data);
    const auto* srv = std::get_if<SrvData>(&record.data);
    const auto* text = std::get_if<std::string>(&record.data);
    if (!mx && !srv && !(text && record.type == Type::Ns)) continue;
    const std::string& host = mx ? mx->exchange : srv ? srv->target : *text;
    const Zone* zone = zone_of(zones, host);
    const auto owner = zone ? owner_for(*zone, host) : std::nullopt;
    if (!owner) continue;
    append(response.additionals, records_of(*zone, *owner, Type::A, host));
    append(response.additionals, records_of(*zone, *owner, Type::Aaaa, host));
  }
}

}  // namespace

bool has_zone_for(const std::vector<Zone>& zones, std::string_view name) { return zone_of(zones, name) != nullptr; }

Message empty_response(const Message& query, Rcode rcode) {
  Message response;
  response.id = query.id;
  response.response = true;
  response.opcode = query.opcode;
  response.recursion_desired = query.recursion_desired;
  response.questions = query.questions;
  response.rcode = rcode;
  return response;
}

Message answer(const std::vector<Zone>& zones, const Message& query) {
  const auto refuse = [&](Rcode rcode) { return empty_response(query, rcode); };
  if (query.opcode != 0) return refuse(Rcode::NotImplemented);
  if (query.questions.size() != 1) return refuse(Rcode::FormatError);
  const Question& question = query.questions.front();
  // RFC 1035 §3.2.3: 251 to 254 ask for transfers and mailbox agents, not for a type.
  const auto code = static_cast<std::uint16_t>(question.type);
  if (code >= 251 && code <= 254) return refuse(Rcode::NotImplemented);
  const bool internet = question.of == Class::Internet || question.of == Class::Any;
  if (!internet || !zone_of(zones, question.name)) return refuse(Rcode::Refused);
  Message response = empty_response(query, Rcode::NoError);
  response.authoritative = true;
  answer_from_zones(zones, question, response);
  add_addresses(zones, response);
  return response;
}

}  // namespace mailscope::dns
