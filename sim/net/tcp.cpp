// TCP (RFC 9293): opening, segments in order, acknowledgements, closing from either side, reset.
#include <algorithm>

#include "sim/net/network.hpp"

namespace mailscope {

namespace {

constexpr std::uint32_t header_octets = 40;  // IP 20, TCP 20

}  // namespace

/// A segment without payload whose numbers are those of now. One that carries ACK pays every acknowledgement owed.
Packet Network::segment(Connection& carrier, Side side, TcpFlags flags) {
  TcpEnd& sender = carrier.end(side);
  Packet packet;
  packet.octets = header_octets;
  packet.sent.connection = carrier.opened.connection;
  packet.sent.from = side;
  packet.sent.flags = flags;
  packet.sent.sequence = flags.syn ? sender.initial_sequence : sender.next_sequence();
  packet.sent.stream = {sender.sent, sender.sent};
  if (flags.ack) {
    packet.sent.acknowledgement = sender.next_expected();
    sender.owes_acknowledgement = false;
    sender.full_segments = 0;
    ++sender.acknowledge_epoch;
  }
  return packet;
}

/// SYN from the client, SYN-ACK from the server, again after each wait.
void Network::send_opening(Instant now, Connection& opening, Side side) {
  TcpEnd& sender = opening.end(side);
  Packet packet = segment(opening, side, {.syn = true, .ack = side == Side::Server});
  packet.sent.retransmission = sender.attempts > 0;
  put(now, std::move(packet));
  agenda_.schedule(
      now + opening_wait * (1 << sender.attempts),
      TransportTimer{opening.opened.connection, side, TransportTimer::Kind::Retransmit, ++sender.retransmit_epoch});
}

/// Everything that waits, in segments, PSH on the last (RFC 9293 §3.9.1); then FIN where close() was asked for.
void Network::send_waiting(Instant now, Connection& carrier, Side side) {
  TcpEnd& sender = carrier.end(side);
  const std::string bytes = std::exchange(sender.waiting, {});
  for (std::size_t at = 0; at < bytes.size(); at += segment_octets_max) {
    const std::size_t octets = std::min(segment_octets_max, bytes.size() - at);
    Packet packet = segment(carrier, side, {.ack = true, .psh = at + octets == bytes.size()});
    packet.sent.stream.end += octets;
    packet.sent.payload = bytes.substr(at, octets);
    packet.octets += static_cast<std::uint32_t>(octets);
    sender.sent += octets;
    put(now, std::move(packet));
  }
  if (!sender.close_asked || sender.fin_sent) return;
  put(now, segment(carrier, side, {.ack = true, .fin = true}));
  sender.fin_sent = true;
  change_phase(now, carrier, Phase::Closing);
}

/// Answers a segment for which there is no connection (RFC 9293 §3.10.7.1).
void Network::send_reset(Instant now, Connection& carrier, Side side, const PacketSent& cause) {
  Packet packet = segment(carrier, side, {.rst = true});
  if (cause.flags.ack) {
    packet.sent.sequence = cause.acknowledgement;
  } else {
    packet.sent.sequence = 0;
    packet.sent.flags.ack = true;
    packet.sent.acknowledgement =
        cause.sequence + static_cast<std::uint32_t>(cause.payload.size()) + cause.flags.syn + cause.flags.fin;
  }
  put(now, std::move(packet));
}

void Network::abort_tcp(Instant now, Connection& broken, Side side) {
  TcpEnd& aborting = broken.end(side);
  const TcpEnd::State before = std::exchange(aborting.state, TcpEnd::State::Over);
  if (before == TcpEnd::State::Over) return;
  if (broken.link) {
    // What has not left never will; the RST takes the number of the first octet that stays behind.
    std::deque<Packet>& queue = wire(*broken.link, broken.endpoint(side).host).waiting;
    const auto own = [&](const Packet& packet) {
      return packet.sent.connection == broken.opened.connection && packet.sent.from == side;
    };
    const auto first = std::find_if(queue.begin(), queue.end(), own);
    if (first != queue.end()) {
      aborting.sent = first->sent.stream.begin;
      aborting.fin_sent = false;
      std::erase_if(queue, own);
    }
  }
  // RFC 9293 §3.10.5: a connection that is not yet synchronised is only forgotten.
  if (before == TcpEnd::State::Established) put(now, segment(broken, side, {.ack = true, .rst = true}));
  end(now, broken, Phase::Reset);
}

void Network::handle(Instant now, const TransportTimer& event) {
  Connection& timed = connection(event.connection);
  TcpEnd& waiting = timed.end(event.side);
  if (event.kind == TransportTimer::Kind::DelayedAck) {
    if (event.epoch != waiting.acknowledge_epoch || !waiting.owes_acknowledgement) return;
    if (waiting.state == TcpEnd::State::Established) put(now, segment(timed, event.side, {.ack = true}));
    return;
  }
  const bool opening = waiting.state == TcpEnd::State::SynSent || waiting.state == TcpEnd::State::SynReceived;
  if (event.epoch != waiting.retransmit_epoch || !opening) return;
  if (++waiting.attempts < opening_attempts) return send_opening(now, timed, event.side);
  waiting.state = TcpEnd::State::Over;
  if (event.side == Side::Client) fail(now, timed, Side::Client, Phase::TimedOut);
}

void Network::receive_segment(Instant now, Connection& carrier, Side to, PacketSent& packet) {
  TcpEnd& receiver = carrier.end(to);
  if (packet.flags.rst) return receive_reset(now, carrier, to);
  if (receiver.state == TcpEnd::State::Unopened || receiver.state == TcpEnd::State::Over)
    return receive_unconnected(now, carrier, to, packet);
  const bool opens = receiver.state != TcpEnd::State::Established;
  if (opens && !establish(now, carrier, to, packet)) return;
  // A SYN in an open connection is an old duplicate, and like octets out of order it is answered with where we are.
  const bool occupies = !packet.payload.empty() || packet.flags.fin || (packet.flags.syn && !opens);
  if (occupies && packet.sequence != receiver.next_expected())
    return put(now, segment(carrier, to, {.ack = true}));  // RFC 9293 §3.10.7.4, first check
  if (receiver.fin_sent && packet.flags.ack && packet.acknowledgement == receiver.next_sequence())
    receiver.fin_acknowledged = true;
  receive_in_order(now, carrier, to, packet);
}

/// Nobody is connected here: a SYN for a listening port opens, everything else is answered with RST.
void Network::receive_unconnected(Instant now, Connection& carrier, Side to, const PacketSent& packet) {
  TcpEnd& receiver = carrier.end(to);
  const bool opens = to == Side::Server && receiver.state == TcpEnd::State::Unopened && packet.flags.syn;
  if (!opens || policy(carrier) != PortPolicy::Open) return send_reset(now, carrier, to, packet);
  receiver.initial_sequence = static_cast<std::uint32_t>(initial_sequences_.next() >> 32);
  receiver.peer_initial_sequence = packet.sequence;
  receiver.state = TcpEnd::State::SynReceived;
  send_opening(now, carrier, to);
}

void Network::receive_reset(Instant now, Connection& carrier, Side to) {
  TcpEnd& receiver = carrier.end(to);
  const TcpEnd::State before = std::exchange(receiver.state, TcpEnd::State::Over);
  if (before == TcpEnd::State::SynSent) fail(now, carrier, to, Phase::Refused);
  if (before == TcpEnd::State::Established) fail(now, carrier, to, Phase::Reset);
}

/// Takes a segment in SYN-SENT or SYN-RECEIVED (RFC 9293 §3.10.7.3, §3.10.7.4). True when the connection is open now.
bool Network::establish(Instant now, Connection& opening, Side to, const PacketSent& packet) {
  TcpEnd& receiver = opening.end(to);
  const ConnectionId id = opening.opened.connection;
  const bool answers_ours = packet.flags.ack && packet.acknowledgement == receiver.initial_sequence + 1;
  if (to == Side::Server && packet.flags.syn) {
    // The client repeats its SYN: our answer is late or lost.
    Packet again = segment(opening, to, {.syn = true, .ack = true});
    again.sent.retransmission = true;
    put(now, std::move(again));
    return false;
  }
  if (!answers_ours || (to == Side::Client && !packet.flags.syn)) return false;
  receiver.state = TcpEnd::State::Established;
  if (to == Side::Server) {
    news_.emplace_back(ConnectionAccepted{id});
    return true;
  }
  receiver.peer_initial_sequence = packet.sequence;
  change_phase(now, opening, Phase::Open);
  news_.emplace_back(ConnectionEstablished{id});
  return true;
}

void Network::receive_in_order(Instant now, Connection& carrier, Side to, PacketSent& packet) {
  TcpEnd& receiver = carrier.end(to);
  const ConnectionId id = carrier.opened.connection;
  if (!packet.payload.empty()) {
    receiver.received += packet.payload.size();
    if (packet.payload.size() == segment_octets_max) ++receiver.full_segments;
    if (!std::exchange(receiver.owes_acknowledgement, true))
      agenda_.schedule(now + acknowledgement_delay,
                       TransportTimer{id, to, TransportTimer::Kind::DelayedAck, receiver.acknowledge_epoch});
    news_.emplace_back(BytesArrived{id, to, std::move(packet.payload)});
  }
  if (packet.flags.fin) {
    receiver.fin_received = true;
    news_.emplace_back(PeerClosed{id, to});
  }
  bool acknowledge_now = packet.flags.fin || receiver.full_segments >= 2;  // RFC 9293 §3.8.6.3
  if (packet.flags.syn) {
    const bool carried = !receiver.waiting.empty() || receiver.close_asked;
    send_waiting(now, carrier, to);
    acknowledge_now = !carried;
  }
  if (acknowledge_now) put(now, segment(carrier, to, {.ack = true}));
  end_if_shut(now, carrier);
}

/// Both FINs are acknowledged: over for both. TIME-WAIT is left out, no number or port comes back that soon.
void Network::end_if_shut(Instant now, Connection& carrier) {
  TcpEnd& client = carrier.end(Side::Client);
  TcpEnd& server = carrier.end(Side::Server);
  if (!carrier.live || !client.fin_acknowledged || !server.fin_acknowledged) return;
  client.state = server.state = TcpEnd::State::Over;
  end(now, carrier, Phase::Closed);
  news_.emplace_back(ConnectionOver{carrier.opened.connection});
}

}  // namespace mailscope
