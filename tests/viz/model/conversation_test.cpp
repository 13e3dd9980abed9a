#include "viz/model/conversation.hpp"

#include <catch2/catch_all.hpp>

#include "tests/viz/model/small_trace.hpp"

using namespace mailscope;
using namespace mailscope::test;

TEST_CASE("what the speaker and the hearer wrote of one line is one row, arrived when its last octet was delivered") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(10), line(0, Side::Client, Direction::Sent, {0, 2000}, "a long line"));
  trace.append(at_ms(10), packet(0, 0, Side::Client, at_ms(30), {0, 1460}, std::string(1460, 'x')));
  trace.append(at_ms(11), packet(1, 0, Side::Client, at_ms(32), {1460, 2000}, std::string(540, 'x')));
  trace.append(at_ms(30), ended(0));
  trace.append(at_ms(32), ended(1));
  trace.append(at_ms(40), line(0, Side::Server, Direction::Received, {0, 2000}, "a long line"));
  const Conversation conversation = conversation_of(trace);
  REQUIRE(conversation.rows.size() == 1);
  const ConversationRow& row = conversation.rows[0];
  CHECK(row.speaker == Side::Client);
  CHECK(row.sent == at_ms(10));
  CHECK(row.arrived == at_ms(32));
  CHECK(row.record == 1);
  CHECK(row.heard_record == 6U);
}

TEST_CASE("the same octets of the other direction or of another connection are another row") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(0), opened(1));
  trace.append(at_ms(1), line(0, Side::Client, Direction::Sent, {0, 6}, "NOOP"));
  trace.append(at_ms(1), line(0, Side::Server, Direction::Sent, {0, 6}, "250 a"));
  trace.append(at_ms(2), line(1, Side::Server, Direction::Received, {0, 6}, "NOOP"));
  trace.append(at_ms(3), line(0, Side::Server, Direction::Received, {0, 6}, "NOOP"));
  const Conversation conversation = conversation_of(trace);
  REQUIRE(conversation.rows.size() == 3);
  CHECK(conversation.rows[0].heard_record == 5U);
  CHECK_FALSE(conversation.rows[1].heard_record);
  CHECK(conversation.rows_of(ConnectionId{0}) == std::vector<std::size_t>{0, 1});
  CHECK(conversation.rows_of(std::nullopt).size() == 3);
}

TEST_CASE("a line that only the hearer wrote makes a row of the one who spoke") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(7), line(0, Side::Server, Direction::Received, {0, 6}, "NOOP"));
  const Conversation conversation = conversation_of(trace);
  REQUIRE(conversation.rows.size() == 1);
  CHECK(conversation.rows[0].speaker == Side::Client);
  CHECK(conversation.rows[0].sent == at_ms(7));
  CHECK(conversation.rows[0].arrived == at_ms(7));
}

TEST_CASE("a retransmitted octet arrived with its first copy, and one that was filtered not at all") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(1), line(0, Side::Client, Direction::Sent, {0, 6}, "NOOP"));
  trace.append(at_ms(1), packet(0, 0, Side::Client, at_ms(21), {0, 6}, "NOOP\r\n"));
  trace.append(at_ms(5), packet(1, 0, Side::Client, at_ms(25), {0, 12}, "NOOP\r\nNOOP\r\n"));
  trace.append(at_ms(5), line(0, Side::Client, Direction::Sent, {6, 12}, "NOOP"));
  trace.append(at_ms(6), line(0, Side::Client, Direction::Sent, {12, 18}, "NOOP"));
  trace.append(at_ms(6), packet(2, 0, Side::Client, at_ms(26), {12, 18}, "NOOP\r\n"));
  trace.append(at_ms(21), ended(0));
  trace.append(at_ms(25), ended(1));
  trace.append(at_ms(26), ended(2, PacketFate::Filtered));
  const Conversation conversation = conversation_of(trace);
  REQUIRE(conversation.rows.size() == 3);
  CHECK(conversation.rows[0].arrived == at_ms(21));
  CHECK(conversation.rows[1].arrived == at_ms(25));
  CHECK_FALSE(conversation.rows[2].arrived);
}

