#include "protocols/sasl/throttle.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;
using sasl::Throttle;
using std::chrono::seconds;

TEST_CASE("each failed login of one peer costs it more time than the one before, up to a bound") {
  Throttle throttle;
  const Instant now{seconds(1'000'000)};
  for (const int cost : {1, 2, 4, 8, 16, 16, 16}) CHECK(throttle.tried(now, "192.0.2.1") == seconds(cost));
  CHECK(throttle.tried(now, "192.0.2.2") == seconds(1));
  throttle.succeeded("192.0.2.1");
  CHECK(throttle.tried(now, "192.0.2.1") == seconds(1));
  CHECK(throttle.tried(now + seconds(1), "192.0.2.1") == seconds(2));
  CHECK(throttle.tried(now + seconds(1) + Throttle::forgiven_after, "192.0.2.1") == seconds(1));
}

TEST_CASE("only so many peers are remembered, the most recent ones") {
  Throttle throttle;
  const Instant now{seconds(1'000'000)};
  for (std::size_t i = 0; i < Throttle::peers_max; ++i)
    CHECK(throttle.tried(now + seconds(i == 5 ? 0 : 1), std::to_string(i)) == seconds(1));
  CHECK(throttle.size() == Throttle::peers_max);
  CHECK(throttle.tried(now + seconds(2), "one more") == seconds(1));
  CHECK(throttle.size() == Throttle::peers_max);
  CHECK(throttle.tried(now + seconds(2), "6") == seconds(2));
  CHECK(throttle.tried(now + seconds(2), "5") == seconds(1));  // it was forgotten
}
