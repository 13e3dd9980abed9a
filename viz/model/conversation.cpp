#include "viz/model/conversation.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace mailscope {
namespace {

/// When each octet of one direction of a connection first reached the peer: pieces by their first octet.
class Arrivals {
 public:
  /// What of `octets` had not arrived before arrives at `at`: a retransmission never overwrites the first copy.
  void add(ByteRange octets, Instant at) {
    std::uint64_t cursor = octets.begin;
    auto next = pieces_.upper_bound(cursor);
    if (next != pieces_.begin()) cursor = std::max(cursor, std::prev(next)->second.end);
    while (cursor < octets.end) {
      const std::uint64_t end = next == pieces_.end() ? octets.end : std::min(octets.end, next->first);
      if (cursor < end) pieces_.emplace_hint(next, cursor, Piece{end, at});
      if (next == pieces_.end()) return;
      cursor = next->second.end;
      ++next;
    }
  }

  [[nodiscard]] std::optional<Instant> of(std::uint64_t octet) const {
    const auto after = pieces_.upper_bound(octet);
    if (after == pieces_.begin()) return std::nullopt;
    const Piece& piece = std::prev(after)->second;
    return octet < piece.end ? std::optional(piece.at) : std::nullopt;
  }

 private:
  struct Piece {
    std::uint64_t end{};
    Instant at;
  };
  std::map<std::uint64_t, Piece> pieces_;
};

/// Reads the records once, in order.
class Joiner {
 public:
  void read(std::size_t index, const Record& record) {
    index_ = index, now_ = record.at;
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what)) connections_.push_back(*opened);
    if (const auto* line = std::get_if<LineSpoken>(&record.what)) read_line(*line);
    if (const auto* sent = std::get_if<PacketSent>(&record.what)) on_the_wire_[sent->packet] = {record.at, *sent};
    if (const auto* ended = std::get_if<PacketEnded>(&record.what)) read_end(*ended);
    if (const auto* changed = std::get_if<ConnectionChanged>(&record.what)) read_change(*changed);
  }

  Conversation finish() && {
    for (ConversationRow& row : rows_) {
      if (row.bytes.size() == 0) continue;
      const auto found = arrivals_.find({row.connection, row.speaker});
      if (found == arrivals_.end()) continue;
      if (const auto at = found->second.of(row.bytes.end - 1)) row.arrived = at;
    }
    std::ranges::stable_sort(rows_, {}, [](const ConversationRow& row) { return std::pair(row.sent, row.record); });
    Conversation conversation{std::move(rows_), std::move(connections_), {}};
    for (std::size_t i = 0; i < conversation.rows.size(); ++i) {
      const ConversationRow& row = conversation.rows[i];
      if (row.bytes.size() == 0) continue;
      if (conversation.streams.size() <= row.connection.value) conversation.streams.resize(row.connection.value + 1);
      conversation.streams[row.connection.value][static_cast<std::size_t>(row.speaker)].push_back(i);
    }
    for (auto& sides : conversation.streams)
      for (auto& stream : sides)
        std::ranges::sort(stream, {}, [&](std::size_t i) { return conversation.rows[i].bytes.begin; });
    return conversation;
  }

 private:
  struct OnTheWire {
    Instant sent;
    PacketSent packet;
  };
  using LineKey = std::tuple<ConnectionId, Side, std::uint64_t, std::uint64_t, bool, std::string>;

  void read_line(const LineSpoken& line) {
    const Step& step = line.step;
    const LineKey key{line.connection, line.speaker(),          step.bytes.begin,
                      step.bytes.end,  line.sealed.has_value(), step.topic};
    const auto waiting = unheard_.find(key);
    if (step.direction == Direction::Received && waiting != unheard_.end()) {
      ConversationRow& row = rows_[waiting->second];
      row.heard_record = index_;
      row.arrived = now_;  // until the packet says it more exactly
      unheard_.erase(waiting);
      return;
    }
    ConversationRow row{.connection = line.connection,
                        .speaker = line.speaker(),
                        .sent = now_,
                        .arrived = {},
                        .record = index_,
                        .heard_record = {},
                        .text = step.text,
                        .topic = step.topic,
                        .bytes = line.wire(),
                        .is_error = step.is_error,
                        .is_sealed = line.sealed.has_value()};
    if (step.direction == Direction::Received)
      row.arrived = now_, row.heard_record = index_;
    else
      unheard_[key] = rows_.size();
    rows_.push_back(std::move(row));
  }

  void read_end(const PacketEnded& ended) {
    const auto found = on_the_wire_.find(ended.packet);
    if (found == on_the_wire_.end()) return;
    const PacketSent& packet = found->second.packet;
    if (ended.fate == PacketFate::Delivered || ended.fate == PacketFate::Altered) {
      if (packet.stream.size() != 0) arrivals_[{packet.connection, packet.from}].add(packet.stream, now_);
      if (tells_failure(packet)) resets_[packet.connection] = {packet.from, found->second.sent, now_};
    }
    on_the_wire_.erase(found);
  }

  /// An RST, or for UDP the ICMP message that the port is unreachable.
  static bool tells_failure(const PacketSent& packet) {
    return packet.flags.rst || (packet.flags == TcpFlags{} && packet.payload.empty());
  }

  /// What no line tells. A refusal is the peer's RST; a time-out is the client's SYN (or query) that nobody answered.
  void read_change(const ConnectionChanged& changed) {
    const bool is_udp = connections_.at(changed.connection.value).transport == Transport::Udp;
    ConversationRow row{.connection = changed.connection,
                        .speaker = Side::Client,
                        .sent = now_,
                        .arrived = {},
                        .record = index_,
                        .heard_record = {},
                        .text = is_udp ? "ICMP" : "RST",
                        .topic = {},
                        .bytes = {},
                        .is_error = true};
    if (changed.phase == Phase::TimedOut) {
      row.text = is_udp ? "UDP" : "SYN", row.topic = "tcp/timed-out";
    } else if (changed.phase == Phase::Refused || changed.phase == Phase::Reset) {
      row.topic = changed.phase == Phase::Refused ? "tcp/refused" : "tcp/reset";
      row.speaker = Side::Server, row.arrived = now_;
      if (const auto reset = resets_.find(changed.connection); reset != resets_.end())
        row.speaker = reset->second.from, row.sent = reset->second.sent, row.arrived = reset->second.arrived;
    } else {
      return;
    }
    rows_.push_back(std::move(row));
  }

  struct Reset {
    Side from{};
    Instant sent, arrived;
  };
  std::size_t index_{};
  Instant now_;
  std::vector<ConversationRow> rows_;
  std::map<LineKey, std::size_t> unheard_;
  std::map<PacketId, OnTheWire> on_the_wire_;
  std::map<std::pair<ConnectionId, Side>, Arrivals> arrivals_;
  std::map<ConnectionId, Reset> resets_;
  std::vector<ConnectionOpened> connections_;
};

}  // namespace

