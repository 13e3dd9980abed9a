#include "viz/model/bytes.hpp"

#include <algorithm>

#include "viz/model/flow.hpp"

namespace mailscope {
namespace {

constexpr std::size_t record_header_octets = 5, records_shown_max = 4;

/// ContentType of RFC 8446 §5.1, as its presentation language writes it.
std::string content_type(unsigned code) {
  switch (code) {
    case 20:
      return "change_cipher_spec";
    case 21:
      return "alert";
    case 22:
      return "handshake";
    case 23:
      return "application_data";
    default:
      return std::to_string(code);
  }
}

}  // namespace

std::vector<std::size_t> packets_carrying(const Trace& trace, const ConversationRow& row) {
  const auto records = trace.records();
  const auto sent_by_row = [&](std::size_t i) {
    const auto* sent = std::get_if<PacketSent>(&records[i].what);
    return sent != nullptr && sent->connection == row.connection && sent->from == row.speaker ? sent : nullptr;
  };
  std::vector<std::size_t> found;
  if (row.bytes.size() == 0) {
    for (std::size_t i = row.record; i-- > 0 && found.empty();)
      if (sent_by_row(i) != nullptr) found.push_back(i);
    return found;
  }
  // A line that only its hearer wrote left before it was written; nothing of any line leaves after it was heard.
  const std::size_t begin = row.heard_record == row.record ? 0 : row.record;
  const std::size_t end = row.heard_record.value_or(records.size());
  for (std::size_t i = begin; i < end && found.size() < packets_shown_max; ++i) {
    const PacketSent* sent = sent_by_row(i);
    if (sent != nullptr && sent->stream.begin < row.bytes.end && row.bytes.begin < sent->stream.end) found.push_back(i);
  }
  return found;
}

std::vector<ByteLayer> layers_of(const Trace& trace, const ConnectionOpened& opened, const PacketSent& packet) {
  const bool is_from_client = packet.from == Side::Client;
  const Endpoint& from = is_from_client ? opened.client : opened.server;
  const Endpoint& to = is_from_client ? opened.server : opened.client;
  std::vector<ByteLayer> layers{
      {"IP", {{"from", trace.hosts.at(from.host.value).address}, {"to", trace.hosts.at(to.host.value).address}}}};
  ByteLayer transport{opened.transport == Transport::Tcp ? "TCP" : "UDP",
                      {{"from port", std::to_string(from.port.number)}, {"to port", std::to_string(to.port.number)}}};
  if (opened.transport == Transport::Tcp) {
    transport.fields.push_back({"sequence", std::to_string(packet.sequence)});
    transport.fields.push_back({"acknowledges", std::to_string(packet.acknowledgement)});
    transport.fields.push_back({"flags", flags_text(packet.flags)});
  }
  transport.fields.push_back({"octets", std::to_string(packet.payload.size())});
  layers.push_back(std::move(transport));
  return layers;
}

std::optional<ByteLayer> tls_layer(const PacketSent& packet, const ConversationRow& row) {
  if (!row.is_sealed && !row.topic.starts_with("tls/")) return std::nullopt;
  ByteLayer layer{"TLS", {}};
  const ByteRange part = part_of(packet, row);
  const std::string_view octets = packet.payload;
  const auto octet = [octets](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(octets[at])); };
  // Where the first record began in an earlier packet, its length is not here, nor where the next one begins.
  const bool begins_here = row.bytes.begin >= packet.stream.begin;
  std::size_t at = begins_here ? part.begin : octets.size();
  if (!begins_here) layer.fields.push_back({"record", "…"});
  while (at + record_header_octets <= std::min<std::size_t>(part.end, octets.size())) {
    const std::size_t length = octet(at + 3) << 8U | octet(at + 4);
    if (layer.fields.size() == records_shown_max) {
      layer.fields.push_back({"record", "…"});
      break;
    }
    layer.fields.push_back({"record", content_type(octet(at)) + " · " + std::to_string(record_header_octets + length)});
    at += record_header_octets + length;
  }
  layer.fields.push_back({row.is_sealed ? "encrypted" : "readable", first_line(row.text)});
  return layer;
}

std::optional<ByteLayer> deflate_layer(const PacketSent& packet, const ConversationRow& row) {
  if (!row.is_packed) return std::nullopt;
  return ByteLayer{"DEFLATE",
                   {{"octets", std::to_string(part_of(packet, row).size())}, {"unpacked", first_line(row.text)}}};
}

HexLine hex_line(std::string_view octets, std::size_t first, std::size_t per_line) {
  constexpr std::string_view digits = "0123456789abcdef";
  HexLine line;
  for (int shift = 12; shift >= 0; shift -= 4) line.offset += digits[(first >> shift) & 15U];
  for (const char c : octets.substr(std::min(first, octets.size()), per_line)) {
    const auto octet = static_cast<unsigned char>(c);
    if (!line.hex.empty()) line.hex += ' ';
    line.hex += digits[octet >> 4U];
    line.hex += digits[octet & 15U];
    line.text += octet >= 0x20 && octet < 0x7F ? c : '.';
  }
  return line;
}

ByteRange part_of(const PacketSent& packet, const ConversationRow& row) {
  const std::uint64_t begin = std::clamp(row.bytes.begin, packet.stream.begin, packet.stream.end);
  const std::uint64_t end = std::clamp(row.bytes.end, begin, packet.stream.end);
  return {begin - packet.stream.begin, end - packet.stream.begin};
}

}  // namespace mailscope
