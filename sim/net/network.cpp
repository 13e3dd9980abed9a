#include "sim/net/network.hpp"

#include <algorithm>
#include <cassert>

namespace mailscope {

namespace {

// RFC 6335 §6: the dynamic ports.
constexpr std::uint32_t ephemeral_first = 49152;
constexpr std::uint32_t ephemeral_count = 65536 - ephemeral_first;
static_assert(Network::live_connections_max < ephemeral_count);

std::optional<LinkId> link_between(const Trace& trace, HostId from, HostId to) {
  for (std::size_t index = 0; index < trace.links.size(); ++index) {
    const LinkInfo& link = trace.links[index];
    if ((link.a == from && link.b == to) || (link.b == from && link.a == to))
      return LinkId{static_cast<std::uint32_t>(index)};
  }
  return std::nullopt;
}

/// What the link's man in the middle makes of a payload; true where it is another now. He sees one packet at a time.
bool rewrite(const LinkInfo& link, std::string& payload) {
  bool changed = false;
  for (const auto& [from, to] : link.rewrites) {
    assert(!from.empty() && from.size() == to.size());
    for (std::size_t at = payload.find(from); at != std::string::npos; at = payload.find(from, at + to.size())) {
      payload.replace(at, from.size(), to);
      changed = true;
    }
  }
  return changed;
}

}  // namespace

Network::Network(Trace& trace, EventQueue& agenda, std::uint64_t seed)
    : trace_(trace),
      agenda_(agenda),
      initial_sequences_(seed, "tcp initial sequence numbers"),
      ephemeral_drawn_(trace.hosts.size()),
      wires_(trace.links.size()),
      down_(trace.hosts.size()),
      asks_first_(trace.hosts.size()) {
  for (const LinkInfo& link : trace.links)
    chances_.emplace_back(seed, trace.hosts.at(link.a.value).name + " to " + trace.hosts.at(link.b.value).name);
}

Port Network::ephemeral_port(HostId host) {
  while (true) {
    const Port port{static_cast<std::uint16_t>(ephemeral_first + ephemeral_drawn_.at(host.value)++ % ephemeral_count)};
    if (ports_taken_.emplace(host, port).second) return port;
  }
}

Network::Connection* Network::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : &found->second;
}

void Network::forget_ended() {
  for (int looked_at = 0; looked_at < 2 && !ended_.empty(); ++looked_at) {
    const ConnectionId id = ended_.front();
    ended_.pop_front();
    const Connection& ended = *find(id);
    const bool is_done = std::ranges::all_of(ended.ends, [](const TcpEnd& end) {
      return end.state == TcpEnd::State::Over || end.state == TcpEnd::State::Unopened;
    });
    if (is_done && ended.packets == 0)
      connections_.erase(id);
    else
      ended_.push_back(id);
  }
}

ConnectionId Network::open(Instant now, Transport transport, HostId from, Endpoint to, std::string protocol,
                           std::string purpose) {
  forget_ended();
  const ConnectionId id{connections_opened_++};
  Connection& opening = connections_[id];
  opening.opened = {id, transport, {from, ephemeral_port(from)}, to, std::move(protocol), std::move(purpose)};
  opening.link = link_between(trace_, from, to.host);
  ++live_connections_;
  trace_.append(now, opening.opened);
  if (live_connections_ > live_connections_max) {
    opening.end(Side::Client).state = TcpEnd::State::Over;
    fail(now, opening, Side::Client, Phase::Refused);
  } else if (transport == Transport::Tcp) {
    opening.end(Side::Client).initial_sequence = static_cast<std::uint32_t>(initial_sequences_.next() >> 32);
    opening.end(Side::Client).state = TcpEnd::State::SynSent;
    send_opening(now, opening, Side::Client);
  } else {
    change_phase(now, opening, Phase::Open);
    news_.emplace_back(ConnectionEstablished{id});
  }
  return id;
}

