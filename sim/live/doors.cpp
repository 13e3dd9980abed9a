#include "sim/live/doors.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace mailscope::live {

namespace {

constexpr std::uint32_t server_distance = 10'000;
constexpr std::uint32_t port_max = 65'535;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint32_t number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0 || number > port_max) return std::nullopt;
  return static_cast<std::uint16_t>(number);
}

/// The mapping for this port: one that names the server before one that names none and is not used up.
std::optional<std::uint16_t> mapped(const std::string& host, Port port, const std::vector<Mapping>& mappings,
                                    const std::set<std::uint32_t>& taken) {
  for (const bool named : {true, false})
    for (const Mapping& mapping : mappings)
      if (mapping.simulated == port.number && mapping.host == (named ? host : "") && !taken.contains(mapping.real))
        return mapping.real;
  return std::nullopt;
}

}  // namespace

std::optional<Mapping> parse_mapping(std::string_view text) {
  Mapping mapping;
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    mapping.host = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto simulated = parse_port(text.substr(0, equals)), real = parse_port(text.substr(equals + 1));
  if (!simulated || !real) return std::nullopt;
  mapping.simulated = *simulated;
  mapping.real = *real;
  return mapping;
}

std::vector<Door> doors_of(const Scenario& scenario, const std::vector<Mapping>& mappings) {
  std::vector<Door> doors;
  std::set<std::uint32_t> taken;
  std::uint32_t base = 0;
  for (const HostSetting& host : scenario.hosts) {
    const auto* server = std::get_if<MailServerSetting>(&host.what);
    if (!server) continue;
    base += server_distance;
    for (const PortSetting& port : server->ports) {
      if (port.policy != PortPolicy::Open) continue;
      std::uint32_t real = base + port.port.number;
      if (const auto chosen = mapped(host.name, port.port, mappings, taken)) real = *chosen;
      while (real > port_max || taken.contains(real)) real = real >= port_max ? server_distance : real + 1;
      taken.insert(real);
      doors.push_back({host.name, port, static_cast<std::uint16_t>(real)});
    }
  }
  return doors;
}

}  // namespace mailscope::live
