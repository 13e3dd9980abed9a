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

/// An RST, or for UDP the ICMP message that the port is unreachable.
bool tells_failure(const PacketSent& packet) {
  return packet.flags.rst || (packet.flags == TcpFlags{} && packet.payload.empty());
}

}  // namespace

struct ConversationReader::Joiner {
  void read(std::size_t index, const Record& record, Conversation& into) {
    conversation = &into;
    index_ = index, now_ = record.at;
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what)) into.connections.push_back(*opened);
    if (const auto* line = std::get_if<LineSpoken>(&record.what)) read_line(*line);
    if (const auto* sent = std::get_if<PacketSent>(&record.what)) on_the_wire_[sent->packet] = {record.at, *sent};
    if (const auto* ended = std::get_if<PacketEnded>(&record.what)) read_end(*ended);
    if (const auto* changed = std::get_if<ConnectionChanged>(&record.what)) read_change(*changed);
  }

  std::size_t next{};  ///< record to be read

 private:
  struct OnTheWire {
    Instant sent;
    PacketSent packet;
  };
  using LineKey = std::tuple<ConnectionId, Side, std::uint64_t, std::uint64_t, bool, std::string>;
  using Stream = std::pair<ConnectionId, Side>;

  std::vector<std::size_t>& stream_of(const ConversationRow& row) {
    auto& streams = conversation->streams;
    if (streams.size() <= row.connection.value) streams.resize(row.connection.value + 1);
    return streams[row.connection.value][static_cast<std::size_t>(row.speaker)];
  }

  /// Puts the row at its place, which is nearly always the end; only a refusal was sent before it was noticed. Gives
  /// its index.
  std::size_t insert(ConversationRow row) {
    auto& rows = conversation->rows;
    const auto order = [](const ConversationRow& each) { return std::pair(each.sent, each.record); };
    const auto place = std::ranges::upper_bound(rows, order(row), {}, order);
    const auto index = static_cast<std::size_t>(place - rows.begin());
    if (place != rows.end()) {
      const auto shift = [index](std::size_t& each) { each += each >= index ? 1 : 0; };
      for (auto& sides : conversation->streams)
        for (auto& stream : sides) std::ranges::for_each(stream, shift);
      for (auto& [key, each] : unheard_) shift(each);
    }
    rows.insert(place, std::move(row));
    const ConversationRow& inserted = rows[index];
    if (inserted.bytes.size() > 0) {
      auto& stream = stream_of(inserted);
      stream.insert(std::ranges::upper_bound(stream, inserted.bytes.begin, {},
                                             [&rows](std::size_t each) { return rows[each].bytes.begin; }),
                    index);
    }
    return index;
  }

  /// When the row's last octet came, as packets tell.
  [[nodiscard]] std::optional<Instant> arrival_of(const ConversationRow& row) const {
    if (row.bytes.size() == 0) return std::nullopt;
    const auto found = arrivals_.find({row.connection, row.speaker});
    return found == arrivals_.end() ? std::nullopt : found->second.of(row.bytes.end - 1);
  }

  void read_line(const LineSpoken& line) {
    const Step& step = line.step;
    LineKey key{line.connection, line.speaker(), step.bytes.begin, step.bytes.end, line.sealed.has_value(), step.topic};
    const auto waiting = unheard_.find(key);
    if (step.direction == Direction::Received && waiting != unheard_.end()) {
      ConversationRow& row = conversation->rows[waiting->second];
      row.heard_record = index_;
      row.arrived = arrival_of(row).value_or(now_);
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
                        .is_sealed = line.sealed.has_value() && !line.in_clear,
                        .is_packed = line.in_clear};
    row.arrived = arrival_of(row);
    if (step.direction == Direction::Received) {
      row.heard_record = index_;
      if (!row.arrived) row.arrived = now_;
      insert(std::move(row));
    } else {
      unheard_.emplace(std::move(key), insert(std::move(row)));
    }
  }

  void read_end(const PacketEnded& ended) {
    const auto found = on_the_wire_.find(ended.packet);
    if (found == on_the_wire_.end()) return;
    const PacketSent& packet = found->second.packet;
    if (ended.fate == PacketFate::Delivered || ended.fate == PacketFate::Altered) {
      if (packet.stream.size() != 0) arrive(packet);
      if (tells_failure(packet)) resets_[packet.connection] = {packet.from, found->second.sent, now_};
    }
    on_the_wire_.erase(found);
  }

  void arrive(const PacketSent& packet) {
    arrivals_[{packet.connection, packet.from}].add(packet.stream, now_);
    for (const std::size_t index : conversation->rows_in(packet.connection, packet.from, packet.stream)) {
      ConversationRow& row = conversation->rows[index];
      if (const auto at = arrival_of(row)) row.arrived = at;
    }
  }

  /// What no line tells. A refusal is the peer's RST; a time-out is the client's SYN (or query) that nobody answered.
  void read_change(const ConnectionChanged& changed) {
    const bool is_udp = conversation->connections.at(changed.connection.value).transport == Transport::Udp;
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
      insert(std::move(row));
    } else if (changed.phase == Phase::Refused || changed.phase == Phase::Reset) {
      row.topic = changed.phase == Phase::Refused ? "tcp/refused" : "tcp/reset";
      row.speaker = Side::Server, row.arrived = now_;
      if (const auto reset = resets_.find(changed.connection); reset != resets_.end())
        row.speaker = reset->second.from, row.sent = reset->second.sent, row.arrived = reset->second.arrived;
      // Who aborts is done at once, while its RST is still on its way.
      for (const auto& [id, travelling] : on_the_wire_)
        if (travelling.packet.connection == changed.connection && tells_failure(travelling.packet))
          row.speaker = travelling.packet.from, row.sent = travelling.sent;
      insert(std::move(row));
    }
  }

  struct Reset {
    Side from{};
    Instant sent, arrived;
  };
  Conversation* conversation{};  ///< of the read that runs
  std::size_t index_{};
  Instant now_;
  std::map<LineKey, std::size_t> unheard_;
  std::map<PacketId, OnTheWire> on_the_wire_;
  std::map<Stream, Arrivals> arrivals_;
  std::map<ConnectionId, Reset> resets_;
};

ConversationReader::ConversationReader() : joiner_(std::make_unique<Joiner>()) {}
ConversationReader::~ConversationReader() = default;
ConversationReader::ConversationReader(ConversationReader&&) noexcept = default;
ConversationReader& ConversationReader::operator=(ConversationReader&&) noexcept = default;

void ConversationReader::read(const Trace& trace, Conversation& into) {
  for (std::size_t& next = joiner_->next; next < trace.records().size(); ++next)
    joiner_->read(next, trace.records()[next], into);
}

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
  Conversation conversation;
  ConversationReader().read(trace, conversation);
  return conversation;
}

}  // namespace mailscope
