#include "sim/world/moment.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "sim/scenario/read/scenario_values.hpp"

namespace mailscope {

std::vector<ConnectionEnds::Ends>::const_iterator ConnectionEnds::find(ConnectionId connection) const {
  const auto ends = std::ranges::lower_bound(ends_, connection, {}, &Ends::connection);
  return ends == ends_.end() || ends->connection != connection ? ends_.end() : ends;
}

void ConnectionEnds::note(const Happening& happening) {
  if (const auto* opened = std::get_if<ConnectionOpened>(&happening))
    ends_.push_back({opened->connection, opened->client.host, opened->server.host});
  const auto* attached = std::get_if<EngineAttached>(&happening);
  if (!attached) return;
  if (const auto found = find(attached->connection); found != ends_.end()) {
    Ends& ends = ends_[static_cast<std::size_t>(found - ends_.begin())];
    (attached->side == Side::Client ? ends.engine_at_client : ends.engine_at_server) = true;
  }
}

std::optional<HostId> ConnectionEnds::speaker(const Happening& happening) const {
  const auto* line = std::get_if<LineSpoken>(&happening);
  if (!line) return std::nullopt;
  const auto ends = find(line->connection);
  if (ends == ends_.end()) return std::nullopt;
  const bool by_client = line->speaker() == Side::Client;
  const bool has_engine = by_client ? ends->engine_at_client : ends->engine_at_server;
  if (line->step.direction == Direction::Received && has_engine) return std::nullopt;
  return by_client ? ends->client : ends->server;
}

bool has_line_starting(std::string_view text, std::string_view start) {
  const std::string wanted = ascii::lower(start);
  for (;;) {
    if (ascii::lower(text.substr(0, wanted.size())) == wanted) return true;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

bool says(const Happening& happening, std::string_view speaker, std::string_view start, std::span<const HostInfo> hosts,
          const ConnectionEnds& ends) {
  const std::optional<HostId> host = ends.speaker(happening);
  return host && host->value < hosts.size() && hosts[host->value].name == speaker &&
         has_line_starting(std::get<LineSpoken>(happening).step.text, start);
}

bool matches(const Moment& moment, const Happening& happening, std::span<const HostInfo> hosts,
             const ConnectionEnds& ends) {
  if (moment.at_start) return true;
  if (moment.action) {
    const auto* began = std::get_if<ActionBegan>(&happening);
    return began && began->action == *moment.action;
  }
  return moment.speaker && moment.line && says(happening, *moment.speaker, *moment.line, hosts, ends);
}

}  // namespace mailscope
