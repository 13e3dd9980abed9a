#include <catch2/catch_all.hpp>

#include "tests/sim/net/rig.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a connection opens with SYN, SYN-ACK and ACK, whose numbers match (RFC 9293 §3.5)") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C ACK"});
  const auto packets = rig.packets();
  CHECK(packets[1].second.acknowledgement == packets[0].second.sequence + 1);
  CHECK(packets[2].second.sequence == packets[0].second.sequence + 1);
  CHECK(packets[2].second.acknowledgement == packets[1].second.sequence + 1);
  REQUIRE(rig.told.size() == 2);
  CHECK(std::get<ConnectionEstablished>(rig.told[0].news).connection == id);
  CHECK(rig.told[0].at == Instant{} + 20ms);
  CHECK(std::get<ConnectionAccepted>(rig.told[1].news).connection == id);
  CHECK(rig.told[1].at == Instant{} + 30ms);
  CHECK(rig.phases() == std::vector{Phase::Open});
}

TEST_CASE("initial sequence numbers are drawn from the seed (RFC 9293 §3.4.1)") {
  const auto first = [](std::uint64_t seed) {
    Rig rig(10ms, 0, seed);
    rig.open(25);
    rig.run();
    return std::pair{rig.packets()[0].second.sequence, rig.packets()[1].second.sequence};
  };
  CHECK(first(1) == first(1));
  CHECK(first(1).first != first(2).first);
  CHECK(first(1).first != first(1).second);
}

TEST_CASE("a port without a service, and a closed one, answer SYN with RST (RFC 9293 §3.10.7.1)") {
  const std::uint16_t port = GENERATE(std::uint16_t{99}, std::uint16_t{27}, std::uint16_t{53});
  Rig rig;
  rig.open(port);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S RST ACK"});
  CHECK(rig.packets()[1].second.acknowledgement == rig.packets()[0].second.sequence + 1);
  CHECK(rig.last<ConnectionFailed>().side == Side::Client);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::Refused);
  CHECK(rig.phases() == std::vector{Phase::Refused});
  CHECK(rig.told.size() == 1);
}

TEST_CASE("a filtered port stays silent: SYN is repeated after 1 s and 2 s more, and given up after 4 s more") {
  Rig rig;
  rig.open(26);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "C SYN again", "C SYN again"});
  const auto packets = rig.packets();
  CHECK(packets[1].first == Instant{} + 1s);
  CHECK(packets[2].first == Instant{} + 3s);
  CHECK(packets[1].second.sequence == packets[0].second.sequence);
  REQUIRE(rig.told.size() == 1);
  CHECK(rig.told[0].at == Instant{} + 7s);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::TimedOut);
  CHECK(std::get<PacketEnded>(rig.trace.records()[2].what).fate == PacketFate::Filtered);
}

TEST_CASE("between hosts that share no link nothing travels, and the attempt times out") {
  Rig rig;
  rig.open(25, Transport::Tcp, Rig::island);
  rig.run();
  CHECK(rig.packets().empty());
  CHECK(rig.told.at(0).at == Instant{} + 7s);
  CHECK(rig.phases() == std::vector{Phase::TimedOut});
}

TEST_CASE("a round trip longer than the first wait repeats SYN and SYN-ACK, and still opens one connection once") {
  Rig rig(600ms);
  const ConnectionId id = rig.open(25);
  rig.run();
  rig.network->send(rig.now, id, Side::Client, "hello");
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C SYN again", "C ACK", "S SYN ACK again", "S SYN ACK again", "C ACK",
                            "C ACK", "C PSH ACK 5", "S ACK"});
  CHECK(rig.count<ConnectionEstablished>() == 1);
  CHECK(rig.count<ConnectionAccepted>() == 1);
  CHECK(rig.to_server == "hello");
}

