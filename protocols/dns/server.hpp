// An authoritative name server over datagrams: receive() takes one whole datagram, each Transmit is one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

/// A zone that this server answers for; `records` carry full names.
struct Zone {
  std::string name;
  std::vector<ResourceRecord> records;
};

/// The authoritative answer to a query (RFC 1035 §4.3.2, RFC 2308): records with CNAMEs followed inside the zones and
/// addresses of exchanges as additionals; NXDOMAIN or no data with the zone's SOA; REFUSED outside the zones.
[[nodiscard]] Message answer(const std::vector<Zone>& zones, const Message& query);

class Server {
 public:
  using Event = std::monostate;                   ///< it needs nothing of its host

  explicit Server(const std::vector<Zone>& zones);  ///< `zones` outlives the engine
  void receive(Instant now, std::string_view datagram);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
};

}  // namespace mailscope::dns
