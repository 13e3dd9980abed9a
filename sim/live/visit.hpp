// One real client of a simulated server: its socket on one hand, the client side of a simulated connection on the
// other. It passes octets on, both ways, in bounded amounts, and understands none of them.
#pragma once

#include <memory>
#include <string>

#include "sim/hosts/host.hpp"
#include "sim/live/sockets.hpp"

namespace mailscope::live {

class Visit {
 public:
  /// Opens the simulated connection from `from` to `to` at `now`.
  Visit(Instant now, Surroundings& world, Sessions& sessions, HostId from, Endpoint to, const PortInfo& door,
        std::unique_ptr<Stream> stream);

  /// What to wait for at the socket now. It is not read while more than waiting_octets_max wait to be written: who
  /// does not take answers gets no more questions answered.
  [[nodiscard]] Interest interest() const;
  /// Reads what the socket has for the world.
  void read(Instant now, Surroundings& world);
  /// Writes what the world has for the socket. A peer that takes nothing for stalled_max is cut off.
  void write(Instant now, Surroundings& world);
  /// Nothing more is said; the peer learns by RST.
  void abandon() { stream_->reset_on_close(); }
  /// The socket may go.
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] const Peer& peer() const { return stream_->peer(); }
  /// The instant at which write() must look again although nothing came.
  [[nodiscard]] std::optional<Instant> deadline() const;

  static constexpr std::size_t waiting_octets_max = 256 << 10;
  static constexpr Duration stalled_max = std::chrono::minutes(1);

 private:
  /// What the simulated end has for the socket; shared with the session that the world owns.
  struct Inbox {
    std::string octets;
    bool open{};   ///< the simulated connection stands
    bool ended{};  ///< nothing more will come
    bool broken{};
  };
  class Client;

  void hang_up(Instant now, Surroundings& world);

  std::unique_ptr<Stream> stream_;
  std::shared_ptr<Inbox> inbox_;
  ConnectionId connection_;
  std::optional<Instant> stalled_since_;
  bool peer_ended_{}, shut_{}, over_{};
};

}  // namespace mailscope::live