TEST_CASE("a refused connection gives a row that travels with its RST; a time-out gives one that never arrives") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  trace.append(at_ms(20), packet(0, 0, Side::Server, at_ms(40), {}, "", {.ack = true, .rst = true}));
  trace.append(at_ms(40), ended(0));
  trace.append(at_ms(40), ConnectionChanged{ConnectionId{0}, Phase::Refused});
  trace.append(at_ms(50), opened(1));
  trace.append(at_ms(90), ConnectionChanged{ConnectionId{1}, Phase::TimedOut});
  trace.append(at_ms(95), ConnectionChanged{ConnectionId{1}, Phase::Closed});
  const Conversation conversation = conversation_of(trace);
  REQUIRE(conversation.rows.size() == 2);
  CHECK(conversation.rows[0].topic == "tcp/refused");
  CHECK(conversation.rows[0].speaker == Side::Server);
  CHECK(conversation.rows[0].sent == at_ms(20));
  CHECK(conversation.rows[0].arrived == at_ms(40));
  CHECK(conversation.rows[0].record == 3);
  CHECK(conversation.rows[1].topic == "tcp/timed-out");
  CHECK(conversation.rows[1].is_error);
  CHECK_FALSE(conversation.rows[1].arrived);
}

TEST_CASE("a datagram that finds no listener is refused by an ICMP message") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0, Transport::Udp));
  trace.append(at_ms(0), packet(0, 0, Side::Client, at_ms(20), {0, 4}, "ask!", {}));
  trace.append(at_ms(20), ended(0));
  trace.append(at_ms(20), packet(1, 0, Side::Server, at_ms(40), {}, "", {}));
  trace.append(at_ms(40), ended(1));
  trace.append(at_ms(40), ConnectionChanged{ConnectionId{0}, Phase::Refused});
  const Conversation conversation = conversation_of(trace);
  REQUIRE(conversation.rows.size() == 1);
  CHECK(conversation.rows[0].text == "ICMP");
  CHECK(conversation.rows[0].sent == at_ms(20));
}

TEST_CASE("the row at an instant is the last one sent until then, and the rows of a range are those it touches") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  for (std::int64_t i = 0; i < 5; ++i) {
    const auto begin = static_cast<std::uint64_t>(i) * 10;
    trace.append(at_ms(10 * i + 5), line(0, Side::Client, Direction::Sent, {begin, begin + 10}, "line"));
  }
  const Conversation conversation = conversation_of(trace);
  CHECK_FALSE(conversation.row_at(at_ms(4)));
  CHECK(conversation.row_at(at_ms(5)) == 0U);
  CHECK(conversation.row_at(at_ms(24)) == 1U);
  CHECK(conversation.row_at(at_ms(1000)) == 4U);
  const auto rows_in = [&](std::uint64_t begin, std::uint64_t end) {
    return conversation.rows_in(ConnectionId{0}, Side::Client, {begin, end});
  };
  CHECK(rows_in(0, 10) == std::vector<std::size_t>{0});
  CHECK(rows_in(9, 21) == std::vector<std::size_t>{0, 1, 2});
  CHECK(rows_in(50, 60).empty());
  CHECK(conversation.rows_in(ConnectionId{7}, Side::Client, {0, 1}).empty());
}

TEST_CASE("a hundred thousand rows are joined and found") {
  Trace trace = two_hosts();
  trace.append(at_ms(0), opened(0));
  constexpr std::uint64_t count = 100'000;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto now = at_ms(static_cast<std::int64_t>(i));
    trace.append(now, line(0, Side::Client, Direction::Sent, {i, i + 1}, "x"));
    trace.append(now, line(0, Side::Server, Direction::Received, {i, i + 1}, "x"));
  }
  const Conversation conversation = conversation_of(trace);
  REQUIRE(conversation.rows.size() == count);
  CHECK(conversation.row_at(at_ms(77'777)) == 77'777U);
  CHECK(conversation.rows_in(ConnectionId{0}, Side::Client, {5, 7}) == std::vector<std::size_t>{5, 6});
}
