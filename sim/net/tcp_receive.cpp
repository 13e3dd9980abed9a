// TCP (RFC 9293), what comes in: opening, acknowledgements, octets in order or beyond a gap, closing, reset.
#include <algorithm>

#include "sim/net/network.hpp"

namespace mailscope {

namespace {

/// Duplicate acknowledgements that tell of a lost segment (RFC 5681 §3.2).
constexpr unsigned duplicates_of_loss = 3;

/// How far `a` lies after `b` in the circle of sequence numbers (RFC 9293 §3.4).
std::int32_t distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

/// Keeps octets that came before those in front of them, as far as there is room.
void keep_ahead(TcpEnd& receiver, std::uint64_t at, std::string octets) {
  if (octets.empty() || receiver.ahead_octets + octets.size() > Network::ahead_octets_max) return;
  const std::size_t size = octets.size();
  const auto [place, is_new] = receiver.ahead.try_emplace(at, std::move(octets));
  if (is_new) receiver.ahead_octets += size;
}

/// Adds to `octets`, which end at `end`, what was kept and now joins on. True when something did, or became useless.
bool join_ahead(TcpEnd& receiver, std::uint64_t end, std::string& octets) {
  bool joined = false;
  while (!receiver.ahead.empty() && receiver.ahead.begin()->first <= end) {
    const auto next = receiver.ahead.extract(receiver.ahead.begin());
    receiver.ahead_octets -= next.mapped().size();
    const std::uint64_t overlap = end - next.key();
    if (overlap < next.mapped().size()) {
      octets.append(next.mapped(), static_cast<std::size_t>(overlap));
      end = next.key() + next.mapped().size();
    }
    joined = true;
  }
  return joined;
}

}  // namespace

void Network::receive_segment(Instant now, Connection& carrier, Side to, PacketSent& packet) {
  TcpEnd& receiver = carrier.end(to);
  if (packet.flags.rst) return receive_reset(now, carrier, to);
  if (receiver.state == TcpEnd::State::Unopened || receiver.state == TcpEnd::State::Over)
    return receive_unconnected(now, carrier, to, packet);
  const bool opens = receiver.state != TcpEnd::State::Established;
  if (opens && !establish(now, carrier, to, packet)) return;
  // A SYN in an open connection is an old duplicate, and like octets that came before it is answered with where we are
  // (RFC 9293 §3.10.7.4, first check).
  const std::int32_t ahead = opens && packet.flags.syn ? 0 : distance(packet.sequence, receiver.next_expected());
  const std::size_t occupied = packet.payload.size() + packet.flags.fin;
  const bool is_old =
      occupied > 0 && ahead < 0 && occupied <= static_cast<std::size_t>(-static_cast<std::int64_t>(ahead));
  if (is_old || (packet.flags.syn && !opens)) return put(now, segment(carrier, to, {.ack = true}));
  take_acknowledgement(now, carrier, to, packet);
  if (receiver.state != TcpEnd::State::Established) return;
  if (occupied > 0 && ahead > 0) {
    keep_ahead(receiver, receiver.received + static_cast<std::uint32_t>(ahead), std::move(packet.payload));
    return put(now,
               segment(carrier, to, {.ack = true}));  // at once, so that the sender learns of the gap: RFC 5681 §3.2
  }
  if (ahead < 0 && occupied > 0) packet.payload.erase(0, static_cast<std::size_t>(-ahead));
  receive_in_order(now, carrier, to, packet);
}

/// Nobody is connected here: a SYN for a listening port opens, everything else is answered with RST.
void Network::receive_unconnected(Instant now, Connection& carrier, Side to, const PacketSent& packet) {
  TcpEnd& receiver = carrier.end(to);
  const bool opens = to == Side::Server && receiver.state == TcpEnd::State::Unopened && packet.flags.syn;
  if (!opens || policy(carrier) != PortPolicy::Open) return send_reset(now, carrier, to, packet);
  receiver.peer_initial_sequence = packet.sequence;
  if (!asks_first_.at(carrier.opened.server.host.value)) return answer_opening(now, carrier);
  if (!std::exchange(receiver.asked, true)) news_.emplace_back(ConnectionAsked{carrier.opened.connection});
}

/// SYN-ACK.
void Network::answer_opening(Instant now, Connection& carrier) {
  TcpEnd& receiver = carrier.end(Side::Server);
  receiver.initial_sequence = static_cast<std::uint32_t>(initial_sequences_.next() >> 32);
  receiver.state = TcpEnd::State::SynReceived;
  send_opening(now, carrier, Side::Server);
}

void Network::admit(Instant now, ConnectionId id) {
  Connection* carrier = find(id);
  if (carrier && carrier->live && std::exchange(carrier->end(Side::Server).asked, false)) answer_opening(now, *carrier);
}

void Network::refuse(Instant now, ConnectionId id) {
  Connection* carrier = find(id);
  if (!carrier || !std::exchange(carrier->end(Side::Server).asked, false)) return;
  PacketSent opening;
  opening.flags.syn = true;
  opening.sequence = carrier->end(Side::Server).peer_initial_sequence;
  send_reset(now, *carrier, Side::Server, opening);
}

void Network::receive_reset(Instant now, Connection& carrier, Side to) {
  TcpEnd& receiver = carrier.end(to);
  const TcpEnd::State before = receiver.state;
  receiver.forget();
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
    receiver.timed.reset();
    put(now, std::move(again));
    return false;
  }
  if (!answers_ours || (to == Side::Client && !packet.flags.syn)) return false;
  opened_at(now, receiver);
  if (to == Side::Server) {
    news_.emplace_back(ConnectionAccepted{id});
    return true;
  }
  receiver.peer_initial_sequence = packet.sequence;
  change_phase(now, opening, Phase::Open);
  news_.emplace_back(ConnectionEstablished{id});
  return true;
}

