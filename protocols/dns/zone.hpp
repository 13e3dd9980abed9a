// Zones, and what a server that is responsible for them answers. It knows no carrier and nothing of who asks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/message.hpp"

namespace mailscope::dns {

/// A zone that a server answers for; `records` carry full names.
struct Zone {
  std::string name;
  std::vector<ResourceRecord> records;
};

/// Aliases that one answer follows: a loop of CNAMEs ends here.
inline constexpr int alias_chain_max = 8;

/// One of the zones is responsible for this name.
[[nodiscard]] bool has_zone_for(const std::vector<Zone>& zones, std::string_view name);
/// The authoritative answer to a query (RFC 1034 §4.3.2, RFC 2308): records, wildcards included (§4.3.3), with CNAMEs
/// followed inside the zones and addresses of exchanges, services and name servers as additionals; NXDOMAIN or no data
/// with the zone's SOA where it has one; REFUSED outside the zones. Delegations are not followed: zones have no cuts
/// here.
[[nodiscard]] Message answer(const std::vector<Zone>& zones, const Message& query);
/// A response to this query with this code and no records.
[[nodiscard]] Message empty_response(const Message& query, Rcode rcode);

}  // namespace mailscope::dns
