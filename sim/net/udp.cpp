// UDP (RFC 768): single datagrams, and the ICMP message that tells of a closed port.
#include <cassert>

#include "sim/net/network.hpp"

namespace mailscope {

namespace {

constexpr std::uint32_t header_octets = 28;  // IP 20, UDP 8
// RFC 792: IP and ICMP headers, then the IP header and the first 8 octets of the datagram that it is about.
constexpr std::uint32_t unreachable_octets = 20 + 8 + 20 + 8;

}  // namespace

void Network::send_datagram(Instant now, Connection& exchange, Side side, std::string_view bytes) {
  assert(bytes.size() <= datagram_octets_max);
  if (!exchange.live) return;
  TcpEnd& sender = exchange.end(side);
  Packet packet;
  packet.sent.connection = exchange.opened.connection;
  packet.sent.from = side;
  packet.sent.stream = {sender.sent, sender.sent + bytes.size()};
  packet.sent.payload = bytes;
  packet.octets = header_octets + static_cast<std::uint32_t>(bytes.size());
  sender.sent += bytes.size();
  put(now, std::move(packet));
}

void Network::close_exchange(Instant now, Connection& exchange, Side side) {
  if (!exchange.live) return;
  if (side == Side::Server) {
    exchange.accepted = false;
    return;
  }
  end(now, exchange, Phase::Closed);
  news_.emplace_back(ConnectionOver{exchange.opened.connection});
}

void Network::receive_datagram(Instant now, Connection& exchange, Side to, Packet& packet) {
  const ConnectionId id = exchange.opened.connection;
  if (!exchange.live) return;
  if (packet.port_unreachable) return fail(now, exchange, to, Phase::Refused);
  if (to == Side::Server && policy(exchange) == PortPolicy::Closed) {
    Packet unreachable;
    unreachable.sent.connection = id;
    unreachable.sent.from = Side::Server;
    unreachable.octets = unreachable_octets;
    unreachable.port_unreachable = true;
    return put(now, std::move(unreachable));
  }
  if (to == Side::Server && !exchange.accepted) {
    exchange.accepted = true;
    news_.emplace_back(ConnectionAccepted{id});
  }
  news_.emplace_back(BytesArrived{id, to, std::move(packet.sent.payload)});
}

}  // namespace mailscope