void Network::opened_at(Instant now, TcpEnd& end) {
  end.state = TcpEnd::State::Established;
  end.retransmit_at.reset();
  if (std::exchange(end.attempts, 0) > 0) end.timeout.opening_was_lost();
  if (end.timed) end.timeout.measured(now - end.timed->since);
  end.timed.reset();
}

void Network::take_acknowledgement(Instant now, Connection& carrier, Side to, const PacketSent& packet) {
  TcpEnd& sender = carrier.end(to);
  const std::int32_t outstanding = distance(sender.next_sequence(), sender.first_unacknowledged());
  const std::int32_t gained = distance(packet.acknowledgement, sender.first_unacknowledged());
  if (!packet.flags.ack || outstanding == 0 || gained < 0 || gained > outstanding) return;
  if (gained == 0) {
    if (!packet.payload.empty() || packet.flags.fin || packet.flags.syn || sender.recover) return;
    if (++sender.duplicate_acknowledgements < duplicates_of_loss) return;
    sender.recover = sender.next_sequence();
    return retransmit(now, carrier, to);
  }
  sender.attempts = sender.duplicate_acknowledgements = 0;
  sender.fin_acknowledged = sender.fin_sent && gained == outstanding;
  sender.outstanding.consume(static_cast<std::size_t>(gained) - (sender.fin_acknowledged ? 1 : 0));
  tell_of_room(carrier, to);
  if (sender.timed && sender.outstanding.offset() >= sender.timed->until) {
    sender.timeout.measured(now - sender.timed->since);
    sender.timed.reset();
  }
  sender.retransmit_at.reset();
  if (gained < outstanding) start_timer(now, carrier, to);
  if (sender.recover && distance(*sender.recover, packet.acknowledgement) > 0) return retransmit(now, carrier, to);
  sender.recover.reset();
  if (sender.fin_acknowledged && !carrier.end(other(to)).fin_acknowledged) await_peer(now, carrier, to);
}

/// FIN-WAIT-2: what the peer still has to say may take long, but not for ever in silence. TIME-WAIT: our last
/// acknowledgement may have been lost, or its addressee.
void Network::await_peer(Instant now, Connection& carrier, Side side) {
  if (std::exchange(carrier.end(side).awaits_peer, true)) return;
  agenda_.schedule(now + peer_silence_max,
                   TransportTimer{carrier.opened.connection, side, TransportTimer::Kind::PeerSilent,
                                  static_cast<std::uint32_t>(carrier.end(side).received)});
}

void Network::receive_in_order(Instant now, Connection& carrier, Side to, PacketSent& packet) {
  TcpEnd& receiver = carrier.end(to);
  const ConnectionId id = carrier.opened.connection;
  bool filled_gap = false;
  if (!packet.payload.empty()) {
    if (packet.payload.size() == segment_octets_max) ++receiver.full_segments;
    filled_gap = join_ahead(receiver, receiver.received + packet.payload.size(), packet.payload);
    receiver.received += packet.payload.size();
    if (!receiver.acknowledge_at) receiver.acknowledge_at = now + acknowledgement_delay;
    book_acknowledgement(carrier, to);
    news_.emplace_back(BytesArrived{id, to, std::move(packet.payload)});
  }
  if (packet.flags.fin) {
    receiver.fin_received = true;
    news_.emplace_back(PeerClosed{id, to});
  }
  // RFC 9293 §3.8.6.3; a gap that closes is told at once (RFC 5681 §4.2).
  bool acknowledge_now = packet.flags.fin || receiver.full_segments >= 2 || filled_gap || !receiver.ahead.empty();
  if (packet.flags.syn) {
    const bool carried = !receiver.waiting.empty() || receiver.close_asked;
    send_waiting(now, carrier, to);
    acknowledge_now = !carried;
  }
  if (acknowledge_now) put(now, segment(carrier, to, {.ack = true}));
  end_if_shut(now, carrier);
}

/// Both FINs are acknowledged: over for both, before peer_silence_max. No number or port comes back that soon.
void Network::end_if_shut(Instant now, Connection& carrier) {
  TcpEnd& client = carrier.end(Side::Client);
  TcpEnd& server = carrier.end(Side::Server);
  if (!carrier.live || !client.fin_acknowledged || !server.fin_acknowledged) return;
  client.forget();
  server.forget();
  end(now, carrier, Phase::Closed);
  news_.emplace_back(ConnectionOver{carrier.opened.connection});
}

}  // namespace mailscope
