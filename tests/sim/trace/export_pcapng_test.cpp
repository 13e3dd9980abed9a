#include "sim/trace/export_pcapng.hpp"

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>

#include "sim/trace/ip_packet.hpp"
#include "sim/world/save_trace.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

std::string octets(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

unsigned u8(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text.at(at)); }
unsigned u16(std::string_view text, std::size_t at) { return u8(text, at) << 8 | u8(text, at + 1); }
std::uint32_t little(std::string_view text, std::size_t at) {
  return u8(text, at) | u8(text, at + 1) << 8 | u8(text, at + 2) << 16 | u8(text, at + 3) << 24;
}

/// RFC 1071 §1: over a right checksum's words the sum is all ones.
bool sums_up(std::string_view words) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < words.size(); at += 2)
    sum += u8(words, at) << 8 | (at + 1 < words.size() ? u8(words, at + 1) : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

std::string pseudo_header(std::string_view packet) {
  return std::string(packet.substr(12, 8)) + octets({0}) + std::string(packet.substr(9, 1)) +
         octets({0, static_cast<int>(packet.size() - 20)});
}

/// Two hosts with a link, a TCP connection (0) and a UDP exchange (1) between them.
struct Story {
  Trace trace;
  IpPackets packets{trace};
  PacketId next{};

  Story() {
    trace.title = "Post";
    trace.start = Instant{} + 24h;
    trace.hosts.resize(2);
    trace.hosts[0].name = "desk";
    trace.hosts[0].address = "192.0.2.7";
    trace.hosts[1].name = "mail";
    trace.hosts[1].address = "198.51.100.25";
    trace.links = {{HostId{0}, HostId{1}, 10ms, 1'000'000}};
    open({ConnectionId{0}, Transport::Tcp, {HostId{0}, {49152}}, {HostId{1}, {25}}, "SMTP", "relay"});
    open({ConnectionId{1}, Transport::Udp, {HostId{0}, {49153}}, {HostId{1}, {53}}, "DNS", "lookup"});
  }
  void open(const ConnectionOpened& opened) {
    trace.append(trace.start, opened);
    packets.see(opened);
  }
  PacketSent sent(std::uint32_t connection, Side from, std::string payload, TcpFlags flags = {}) {
    PacketSent packet;
    packet.packet = PacketId{next.value++};
    packet.connection = ConnectionId{connection};
    packet.from = from;
    packet.payload = std::move(payload);
    packet.flags = flags;
    packet.sequence = 0x01020304;
    packet.acknowledgement = 0x05060708;
    return packet;
  }
};

std::vector<std::string> blocks_of(const Trace& trace, CaptureSecrets secrets) {
  std::vector<std::string> blocks;
  for_each_pcapng_block(trace, secrets, [&](std::string_view block) { blocks.emplace_back(block); });
  return blocks;
}

}  // namespace

TEST_CASE("a TCP segment has its ports, numbers and flags, and right checksums (RFC 791 §3.1, RFC 9293 §3.1)") {
  Story story;
  const std::string packet = story.packets.octets(story.sent(0, Side::Client, "QUIT\r\n", {.ack = true, .psh = true}));
  REQUIRE(packet.size() == 46);
  CHECK(packet.substr(0, 4) == octets({0x45, 0, 0, 46}));
  CHECK(packet.substr(12, 8) == octets({192, 0, 2, 7, 198, 51, 100, 25}));
  CHECK(sums_up(packet.substr(0, 20)));
  CHECK(packet.substr(20, 16) == octets({0xc0, 0, 0, 25, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x18, 0xff, 0xff}));
  CHECK(sums_up(pseudo_header(packet) + packet.substr(20)));
  CHECK(packet.ends_with("QUIT\r\n"));
}

TEST_CASE("a SYN offers segments of 1460 octets and the widest window (RFC 9293 §3.7.1, RFC 7323 §2)") {
  Story story;
  const std::string packet = story.packets.octets(story.sent(0, Side::Server, "", {.syn = true, .ack = true}));
  REQUIRE(packet.size() == 48);
  CHECK(u16(packet, 20) == 25);
  CHECK(u16(packet, 32) == 0x7012);
  CHECK(packet.substr(40) == octets({2, 4, 5, 0xb4, 1, 3, 3, 14}));
  CHECK(sums_up(pseudo_header(packet) + packet.substr(20)));
}

