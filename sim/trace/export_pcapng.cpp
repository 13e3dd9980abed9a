#include "sim/trace/export_pcapng.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <map>

#include "sim/trace/ip_packet.hpp"

namespace mailscope {
namespace {

// draft-ietf-opsawg-pcapng §4.1, §4.2, §4.3, §4.5, §4.7.
constexpr std::uint32_t section_header = 0x0a0d0d0a, interface_description = 1, enhanced_packet = 6,
                        name_resolution = 4, decryption_secrets = 10;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d, tls_key_log = 0x544c534b;
constexpr unsigned option_end = 0, option_comment = 1, section_application = 4, interface_name = 2,
                   interface_resolution = 9, name_record_ipv4 = 1;
constexpr unsigned link_type_raw = 101;  // packets begin with their IP header

/// Numbers with the least significant octet first, as the byte-order magic tells; a block's parts begin at multiples
/// of 4.
class Body {
 public:
  Body& u16(unsigned value) {
    text_ += {static_cast<char>(value & 0xff), static_cast<char>(value >> 8 & 0xff)};
    return *this;
  }
  Body& u32(std::uint32_t value) { return u16(value & 0xffff).u16(value >> 16); }
  Body& padded(std::string_view octets) {
    text_ += octets;
    text_.append((4 - text_.size() % 4) % 4, '\0');
    return *this;
  }
  /// Also the form of a name record (§4.5).
  Body& option(unsigned code, std::string_view value) {
    return u16(code).u16(static_cast<unsigned>(value.size())).padded(value);
  }
  Body& end() { return option(option_end, ""); }
  /// §3.1: type and length before, length after.
  [[nodiscard]] std::string block(std::uint32_t type) const {
    const auto length = static_cast<std::uint32_t>(text_.size() + 12);
    return Body().u32(type).u32(length).text_ + text_ + Body().u32(length).text_;
  }

 private:
  std::string text_;
};

std::string name_of(const Trace& trace, const LinkInfo& link) {
  return fmt::format("{} - {}", trace.hosts.at(link.a.value).name, trace.hosts.at(link.b.value).name);
}

std::string names_block(const Trace& trace) {
  Body body;
  for (const HostInfo& host : trace.hosts) {
    in_addr address{};
    if (inet_pton(AF_INET, host.address.c_str(), &address) != 1) continue;
    std::string record(reinterpret_cast<const char*>(&address), sizeof address);
    body.option(name_record_ipv4, record + host.name + '\0');
  }
  return body.end().block(name_resolution);
}

/// What became of packets, where that is more than that they arrived. Wireshark shows it beside them.
std::map<PacketId, const char*> comments_on(const Trace& trace) {
  std::map<PacketId, const char*> comments;
  for (const Record& record : trace.records()) {
    const auto* ended = std::get_if<PacketEnded>(&record.what);
    if (!ended || ended->fate == PacketFate::Delivered) continue;
    comments[ended->packet] = ended->fate == PacketFate::Lost       ? "lost on the way"
                              : ended->fate == PacketFate::Filtered ? "dropped by a firewall"
                              : ended->fate == PacketFate::Altered  ? "arrived with other octets"
                                                                    : "came to a host that was down";
  }
  return comments;
}

std::string packet_block(const PacketSent& sent, Instant at, std::string_view octets, const char* comment) {
  // §4.3: a count of the interface's time units, here microseconds, since 1970.
  const auto time = static_cast<std::uint64_t>(at.time_since_epoch().count());
  const auto length = static_cast<std::uint32_t>(octets.size());
  Body body;
  body.u32(sent.link.value).u32(static_cast<std::uint32_t>(time >> 32)).u32(static_cast<std::uint32_t>(time));
  body.u32(length).u32(length).padded(octets);
  if (comment) body.option(option_comment, comment).end();
  return body.block(enhanced_packet);
}

}  // namespace

void for_each_pcapng_block(const Trace& trace, CaptureSecrets secrets,
                           const std::function<void(std::string_view block)>& take) {
  constexpr std::uint32_t length_unknown = 0xffffffff;
  take(Body()
           .u32(byte_order_magic)
           .u16(1)
           .u16(0)
           .u32(length_unknown)
           .u32(length_unknown)
           .option(section_application, fmt::format("Mailscope: {}, seed {}", trace.title, trace.seed))
           .end()
           .block(section_header));
  for (const LinkInfo& link : trace.links)
    take(Body()
             .u16(link_type_raw)
             .u16(0)
             .u32(0)
             .option(interface_name, name_of(trace, link))
             .option(interface_resolution, "\x06")
             .end()
             .block(interface_description));
  take(names_block(trace));
  // §4.7: before the packets that need it.
  if (const std::string log = secrets == CaptureSecrets::Put ? key_log(trace) : std::string(); !log.empty())
    take(Body().u32(tls_key_log).u32(static_cast<std::uint32_t>(log.size())).padded(log).block(decryption_secrets));
  const auto comments = comments_on(trace);
  IpPackets packets(trace);
  for (const Record& record : trace.records()) {
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what)) packets.see(*opened);
    const auto* sent = std::get_if<PacketSent>(&record.what);
    if (!sent) continue;
    const auto comment = comments.find(sent->packet);
    take(packet_block(*sent, record.at, packets.octets(*sent), comment == comments.end() ? nullptr : comment->second));
  }
}

std::string key_log(const Trace& trace) {
  std::string log;
  for (const Record& record : trace.records())
    if (const auto* secret = std::get_if<SecretLogged>(&record.what)) log += secret->line + '\n';
  return log;
}

}  // namespace mailscope
