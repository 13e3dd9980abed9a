#include <algorithm>
#include <cassert>

#include "sim/trace/trace.hpp"

namespace mailscope {

namespace {

/// What each kind of record changes in the state.
struct Change {
  WorldState& state;
  Instant now;

  ConnectionState& connection(ConnectionId id) const {
    assert(id.value < state.connections.size());
    return state.connections[id.value];
  }
  HostState& host(HostId id) const {
    assert(id.value < state.hosts.size());
    return state.hosts[id.value];
  }
  std::optional<ConnectionState::EngineState>& engine(ConnectionId id, Side side) const {
    return side == Side::Client ? connection(id).client : connection(id).server;
  }

  void operator()(const ConnectionOpened& opened) const {
    assert(opened.connection.value == state.connections.size());
    ConnectionState& connection = state.connections.emplace_back();
    connection.opened = opened;
    connection.opened_at = now;
  }
  void operator()(const ConnectionChanged& changed) const { connection(changed.connection).phase = changed.phase; }
  void operator()(const EngineAttached& attached) const {
    engine(attached.connection, attached.side) = {attached.machine, attached.state, std::nullopt};
  }
  void operator()(const PacketSent& sent) const {
    const auto place = std::lower_bound(state.in_flight.begin(), state.in_flight.end(), sent.packet, before);
    state.in_flight.insert(place, {state.records, sent.packet, now, sent.arrives});
  }
  void operator()(const PacketEnded& ended) const {
    const auto place = std::lower_bound(state.in_flight.begin(), state.in_flight.end(), ended.packet, before);
    if (place != state.in_flight.end() && place->packet == ended.packet) state.in_flight.erase(place);
  }
  void operator()(const LineSpoken& line) const {
    ++connection(line.connection).lines;
    if (auto& speaking = engine(line.connection, line.side)) {
      speaking->previous = line.step.from;
      speaking->state = line.step.to;
    }
  }
  void operator()(const MailboxChanged& changed) const {
    auto& messages = host(changed.host).mailboxes[changed.mailbox];
    if (changed.kind == MailboxChanged::Kind::Added) return messages.push_back(changed.message);
    const auto place = std::find_if(messages.begin(), messages.end(),
                                    [&](const MessageSummary& message) { return message.id == changed.message.id; });
    if (place == messages.end()) {
      return;
    } else if (changed.kind == MailboxChanged::Kind::Updated) {
      *place = changed.message;
    } else {
      messages.erase(place);
    }
  }
  void operator()(const ChannelSecured& secured) const { connection(secured.connection).security = secured.version; }
  void operator()(const SecretLogged&) const {}
  void operator()(const QueueChanged& changed) const { host(changed.host).queued = changed.messages; }
  void operator()(const Notice&) const {}
  void operator()(const ActionBegan& began) const { state.action = began.action; }
  void operator()(const LessonStepReached& reached) const { state.lesson_step = reached.step; }

  static bool before(const PacketInFlight& in_flight, PacketId packet) { return in_flight.packet < packet; }
};

}  // namespace

void WorldState::apply(const Record& record) {
  assert(record.at >= at);
  at = record.at;
  std::visit(Change{*this, record.at}, record.what);
  ++records;
}

std::size_t WorldState::items() const {
  std::size_t count = connections.size() + in_flight.size() + hosts.size();
  for (const HostState& host : hosts)
    for (const auto& [name, messages] : host.mailboxes) count += 1 + messages.size();
  return count;
}

std::size_t octets_of(const MessageSummary& message) {
  std::size_t sum =
      sizeof message + message.from.size() + message.subject.size() + message.note.size() + message.waits.size();
  for (const std::string& flag : message.flags) sum += sizeof flag + flag.size();
  return sum;
}

std::size_t WorldState::octets() const {
  std::size_t sum = connections.size() * sizeof(ConnectionState) + in_flight.size() * sizeof(PacketInFlight);
  for (const HostState& host : hosts)
    for (const auto& [name, messages] : host.mailboxes) {
      sum += sizeof messages + name.size();
      for (const MessageSummary& message : messages) sum += octets_of(message);
    }
  return sum;
}

}  // namespace mailscope
