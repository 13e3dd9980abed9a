#include "sim/trace/trace.hpp"

#include <algorithm>
#include <cassert>

namespace mailscope {

MachineId Trace::machine_id(const Machine& machine) {
  MachineInfo info{std::string(machine.name), {machine.states.begin(), machine.states.end()}, {}};
  for (const Transition& move : machine.transitions) info.moves.push_back({move.from, std::string(move.on), move.to});
  auto known = std::find(machines_.begin(), machines_.end(), info);
  if (known == machines_.end()) known = machines_.insert(known, std::move(info));
  return {static_cast<std::uint32_t>(known - machines_.begin())};
}

WorldState Trace::initial_state() const {
  WorldState state;
  state.at = start;
  for (const HostInfo& host : hosts) {
    HostState& begun = state.hosts.emplace_back();
    for (const std::string& mailbox : host.mailboxes) begun.mailboxes[mailbox];
  }
  return state;
}

namespace {

/// What a record takes, as far as its size is not the same for all.
std::size_t octets_of(const Happening& what) {
  std::size_t octets = sizeof(Record);
  if (const auto* packet = std::get_if<PacketSent>(&what)) octets += packet->payload.size();
  if (const auto* line = std::get_if<LineSpoken>(&what)) octets += line->step.text.size() + line->step.topic.size();
  if (std::holds_alternative<ConnectionOpened>(what)) octets += sizeof(ConnectionState);  // the newest state has it
  if (const auto* mailbox = std::get_if<MailboxChanged>(&what))
    octets += mailbox->mailbox.size() + octets_of(mailbox->message);
  return octets;
}

}  // namespace

void Trace::append(Instant at, Happening what) {
  assert(at >= end());
  if (full()) return;
  octets_ += octets_of(what);
  if (records_.empty()) newest_ = initial_state();
  records_.push_back({at, std::move(what)});
  newest_.apply(records_.back());
  if (records_.size() < next_keyframe_) return;
  keyframes_.push_back(newest_);
  octets_ += newest_.octets();
  next_keyframe_ = records_.size() + std::max(keyframe_records_min, newest_.items());
}

std::size_t Trace::keyframe_items() const {
  std::size_t items = 0;
  for (const WorldState& keyframe : keyframes_) items += keyframe.items();
  return items;
}

std::size_t Trace::count_until(Instant at) const {
  const auto after = std::upper_bound(records_.begin(), records_.end(), at,
                                      [](Instant instant, const Record& record) { return instant < record.at; });
  return static_cast<std::size_t>(after - records_.begin());
}

WorldState Trace::state_at(Instant at) const {
  const std::size_t count = count_until(at);
  const auto after =
      std::upper_bound(keyframes_.begin(), keyframes_.end(), count,
                       [](std::size_t records, const WorldState& keyframe) { return records < keyframe.records; });
  WorldState state = count == 0                    ? initial_state()
                     : count == records_.size()    ? newest_
                     : after == keyframes_.begin() ? initial_state()
                                                   : *std::prev(after);
  while (state.records < count) state.apply(records_[state.records]);
  state.at = at;
  return state;
}

}  // namespace mailscope
