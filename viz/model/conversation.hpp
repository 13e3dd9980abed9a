// The ladder's rows: one a line of the conversation, with when it left and when it arrived. Computed from a trace.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/trace.hpp"

namespace mailscope {

/// One command, reply, body or datagram between the two ends of a connection, or a packet event that no line tells
/// (refused, timed out).
struct ConversationRow {
  ConnectionId connection;
  Side speaker{};                           ///< who said it; of a refusal: who refused
  Instant sent;                             ///< when its first octet left; of a refusal: when the RST left
  std::optional<Instant> arrived;           ///< when its last octet reached the peer; none: it never did
  std::size_t record{};                     ///< of the trace: the speaker's LineSpoken, or the ConnectionChanged
  std::optional<std::size_t> heard_record;  ///< the hearer's LineSpoken
  std::string text;                         ///< wire text, first line first; may hold '\n'
  std::string topic;                        ///< key of the explanation
  ByteRange bytes;                          ///< of the speaker's stream, as packets carry it
  bool is_error{};
  bool is_sealed{};  ///< it travels in TLS records: on the wire nobody can read it
  bool is_packed{};  ///< it travels compressed (RFC 4978), and not in TLS
};

/// Rows ordered by `sent`, then by record. Logarithmic look-ups: 100,000 rows are normal.
struct Conversation {
  std::vector<ConversationRow> rows;
  std::vector<ConnectionOpened> connections;  ///< all of the trace, by ConnectionId
  /// Indices of the rows with octets, by ConnectionId and speaker, ascending by their place in the stream.
  std::vector<std::array<std::vector<std::size_t>, 2>> streams;

  /// The last row sent at or before `at`, or nothing.
  [[nodiscard]] std::optional<std::size_t> row_at(Instant at) const;
  /// Indices of the rows of one connection, ascending; all rows for none.
  [[nodiscard]] std::vector<std::size_t> rows_of(std::optional<ConnectionId> connection) const;
  /// Indices of the rows of which some octet lies in `range` of the speaker's stream, in stream order. Logarithmic.
  [[nodiscard]] std::vector<std::size_t> rows_in(ConnectionId connection, Side speaker, ByteRange range) const;
};

/// Reads a trace once, in order, also while it grows, and keeps a Conversation up to date.
/// Joins what both ends wrote: the speaker's Sent step and the hearer's Received step with the same connection, speaker
/// and octets are one row. A line that only the hearer wrote (its peer is a real program) makes a row from that.
/// Refused, timed out and reset connections give a row with the topic tcp/refused, tcp/timed-out or tcp/reset.
class ConversationReader {
 public:
  ConversationReader();
  ~ConversationReader();
  ConversationReader(ConversationReader&&) noexcept;
  ConversationReader& operator=(ConversationReader&&) noexcept;

  /// Reads the records of `trace` that it has not read yet. `into` is always the same one, changed by nobody else.
  void read(const Trace& trace, Conversation& into);

 private:
  struct Joiner;
  std::unique_ptr<Joiner> joiner_;
};

/// All of it.
[[nodiscard]] Conversation conversation_of(const Trace& trace);

}  // namespace mailscope
