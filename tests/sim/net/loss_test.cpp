// Links that lose, double, delay and reorder, and hosts that fall silent: TCP delivers all the same, or says so.
#include <catch2/catch_all.hpp>

#include "sim/net/retransmission_timeout.hpp"
#include "tests/sim/net/rig.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

using Names = std::vector<std::string>;

/// Everything that leaves in [from, until) is lost.
LinkFaults outage(Duration from, Duration until) {
  LinkFaults faults;
  faults.outages = {{from, until}};
  return faults;
}

std::size_t count_fate(const Rig& rig, PacketFate fate) {
  std::size_t count = 0;
  for (const Record& record : rig.trace.records())
    if (const auto* ended = std::get_if<PacketEnded>(&record.what)) count += ended->fate == fate;
  return count;
}

std::size_t count_again(const Rig& rig) {
  std::size_t count = 0;
  for (const auto& [at, packet] : rig.packets()) count += packet.retransmission;
  return count;
}

}  // namespace

TEST_CASE("the retransmission time-out follows the round trips, doubles, and has bounds (RFC 6298 §2, §5)") {
  RetransmissionTimeout timeout;
  CHECK(timeout.value() == 1s);
  timeout.measured(2s);
  CHECK(timeout.value() == 2s + 4 * 1s);
  timeout.measured(4s);  // variation 3/4 · 1 s + 1/4 · 2 s, smoothed 7/8 · 2 s + 1/8 · 4 s
  CHECK(timeout.value() == 2250ms + 4 * 1250ms);
  timeout.back_off();
  CHECK(timeout.value() == 14500ms);
  for (int i = 0; i < 9; ++i) timeout.back_off();
  CHECK(timeout.value() == 60s);
  RetransmissionTimeout quick;
  quick.measured(10ms);
  CHECK(quick.value() == 1s);
  quick.opening_was_lost();
  CHECK(quick.value() == 3s);
}

TEST_CASE("a lost segment is sent again when the timer ends, after 1 s, 2 s and so on (RFC 6298 §5.4, §5.5)") {
  Rig rig(10ms, 0, 1, outage(1s, 4500ms));
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 2s);
  rig.now = Instant{} + 2s;
  rig.network->send(rig.now, id, Side::Client, "NOOP\r\n");
  rig.run();
  CHECK(rig.to_server == "NOOP\r\n");
  CHECK(brief(rig) ==
        Names{"C SYN", "S SYN ACK", "C ACK", "C PSH ACK 6", "C PSH ACK 6 again", "C PSH ACK 6 again", "S ACK"});
  const auto packets = rig.packets();
  CHECK(packets[4].first == Instant{} + 3s);
  CHECK(packets[5].first == Instant{} + 5s);
  CHECK(packets[5].second.sequence == packets[3].second.sequence);
  CHECK(packets[5].second.stream == packets[3].second.stream);
  CHECK(count_fate(rig, PacketFate::Lost) == 2);
}

TEST_CASE("a lost packet ends half-way") {
  Rig rig(10ms, 0, 1, outage(0s, 500ms));
  rig.open(25);
  rig.run(Instant{} + 100ms);
  REQUIRE(rig.trace.records().size() == 3);
  CHECK(rig.trace.records()[2].at == Instant{} + 5ms);
  CHECK(std::get<PacketEnded>(rig.trace.records()[2].what).fate == PacketFate::Lost);
  CHECK(rig.packets()[0].second.arrives == Instant{} + 10ms);
}

TEST_CASE("three duplicate acknowledgements bring the lost segment at once (RFC 5681 §3.2)") {
  // At 1 Mbit/s a full segment leaves every 12 ms: the outage takes the first one only.
  Rig rig(10ms, 1'000'000, 1, outage(1s, 1s + 5ms));
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 1s);
  rig.now = Instant{} + 1s;
  const std::string text(6 * 1460, 'x');
  rig.network->send(rig.now, id, Side::Client, text);
  rig.run();
  CHECK(rig.to_server == text);
  CHECK(count_again(rig) == 1);
  for (const auto& [at, packet] : rig.packets())
    if (packet.retransmission) CHECK(at < Instant{} + 1s + 100ms);
  CHECK(rig.count<BytesArrived>() == 1);  // octets beyond the gap wait, and come with those that close it
}

