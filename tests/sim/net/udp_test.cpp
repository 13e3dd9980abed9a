#include <catch2/catch_all.hpp>

#include "tests/sim/net/rig.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

TEST_CASE("a datagram comes whole, its answer goes back in the same exchange, which is accepted once") {
  Rig rig;
  rig.host = [&](const NetworkNews& news) {
    const auto* arrived = std::get_if<BytesArrived>(&news);
    if (arrived && arrived->side == Side::Server)
      rig.network->send(rig.now, arrived->connection, Side::Server, "answer to " + arrived->bytes);
  };
  const ConnectionId id = rig.open(53, Transport::Udp);
  CHECK(rig.count<ConnectionEstablished>() == 1);
  rig.network->send(rig.now, id, Side::Client, "one");
  rig.run();
  rig.network->send(rig.now, id, Side::Client, "two");
  rig.run();
  CHECK(rig.count<ConnectionAccepted>() == 1);
  CHECK(rig.to_server == "onetwo");
  CHECK(rig.to_client == "answer to oneanswer to two");
  CHECK(rig.packets()[2].second.stream == ByteRange{3, 6});
  CHECK(rig.packets()[2].second.flags == TcpFlags{});
  rig.network->close(rig.now, id, Side::Client);
  rig.network->send(rig.now, id, Side::Client, "ignored");
  rig.run();
  CHECK(rig.packets().size() == 4);
  CHECK(rig.phases() == std::vector{Phase::Open, Phase::Closed});
  CHECK(rig.count<ConnectionOver>() == 1);
}

TEST_CASE("a datagram's time on the wire counts 28 octets of headers (RFC 768, RFC 791)") {
  Rig rig(10ms, 1'000'000);
  rig.network->send(rig.now, rig.open(53, Transport::Udp), Side::Client, std::string(100, 'x'));
  CHECK(rig.packets()[0].second.arrives == Instant{} + 1024us + 10ms);
}

TEST_CASE("the largest datagram travels in one packet") {
  Rig rig;
  rig.network->send(rig.now, rig.open(53, Transport::Udp), Side::Client,
                    std::string(Network::datagram_octets_max, 'x'));
  rig.run();
  CHECK(rig.packets().size() == 1);
  CHECK(rig.to_server.size() == Network::datagram_octets_max);
}

TEST_CASE("a closed port answers with ICMP port unreachable (RFC 1122 §4.1.3.1)") {
  Rig rig;
  const ConnectionId id = rig.open(99, Transport::Udp);
  rig.network->send(rig.now, id, Side::Client, "query");
  rig.run();
  REQUIRE(rig.packets().size() == 2);
  CHECK(rig.packets()[1].second.payload.empty());
  CHECK(rig.packets()[1].second.from == Side::Server);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::Refused);
  CHECK(rig.told.back().at == Instant{} + 20ms);
  CHECK(rig.phases() == std::vector{Phase::Open, Phase::Refused});
}

TEST_CASE("a filtered port drops datagrams in silence") {
  Rig rig;
  const ConnectionId id = rig.open(54, Transport::Udp);
  rig.network->send(rig.now, id, Side::Client, "query");
  rig.run();
  CHECK(rig.packets().size() == 1);
  CHECK(rig.count<ConnectionFailed>() == 0);
  CHECK(rig.to_server.empty());
  CHECK(std::get<PacketEnded>(rig.trace.records().back().what).fate == PacketFate::Filtered);
}

TEST_CASE(
    "a datagram after the server closed its end begins the exchange anew; after the client closed, it is dropped") {
  Rig rig;
  const ConnectionId id = rig.open(53, Transport::Udp);
  rig.network->send(rig.now, id, Side::Client, "one");
  rig.run();
  rig.network->close(rig.now, id, Side::Server);
  rig.network->send(rig.now, id, Side::Client, "two");
  rig.run();
  CHECK(rig.count<ConnectionAccepted>() == 2);
  rig.network->send(rig.now, id, Side::Client, "three");
  rig.network->close(rig.now, id, Side::Client);
  rig.run();
  CHECK(rig.to_server == "onetwo");
  CHECK(rig.trace.state_at(rig.now).in_flight.empty());
}