TEST_CASE("a datagram of any length has a right checksum, and ICMP quotes it (RFC 768, RFC 792)") {
  Story story;
  for (const char* payload : {"a", "ab", "query"}) {
    const std::string packet = story.packets.octets(story.sent(1, Side::Client, payload));
    CHECK(u16(packet, 24) == 8 + std::string_view(payload).size());
    CHECK(u8(packet, 9) == 17);
    CHECK(sums_up(pseudo_header(packet) + packet.substr(20)));
    const std::string unreachable = story.packets.octets(story.sent(1, Side::Server, ""));
    CHECK(u8(unreachable, 9) == 1);
    CHECK(u16(unreachable, 20) == 0x0303);
    CHECK(sums_up(unreachable.substr(20)));
    CHECK(unreachable.substr(28) == packet.substr(0, 28));
  }
}

TEST_CASE(
    "a capture is whole blocks: section, links, names, secrets, packets with time (draft-ietf-opsawg-pcapng §4)") {
  Story story;
  const PacketSent first = story.sent(0, Side::Client, "", {.syn = true}), second = story.sent(1, Side::Client, "abc");
  story.trace.append(story.trace.start + 5us, first);
  story.trace.append(story.trace.start + 7us, second);
  story.trace.append(story.trace.start + 9us, PacketEnded{first.packet, PacketFate::Delivered});
  story.trace.append(story.trace.start + 9us, PacketEnded{second.packet, PacketFate::Lost});
  story.trace.append(story.trace.start + 9us, SecretLogged{ConnectionId{0}, "CLIENT_RANDOM 00 01"});
  const auto blocks = blocks_of(story.trace, CaptureSecrets::Put);
  std::vector<std::uint32_t> types;
  for (const std::string& block : blocks) {
    types.push_back(little(block, 0));
    CHECK(block.size() % 4 == 0);
    CHECK(little(block, 4) == block.size());
    CHECK(little(block, block.size() - 4) == block.size());
  }
  CHECK(types == std::vector<std::uint32_t>{0x0a0d0d0a, 1, 4, 10, 6, 6});
  CHECK(blocks[1].find("desk - mail") != std::string::npos);
  CHECK(blocks[2].find(octets({192, 0, 2, 7}) + "desk") != std::string::npos);
  CHECK(blocks[3].find("CLIENT_RANDOM 00 01\n") != std::string::npos);
  const auto microseconds = [](const std::string& block) {
    return std::chrono::microseconds(std::uint64_t{little(block, 12)} << 32 | little(block, 16));
  };
  CHECK(microseconds(blocks[4]) == 24h + 5us);
  CHECK(little(blocks[4], 20) == 48);
  CHECK(blocks[4].find("lost") == std::string::npos);
  CHECK(blocks[5].find("lost on the way") != std::string::npos);
}

TEST_CASE("secrets are left out of a capture on request, and a key log has one line each") {
  Story story;
  story.trace.append(story.trace.start, SecretLogged{ConnectionId{0}, "CLIENT_RANDOM 00 01"});
  story.trace.append(story.trace.start, SecretLogged{ConnectionId{0}, "CLIENT_RANDOM 02 03"});
  for (const std::string& block : blocks_of(story.trace, CaptureSecrets::Left))
    CHECK(block.find("CLIENT_RANDOM") == std::string::npos);
  CHECK(key_log(story.trace) == "CLIENT_RANDOM 00 01\nCLIENT_RANDOM 02 03\n");
  CHECK(key_log(Trace{}).empty());
}

TEST_CASE("a record saved under a name that ends in .pcapng is a capture, and what cannot be saved says why") {
  const Story story;
  const auto file =
      std::filesystem::temp_directory_path() / ("mailscope-" + std::to_string(Catch::getSeed()) + ".pcapng");
  CHECK_FALSE(save_trace(story.trace, file));
  std::string expected;
  for (const std::string& block : blocks_of(story.trace, CaptureSecrets::Put)) expected += block;
  std::ifstream saved(file, std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(saved), {}) == expected);
  std::filesystem::remove(file);
  CHECK(save_trace(story.trace, "/nowhere/at-all.pcapng").value().starts_with("/nowhere/at-all.pcapng"));
}
