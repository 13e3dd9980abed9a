#include "viz/model/ladder.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/model/small_trace.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

Conversation rows_of_connections(std::initializer_list<std::uint32_t> connections) {
  Conversation conversation;
  for (const std::uint32_t connection : connections) {
    ConversationRow row;
    row.connection = ConnectionId{connection};
    conversation.rows.push_back(row);
  }
  return conversation;
}

}  // namespace

TEST_CASE("with all connections shown a heading stands wherever the connection changes") {
  const Ladder ladder = ladder_of(rows_of_connections({0, 0, 1, 0}), std::nullopt);
  std::string shape;
  for (const LadderItem& item : ladder.items) shape += item.row ? std::to_string(*item.row) : "#";
  CHECK(shape == "#01#2#3");
  CHECK(ladder.item_of(0) == 1U);
  CHECK(ladder.item_of(1) == 2U);
  CHECK(ladder.item_of(2) == 4U);
  CHECK(ladder.item_of(3) == 6U);
}

TEST_CASE("one connection is shown under one heading, and a row of another is found at the last one before it") {
  const Ladder ladder = ladder_of(rows_of_connections({1, 0, 1, 0}), ConnectionId{0});
  REQUIRE(ladder.items.size() == 3);
  CHECK_FALSE(ladder.items[0].row);
  CHECK(ladder.items[1].row == 1U);
  CHECK(ladder.items[2].row == 3U);
  CHECK_FALSE(ladder.item_of(0));
  CHECK(ladder.item_of(2) == 1U);
  CHECK(ladder.item_of(3) == 2U);
}

TEST_CASE("a row is to come, travels exactly with time, and is past; a lost one stays half-way") {
  ConversationRow row;
  row.sent = at_ms(10), row.arrived = at_ms(30);
  CHECK(moment_of(row, at_ms(9)).phase == RowPhase::ToCome);
  CHECK(moment_of(row, at_ms(10)).phase == RowPhase::Travelling);
  CHECK(moment_of(row, at_ms(10)).progress == 0.0);
  CHECK(moment_of(row, at_ms(15)).progress == 0.25);
  CHECK(moment_of(row, at_ms(30)).phase == RowPhase::Past);
  CHECK(moment_of(row, at_ms(30)).progress == 1.0);
  row.arrived.reset();
  CHECK(moment_of(row, at_ms(99)).progress == 0.5);
}

TEST_CASE("headings name both ends with their ports, and times are seconds since the start") {
  const Trace trace = two_hosts();
  CHECK(connection_title(trace, opened(0)) == "Anna :49152 ↔ mail.alba.example :587");
  CHECK(seconds_text(trace, at_ms(0)) == "0.000");
  CHECK(seconds_text(trace, at_ms(42)) == "0.042");
  CHECK(seconds_text(trace, at_ms(61'386)) == "61.386");
  CHECK(seconds_text(trace, at_ms(999'999)) == "999.999");
  CHECK(seconds_text(trace, at_ms(691'215'985)) == "192:00:15.985");
}
