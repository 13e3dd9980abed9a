// What the ladder shows: items of equal height, so that any of 100,000 is found by a division, and where each row
// stands at an instant. Knows no pixels.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/model/conversation.hpp"

namespace mailscope {

/// One line of the ladder: a row, or the heading of another connection.
struct LadderItem {
  std::optional<std::size_t> row;  ///< of the conversation; none: a heading
  ConnectionId connection;
};

struct Ladder {
  std::vector<LadderItem> items;  ///< rows ascending

  /// The item of the last row at or before `row`; nothing before the first.
  [[nodiscard]] std::optional<std::size_t> item_of(std::size_t row) const;
};

/// The items of one connection, or of all for none, with a heading at the start and wherever the connection changes.
[[nodiscard]] Ladder ladder_of(const Conversation& conversation, std::optional<ConnectionId> connection);

enum class RowPhase : std::uint8_t { ToCome, Travelling, Past };

struct RowMoment {
  RowPhase phase{};
  double progress{};  ///< of its way, 0 to 1; a row that never arrives stays half-way
};
[[nodiscard]] RowMoment moment_of(const ConversationRow& row, Instant at);

/// "Anna :49152"
[[nodiscard]] std::string endpoint_text(const Trace& trace, const Endpoint& endpoint);
/// "Anna :49152 ↔ mail.alba.example :587"
[[nodiscard]] std::string connection_title(const Trace& trace, const ConnectionOpened& opened);
/// Seconds since the trace's start with three decimals, "0.380"; from a thousand on as clock_text() has it.
[[nodiscard]] std::string seconds_text(const Trace& trace, Instant at);

}  // namespace mailscope
