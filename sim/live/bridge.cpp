#include "sim/live/bridge.hpp"

#include <utility>

namespace mailscope::live {

/// The real peer's side of the simulated connection: keeps what arrives for the socket.
class Bridge::End final : public Session {
 public:
  End(Network& network, ConnectionId connection, Side side, std::shared_ptr<Inbox> inbox)
      : network_(network), connection_(connection), side_(side), inbox_(std::move(inbox)) {}
  void allow_tls(TlsSetting) override {}  // what the real peer does with its octets is its own affair
  void begin(Instant) override { inbox_->open = true; }
  void receive(Instant, std::string_view bytes) override {
    inbox_->octets.append(bytes);
    network_.untaken(connection_, side_, inbox_->octets.size());
  }
  void room_to_send(Instant) override {}  // Bridge::write() looks for itself
  void receive_eof(Instant) override { inbox_->ended = true; }
  void fail(Instant, Phase) override { inbox_->ended = inbox_->broken = true; }
  void deadline_due(Instant) override {}
  [[nodiscard]] bool closed() const override { return inbox_->ended; }

 private:
  Network& network_;
  ConnectionId connection_;
  Side side_;
  std::shared_ptr<Inbox> inbox_;
};

Bridge::Bridge(Instant now, Surroundings& world, Sessions& sessions, HostId from, Endpoint to, const PortInfo& door,
               std::unique_ptr<Stream> stream)
    : stream_(std::move(stream)),
      inbox_(std::make_shared<Inbox>()),
      connection_(world.network.open(now, Transport::Tcp, from, to, door.protocol, door.service)),
      side_(Side::Client) {
  sessions.add(connection_, side_, std::make_unique<End>(world.network, connection_, side_, inbox_));
  world.real_addresses[connection_] = stream_->peer().text();
}

Bridge::Bridge(Instant now, ConnectionId connection, std::unique_ptr<Stream> stream)
    : stream_(std::move(stream)),
      inbox_(std::make_shared<Inbox>()),
      connection_(connection),
      side_(Side::Server),
      opens_since_(now),
      connecting_(true) {}

Interest Bridge::interest() const {
  if (connecting_) return {*stream_, false, true};
  const bool reads = inbox_->open && !peer_ended_ && has_room_ && inbox_->octets.size() < waiting_octets_max;
  return {*stream_, reads, !inbox_->octets.empty()};
}

std::optional<Instant> Bridge::deadline() const {
  if (opens_since_) return *opens_since_ + opening_max;
  return stalled_since_ ? std::optional(*stalled_since_ + stalled_max) : std::nullopt;
}

/// A refusal is passed on. Where nothing is heard the SYN stays unanswered, here as there.
void Bridge::look_at_opening(Instant now, Surroundings& world, Sessions& sessions) {
  switch (stream_->opening()) {
    case Stream::Opening::Pending:
      over_ = now - *opens_since_ >= opening_max;
      return;
    case Stream::Opening::Refused:
      over_ = true;
      return world.network.refuse(now, connection_);
    case Stream::Opening::Failed:
      over_ = true;
      return;
    case Stream::Opening::Done:
      break;
  }
  connecting_ = false;
  sessions.add(connection_, side_, std::make_unique<End>(world.network, connection_, side_, inbox_));
  world.network.admit(now, connection_);
}

/// The simulated client may have given up meanwhile, without a word.
void Bridge::await_open(Instant now, Sessions& sessions) {
  if (inbox_->open || inbox_->ended) return opens_since_.reset();
  if (now - *opens_since_ < opening_max) return;
  over_ = true;
  sessions.remove(connection_, side_);
}

void Bridge::read(Instant now, Surroundings& world, Sessions& sessions) {
  if (over_ || peer_ended_ || connecting_) return;
  std::string octets;
  const Stream::Outcome outcome = stream_->read(octets);
  if (!octets.empty()) world.network.send(now, connection_, side_, octets);
  unacknowledged_ = unacknowledged_ || !octets.empty();
  if (outcome == Stream::Outcome::Broken) return hang_up(now, world, sessions);
  if (outcome != Stream::Outcome::Ended) return;
  peer_ended_ = true;
  world.network.close(now, connection_, side_);
}

void Bridge::write(Instant now, Surroundings& world, Sessions& sessions) {
  if (over_) return;
  if (connecting_) return look_at_opening(now, world, sessions);
  if (opens_since_) await_open(now, sessions);
  has_room_ = world.network.has_room(connection_, side_);
  if (inbox_->broken) stream_->reset_on_close();
  // An answer carries the acknowledgement. Without one, a peer that writes in small pieces may wait for it.
  if (std::exchange(unacknowledged_, false) && inbox_->octets.empty()) stream_->acknowledge();
  if (!inbox_->octets.empty()) {
    const Stream::Outcome outcome = stream_->write(inbox_->octets);
    world.network.untaken(connection_, side_, inbox_->octets.size());
    if (outcome == Stream::Outcome::Broken) return hang_up(now, world, sessions);
    if (outcome == Stream::Outcome::Progress || !stalled_since_) stalled_since_ = now;
    if (now - *stalled_since_ >= stalled_max) return hang_up(now, world, sessions);
    if (!inbox_->octets.empty()) return;
  }
  if (!inbox_->ended) return stalled_since_.reset();
  if (!std::exchange(shut_, true)) {
    stream_->shut_writing();
    stalled_since_ = now;
  }
  // The peer's own end is awaited: closing before it comes could take back what it was told.
  over_ = peer_ended_ || inbox_->broken;
  if (!over_ && now - *stalled_since_ >= stalled_max) hang_up(now, world, sessions);
}

void Bridge::hang_up(Instant now, Surroundings& world, Sessions& sessions) {
  over_ = true;
  stream_->reset_on_close();
  world.network.abort(now, connection_, side_);
  sessions.remove(connection_, side_);
}

}  // namespace mailscope::live
