// A server that is no part of the world: it stands on the stage, and whoever runs the world answers for it. Where
// nobody does, as in a simulation, it refuses.
#pragma once

#include "sim/hosts/session/host.hpp"

namespace mailscope {

class RealServer final : public Host {
 public:
  RealServer(HostId id, Surroundings& world, Sessions& sessions) : Host(id, world, sessions) {
    world.network.asks_first(id);
  }
  /// Whoever admits a connection brings the session too.
  std::unique_ptr<Session> accept(Instant, const ConnectionOpened&) override { return nullptr; }
  void wake(Instant) override {}
  void refuse(Instant now, ConnectionId connection) override {
    note(now, Severity::Warning, "notice/real-server-away", {info().name}, connection);
    world_.network.refuse(now, connection);
  }
};

}  // namespace mailscope
