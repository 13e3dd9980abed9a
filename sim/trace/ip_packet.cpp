#include "sim/trace/ip_packet.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace mailscope {
namespace {

enum class Protocol : std::uint8_t { Icmp = 1, Tcp = 6, Udp = 17 };

/// Numbers as the network writes them: the most significant octet first.
class Octets {
 public:
  Octets& u8(unsigned value) {
    text_ += static_cast<char>(value & 0xff);
    return *this;
  }
  Octets& u16(unsigned value) { return u8(value >> 8).u8(value); }
  Octets& u32(std::uint32_t value) { return u16(value >> 16).u16(value); }
  Octets& add(std::string_view octets) {
    text_ += octets;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// RFC 1071: the complement of the sum of all 16-bit words.
unsigned checksum(std::string_view octets) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < octets.size(); ++at)
    sum += static_cast<std::uint64_t>(static_cast<unsigned char>(octets[at])) << (at % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<unsigned>(~sum & 0xffff);
}

void put_checksum(std::string& octets, std::size_t at, unsigned sum) {
  octets[at] = static_cast<char>(sum >> 8);
  octets[at + 1] = static_cast<char>(sum & 0xff);
}

std::string address_octets(const std::string& address) {
  in_addr octets{};
  inet_pton(AF_INET, address.c_str(), &octets);  // the scenario's reader has checked it; else 0.0.0.0
  std::string text(sizeof octets, '\0');
  std::copy_n(reinterpret_cast<const char*>(&octets), sizeof octets, text.begin());
  return text;
}

struct Ends {
  std::string source, destination;  ///< four octets each
  Port from, to;
};

/// TCP's and UDP's checksums cover these too (RFC 9293 §3.1, RFC 768).
std::string with_pseudo_header(const Ends& ends, Protocol protocol, std::string_view payload) {
  return Octets()
      .add(ends.source)
      .add(ends.destination)
      .u16(static_cast<unsigned>(protocol))
      .u16(static_cast<unsigned>(payload.size()))
      .add(payload)
      .take();
}

std::string ip_packet(const Ends& ends, Protocol protocol, PacketId id, std::string_view payload) {
  constexpr unsigned header_octets = 20, do_not_fragment = 0x4000, time_to_live = 64;
  std::string packet = Octets()
                           .u16(0x4500)
                           .u16(header_octets + static_cast<unsigned>(payload.size()))
                           .u16(id.value & 0xffff)
                           .u16(do_not_fragment)
                           .u8(time_to_live)
                           .u8(static_cast<unsigned>(protocol))
                           .u16(0)
                           .add(ends.source)
                           .add(ends.destination)
                           .take();
  put_checksum(packet, 10, checksum(packet));
  return packet.append(payload);
}

std::string tcp_segment(const Ends& ends, const PacketSent& sent) {
  // RFC 9293 §3.7.1 and RFC 7323 §2: the largest segment is 1460 octets, the window is 65535 · 2^14; one option is
  // filled up with "no operation".
  static constexpr std::string_view syn_options("\x02\x04\x05\xb4\x01\x03\x03\x0e", 8);
  const std::string_view options = sent.flags.syn ? syn_options : std::string_view();
  const auto header_words = static_cast<unsigned>(5 + options.size() / 4);
  const unsigned flags = (sent.flags.fin ? 0x01u : 0u) | (sent.flags.syn ? 0x02u : 0u) | (sent.flags.rst ? 0x04u : 0u) |
                         (sent.flags.psh ? 0x08u : 0u) | (sent.flags.ack ? 0x10u : 0u);
  std::string segment = Octets()
                            .u16(ends.from.number)
                            .u16(ends.to.number)
                            .u32(sent.sequence)
                            .u32(sent.flags.ack ? sent.acknowledgement : 0)
                            .u16(header_words << 12 | flags)
                            .u16(0xffff)
                            .u32(0)
                            .add(options)
                            .add(sent.payload)
                            .take();
  put_checksum(segment, 16, checksum(with_pseudo_header(ends, Protocol::Tcp, segment)));
  return segment;
}

std::string udp_datagram(const Ends& ends, std::string_view payload) {
  constexpr unsigned header_octets = 8;
  std::string datagram = Octets()
                             .u16(ends.from.number)
                             .u16(ends.to.number)
                             .u16(header_octets + static_cast<unsigned>(payload.size()))
                             .u16(0)
                             .add(payload)
                             .take();
  const unsigned sum = checksum(with_pseudo_header(ends, Protocol::Udp, datagram));
  put_checksum(datagram, 6, sum == 0 ? 0xffff : sum);  // RFC 768: zero would say that there is none
  return datagram;
}

/// RFC 792: "port unreachable", with the header and the first 8 octets of the datagram that it is about.
std::string port_unreachable(std::string_view datagram) {
  constexpr std::size_t quoted_octets = 28;
  std::string message = Octets().u16(0x0303).u16(0).u32(0).add(datagram.substr(0, quoted_octets)).take();
  put_checksum(message, 2, checksum(message));
  return message;
}

}  // namespace

std::string IpPackets::octets(const PacketSent& sent) {
  const ConnectionOpened& opened = connections_.at(sent.connection.value);
  const bool from_client = sent.from == Side::Client;
  const Endpoint &from = from_client ? opened.client : opened.server, &to = from_client ? opened.server : opened.client;
  const Ends ends{address_octets(trace_.hosts.at(from.host.value).address),
                  address_octets(trace_.hosts.at(to.host.value).address), from.port, to.port};
  if (opened.transport == Transport::Tcp) return ip_packet(ends, Protocol::Tcp, sent.packet, tcp_segment(ends, sent));
  if (sent.payload.empty())
    return ip_packet(ends, Protocol::Icmp, sent.packet, port_unreachable(last_datagram_[sent.connection]));
  std::string datagram = ip_packet(ends, Protocol::Udp, sent.packet, udp_datagram(ends, sent.payload));
  if (from_client) last_datagram_[sent.connection] = datagram;
  return datagram;
}

}  // namespace mailscope
