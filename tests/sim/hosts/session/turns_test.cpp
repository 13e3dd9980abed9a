#include "sim/hosts/session/turns.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;

TEST_CASE("whoever has more to do than a slice waits behind the others") {
  Duration now{};
  Turns turns([&now] { return now; });
  const Turns::End greedy{ConnectionId{1}, Side::Server}, modest{ConnectionId{2}, Side::Server};
  turns.begin_round();
  REQUIRE(turns.begin());
  CHECK_FALSE(turns.over());
  now += Turns::slice;
  CHECK(turns.over());
  turns.wait(greedy);
  turns.wait(greedy);  // is still one
  turns.wait(modest);
  CHECK(turns.waits(greedy));
  CHECK(turns.next() == greedy);
  CHECK_FALSE(turns.waits(greedy));
  turns.wait(greedy);
  CHECK(turns.next() == modest);
  CHECK(turns.next() == greedy);
  CHECK_FALSE(turns.next());
}

TEST_CASE("when the round is over nobody begins, until the next") {
  Duration now{};
  Turns turns([&now] { return now; });
  turns.begin_round();
  now += Turns::round;
  CHECK_FALSE(turns.begin());
  turns.wait({ConnectionId{1}, Side::Server});
  CHECK_FALSE(turns.next());
  CHECK(turns.anybody_waits());
  turns.begin_round();
  CHECK(turns.next());
  CHECK(turns.begin());
}
