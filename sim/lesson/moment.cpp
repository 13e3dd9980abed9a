#include "sim/lesson/moment.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "sim/lesson/scenario_values.hpp"

namespace mailscope {

void ConnectionEnds::note(const Happening& happening) {
  const auto* opened = std::get_if<ConnectionOpened>(&happening);
  if (opened) ends_.push_back({opened->connection, opened->client.host, opened->server.host});
}

std::optional<HostId> ConnectionEnds::host(ConnectionId connection, Side side) const {
  const auto ends = std::ranges::lower_bound(ends_, connection, {}, &Ends::connection);
  if (ends == ends_.end() || ends->connection != connection) return std::nullopt;
  return side == Side::Client ? ends->client : ends->server;
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
  const auto* line = std::get_if<LineSpoken>(&happening);
  if (!line || line->step.direction != Direction::Sent) return false;
  const std::optional<HostId> host = ends.host(line->connection, line->side);
  return host && host->value < hosts.size() && hosts[host->value].name == speaker &&
         has_line_starting(line->step.text, start);
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
