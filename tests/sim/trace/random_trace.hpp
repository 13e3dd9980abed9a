// A trace of random but possible records, for properties that must hold for every trace.
#pragma once

#include <set>

#include "sim/kernel/random.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

inline Trace random_trace(std::uint64_t seed, std::size_t records) {
  RandomStream random(seed, "random trace");
  const auto below = [&](std::uint64_t bound) { return static_cast<std::uint32_t>(random.below(bound)); };
  Trace trace;
  trace.title = "random";
  trace.seed = seed;
  trace.start = Instant{} + std::chrono::hours(1);
  trace.hosts.resize(3);
  trace.hosts[0].mailboxes = {"INBOX"};
  trace.links = {{{0}, {1}, Duration{10}, 0}, {{1}, {2}, Duration{10}, 0}};
  static constexpr std::array<std::string_view, 2> states{"one", "two"};
  const MachineId machine = trace.machine_id({"toy", states, {}});
  Instant now = trace.start;
  std::uint32_t connections = 0, packets = 0, messages = 0;
  std::vector<PacketId> on_the_wire;
  std::set<std::pair<ConnectionId, Side>> with_engine;
  const auto connection = [&] { return ConnectionId{below(connections)}; };
  const auto side = [&] { return below(2) == 0 ? Side::Client : Side::Server; };
  while (trace.records().size() < records) {
    now += Duration{below(3)};
    const std::uint32_t kind = connections == 0 ? 0 : below(20);
    if (kind == 0) {
      trace.append(now,
                   ConnectionOpened{{connections++}, Transport::Tcp, {{0}, {49152}}, {{1}, {25}}, "SMTP", "relay"});
    } else if (kind == 1) {
      trace.append(now, ConnectionChanged{connection(), static_cast<Phase>(below(7))});
    } else if (kind == 2) {
      const EngineAttached attached{connection(), side(), machine, {}};
      with_engine.insert({attached.connection, attached.side});
      trace.append(now, attached);
    } else if (kind < 8) {
      PacketSent sent;
      sent.packet = on_the_wire.emplace_back(PacketId{packets++});
      sent.connection = connection();
      sent.arrives = now + Duration{below(100)};
      sent.payload = std::string(below(4), 'x');
      trace.append(now, sent);
    } else if (kind < 12 && !on_the_wire.empty()) {
      const auto ended = on_the_wire.begin() + below(on_the_wire.size());
      trace.append(now, PacketEnded{*ended, PacketFate::Delivered});
      on_the_wire.erase(ended);
    } else if (kind < 14) {
      LineSpoken line{connection(), side(), {}};
      // A state is one of an engine's machine: without an engine there is none but the first.
      const auto to = static_cast<std::uint8_t>(below(2));
      if (with_engine.contains({line.connection, line.side})) line.step.to = {to};
      line.step.text = "NOOP";
      trace.append(now, line);
    } else if (kind < 17) {
      MailboxChanged changed{{below(3)}, "INBOX", static_cast<MailboxChanged::Kind>(below(3)), {}};
      changed.message.id = changed.kind == MailboxChanged::Kind::Added ? messages++ : below(messages + 1);
      changed.message.octets = below(1000);
      changed.message.note = std::string(below(3), 'n');
      trace.append(now, changed);
    } else if (kind == 17) {
      trace.append(now, QueueChanged{{below(3)}, below(5)});
    } else if (kind == 18) {
      trace.append(now, ActionBegan{below(5), {below(3)}});
    } else {
      trace.append(now, LessonStepReached{below(5)});
    }
  }
  return trace;
}

}  // namespace mailscope
