// Two hosts on one link, and a loop that runs the network until nothing is pending.
#pragma once

#include "sim/net/network.hpp"

namespace mailscope {

struct Rig {
  Trace trace;
  EventQueue agenda;
  std::optional<Network> network;
  Instant now{};
  struct Told {
    Instant at;
    NetworkNews news;
  };
  std::vector<Told> told;
  std::string to_client, to_server;  ///< octets delivered so far
  /// Called for each news, as a host would be.
  std::function<void(const NetworkNews&)> host = [](const NetworkNews&) {};

  static constexpr HostId laptop{0}, server{1}, island{2};

  explicit Rig(Duration latency = std::chrono::milliseconds(10), std::uint64_t bits_per_second = 0,
               std::uint64_t seed = 1, LinkFaults faults = {}) {
    const auto host_named = [](std::string name) {
      HostInfo info;
      info.name = info.label = std::move(name);
      return info;
    };
    trace.hosts = {host_named("laptop"), host_named("server"), host_named("island")};
    trace.hosts[1].ports = {{{25}, Transport::Tcp, "SMTP", "relay", PortPolicy::Open},
                            {{53}, Transport::Udp, "DNS", "dns", PortPolicy::Open},
                            {{26}, Transport::Tcp, "SMTP", "relay", PortPolicy::Filtered},
                            {{54}, Transport::Udp, "DNS", "dns", PortPolicy::Filtered},
                            {{27}, Transport::Tcp, "SMTP", "relay", PortPolicy::Closed}};
    trace.links = {{laptop, server, latency, bits_per_second, std::move(faults)}};
    network.emplace(trace, agenda, seed);
  }

  ConnectionId open(std::uint16_t port, Transport transport = Transport::Tcp, HostId to = server) {
    const ConnectionId id = network->open(now, transport, laptop, {to, {port}}, "SMTP", "relay");
    listen();
    return id;
  }

  void listen() {
    while (auto news = network->poll()) {
      if (auto* arrived = std::get_if<BytesArrived>(&*news))
        (arrived->side == Side::Client ? to_client : to_server) += arrived->bytes;
      told.push_back({now, *news});
      host(*news);
    }
  }

  void run(Instant until = Instant::max()) {
    listen();
    while (agenda.next_at() && *agenda.next_at() <= until) {
      const EventQueue::Entry entry = agenda.pop();
      now = entry.at;
      std::visit(
          [&](const auto& event) {
            if constexpr (requires { network->handle(now, event); }) network->handle(now, event);
          },
          entry.event);
      listen();
    }
    if (until != Instant::max()) now = until;
  }

  template <class News>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(
        told.begin(), told.end(), [](const Told& one) { return std::holds_alternative<News>(one.news); }));
  }
  template <class News>
  [[nodiscard]] const News& last() const {
    for (auto one = told.rbegin(); one != told.rend(); ++one)
      if (const News* news = std::get_if<News>(&one->news)) return *news;
    throw std::runtime_error("no such news");
  }
  /// The packets that left, in order.
  [[nodiscard]] std::vector<std::pair<Instant, PacketSent>> packets() const {
    std::vector<std::pair<Instant, PacketSent>> all;
    for (const Record& record : trace.records())
      if (const auto* sent = std::get_if<PacketSent>(&record.what)) all.emplace_back(record.at, *sent);
    return all;
  }
  [[nodiscard]] std::vector<Phase> phases() const {
    std::vector<Phase> all;
    for (const Record& record : trace.records())
      if (const auto* changed = std::get_if<ConnectionChanged>(&record.what)) all.push_back(changed->phase);
    return all;
  }
};

/// "C SYN", "S SYN ACK 4": who, flags, payload octets, "again" for a retransmission.
inline std::string brief(const PacketSent& packet) {
  std::string text = packet.from == Side::Client ? "C" : "S";
  if (packet.flags.syn) text += " SYN";
  if (packet.flags.fin) text += " FIN";
  if (packet.flags.rst) text += " RST";
  if (packet.flags.psh) text += " PSH";
  if (packet.flags.ack) text += " ACK";
  if (!packet.payload.empty()) text += ' ' + std::to_string(packet.payload.size());
  if (packet.retransmission) text += " again";
  return text;
}

inline std::vector<std::string> brief(const Rig& rig) {
  std::vector<std::string> all;
  for (const auto& [at, packet] : rig.packets()) all.push_back(brief(packet));
  return all;
}

}  // namespace mailscope
