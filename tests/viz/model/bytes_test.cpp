#include "viz/model/bytes.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/model/small_trace.hpp"

using namespace mailscope;
using namespace mailscope::test;

TEST_CASE("the packets of a row are those that carry one of its octets, in its direction") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(1), packet(0, 0, Side::Client, at_ms(9), {0, 6}, "NOOP\r\n"));
  trace.append(at_ms(2), line(0, Side::Client, Direction::Sent, {6, 20}, "MAIL"));
  trace.append(at_ms(2), packet(1, 0, Side::Client, at_ms(9), {4, 10}, "123456"));
  trace.append(at_ms(2), packet(2, 0, Side::Server, at_ms(9), {6, 10}, "1234"));
  trace.append(at_ms(3), packet(3, 0, Side::Client, at_ms(9), {10, 24}, "12345678901234"));
  const ConversationRow row = conversation_of(trace).rows.at(0);
  CHECK(packets_carrying(trace, row) == std::vector<std::size_t>{3, 5});
  CHECK(part_of(std::get<PacketSent>(trace.records()[3].what), row) == ByteRange{2, 6});
  CHECK(part_of(std::get<PacketSent>(trace.records()[5].what), row) == ByteRange{0, 10});
}

TEST_CASE("of a refusal the packet is shown that told it") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(1), packet(0, 0, Side::Server, at_ms(9), {}, "", {.rst = true}));
  trace.append(at_ms(9), ended(0));
  trace.append(at_ms(9), ConnectionChanged{ConnectionId{0}, Phase::Refused});
  CHECK(packets_carrying(trace, conversation_of(trace).rows.at(0)) == std::vector<std::size_t>{1});
}

TEST_CASE("no more packets are given than are shown") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(0), line(0, Side::Client, Direction::Sent, {0, packets_shown_max + 5}, "long"));
  for (std::uint32_t i = 0; i < packets_shown_max + 5; ++i)
    trace.append(at_ms(1), packet(i, 0, Side::Client, at_ms(9), {i, i + 1}, "x"));
  CHECK(packets_carrying(trace, conversation_of(trace).rows.at(0)).size() == packets_shown_max);
}

TEST_CASE("the layers name both ends as this packet's direction has them") {
  const Trace trace = two_hosts();
  PacketSent reply = packet(0, 0, Side::Server, at_ms(9), {0, 2}, "ok");
  reply.sequence = 7, reply.acknowledgement = 9;
  const auto layers = layers_of(trace, opened(0), reply);
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].title == "IP");
  CHECK(layers[0].fields[0].value == "192.0.2.25");
  CHECK(layers[0].fields[1].value == "192.0.2.1");
  CHECK(layers[1].title == "TCP");
  CHECK(layers[1].fields[0].value == "587");
  CHECK(layers[1].fields[1].value == "49152");
  CHECK(layers[1].fields[2].value == "7");
  CHECK(layers[1].fields[3].value == "9");
  CHECK(layers[1].fields[4].value == "PSH ACK");
  CHECK(layers[1].fields[5].value == "2");
  CHECK(layers_of(trace, opened(0, Transport::Udp), reply)[1].fields.size() == 3);
}

TEST_CASE("what travels inside TLS has a layer of its records, and of what they hold (RFC 8446 §5.1)") {
  const auto record = [](char type, std::size_t length) {
    return std::string{type, 3, 3, 0, static_cast<char>(length)} + std::string(length, 'x');
  };
  const std::string octets = record(22, 4) + record(23, 20) + record(23, 7);
  ConversationRow row;
  row.bytes = {9, octets.size()};
  row.text = "MAIL FROM:<anna@alba.example>\nmore";
  CHECK_FALSE(tls_layer(packet(0, 0, Side::Client, at_ms(9), {0, octets.size()}, octets), row));
  row.is_sealed = true;
  const auto values = [&](const PacketSent& sent) {
    const std::optional<ByteLayer> layer = tls_layer(sent, row);
    REQUIRE(layer);
    std::vector<std::string> found;
    for (const ByteField& field : layer->fields) found.push_back(std::string(field.name) + ": " + field.value);
    return found;
  };
  using Values = std::vector<std::string>;
  CHECK(values(packet(0, 0, Side::Client, at_ms(9), {0, octets.size()}, octets)) ==
        Values{"record: application_data · 25", "record: application_data · 12",
               "encrypted: MAIL FROM:<anna@alba.example> …"});
  CHECK(values(packet(0, 0, Side::Client, at_ms(9), {20, octets.size()}, octets.substr(20))) ==
        Values{"record: …", "encrypted: MAIL FROM:<anna@alba.example> …"});
  CHECK(values(packet(0, 0, Side::Client, at_ms(9), {0, 12}, octets.substr(0, 12))) ==
        Values{"encrypted: MAIL FROM:<anna@alba.example> …"});
  row.bytes = {0, 9};
  row.is_sealed = false;
  row.topic = "tls/client-hello";
  CHECK(values(packet(0, 0, Side::Client, at_ms(9), {0, octets.size()}, octets)).front() == "record: handshake · 9");
}

TEST_CASE("what travels compressed has a layer that tells what it unfolds to (RFC 4978 §3)") {
  ConversationRow row;
  row.bytes = {4, 9};
  row.text = "a1 NOOP\nmore";
  const PacketSent sent = packet(0, 0, Side::Client, at_ms(9), {0, 12}, std::string(12, 'x'));
  CHECK_FALSE(deflate_layer(sent, row));
  row.is_packed = true;
  const std::optional<ByteLayer> layer = deflate_layer(sent, row);
  REQUIRE(layer);
  REQUIRE(layer->fields.size() == 2);
  CHECK(layer->fields[0].value == "5");
  CHECK(layer->fields[1].value == "a1 NOOP …");
  CHECK_FALSE(tls_layer(sent, row));
}

TEST_CASE("a hex line shows offset, octets and text; what is not ASCII is a dot") {
  const std::string octets = "RCPT\r\n\xC3\xA9!";
  const HexLine first = hex_line(octets, 0, 8);
  CHECK(first.offset == "0000");
  CHECK(first.hex == "52 43 50 54 0d 0a c3 a9");
  CHECK(first.text == "RCPT....");
  const HexLine last = hex_line(octets, 8, 8);
  CHECK(last.offset == "0008");
  CHECK(last.hex == "21");
  CHECK(hex_line(octets, 99, 8).hex.empty());
}
