// The simulated network: links with latency and bandwidth, TCP (RFC 9293) and UDP (RFC 768) over them.
// It carries octets and knows no mail protocol. Like an engine it does no waiting: events go in by handle(), what the
// hosts must know comes out by poll(). Windows and congestion control are left out: a sender never waits for
// acknowledgements, the link's rate alone holds it back. What is lost is sent again: RFC 6298's timer, and three
// duplicate acknowledgements (RFC 5681 §3.2, RFC 6582).
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/kernel/event_queue.hpp"
#include "sim/kernel/random.hpp"
#include "sim/net/link_faults.hpp"
#include "sim/net/tcp_end.hpp"
#include "sim/net/wire.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

/// A listening host has a new connection (TCP), or a first datagram of a new exchange (UDP). Once per connection; a
/// datagram that comes after the server side closed its end of an exchange begins it anew.
struct ConnectionAccepted {
  ConnectionId connection;
};
/// The connection that the client side asked for is open. A UDP exchange needs no opening: told at once.
struct ConnectionEstablished {
  ConnectionId connection;
};
/// It could not be opened, or broke: Refused (for UDP: the port is unreachable), TimedOut or Reset.
struct ConnectionFailed {
  ConnectionId connection;
  Side side{};  ///< who learns it
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
/// Both directions are shut: the connection is over for both sides. Told once; not after a ConnectionFailed.
struct ConnectionOver {
  ConnectionId connection;
};
/// has_room() was false for `side`, and is true now.
struct RoomToSend {
  ConnectionId connection;
  Side side{};
};
/// Somebody wants to connect to a host that asks_first(): admit() or refuse() answers; until then the SYN waits.
struct ConnectionAsked {
  ConnectionId connection;
};
using NetworkNews = std::variant<ConnectionAccepted, ConnectionEstablished, ConnectionFailed, BytesArrived, PeerClosed,
                                 ConnectionOver, RoomToSend, ConnectionAsked>;

class Network {
 public:
  /// Connections that live at one time. A host has 16384 ephemeral ports, so none can run out of them before.
  static constexpr std::size_t live_connections_max = 10'000;
  static constexpr std::size_t segment_octets_max = 1460;  ///< an Ethernet frame less TCP/IP headers (RFC 9293 §3.7.1)
  /// What systems of today buffer for one connection.
  static constexpr std::size_t send_buffer_octets_max = 262'144;
  static constexpr std::size_t datagram_octets_max = 1472;  ///< the same frame less UDP/IP headers
  /// How often a SYN is sent before the attempt is given up: after waits of 1, 2 and 4 s.
  static constexpr unsigned opening_attempts = 3;
  /// How often a segment is sent again before the connection is given up. The waits add up to more than the 100 s that
  /// RFC 9293 §3.8.3 asks for: 1 + 2 + 4 + 8 + 16 + 32 + 60 s and the last one's 60 s.
  static constexpr unsigned retransmissions_max = 7;
  /// Octets beyond a gap that a receiver keeps: the buffer that systems of today give one connection. What comes on top
  /// is dropped, and comes again.
  static constexpr std::size_t ahead_octets_max = 1'048'576;
  /// An end that has closed waits so long for more from a peer that has not; RFC 9293 sets no bound, systems do.
  static constexpr Duration peer_silence_max = std::chrono::seconds(60);
  static constexpr Duration acknowledgement_delay =
      std::chrono::milliseconds(40);  ///< at most 500 ms, RFC 9293 §3.8.6.3

  /// Hosts, links and ports are read from the trace; packets and phases are written to it. Both outlive the network.
  Network(Trace& trace, EventQueue& agenda, std::uint64_t seed);

  /// Opens a TCP connection from `from` to `to`, or starts a UDP exchange, from a fresh ephemeral port (RFC 6335 §6:
  /// 49152–65535). What comes of it is told by poll(). Packets between hosts that share no link are lost: such an
  /// attempt times out. One more than live_connections_max is refused at once.
  ConnectionId open(Instant now, Transport transport, HostId from, Endpoint to, std::string protocol,
                    std::string purpose);
  /// Queues octets for the peer: TCP segments of at most 1460 octets in order, or one UDP datagram of 1 to 1472 octets.
  /// What is sent before the connection is open waits for it. Ignored after close(), or where the connection is over,
  /// as all that follows: the sender may not have heard of that yet.
  void send(Instant now, ConnectionId connection, Side side, std::string_view bytes);
  /// Less than send_buffer_octets_max of what `side` sent are still on their way or lie at the peer untaken: more may
  /// be sent. Else RoomToSend tells when. A sender that does not ask is not held back.
  [[nodiscard]] bool has_room(ConnectionId connection, Side side);
  /// So many of the octets that arrived at `side` lie there: its program is slow.
  void untaken(ConnectionId connection, Side side, std::size_t octets);
  /// FIN after everything queued; the peer may go on sending, with pauses of at most peer_silence_max. A UDP exchange
  /// is over when its client closes it; datagrams still on the way are then dropped.
  void close(Instant now, ConnectionId connection, Side side);
  /// RST: everything queued is lost. This side is told nothing more of the connection. For UDP the same as close().
  void abort(Instant now, ConnectionId connection, Side side);

  /// The host loses all its connections without a word, and hears nothing until it is restarted. Their peers learn by
  /// RST, or by silence.
  void crash(Instant now, HostId host);
  void restart(HostId host) { down_.at(host.value) = false; }
  [[nodiscard]] bool is_down(HostId host) const { return down_.at(host.value); }