TEST_CASE("octets travel whole and in order, in segments of at most 1460, PSH on the last (RFC 9293 §3.9.1)") {
  const std::size_t octets = GENERATE(1u, 1459u, 1460u, 1461u, 2920u, 10'000u);
  std::string text;
  for (std::size_t at = 0; at < octets; ++at) text += static_cast<char>('a' + at % 26);
  Rig rig(10ms, 1'000'000);
  const ConnectionId id = rig.open(25);
  rig.run();
  rig.network->send(rig.now, id, Side::Client, text);
  rig.run();
  CHECK(rig.to_server == text);
  std::uint64_t next = 0;
  const std::uint32_t first = rig.packets()[2].second.sequence;
  for (const auto& [at, packet] : rig.packets()) {
    if (packet.payload.empty()) continue;
    CHECK(packet.stream == ByteRange{next, next + packet.payload.size()});
    CHECK(packet.sequence == first + static_cast<std::uint32_t>(next));
    CHECK(packet.payload.size() <= 1460);
    next = packet.stream.end;
    CHECK(packet.flags.psh == (next == octets));
  }
  CHECK(next == octets);
}

TEST_CASE("what is sent before the connection is open waits, and carries the last ACK of the opening") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.network->send(rig.now, id, Side::Client, "EHLO ");
  rig.network->send(rig.now, id, Side::Client, "a\r\n");
  rig.network->close(rig.now, id, Side::Client);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C PSH ACK 8", "C FIN ACK", "S ACK"});
  CHECK(rig.to_server == "EHLO a\r\n");
}

TEST_CASE("a lone segment is acknowledged after 40 ms, every second full one at once (RFC 9293 §3.8.6.3)") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 1s);
  const std::size_t before = rig.packets().size();
  rig.network->send(rig.now, id, Side::Client, std::string(3 * 1460, 'x'));
  rig.run();
  const auto packets = rig.packets();
  REQUIRE(packets.size() == before + 5);
  CHECK(packets[before + 3].first == Instant{} + 1s + 10ms);
  CHECK(packets[before + 3].second.acknowledgement == packets[before].second.sequence + 2 * 1460);
  CHECK(packets[before + 4].first == Instant{} + 1s + 10ms + 40ms);
  CHECK(packets[before + 4].second.acknowledgement == packets[before].second.sequence + 3 * 1460);
}

TEST_CASE("an answer within the delay carries the acknowledgement (RFC 9293 §3.8.6.3)") {
  Rig rig;
  rig.host = [&](const NetworkNews& news) {
    const auto* arrived = std::get_if<BytesArrived>(&news);
    if (arrived && arrived->side == Side::Server)
      rig.network->send(rig.now, arrived->connection, Side::Server, "250 ok\r\n");
  };
  const ConnectionId id = rig.open(25);
  rig.run();
  rig.network->send(rig.now, id, Side::Client, "NOOP\r\n");
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C ACK", "C PSH ACK 6", "S PSH ACK 8", "C ACK"});
  const auto packets = rig.packets();
  CHECK(packets[4].second.acknowledgement == packets[3].second.sequence + 6);
}

TEST_CASE("either side may close first while the other goes on sending (RFC 9293 §3.6)") {
  const Side first = GENERATE(Side::Client, Side::Server);
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run();
  rig.network->send(rig.now, id, first, "last words");
  rig.network->close(rig.now, id, first);
  rig.network->send(rig.now, id, first, "ignored");
  rig.run(rig.now + Network::peer_silence_max - 1s);
  CHECK(rig.last<PeerClosed>().side == other(first));
  CHECK(rig.count<ConnectionOver>() == 0);
  rig.network->send(rig.now, id, other(first), "answer");
  rig.network->close(rig.now, id, other(first));
  rig.run();
  CHECK((first == Side::Client ? rig.to_server : rig.to_client) == "last words");
  CHECK((first == Side::Client ? rig.to_client : rig.to_server) == "answer");
  CHECK(rig.count<PeerClosed>() == 2);
  CHECK(rig.count<ConnectionOver>() == 1);
  CHECK(rig.phases() == std::vector{Phase::Open, Phase::Closing, Phase::Closed});
}

TEST_CASE("both sides may close at the same moment (RFC 9293 §3.6, figure 13)") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run();
  rig.network->close(rig.now, id, Side::Client);
  rig.network->close(rig.now, id, Side::Server);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C ACK", "C FIN ACK", "S FIN ACK", "S ACK", "C ACK"});
  CHECK(rig.count<ConnectionOver>() == 1);
}