std::optional<std::size_t> Conversation::row_at(Instant at) const {
  const auto after = std::ranges::upper_bound(rows, at, {}, &ConversationRow::sent);
  if (after == rows.begin()) return std::nullopt;
  return static_cast<std::size_t>(after - rows.begin()) - 1;
}

std::vector<std::size_t> Conversation::rows_of(std::optional<ConnectionId> connection) const {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!connection || rows[i].connection == *connection) indices.push_back(i);
  return indices;
}

std::vector<std::size_t> Conversation::rows_in(ConnectionId connection, Side speaker, ByteRange range) const {
  if (connection.value >= streams.size()) return {};
  const auto& stream = streams[connection.value][static_cast<std::size_t>(speaker)];
  auto row = std::ranges::upper_bound(stream, range.begin, {}, [this](std::size_t i) { return rows[i].bytes.end; });
  std::vector<std::size_t> indices;
  for (; row != stream.end() && rows[*row].bytes.begin < range.end; ++row) indices.push_back(*row);
  return indices;
}

Conversation conversation_of(const Trace& trace) {
  Joiner joiner;
  for (std::size_t i = 0; i < trace.records().size(); ++i) joiner.read(i, trace.records()[i]);
  return std::move(joiner).finish();
}

}  // namespace mailscope
