// One direction of a link: packets leave one after the other, each taking its time at the link's rate.
#pragma once

#include <deque>

#include "sim/trace/trace.hpp"

namespace mailscope {

/// A packet on its way through the network.
struct Packet {
  PacketSent sent;          ///< as the trace records it, once it leaves
  std::uint32_t octets{};   ///< on the wire, headers included; they decide its duration
  bool port_unreachable{};  ///< ICMP (RFC 792), about the exchange's last datagram
  bool lost{};              ///< it will never arrive
};

struct Wire {
  std::deque<Packet> waiting;
  Instant free_at;         ///< when the packet before has left whole
  bool ready_scheduled{};  ///< a LinkReady is pending
  Instant last_arrival;    ///< of what was sent so far
};

/// How long `octets` take at `bits_per_second`, rounded up to a microsecond; 0 bits per second means no limit.
[[nodiscard]] constexpr Duration serialisation_delay(std::uint64_t octets, std::uint64_t bits_per_second) {
  if (bits_per_second == 0) return {};
  const std::uint64_t bit_microseconds = octets * 8 * 1'000'000;
  return Duration{static_cast<std::int64_t>((bit_microseconds + bits_per_second - 1) / bits_per_second)};
}

}  // namespace mailscope
