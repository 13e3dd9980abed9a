#include "sim/live/visit.hpp"

#include <utility>

namespace mailscope::live {

/// The client side of the simulated connection: keeps what arrives for the socket.
class Visit::Client final : public Session {
 public:
  Client(Network& network, ConnectionId connection, std::shared_ptr<Inbox> inbox)
      : network_(network), connection_(connection), inbox_(std::move(inbox)) {}
  void allow_tls(TlsSetting) override {}  // what the real client does with its octets is its own affair
  void begin(Instant) override { inbox_->open = true; }
  void receive(Instant, std::string_view bytes) override {
    inbox_->octets.append(bytes);
    network_.untaken(connection_, Side::Client, inbox_->octets.size());
  }
  void room_to_send(Instant) override {}  // what comes from a socket is never more than the simulated end takes
  void receive_eof(Instant) override { inbox_->ended = true; }
  void fail(Instant, Phase) override { inbox_->ended = inbox_->broken = true; }
  void deadline_due(Instant) override {}
  [[nodiscard]] bool closed() const override { return inbox_->ended; }

 private:
  Network& network_;
  ConnectionId connection_;
  std::shared_ptr<Inbox> inbox_;
};

Visit::Visit(Instant now, Surroundings& world, Sessions& sessions, HostId from, Endpoint to, const PortInfo& door,
             std::unique_ptr<Stream> stream)
    : stream_(std::move(stream)),
      inbox_(std::make_shared<Inbox>()),
      connection_(world.network.open(now, Transport::Tcp, from, to, door.protocol, door.service)) {
  sessions.add(connection_, Side::Client, std::make_unique<Client>(world.network, connection_, inbox_));
}

Interest Visit::interest() const {
  return {stream_->descriptor(), inbox_->open && !peer_ended_ && inbox_->octets.size() < waiting_octets_max,
          !inbox_->octets.empty()};
}

std::optional<Instant> Visit::deadline() const {
  return stalled_since_ ? std::optional(*stalled_since_ + stalled_max) : std::nullopt;
}

void Visit::read(Instant now, Surroundings& world) {
  if (over_ || peer_ended_) return;
  std::string octets;
  const Stream::Outcome outcome = stream_->read(octets);
  if (!octets.empty()) world.network.send(now, connection_, Side::Client, octets);
  if (outcome != Stream::Outcome::Ended) return;
  peer_ended_ = true;
  world.network.close(now, connection_, Side::Client);
}

void Visit::write(Instant now, Surroundings& world) {
  if (over_) return;
  if (inbox_->broken) stream_->reset_on_close();
  if (!inbox_->octets.empty()) {
    const Stream::Outcome outcome = stream_->write(inbox_->octets);
    world.network.untaken(connection_, Side::Client, inbox_->octets.size());
    if (outcome == Stream::Outcome::Ended) return hang_up(now, world);
    if (outcome == Stream::Outcome::Progress || !stalled_since_) stalled_since_ = now;
    if (now - *stalled_since_ >= stalled_max) return hang_up(now, world);
    if (!inbox_->octets.empty()) return;
  }
  if (!inbox_->ended) return stalled_since_.reset();
  if (!std::exchange(shut_, true)) {
    stream_->shut_writing();
    stalled_since_ = now;
  }
  // The peer's own end is awaited: closing before it comes could take back what it was told.
  over_ = peer_ended_ || inbox_->broken || now - *stalled_since_ >= stalled_max;
}

void Visit::hang_up(Instant now, Surroundings& world) {
  over_ = true;
  stream_->reset_on_close();
  if (!inbox_->ended) world.network.abort(now, connection_, Side::Client);
}

}  // namespace mailscope::live
