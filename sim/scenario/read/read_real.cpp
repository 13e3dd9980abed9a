// Real servers of this machine that a lesson's devices talk to. Loopback only: no lesson reaches out.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

#include "protocols/tls/pem.hpp"
#include "sim/scenario/read/read_scenario.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

constexpr std::uint32_t loopback_network = 127;  // RFC 1122 §3.2.1.3 (g)

struct Place {
  std::uint32_t address{};
  std::uint16_t port{};
};

/// ADDRESS ":" PORT; the address is IPv4, or "localhost".
std::optional<Place> parse_place(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string address = text.substr(0, colon) == "localhost" ? "127.0.0.1" : text.substr(0, colon);
  Place place;
  in_addr number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, place.port);
  if (error != std::errc() || stop != end || place.port == 0 || inet_pton(AF_INET, address.c_str(), &number) != 1)
    return std::nullopt;
  place.address = ntohl(number.s_addr);
  return place;
}

std::optional<Place> read_place(Faults& faults, const YamlNode& node) {
  const std::string text = read_word(faults, &node, limits::name_octets);
  if (text.empty()) return std::nullopt;
  const std::optional<Place> place = parse_place(text);
  if (!place)
    faults.error(node.where, found_in(node), tr("an address and port of this machine such as 127.0.0.1:1143"));
  else if (place->address >> 24U != loopback_network)
    faults.error(node.where, tr("{0}, which may be another machine", {found_in(node)}),
                 tr("an address of this machine, 127.0.0.0 to 127.255.255.255"),
                 tr("lessons talk to no other machine"));
  return place;
}

/// The certificates of a PEM file beside the lesson; empty after a fault.
std::string read_trust(ScenarioReader& reader, const YamlNode* node) {
  if (!node) return {};
  const std::string name = read_word(reader.faults, node, limits::path_octets);
  if (name.empty()) return {};
  const std::optional<std::string> pem = read_file(reader.folder / name);
  if (!pem) {
    reader.faults.error(node->where, tr("{0}, which cannot be read", {found_in(*node)}),
                        tr("a file with certificates (PEM)"), tr("relative names count from the lesson's folder"));
    return {};
  }
  if (!tls::certificates_from_pem(tls::Library(tls::Library::Randomness::Real), *pem).empty()) return *pem;
  reader.faults.error(node->where, tr("{0}, which holds no certificate", {found_in(*node)}),
                      tr("a file with certificates (PEM)"));
  return {};
}

}  // namespace

std::string place_text(const RealServerSetting::Door& door) {
  return fmt::format("{}.{}.{}.{}:{}", door.address >> 24U, door.address >> 16U & 255U, door.address >> 8U & 255U,
                     door.address & 255U, door.real);
}

RealServerSetting read_real_server(ScenarioReader& reader, const MapReader& map) {
  RealServerSetting server;
  if (const YamlNode* doors = map.find("real"))
    for_each_entry(reader.faults, *doors, tr("a map of ports, such as {143: 127.0.0.1:1143}"), limits::ports,
                   [&](const YamlNode& key, const YamlNode& value) {
                     const Port number = read_port(reader.faults, &key, Port{});
                     const std::optional<Place> place = read_place(reader.faults, value);
                     if (number.number == 0 || !place) return;
                     const std::optional<PortSetting> port = well_known_port(number);
                     if (!port || port->service == Service::Dns)
                       reader.faults.error(key.where, found_in(key), tr("25, 465, 587, 110, 995, 143 or 993"),
                                           tr("it says what is spoken there; the real port may be any"));
                     else
                       server.doors.push_back({*port, place->address, place->port});
                   });
  server.trust = read_trust(reader, map.find("trust"));
  return server;
}

}  // namespace mailscope