TEST_CASE("of several lost segments each acknowledgement names the next (RFC 6582 §3.2)") {
  Rig rig(10ms, 1'000'000, 1, outage(1s, 1s + 50ms));
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 1s);
  rig.now = Instant{} + 1s;
  const std::string text(20 * 1460, 'x');
  rig.network->send(rig.now, id, Side::Client, text);
  rig.run();
  CHECK(rig.to_server == text);
  CHECK(count_again(rig) == count_fate(rig, PacketFate::Lost));
  CHECK(rig.now < Instant{} + 61s);
}

TEST_CASE("a sender that is never answered gives up, and its peer learns when it speaks (RFC 9293 §3.8.3)") {
  Rig rig(10ms, 0, 1, outage(1s, 300s));
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 2s);
  rig.now = Instant{} + 2s;
  rig.network->send(rig.now, id, Side::Client, "NOOP\r\n");
  rig.run();
  CHECK(count_again(rig) == Network::retransmissions_max);
  REQUIRE(rig.count<ConnectionFailed>() == 1);
  CHECK(rig.last<ConnectionFailed>().side == Side::Client);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::TimedOut);
  CHECK(rig.told.back().at - (Instant{} + 2s) >= 100s);  // R2
  rig.run(Instant{} + 400s);
  rig.now = Instant{} + 400s;
  rig.network->send(rig.now, id, Side::Server, "421 bye\r\n");
  rig.run();
  REQUIRE(rig.count<ConnectionFailed>() == 2);
  CHECK(rig.last<ConnectionFailed>().side == Side::Server);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::Reset);
  CHECK(rig.phases() == std::vector{Phase::Open, Phase::TimedOut});
}

TEST_CASE("FIN and its acknowledgement may be lost; the connection still ends in order (RFC 9293 §3.6)") {
  const Duration begin = GENERATE(1000ms, 1005ms, 1015ms, 1025ms);
  Rig rig(10ms, 0, 1, outage(begin, begin + 9ms));
  rig.host = [&](const NetworkNews& news) {
    if (const auto* closed = std::get_if<PeerClosed>(&news))
      if (closed->side == Side::Server) rig.network->close(rig.now, closed->connection, Side::Server);
  };
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 1s);
  rig.now = Instant{} + 1s;
  rig.network->close(rig.now, id, Side::Client);
  rig.run();
  CHECK(count_fate(rig, PacketFate::Lost) > 0);
  CHECK(rig.count<ConnectionOver>() == 1);
  CHECK(rig.count<ConnectionFailed>() == 0);
}

TEST_CASE("a peer that never says FIN is not waited for longer than its silence may last") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 1s);
  rig.network->close(rig.now, id, Side::Client);
  rig.run();
  CHECK(rig.last<ConnectionFailed>().side == Side::Client);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::TimedOut);
  CHECK(rig.told.back().at >= Instant{} + Network::peer_silence_max);
}

TEST_CASE("a receiver keeps a bounded number of octets beyond a gap; the rest comes again") {
  Rig rig(10ms, 0, 1, outage(1s, 1s + 1us));
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 1s);
  rig.now = Instant{} + 1s - 1us;
  rig.network->send(rig.now, id, Side::Client, "x");
  rig.now = Instant{} + 1s + 1us;
  const std::string text(Network::ahead_octets_max + 3 * 1460, 'y');
  rig.network->send(rig.now, id, Side::Client, text);
  rig.run();
  CHECK(rig.to_server == "x" + text);
  CHECK(count_again(rig) > 3);
}

TEST_CASE("a host that crashed is silent, and after its restart answers old segments with RST") {
  const bool restarted = GENERATE(true, false);
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 1s);
  rig.network->crash(rig.now, Rig::server);
  if (restarted) rig.network->restart(Rig::server);
  rig.network->send(rig.now, id, Side::Client, "NOOP\r\n");
  rig.run();
  CHECK(rig.to_server.empty());
  REQUIRE(rig.count<ConnectionFailed>() == 1);
  CHECK(rig.last<ConnectionFailed>().side == Side::Client);
  CHECK(rig.last<ConnectionFailed>().reason == (restarted ? Phase::Reset : Phase::TimedOut));
  CHECK(count_fate(rig, PacketFate::Unheard) == (restarted ? 0 : 1 + Network::retransmissions_max));
}

