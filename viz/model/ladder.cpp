#include "viz/model/ladder.hpp"

#include <algorithm>

#include "viz/model/flow.hpp"
#include "viz/model/stepping.hpp"

namespace mailscope {
namespace {

constexpr Duration seconds_max = std::chrono::seconds(1000);  // beyond, nobody reads them as seconds

}  // namespace

std::optional<std::size_t> Ladder::item_of(std::size_t row) const {
  // A heading stands before its first row: it counts as that row.
  auto after = std::ranges::partition_point(items, [&](const LadderItem& item) {
    const LadderItem& shown = item.row ? item : *(&item + 1);
    return *shown.row <= row;
  });
  while (after != items.begin())
    if ((--after)->row) return static_cast<std::size_t>(after - items.begin());
  return std::nullopt;
}

Ladder ladder_of(const Conversation& conversation, std::optional<ConnectionId> connection) {
  Ladder ladder;
  std::optional<ConnectionId> current;
  for (std::size_t i = 0; i < conversation.rows.size(); ++i) {
    const ConnectionId of_row = conversation.rows[i].connection;
    if (connection && of_row != *connection) continue;
    if (current != of_row) ladder.items.push_back({std::nullopt, of_row});
    current = of_row;
    ladder.items.push_back({i, of_row});
  }
  return ladder;
}

RowMoment moment_of(const ConversationRow& row, Instant at) {
  if (at < row.sent) return {RowPhase::ToCome, 0.0};
  if (!row.arrived) return {RowPhase::Past, 0.5};
  if (at >= *row.arrived) return {RowPhase::Past, 1.0};
  return {RowPhase::Travelling, progress_between(row.sent, *row.arrived, at)};
}

std::string endpoint_text(const Trace& trace, const Endpoint& endpoint) {
  return trace.hosts.at(endpoint.host.value).label + " :" + std::to_string(endpoint.port.number);
}

std::string connection_title(const Trace& trace, const ConnectionOpened& opened) {
  return endpoint_text(trace, opened.client) + " ↔ " + endpoint_text(trace, opened.server);
}

std::string seconds_text(const Trace& trace, Instant at) {
  if (at - trace.start >= seconds_max) return clock_text(at - trace.start);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(at - trace.start).count();
  const std::string digits = std::to_string(std::max<std::int64_t>(0, milliseconds % 1000));
  return std::to_string(milliseconds / 1000) + "." + std::string(3 - std::min<std::size_t>(3, digits.size()), '0') +
         digits;
}

}  // namespace mailscope
