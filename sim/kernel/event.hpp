// What may happen later. Pending events are plain values, never closures, so that the future can be shown and copied.
#pragma once

#include <cstdint>
#include <variant>

#include "sim/trace/record.hpp"

namespace mailscope {

struct PacketArrives {
  PacketId packet;
};
/// The link has finished sending what `sender` put on it, and takes that host's next packet.
struct LinkReady {
  LinkId link;
  HostId sender;
};
/// A TCP timer of one side: retransmission, delayed acknowledgement, a peer that never says FIN. `epoch` tells whether
/// it has said anything since.
struct TransportTimer {
  ConnectionId connection;
  Side side{};
  enum class Kind : std::uint8_t { Retransmit, DelayedAck, PeerSilent } kind{};
  std::uint32_t epoch{};
};
/// The engine on this side asked to be called now.
struct EngineDeadline {
  ConnectionId connection;
  Side side{};
};
/// The host asked to be woken (queue run, next lookup).
struct HostWakes {
  HostId host;
};
/// The host that crashed comes back.
struct HostRestarts {
  HostId host;
};
/// The scenario's action with this index is due.
struct ActionDue {
  std::uint32_t action{};
};

using Event =
    std::variant<PacketArrives, LinkReady, TransportTimer, EngineDeadline, HostWakes, HostRestarts, ActionDue>;

}  // namespace mailscope
