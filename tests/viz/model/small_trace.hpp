// Traces of a few records for the models' tests: two hosts, one link, instants in milliseconds.
#pragma once

#include "sim/trace/trace.hpp"

namespace mailscope::test {

inline Instant at_ms(std::int64_t ms) { return Instant(std::chrono::milliseconds(ms)); }

inline Trace two_hosts() {
  Trace trace;
  trace.start = at_ms(0);
  HostInfo anna, server;
  anna.name = "anna-laptop", anna.label = "Anna", anna.address = "192.0.2.1";
  server.name = server.label = "mail.alba.example", server.address = "192.0.2.25";
  trace.hosts = {anna, server};
  trace.links = {{HostId{0}, HostId{1}, std::chrono::milliseconds(20), 20'000'000}};
  return trace;
}

inline ConnectionOpened opened(std::uint32_t connection, Transport transport = Transport::Tcp) {
  return {ConnectionId{connection}, transport, {HostId{0}, Port{49152}}, {HostId{1}, Port{587}}, "SMTP", "submission"};
}

inline LineSpoken line(std::uint32_t connection, Side writer, Direction direction, ByteRange bytes, std::string text) {
  Step step;
  step.direction = direction, step.bytes = bytes, step.text = std::move(text), step.topic = "smtp/command/NOOP";
  return {ConnectionId{connection}, writer, std::move(step)};
}

inline PacketSent packet(std::uint32_t id, std::uint32_t connection, Side from, Instant arrives, ByteRange stream,
                         std::string payload, TcpFlags flags = {.ack = true, .psh = true}) {
  PacketSent sent;
  sent.packet = PacketId{id}, sent.connection = ConnectionId{connection}, sent.from = from, sent.arrives = arrives;
  sent.stream = stream, sent.payload = std::move(payload), sent.flags = flags;
  return sent;
}

inline PacketEnded ended(std::uint32_t id, PacketFate fate = PacketFate::Delivered) { return {PacketId{id}, fate}; }

}  // namespace mailscope::test
