// One connection between the world and a real peer: its socket on one hand, one side of a simulated connection on the
// other. The peer is a visitor, a real client of a simulated server, or a real server that a simulated client calls. It
// passes octets on, both ways, in bounded amounts, and understands none of them.
#pragma once

#include <memory>
#include <string>

#include "sim/hosts/session/host.hpp"
#include "sim/live/sockets.hpp"

namespace mailscope::live {

class Bridge {
 public:
  /// For a visitor: opens the simulated connection from `from` to `to` at `now`.
  Bridge(Instant now, Surroundings& world, Sessions& sessions, HostId from, Endpoint to, const PortInfo& door,
         std::unique_ptr<Stream> stream);
  /// To a real server: `connection`, which somebody wants to open, is admitted or refused as `stream`, which is being
  /// opened, fares.
  Bridge(Instant now, ConnectionId connection, std::unique_ptr<Stream> stream);

  /// What to wait for at the socket now. It is not read while more than waiting_octets_max wait to be written: who
  /// does not take answers gets no more questions answered; nor while the world has no room for more.
  [[nodiscard]] Interest interest() const;
  /// Reads what the socket has for the world.
  void read(Instant now, Surroundings& world, Sessions& sessions);
  /// Writes what the world has for the socket, or looks how its opening goes. A peer that takes nothing for stalled_max
  /// is cut off.
  void write(Instant now, Surroundings& world, Sessions& sessions);
  /// It has to make room: cut off.
  void evict(Instant now, Surroundings& world, Sessions& sessions) { hang_up(now, world, sessions); }
  [[nodiscard]] ConnectionId connection() const { return connection_; }
  /// Nothing more is said; the peer learns by RST.
  void abandon() { stream_->reset_on_close(); }
  /// The socket may go.
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] bool is_visit() const { return side_ == Side::Client; }
  [[nodiscard]] const Peer& peer() const { return stream_->peer(); }
  /// The instant at which write() must look again although nothing came.
  [[nodiscard]] std::optional<Instant> deadline() const;

  static constexpr std::size_t waiting_octets_max = 256 << 10;
  static constexpr Duration stalled_max = std::chrono::minutes(1);
  /// So long a real server may take to accept a connection; a simulated client gives up before (its SYNs take 7 s).
  static constexpr Duration opening_max = std::chrono::seconds(10);

 private:
  /// What the simulated end has for the socket; shared with the session that the world owns.
  struct Inbox {
    std::string octets;
    bool open{};   ///< the simulated connection stands
    bool ended{};  ///< nothing more will come
    bool broken{};
  };
  class End;

  void look_at_opening(Instant now, Surroundings& world, Sessions& sessions);
  void await_open(Instant now, Sessions& sessions);
  void hang_up(Instant now, Surroundings& world, Sessions& sessions);

  std::unique_ptr<Stream> stream_;
  std::shared_ptr<Inbox> inbox_;
  ConnectionId connection_;
  Side side_;                           ///< the one that the real peer stands for
  std::optional<Instant> opens_since_;  ///< the real connection, then the simulated one is being opened
  std::optional<Instant> stalled_since_;
  bool connecting_{}, has_room_{true}, peer_ended_{}, shut_{}, over_{};
  bool unacknowledged_{};  ///< octets were read, and nothing was written since
};

}  // namespace mailscope::live
