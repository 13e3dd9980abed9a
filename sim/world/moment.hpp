// When a lesson step begins: is this happening the moment that the lesson names? Pure: it asks nobody but the records.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

/// Which hosts are at the ends of each connection, and who speaks, learned from the records in their order.
class ConnectionEnds {
 public:
  void note(const Happening& happening);
  /// Who says the line with this record, which is told once: where no engine of ours speaks for a side, it is a real
  /// peer, and what was heard of it must do. Nothing for all other records.
  [[nodiscard]] std::optional<HostId> speaker(const Happening& happening) const;

 private:
  struct Ends {
    ConnectionId connection;
    HostId client, server;
    bool engine_at_client{}, engine_at_server{};
  };
  [[nodiscard]] std::vector<Ends>::const_iterator find(ConnectionId connection) const;
  std::vector<Ends> ends_;  ///< ascending by connection
};

/// One of the text's lines starts with `start`, ASCII case ignored. Every text has a line that starts with "".
[[nodiscard]] bool has_line_starting(std::string_view text, std::string_view start);
/// The happening is that the host named `speaker` sends a text one of whose lines starts with `start`.
[[nodiscard]] bool says(const Happening& happening, std::string_view speaker, std::string_view start,
                        std::span<const HostInfo> hosts, const ConnectionEnds& ends);
/// The happening is the moment. The start is matched by whatever happens: it has come before.
[[nodiscard]] bool matches(const Moment& moment, const Happening& happening, std::span<const HostInfo> hosts,
                           const ConnectionEnds& ends);

}  // namespace mailscope
