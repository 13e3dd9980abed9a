#include "sim/hosts/session/host.hpp"

#include <algorithm>

namespace mailscope {

void Sessions::add(ConnectionId connection, Side side, std::unique_ptr<Session> session) {
  sessions_[{connection, side}] = std::move(session);
}

Session* Sessions::find(ConnectionId connection, Side side) const {
  const auto found = sessions_.find({connection, side});
  return found == sessions_.end() ? nullptr : found->second.get();
}

void Sessions::remove(ConnectionId connection, Side side) { sessions_.erase({connection, side}); }

bool Sessions::resting() const {
  return std::ranges::all_of(sessions_, [this](const auto& entry) {
    const Session* client = find(entry.first.first, Side::Client);
    return client && client->resting();
  });
}

StartTlsPolicy starttls_policy(Security security) {
  if (security == Security::Opportunistic) return StartTlsPolicy::Opportunistic;
  return security == Security::StartTls ? StartTlsPolicy::Required : StartTlsPolicy::Never;
}

namespace {

template <class Matches>
std::optional<HostId> find_host(const Trace& trace, Matches matches) {
  for (std::size_t i = 0; i < trace.hosts.size(); ++i)
    if (matches(trace.hosts[i])) return HostId{static_cast<std::uint32_t>(i)};
  return std::nullopt;
}

}  // namespace

std::optional<HostId> HostToolkit::host_named(std::string_view name) const {
  return find_host(world_.trace, [&](const HostInfo& host) { return host.name == name; });
}

const std::string& HostToolkit::client_address(const ConnectionOpened& opened) const {
  const auto real = world_.real_addresses.find(opened.connection);
  return real == world_.real_addresses.end() ? info(opened.client.host).address : real->second;
}

std::optional<HostId> HostToolkit::host_with_address(std::string_view address) const {
  return find_host(world_.trace, [&](const HostInfo& host) { return host.address == address; });
}

void HostToolkit::secure(ConnectionId connection, Security security, const std::string& server,
                         const std::string& protocol) {
  Session* session = sessions_.find(connection, Side::Client);
  if (!session || security == Security::None) return;
  const bool verify = security != Security::Opportunistic;
  session->allow_tls(world_.certificates.client(server, protocol, verify, security == Security::Tls));
}

void HostToolkit::note(Instant now, Severity severity, std::string topic, std::vector<std::string> arguments,
                       std::optional<ConnectionId> connection) {
  world_.trace.append(now, Notice{id_, connection, severity, std::move(topic), std::move(arguments)});
}

}  // namespace mailscope
