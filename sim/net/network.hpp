// The simulated network: links with latency and bandwidth, TCP and UDP. It carries octets and knows no mail protocol.
// Like an engine it does no waiting: events go in by handle(), what the hosts must know comes out by poll().
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/kernel/event_queue.hpp"
#include "sim/kernel/random.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

/// A listening host has a new connection (TCP), or a first datagram of a new exchange (UDP).
struct ConnectionAccepted {
  ConnectionId connection;
};
/// The connection that the client side asked for is open.
struct ConnectionEstablished {
  ConnectionId connection;
};
/// It could not be opened, or broke: Refused, TimedOut or Reset.
struct ConnectionFailed {
  ConnectionId connection;
  Side side{};                                    ///< who learns it
  Phase reason{};
};
/// Octets for `side`, in order (TCP), or one whole datagram (UDP).
struct BytesArrived {
  ConnectionId connection;
  Side side{};
  std::string bytes;
};
/// The peer of `side` will send nothing more.
struct PeerClosed {
  ConnectionId connection;
  Side side{};
};
/// Both directions are shut: the connection is over for both sides.
struct ConnectionOver {
  ConnectionId connection;
};
using NetworkNews = std::variant<ConnectionAccepted, ConnectionEstablished, ConnectionFailed, BytesArrived, PeerClosed,
                                 ConnectionOver>;

class Network {
 public:
  /// Hosts, links and ports are read from the trace; packets and phases are written to it.
  Network(Trace& trace, EventQueue& agenda, std::uint64_t seed);

  /// Opens a TCP connection from `from` to `to`, or starts a UDP exchange, from a fresh ephemeral port (RFC 6335 §6:
  /// 49152–65535). What comes of it is told by poll(). Packets between hosts that share no link are lost: such an
  /// attempt times out.
  ConnectionId open(Instant now, Transport transport, HostId from, Endpoint to, std::string protocol, std::string purpose);
  /// Queues octets for the peer: TCP segments of at most 1460 octets in order, or one UDP datagram (at most 1472).
  void send(Instant now, ConnectionId connection, Side side, std::string_view bytes);
  /// FIN after everything queued; for UDP forgets the exchange.
  void close(Instant now, ConnectionId connection, Side side);
  /// RST: everything queued is lost.
  void abort(Instant now, ConnectionId connection, Side side);

  void handle(Instant now, const PacketArrives& event);
  void handle(Instant now, const TransportTimer& event);
  /// The next thing that a host must know, in order.
  std::optional<NetworkNews> poll();

 private:
  Trace& trace_;
  EventQueue& agenda_;
};

}  // namespace mailscope