TEST_CASE("abort tells the peer by RST, and what was queued is lost (RFC 9293 §3.10.5)") {
  Rig rig(10ms, 100'000);
  const ConnectionId id = rig.open(25);
  rig.run();
  rig.network->send(rig.now, id, Side::Client, std::string(100'000, 'x'));
  rig.run(rig.now + 200ms);
  rig.network->abort(rig.now, id, Side::Client);
  rig.network->send(rig.now, id, Side::Client, "ignored");
  rig.run();
  CHECK(rig.last<ConnectionFailed>().side == Side::Server);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::Reset);
  CHECK(rig.count<ConnectionFailed>() == 1);
  CHECK(rig.phases() == std::vector{Phase::Open, Phase::Reset});
  CHECK(rig.to_server.size() < 5'000);
  for (const auto& [at, packet] : rig.packets())
    if (packet.flags.rst && packet.flags.ack) CHECK(packet.stream.begin == rig.to_server.size());
}

TEST_CASE("octets that reach an end which has aborted are answered with RST (RFC 9293 §3.10.7.1)") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run();
  rig.network->abort(rig.now, id, Side::Client);
  rig.network->send(rig.now, id, Side::Server, "220 hello\r\n");
  rig.run();
  CHECK(rig.to_client.empty());
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C ACK", "C RST ACK", "S PSH ACK 11", "C RST"});
  CHECK(rig.count<ConnectionFailed>() == 1);
}

TEST_CASE("an attempt that is given up before the answer leaves no connection behind (RFC 9293 §3.10.5)") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.network->abort(rig.now, id, Side::Client);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C RST"});
  CHECK(rig.told.empty());
  CHECK(rig.phases() == std::vector{Phase::Reset});
}

TEST_CASE("a packet takes the time of its octets at the link's rate, headers included, after those before it") {
  Rig rig(10ms, 1'000'000);
  const ConnectionId id = rig.open(25);
  CHECK(rig.packets()[0].second.arrives == Instant{} + 320us + 10ms);
  rig.run();
  const Instant begin = rig.now;
  const std::size_t before = rig.packets().size();
  rig.network->send(rig.now, id, Side::Client, std::string(1460 + 60, 'x'));
  rig.run();
  const auto packets = rig.packets();
  CHECK(packets[before].first == begin);
  CHECK(packets[before].second.arrives == begin + 12ms + 10ms);
  CHECK(packets[before + 1].first == begin + 12ms);
  CHECK(packets[before + 1].second.arrives == begin + 12ms + 800us + 10ms);
}

TEST_CASE("ephemeral ports are counted from 49152 up (RFC 6335 §6), and one connection too many is refused") {
  Rig rig;
  for (std::size_t opened = 0; opened < Network::live_connections_max; ++opened) rig.open(26);
  CHECK(rig.told.empty());
  const ConnectionId one_more = rig.open(25);
  CHECK(rig.last<ConnectionFailed>().connection == one_more);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::Refused);
  std::uint32_t expected = 49152;
  for (const Record& record : rig.trace.records())
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what))
      REQUIRE(opened->client.port.number == expected++);
  rig.run();
  rig.open(25);  // the others have timed out
  rig.run();
  CHECK(rig.count<ConnectionEstablished>() == 1);
}

TEST_CASE("random talk arrives as sent, and the same seed gives the same trace") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{21}));
  INFO("seed " << seed);
  const auto talk = [&] {
    RandomStream random(seed, "test");
    Rig rig(Duration{static_cast<std::int64_t>(random.below(900'000))},
            random.below(2) * (10'000 + random.below(9'999'999)), seed);
    std::array<std::string, 2> said;
    const ConnectionId id = rig.open(25);
    for (int turn = 0; turn < 40; ++turn) {
      const Side side = random.below(2) == 0 ? Side::Client : Side::Server;
      if (side == Side::Client || rig.count<ConnectionAccepted>() == 1) {
        const std::string bytes(random.below(5'000), static_cast<char>('a' + random.below(26)));
        rig.network->send(rig.now, id, side, bytes);
        said.at(side == Side::Client ? 0 : 1) += bytes;
      }
      rig.run(rig.now + Duration{static_cast<std::int64_t>(random.below(300'000))});
    }
    rig.network->close(rig.now, id, Side::Client);
    rig.network->close(rig.now, id, Side::Server);
    rig.run();
    CHECK(rig.to_server == said[0]);
    CHECK(rig.to_client == said[1]);
    CHECK(rig.count<ConnectionOver>() == 1);
    CHECK(rig.trace.state_at(rig.trace.end()).in_flight.empty());
    std::vector<std::string> lines;
    for (const auto& [at, packet] : rig.packets())
      lines.push_back(std::to_string(at.time_since_epoch().count()) + ' ' + brief(packet) + ' ' +
                      std::to_string(packet.sequence) + ' ' + std::to_string(packet.acknowledgement));
    return lines;
  };
  CHECK(talk() == talk());
}
