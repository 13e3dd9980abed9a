// TCP (RFC 9293), what goes out: opening, segments in order, retransmission, closing, reset, and giving up.
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
    sender.acknowledge_at.reset();
    sender.full_segments = 0;
  }
  return packet;
}

/// A segment with the octets of the stream that begin at `begin`.
Packet Network::data_segment(Connection& carrier, Side side, std::uint64_t begin, std::string_view octets, bool push) {
  Packet packet = segment(carrier, side, {.ack = true, .psh = push});
  packet.sent.sequence = carrier.end(side).initial_sequence + 1 + static_cast<std::uint32_t>(begin);
  packet.sent.stream = {begin, begin + octets.size()};
  packet.sent.payload = octets;
  packet.octets += static_cast<std::uint32_t>(octets.size());
  return packet;
}

/// SYN from the client, SYN-ACK from the server, again after each wait.
void Network::send_opening(Instant now, Connection& opening, Side side) {
  TcpEnd& sender = opening.end(side);
  Packet packet = segment(opening, side, {.syn = true, .ack = side == Side::Server});
  packet.sent.retransmission = sender.attempts > 0;
  if (sender.attempts == 0) sender.timed = {0, now};
  put(now, std::move(packet));
  start_timer(now, opening, side);
}

/// In segments, PSH on the last (RFC 9293 §3.9.1). Precondition: nothing waits, the connection is open.
void Network::send_segments(Instant now, Connection& carrier, Side side, std::string_view bytes) {
  TcpEnd& sender = carrier.end(side);
  sender.outstanding.append(bytes);
  for (std::size_t at = 0; at < bytes.size(); at += segment_octets_max) {
    const std::string_view octets = bytes.substr(at, segment_octets_max);
    Packet packet = data_segment(carrier, side, sender.sent, octets, at + octets.size() == bytes.size());
    sender.sent += octets.size();
    if (!sender.timed) sender.timed = {sender.sent, now};
    put(now, std::move(packet));
  }
  if (!bytes.empty() && !sender.retransmit_at) start_timer(now, carrier, side);
}

/// Everything that waits; then FIN where close() was asked for.
void Network::send_waiting(Instant now, Connection& carrier, Side side) {
  TcpEnd& sender = carrier.end(side);
  send_segments(now, carrier, side, std::exchange(sender.waiting, {}));
  if (!sender.close_asked || sender.fin_sent) return;
  put(now, segment(carrier, side, {.ack = true, .fin = true}));
  sender.fin_sent = true;
  change_phase(now, carrier, Phase::Closing);
  if (!sender.retransmit_at) start_timer(now, carrier, side);
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
  const TcpEnd::State before = aborting.state;
  aborting.forget();
  if (before == TcpEnd::State::Over) return;
  if (broken.link) {
    // What has not left never will; the RST takes the number of the first octet that stays behind.
    std::deque<Packet>& queue = wire(*broken.link, broken.endpoint(side).host).waiting;
    const auto own = [&](const Packet& packet) {
      return packet.sent.connection == broken.opened.connection && packet.sent.from == side;
    };
    const auto first =
        std::ranges::find_if(queue, [&](const Packet& packet) { return own(packet) && !packet.sent.retransmission; });
    if (first != queue.end()) {
      aborting.sent = first->sent.stream.begin;
      aborting.fin_sent = false;
    }
    broken.packets -= std::erase_if(queue, own);
  }
  // RFC 9293 §3.10.5: a connection that is not yet synchronised is only forgotten.
  if (before == TcpEnd::State::Established) put(now, segment(broken, side, {.ack = true, .rst = true}));
  end(now, broken, Phase::Reset);
}

/// Starts or restarts the retransmission timer (RFC 6298 §5.1, §5.3).
void Network::start_timer(Instant now, Connection& carrier, Side side) {
  carrier.end(side).retransmit_at = now + carrier.end(side).timeout.value();
  book_timer(carrier, side);
}

/// An earlier event that is pending already will look at the timer anew: so each end has one, however much it sends.
void Network::book_timer(Connection& carrier, Side side) {
  TcpEnd& waiting = carrier.end(side);
  if (!waiting.retransmit_at || (waiting.timer_booked && *waiting.timer_booked <= *waiting.retransmit_at)) return;
  waiting.timer_booked = waiting.retransmit_at;
  agenda_.schedule(*waiting.retransmit_at,
                   TransportTimer{carrier.opened.connection, side, TransportTimer::Kind::Retransmit, 0});
}