  /// From now on TCP connections to open ports of this host wait for a word of whoever answers for it.
  void asks_first(HostId host) { asks_first_.at(host.value) = true; }
  /// The connection that was asked for opens.
  void admit(Instant now, ConnectionId connection);
  /// It does not: RST, as from a closed port.
  void refuse(Instant now, ConnectionId connection);

  void handle(Instant now, const PacketArrives& event);
  void handle(Instant now, const LinkReady& event);
  void handle(Instant now, const TransportTimer& event);
  /// The next thing that a host must know, in order.
  std::optional<NetworkNews> poll();
  /// Who opened this connection to whom, and for what. Null where it is over and nobody can notice any more: it has
  /// then been forgotten.
  [[nodiscard]] const ConnectionOpened* opened(ConnectionId connection) const {
    const auto found = connections_.find(connection);
    return found == connections_.end() ? nullptr : &found->second.opened;
  }
  /// Those that are not forgotten.
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  struct Connection {
    ConnectionOpened opened;
    Phase phase{Phase::Opening};
    bool live{true};             ///< counted, and its port taken
    bool accepted{};             ///< UDP: the server side knows of the exchange
    std::optional<LinkId> link;  ///< none: the hosts share no link
    std::array<TcpEnd, 2> ends;  ///< by Side; UDP counts octets there
    std::size_t packets{};       ///< of it that wait for the link or are on it
    [[nodiscard]] const Endpoint& endpoint(Side side) const {
      return side == Side::Client ? opened.client : opened.server;
    }
    [[nodiscard]] TcpEnd& end(Side side) { return ends[side == Side::Client ? 0 : 1]; }
  };

  // network.cpp: what both transports share
  /// Null for one that is forgotten.
  [[nodiscard]] Connection* find(ConnectionId id);
  /// Forgets, of those that have ended, the ones of which nothing is left: two for each that opens, so that they never
  /// gather.
  void forget_ended();
  Port ephemeral_port(HostId host);
  [[nodiscard]] PortPolicy policy(const Connection& connection) const;
  [[nodiscard]] static bool is_full(Connection& connection, Side sender);
  void tell_of_room(Connection& connection, Side sender);
  void change_phase(Instant now, Connection& connection, Phase phase);
  /// Takes the connection off the list of the living and records how it ended.
  void end(Instant now, Connection& connection, Phase phase);
  void fail(Instant now, Connection& connection, Side learns, Phase reason);
  /// Hands a packet to the link of its connection, or loses it where there is none.
  void put(Instant now, Packet packet);
  void depart(Instant now, LinkId link, HostId sender);
  /// The packet is on the link now, and leaves it at `ends`.
  void fly(Instant now, Packet packet, Instant ends);
  Wire& wire(LinkId link, HostId sender);

  // tcp_send.cpp
  Packet segment(Connection& connection, Side side, TcpFlags flags);
  Packet data_segment(Connection& connection, Side side, std::uint64_t begin, std::string_view octets, bool push);
  void send_opening(Instant now, Connection& connection, Side side);
  void send_segments(Instant now, Connection& connection, Side side, std::string_view bytes);
  void send_waiting(Instant now, Connection& connection, Side side);
  void send_reset(Instant now, Connection& connection, Side side, const PacketSent& cause);
  void abort_tcp(Instant now, Connection& connection, Side side);
  void start_timer(Instant now, Connection& connection, Side side);
  void book_timer(Connection& connection, Side side);
  void book_acknowledgement(Connection& connection, Side side);
  void retransmission_due(Instant now, Connection& connection, Side side);
  void retransmit(Instant now, Connection& connection, Side side);
  [[nodiscard]] bool still_waits_for_link(Connection& connection, Side side);
  void give_up(Instant now, Connection& connection, Side side);

  // tcp_receive.cpp
  void receive_segment(Instant now, Connection& connection, Side to, PacketSent& packet);
  void receive_unconnected(Instant now, Connection& connection, Side to, const PacketSent& packet);
  void answer_opening(Instant now, Connection& connection);
  void receive_reset(Instant now, Connection& connection, Side to);
  [[nodiscard]] bool establish(Instant now, Connection& connection, Side to, const PacketSent& packet);
  void opened_at(Instant now, TcpEnd& end);
  void take_acknowledgement(Instant now, Connection& connection, Side to, const PacketSent& packet);
  void await_peer(Instant now, Connection& connection, Side side);
  void receive_in_order(Instant now, Connection& connection, Side to, PacketSent& packet);
  void end_if_shut(Instant now, Connection& connection);

  // udp.cpp
  void send_datagram(Instant now, Connection& connection, Side side, std::string_view bytes);
  void close_exchange(Instant now, Connection& connection, Side side);
  void receive_datagram(Instant now, Connection& connection, Side to, Packet& packet);

  Trace& trace_;
  EventQueue& agenda_;
  RandomStream initial_sequences_;
  std::map<ConnectionId, Connection> connections_;
  std::uint32_t connections_opened_{};
  std::deque<ConnectionId> ended_;  ///< to be forgotten
  std::size_t live_connections_{};
  std::set<std::pair<HostId, Port>> ports_taken_;
  std::vector<std::uint32_t> ephemeral_drawn_;  ///< by HostId: how many were given out
  std::vector<std::array<Wire, 2>> wires_;      ///< by LinkId: from a to b, from b to a
  std::vector<LinkChances> chances_;            ///< by LinkId
  std::vector<bool> down_, asks_first_;         ///< by HostId
  std::map<PacketId, Packet> in_flight_;
  std::uint32_t packets_{};
  std::deque<NetworkNews> news_;
};

}  // namespace mailscope