void Network::send(Instant now, ConnectionId id, Side side, std::string_view bytes) {
  Connection* carrier = find(id);
  if (!carrier || bytes.empty()) return;
  TcpEnd& sender = carrier->end(side);
  if (sender.close_asked || sender.state == TcpEnd::State::Over) return;
  if (carrier->opened.transport == Transport::Udp) return send_datagram(now, *carrier, side, bytes);
  if (sender.state == TcpEnd::State::Established) return send_segments(now, *carrier, side, bytes);
  sender.waiting.append(bytes);
}

bool Network::is_full(Connection& carrier, Side sender) {
  const TcpEnd& end = carrier.end(sender);
  return end.waiting.size() + end.outstanding.view().size() + carrier.end(other(sender)).untaken >=
         send_buffer_octets_max;
}

bool Network::has_room(ConnectionId id, Side side) {
  Connection* carrier = find(id);
  return !carrier || !(carrier->end(side).room_wanted = is_full(*carrier, side));
}

void Network::untaken(ConnectionId id, Side side, std::size_t octets) {
  Connection* carrier = find(id);
  if (!carrier) return;
  carrier->end(side).untaken = octets;
  tell_of_room(*carrier, other(side));
}

void Network::tell_of_room(Connection& carrier, Side sender) {
  if (!carrier.end(sender).room_wanted || is_full(carrier, sender)) return;
  carrier.end(sender).room_wanted = false;
  news_.emplace_back(RoomToSend{carrier.opened.connection, sender});
}

void Network::close(Instant now, ConnectionId id, Side side) {
  Connection* closing = find(id);
  if (!closing) return;
  if (closing->opened.transport == Transport::Udp) return close_exchange(now, *closing, side);
  closing->end(side).close_asked = true;
  if (closing->end(side).state == TcpEnd::State::Established) send_waiting(now, *closing, side);
}

void Network::abort(Instant now, ConnectionId id, Side side) {
  Connection* broken = find(id);
  if (!broken) return;
  if (broken->opened.transport == Transport::Udp) return close_exchange(now, *broken, side);
  abort_tcp(now, *broken, side);
}

std::optional<NetworkNews> Network::poll() {
  if (news_.empty()) return std::nullopt;
  std::optional<NetworkNews> next = std::move(news_.front());
  news_.pop_front();
  return next;
}

PortPolicy Network::policy(const Connection& wanted) const {
  for (const PortInfo& port : trace_.hosts.at(wanted.opened.server.host.value).ports)
    if (port.port == wanted.opened.server.port && port.transport == wanted.opened.transport) return port.policy;
  return PortPolicy::Closed;
}

void Network::change_phase(Instant now, Connection& changed, Phase phase) {
  if (changed.phase == phase || !changed.live) return;
  changed.phase = phase;
  trace_.append(now, ConnectionChanged{changed.opened.connection, phase});
}

void Network::end(Instant now, Connection& ended, Phase phase) {
  if (!ended.live) return;
  change_phase(now, ended, phase);
  ended.live = false;
  --live_connections_;
  ended_.push_back(ended.opened.connection);
  ports_taken_.erase({ended.opened.client.host, ended.opened.client.port});
}

void Network::fail(Instant now, Connection& failed, Side learns, Phase reason) {
  end(now, failed, reason);
  news_.emplace_back(ConnectionFailed{failed.opened.connection, learns, reason});
}

Wire& Network::wire(LinkId link, HostId sender) {
  return wires_.at(link.value)[trace_.links[link.value].a == sender ? 0 : 1];
}

void Network::put(Instant now, Packet packet) {
  Connection& carrier = *find(packet.sent.connection);
  if (!carrier.link) return;
  packet.sent.link = *carrier.link;
  const HostId sender = carrier.endpoint(packet.sent.from).host;
  ++carrier.packets;
  wire(*carrier.link, sender).waiting.push_back(std::move(packet));
  depart(now, *carrier.link, sender);
}

