// An authoritative name server over datagrams: receive() takes one whole datagram, each Transmit is one.
// It knows its zones and nothing of who asks.
#pragma once

#include <cstdint>
#include <deque>
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

/// Aliases that one answer follows: a loop of CNAMEs ends here.
inline constexpr int alias_chain_max = 8;

/// The authoritative answer to a query (RFC 1034 §4.3.2, RFC 2308): records, wildcards included (§4.3.3), with CNAMEs
/// followed inside the zones and addresses of exchanges and name servers as additionals; NXDOMAIN or no data with the
/// zone's SOA where it has one; REFUSED outside the zones. Delegations are not followed: zones have no cuts here.
[[nodiscard]] Message answer(const std::vector<Zone>& zones, const Message& query);

class Server {
 public:
  using Event = std::monostate;  ///< it needs nothing of its host

  /// Queries that wait for poll(); more are dropped, as a full socket would.
  static constexpr std::size_t waiting_max = 64;

  explicit Server(const std::vector<Zone>& zones);  ///< `zones` outlives the engine
  void receive(Instant now, std::string_view datagram);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;

 private:
  void take(const std::string& datagram);
  void reply(const Message& response);

  const std::vector<Zone>* zones_;
  std::deque<std::string> waiting_;
  std::deque<Output<Event>> outputs_;
  std::uint64_t received_{}, sent_{};  ///< octets of the exchange so far
  StateId state_{};
};

}  // namespace mailscope::dns