/// One event for each end, as for its timer, however much it hears.
void Network::book_acknowledgement(Connection& carrier, Side side) {
  TcpEnd& owing = carrier.end(side);
  if (std::exchange(owing.acknowledgement_booked, true)) return;
  agenda_.schedule(*owing.acknowledge_at,
                   TransportTimer{carrier.opened.connection, side, TransportTimer::Kind::DelayedAck, 0});
}

void Network::handle(Instant now, const TransportTimer& event) {
  Connection* found = find(event.connection);
  if (!found) return;
  Connection& timed = *found;
  TcpEnd& waiting = timed.end(event.side);
  switch (event.kind) {
    case TransportTimer::Kind::DelayedAck:
      waiting.acknowledgement_booked = false;
      if (!waiting.acknowledge_at) return;
      if (*waiting.acknowledge_at > now) return book_acknowledgement(timed, event.side);
      waiting.acknowledge_at.reset();
      if (waiting.state == TcpEnd::State::Established) put(now, segment(timed, event.side, {.ack = true}));
      return;
    case TransportTimer::Kind::PeerSilent:
      waiting.awaits_peer = false;
      if (waiting.state != TcpEnd::State::Established) return;
      if (event.epoch != static_cast<std::uint32_t>(waiting.received)) return await_peer(now, timed, event.side);
      return give_up(now, timed, event.side);
    case TransportTimer::Kind::Retransmit:
      if (waiting.timer_booked != now) return;
      waiting.timer_booked.reset();
      if (!waiting.retransmit_at || *waiting.retransmit_at > now) return book_timer(timed, event.side);
      return retransmission_due(now, timed, event.side);
  }
}

void Network::retransmission_due(Instant now, Connection& carrier, Side side) {
  TcpEnd& sender = carrier.end(side);
  const bool opening = sender.state == TcpEnd::State::SynSent || sender.state == TcpEnd::State::SynReceived;
  if (!opening && still_waits_for_link(carrier, side)) return start_timer(now, carrier, side);
  if (++sender.attempts > (opening ? opening_attempts - 1 : retransmissions_max)) return give_up(now, carrier, side);
  sender.timeout.back_off();
  if (opening) return send_opening(now, carrier, side);
  sender.recover = sender.next_sequence();
  retransmit(now, carrier, side);
  start_timer(now, carrier, side);
}

/// The first segment that nobody has acknowledged, once more (RFC 6298 §5.4).
void Network::retransmit(Instant now, Connection& carrier, Side side) {
  TcpEnd& sender = carrier.end(side);
  sender.timed.reset();
  const std::string_view left = sender.outstanding.view();
  const std::string_view octets = left.substr(0, segment_octets_max);
  Packet packet = octets.empty()
                      ? segment(carrier, side, {.ack = true, .fin = true})
                      : data_segment(carrier, side, sender.outstanding.offset(), octets, octets.size() == left.size());
  if (octets.empty()) packet.sent.sequence = sender.first_unacknowledged();
  packet.sent.retransmission = true;
  put(now, std::move(packet));
}

/// What has not left yet cannot be acknowledged: on a slow link the host's own queue may hold it longer than the timer.
bool Network::still_waits_for_link(Connection& carrier, Side side) {
  if (!carrier.link) return false;
  return std::ranges::any_of(wire(*carrier.link, carrier.endpoint(side).host).waiting, [&](const Packet& packet) {
    return packet.sent.connection == carrier.opened.connection && packet.sent.from == side;
  });
}

/// No answer came, however often it was asked for. The peer learns when it sends next.
void Network::give_up(Instant now, Connection& carrier, Side side) {
  const TcpEnd& peer = carrier.end(other(side));
  const bool known = side == Side::Client || carrier.end(side).state == TcpEnd::State::Established;
  carrier.end(side).forget();
  if (known) fail(now, carrier, side, Phase::TimedOut);
  if (peer.state == TcpEnd::State::Over) end(now, carrier, Phase::TimedOut);
}

}  // namespace mailscope
