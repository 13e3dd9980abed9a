// The ladder's rows: one a line of the conversation, with when it left and when it arrived. Computed once from a trace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/trace/trace.hpp"

namespace mailscope {

/// One command, reply, body or datagram between the two ends of a connection, or a packet event that no line tells
/// (refused, timed out).
struct ConversationRow {
  ConnectionId connection;
  Side speaker{};                                 ///< who said it
  Instant sent;                                   ///< when its first octet left
  std::optional<Instant> arrived;                 ///< when its last octet reached the peer; none: it never did
  std::size_t record{};                           ///< of the trace: the speaker's LineSpoken, or the ConnectionChanged
  std::optional<std::size_t> heard_record;        ///< the hearer's LineSpoken
  std::string text;                               ///< wire text, first line first; may hold '\n'
  std::string topic;                              ///< key of the explanation
  ByteRange bytes;
  bool is_error{};
};

/// Rows ordered by `sent`, then by record. Logarithmic look-ups: 100,000 rows are normal.
struct Conversation {
  std::vector<ConversationRow> rows;

  /// The last row sent at or before `at`, or nothing.
  [[nodiscard]] std::optional<std::size_t> row_at(Instant at) const;
  /// Indices of the rows of one connection, ascending; all rows for none.
  [[nodiscard]] std::vector<std::size_t> rows_of(std::optional<ConnectionId> connection) const;
};

[[nodiscard]] Conversation conversation_of(const Trace& trace);

}  // namespace mailscope