TEST_CASE("a connection can be opened to a host that restarts while SYN is repeated") {
  Rig rig;
  rig.network->crash(rig.now, Rig::server);
  rig.open(25);
  rig.run(Instant{} + 500ms);
  rig.network->restart(Rig::server);
  rig.run();
  CHECK(rig.count<ConnectionEstablished>() == 1);
  CHECK(rig.count<ConnectionAccepted>() == 1);
}

TEST_CASE("a lost datagram is lost, a doubled one comes twice") {
  LinkFaults twice;
  twice.duplicate_ppm = 1'000'000;
  Rig rig(10ms, 0, 1, twice);
  const ConnectionId id = rig.open(53, Transport::Udp);
  rig.network->send(rig.now, id, Side::Client, "query");
  rig.run();
  CHECK(rig.to_server == "queryquery");
  LinkFaults all;
  all.loss_ppm = 1'000'000;
  Rig deaf(10ms, 0, 1, all);
  const ConnectionId other = deaf.open(53, Transport::Udp);
  deaf.network->send(deaf.now, other, Side::Client, "query");
  deaf.run();
  CHECK(deaf.to_server.empty());
}

TEST_CASE("jitter keeps the order of packets and its bound; reordered ones are overtaken") {
  const auto arrivals = [](LinkFaults faults) {
    Rig rig(10ms, 0, 1, std::move(faults));
    const ConnectionId id = rig.open(53, Transport::Udp);
    for (int i = 0; i < 200; ++i) {
      rig.network->send(rig.now, id, Side::Client, "x");
      const Instant next = rig.now + 1ms;
      rig.run(next);
      rig.now = next;
    }
    std::vector<std::pair<Instant, Instant>> ways;
    for (const auto& [at, packet] : rig.packets()) ways.emplace_back(at, packet.arrives);
    return ways;
  };
  const auto in_order = [](const auto& ways) {
    return std::ranges::is_sorted(ways, {}, [](const auto& way) { return way.second; });
  };
  LinkFaults faults;
  faults.jitter = 5ms;
  const auto jittered = arrivals(faults);
  CHECK(in_order(jittered));
  for (const auto& [sent, arrives] : jittered) {
    CHECK(arrives - sent >= 10ms);
    CHECK(arrives - sent <= 15ms);
  }
  faults.loss_ppm = 300'000;
  faults.duplicate_ppm = 0;
  const auto lossy = arrivals(faults);
  std::size_t same = 0;
  for (std::size_t i = 0; i < lossy.size(); ++i) same += lossy[i] == jittered[i];
  CHECK(same > lossy.size() / 2);  // loss draws nothing from jitter's course
  faults.reorder_ppm = 200'000;
  CHECK_FALSE(in_order(arrivals(faults)));
}

TEST_CASE("random talk over a bad link arrives as sent, and the same seed gives the same trace") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{41}));
  INFO("seed " << seed);
  const auto talk = [&] {
    RandomStream random(seed, "test");
    LinkFaults faults;
    faults.loss_ppm = static_cast<std::uint32_t>(random.below(200'000));
    faults.duplicate_ppm = static_cast<std::uint32_t>(random.below(100'000));
    faults.reorder_ppm = static_cast<std::uint32_t>(random.below(100'000));
    faults.jitter = Duration{static_cast<std::int64_t>(random.below(50'000))};
    Rig rig(Duration{static_cast<std::int64_t>(random.below(200'000))},
            random.below(2) * (100'000 + random.below(9'999'999)), seed, faults);
    std::array<std::string, 2> said;
    const ConnectionId id = rig.open(25);
    rig.run(rig.now + 10s);
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
    if (rig.count<ConnectionFailed>() == 0) {
      CHECK(rig.to_server == said[0]);
      CHECK(rig.to_client == said[1]);
      CHECK(rig.count<ConnectionOver>() == 1);
    } else {
      CHECK(said[0].starts_with(rig.to_server));
      CHECK(said[1].starts_with(rig.to_client));
    }
    CHECK(rig.trace.state_at(rig.trace.end()).in_flight.empty());
    std::vector<std::string> lines;
    for (const auto& [at, packet] : rig.packets())
      lines.push_back(std::to_string(at.time_since_epoch().count()) + ' ' + brief(packet) + ' ' +
                      std::to_string(packet.sequence) + ' ' + std::to_string(packet.acknowledgement));
    return std::pair(lines, rig.count<ConnectionFailed>());
  };
  const auto first = talk();
  CHECK(first == talk());
  CHECK(first.second == 0);  // none of these links is so bad that 7 retransmissions are lost in a row
}
