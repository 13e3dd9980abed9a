// The octets of the packets that a trace records: IPv4 (RFC 791) with TCP (RFC 9293), UDP (RFC 768) or ICMP (RFC 792),
// as they would be on a real wire. Computed from the records alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/trace/trace.hpp"

namespace mailscope {

class IpPackets {
 public:
  /// `trace` outlives this.
  explicit IpPackets(const Trace& trace) : trace_(trace) {}
  /// To be told of every connection before its packets.
  void see(const ConnectionOpened& opened) { connections_.push_back(opened); }
  /// The whole packet, checksums included. Records are given in their order: an ICMP message quotes the datagram that
  /// it is about. A TCP SYN carries options and is longer than the simulated link counts: no window holds a sender back
  /// there, so the widest is offered (RFC 7323 §2).
  [[nodiscard]] std::string octets(const PacketSent& sent);

 private:
  const Trace& trace_;
  std::vector<ConnectionOpened> connections_;          ///< by ConnectionId
  std::map<ConnectionId, std::string> last_datagram_;  ///< of an exchange's client
};

}  // namespace mailscope
