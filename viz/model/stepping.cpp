#include "viz/model/stepping.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailscope {
namespace {

void sort_unique(std::vector<Instant>& instants) {
  std::sort(instants.begin(), instants.end());
  instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
}

std::size_t index(Granularity granularity) { return static_cast<std::size_t>(granularity); }

bool is_over(Phase phase) { return phase != Phase::Opening && phase != Phase::Open && phase != Phase::Closing; }

}  // namespace

Stops::Stops(const Trace& trace, const Conversation& conversation) {
  for (auto& stops : stops_) stops = {trace.start, trace.end()};
  for (const ConversationRow& row : conversation.rows)
    stops_[index(Granularity::Command)].push_back(row.arrived.value_or(row.sent));
  for (const Record& record : trace.records()) {
    if (std::holds_alternative<PacketSent>(record.what) || std::holds_alternative<PacketEnded>(record.what))
      stops_[index(Granularity::Packet)].push_back(record.at);
    if (std::holds_alternative<LessonStepReached>(record.what))
      stops_[index(Granularity::LessonStep)].push_back(record.at);
  }
  for (auto& stops : stops_) sort_unique(stops);
}

Instant Stops::next(Granularity granularity, Instant at) const {
  const auto& stops = of(granularity);
  const auto found = std::upper_bound(stops.begin(), stops.end(), at);
  return found == stops.end() ? stops.back() : *found;
}

Instant Stops::previous(Granularity granularity, Instant at) const {
  const auto& stops = of(granularity);
  const auto found = std::lower_bound(stops.begin(), stops.end(), at);
  return found == stops.begin() ? stops.front() : *(found - 1);
}

const std::vector<Instant>& Stops::of(Granularity granularity) const { return stops_[index(granularity)]; }

std::vector<ProtocolSpan> protocol_spans(const Trace& trace) {
  std::vector<ProtocolSpan> by_connection;
  for (const Record& record : trace.records()) {
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what)) {
      by_connection.push_back({record.at, trace.end(), opened->protocol, opened->purpose});
    } else if (const auto* changed = std::get_if<ConnectionChanged>(&record.what)) {
      if (is_over(changed->phase) && changed->connection.value < by_connection.size())
        by_connection[changed->connection.value].to = record.at;
    }
  }
  std::vector<ProtocolSpan> merged;
  for (ProtocolSpan& span : by_connection) {  // connections are numbered in the order of their opening
    if (!merged.empty() && merged.back().protocol == span.protocol && merged.back().purpose == span.purpose)
      merged.back().to = std::max(merged.back().to, span.to);
    else
      merged.push_back(std::move(span));
  }
  return merged;
}

std::vector<LessonMark> lesson_marks(const Trace& trace) {
  std::vector<LessonMark> marks;
  for (const Record& record : trace.records())
    if (const auto* reached = std::get_if<LessonStepReached>(&record.what)) marks.push_back({reached->step, record.at});
  return marks;
}

std::string clock_text(Duration since_start) {
  const auto ms = since_start.count() / 1000;
  const auto hours = ms / 3'600'000;
  const std::string minutes = fmt::format("{:02}:{:02}.{:03}", ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
  return hours > 0 ? fmt::format("{}:{}", hours, minutes) : minutes;
}

}  // namespace mailscope
