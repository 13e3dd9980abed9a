// Somebody who types octets into a server of a world by hand, from one of its hosts.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "sim/hosts/session/host.hpp"
#include "sim/world/world.hpp"

namespace mailscope {

/// What the server says to `octets`, which all leave at once when its greeting has come, until the world is at rest.
inline std::string typed(World& world, std::string_view from, std::string_view server, std::uint16_t port,
                         const std::string& octets) {
  class Typist final : public Session {
   public:
    Typist(Network& network, ConnectionId connection, std::string octets, std::shared_ptr<std::string> heard)
        : network_(network), connection_(connection), octets_(std::move(octets)), heard_(std::move(heard)) {}
    void allow_tls(TlsSetting) override {}
    void begin(Instant) override {}
    void receive(Instant now, std::string_view bytes) override {
      heard_->append(bytes);
      if (!octets_.empty()) network_.send(now, connection_, Side::Client, std::exchange(octets_, {}));
    }
    void room_to_send(Instant) override {}
    void receive_eof(Instant now) override {
      closed_ = true;
      network_.close(now, connection_, Side::Client);
    }
    void fail(Instant, Phase) override { closed_ = true; }
    void deadline_due(Instant) override {}
    [[nodiscard]] bool closed() const override { return closed_; }

   private:
    Network& network_;
    ConnectionId connection_;
    std::string octets_;
    std::shared_ptr<std::string> heard_;
    bool closed_{};
  };
  const auto heard = std::make_shared<std::string>();
  const auto host = [&](std::string_view name) {
    std::uint32_t index = 0;
    while (world.trace().hosts.at(index).name != name) ++index;
    return HostId{index};
  };
  world.intervene(world.trace().end(), [&](Surroundings& surroundings, Sessions& sessions) {
    const ConnectionId connection = surroundings.network.open(world.trace().end(), Transport::Tcp, host(from),
                                                              {host(server), Port{port}}, "SMTP", "typed");
    sessions.add(connection, Side::Client, std::make_unique<Typist>(surroundings.network, connection, octets, heard));
  });
  world.run();
  return *heard;
}

}  // namespace mailscope
