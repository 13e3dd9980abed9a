// Hosts that are asked before a connection opens, and connections of which nothing is left.
#include <catch2/catch_all.hpp>
#include <functional>

#include "tests/sim/net/rig.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a SYN waits for the word of a host that is asked first, and is answered then (RFC 9293 §3.10.7.2)") {
  Rig rig;
  rig.network->asks_first(Rig::server);
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 500ms);
  CHECK(brief(rig) == Names{"C SYN"});
  CHECK(rig.count<ConnectionAsked>() == 1);
  rig.network->admit(rig.now, id);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S SYN ACK", "C ACK"});
  CHECK(rig.count<ConnectionEstablished>() == 1);
}

TEST_CASE("a host that is asked first may refuse, as a closed port does (RFC 9293 §3.10.7.1)") {
  Rig rig;
  rig.network->asks_first(Rig::server);
  const ConnectionId id = rig.open(25);
  rig.run(Instant{} + 500ms);
  rig.network->refuse(rig.now, id);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "S RST ACK"});
  CHECK(rig.packets()[1].second.acknowledgement == rig.packets()[0].second.sequence + 1);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::Refused);
  rig.network->admit(rig.now, id);  // too late
  rig.run();
  CHECK(rig.packets().size() == 2);
}

TEST_CASE("a host that is asked and says nothing is asked once, and the opening times out (RFC 9293 §3.8.3)") {
  Rig rig;
  rig.network->asks_first(Rig::server);
  const ConnectionId id = rig.open(25);
  rig.run();
  CHECK(brief(rig) == Names{"C SYN", "C SYN again", "C SYN again"});
  CHECK(rig.count<ConnectionAsked>() == 1);
  CHECK(rig.last<ConnectionFailed>().reason == Phase::TimedOut);
  rig.network->admit(rig.now, id);
  rig.run();
  CHECK(rig.packets().size() == 3);
}

TEST_CASE("ports that are closed or filtered are so without asking") {
  Rig rig;
  rig.network->asks_first(Rig::server);
  rig.open(27);
  rig.open(26);
  rig.run();
  CHECK(rig.count<ConnectionAsked>() == 0);
  CHECK(rig.count<ConnectionFailed>() == 2);
}

TEST_CASE("connections that are over are forgotten, and what is said to them later is lost") {
  Rig rig;
  ConnectionId first{};
  for (int i = 0; i < 1'000; ++i) {
    const ConnectionId id = rig.open(i % 10 == 9 ? 27 : 25, i % 10 == 8 ? Transport::Udp : Transport::Tcp);
    if (i == 0) first = id;
    rig.run(rig.now + 100ms);
    if (i % 3 == 0) rig.network->abort(rig.now, id, Side::Client);
    rig.network->close(rig.now, id, Side::Client);
    rig.network->close(rig.now, id, Side::Server);
    rig.run(rig.now + 1s);
  }
  CHECK(rig.network->connections() < 10);
  CHECK_FALSE(rig.network->opened(first));
  const std::size_t packets = rig.packets().size();
  rig.network->send(rig.now, first, Side::Client, "late");
  rig.network->untaken(first, Side::Client, 1);
  rig.network->close(rig.now, first, Side::Client);
  rig.network->abort(rig.now, first, Side::Server);
  rig.network->admit(rig.now, first);
  rig.network->refuse(rig.now, first);
  CHECK(rig.network->has_room(first, Side::Client));
  rig.run();
  CHECK(rig.packets().size() == packets);
}

TEST_CASE("a connection whose one end has not heard of the end is not forgotten") {
  Rig rig;
  const ConnectionId id = rig.open(25);
  rig.run(rig.now + 100ms);
  rig.network->crash(rig.now, Rig::laptop);
  for (int i = 0; i < 10; ++i) {
    rig.open(27);
    rig.run(rig.now + 100ms);
  }
  REQUIRE(rig.network->opened(id));
  rig.network->restart(Rig::laptop);
  rig.network->send(rig.now, id, Side::Server, "still there?");
  rig.run();
  CHECK(std::ranges::any_of(rig.told, [&](const Rig::Told& one) {
    const auto* failed = std::get_if<ConnectionFailed>(&one.news);
    return failed && failed->connection == id && failed->reason == Phase::Reset && failed->side == Side::Server;
  }));
}