void Network::depart(Instant now, LinkId link, HostId sender) {
  Wire& leaving = wire(link, sender);
  const LinkInfo& info = trace_.links[link.value];
  while (!leaving.waiting.empty() && leaving.free_at <= now) {
    Packet packet = std::move(leaving.waiting.front());
    leaving.waiting.pop_front();
    leaving.free_at = now + serialisation_delay(packet.octets, info.bits_per_second);
    const Instant due = leaving.free_at + info.latency;
    const LinkChances::Passage way = chances_[link.value].pass(info, trace_.start, now, due, leaving.last_arrival);
    packet.lost = way.lost;
    packet.sent.arrives = way.lost ? due : way.ends;
    if (way.twice) {
      Packet copy = packet;
      copy.sent.arrives = *way.twice;
      ++find(copy.sent.connection)->packets;
      fly(now, std::move(copy), *way.twice);
    }
    fly(now, std::move(packet), way.ends);
  }
  if (leaving.waiting.empty() || leaving.ready_scheduled) return;
  leaving.ready_scheduled = true;
  agenda_.schedule(leaving.free_at, LinkReady{link, sender});
}

void Network::fly(Instant now, Packet packet, Instant ends) {
  packet.sent.packet = PacketId{packets_++};
  agenda_.schedule(ends, PacketArrives{packet.sent.packet});
  if (!trace_.full()) trace_.append(now, packet.sent);  // else the payload would be copied for nothing
  in_flight_.emplace_hint(in_flight_.end(), packet.sent.packet, std::move(packet));
}

void Network::crash(Instant now, HostId host) {
  down_.at(host.value) = true;
  for (auto& [id, carrier] : connections_) {
    if (!carrier.live) continue;
    for (const Side side : {Side::Client, Side::Server}) {
      if (carrier.endpoint(side).host != host) continue;
      if (carrier.opened.transport == Transport::Udp) {
        close_exchange(now, carrier, side);
        continue;
      }
      TcpEnd& lost = carrier.end(side);
      const TcpEnd::State peer = carrier.end(other(side)).state;
      if (lost.state == TcpEnd::State::SynReceived) {
        lost = {};  // a SYN that comes again after the restart opens anew
      } else if (lost.state != TcpEnd::State::Unopened) {
        lost.forget();
        if (peer == TcpEnd::State::Unopened || peer == TcpEnd::State::Over) end(now, carrier, Phase::Reset);
      }
    }
  }
  for (std::size_t link = 0; link < wires_.size(); ++link)
    if (trace_.links[link].a == host || trace_.links[link].b == host) {
      std::deque<Packet>& waiting = wire(LinkId{static_cast<std::uint32_t>(link)}, host).waiting;
      for (const Packet& packet : waiting) --find(packet.sent.connection)->packets;
      waiting.clear();
    }
}

void Network::handle(Instant now, const LinkReady& event) {
  wire(event.link, event.sender).ready_scheduled = false;
  depart(now, event.link, event.sender);
}

void Network::handle(Instant now, const PacketArrives& event) {
  const auto arrived = in_flight_.find(event.packet);
  assert(arrived != in_flight_.end());
  Packet packet = std::move(arrived->second);
  in_flight_.erase(arrived);
  Connection& carrier = *find(packet.sent.connection);  // those with packets are not forgotten
  --carrier.packets;
  const Side to = other(packet.sent.from);
  const LinkInfo& link = trace_.links[packet.sent.link.value];
  const PacketFate fate = packet.lost                                                     ? PacketFate::Lost
                          : is_down(carrier.endpoint(to).host)                            ? PacketFate::Unheard
                          : to == Side::Server && policy(carrier) == PortPolicy::Filtered ? PacketFate::Filtered
                          : rewrite(link, packet.sent.payload)                            ? PacketFate::Altered
                                                                                          : PacketFate::Delivered;
  trace_.append(now, PacketEnded{event.packet, fate});
  if (fate != PacketFate::Delivered && fate != PacketFate::Altered) return;
  if (carrier.opened.transport == Transport::Udp) return receive_datagram(now, carrier, to, packet);
  receive_segment(now, carrier, to, packet.sent);
}

}  // namespace mailscope
