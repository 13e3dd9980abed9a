// A session binds one engine to one side of one connection: it carries bytes, writes the engine's steps to the trace,
// and hands the engine's events to the host. It knows no protocol; every engine is served by the one template.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/memory_budget.hpp"
#include "sim/hosts/session/compressed_stream.hpp"
#include "sim/hosts/session/sealed_stream.hpp"
#include "sim/hosts/session/turns.hpp"
#include "sim/kernel/event_queue.hpp"
#include "sim/net/network.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

/// What sessions and hosts act upon. All members outlive them.
struct Surroundings {
  Trace& trace;
  EventQueue& agenda;
  Network& network;
  Certificates& certificates;
  Turns* turns{};          ///< null where nobody waits in real time
  std::map<ConnectionId, std::string> real_addresses{};  ///< of clients that are real
  MemoryBudget* memory{};  ///< of what sessions with real peers hold; null: they may hold whatever each of them may
};

class Session {
 public:
  virtual ~Session() = default;
  /// How this side secures the connection, where it may. Called before begin().
  virtual void allow_tls(TlsSetting setting) = 0;
  /// The connection is open: the engine starts.
  virtual void begin(Instant now) = 0;
  virtual void receive(Instant now, std::string_view bytes) = 0;
  virtual void receive_eof(Instant now) = 0;
  /// What it said has left, so that it may say more; or its turn has come (see Turns).
  virtual void room_to_send(Instant now) = 0;
  /// It could not be opened, or it broke.
  virtual void fail(Instant now, Phase reason) = 0;
  /// An EngineDeadline event for this session is due; it may be an old one.
  virtual void deadline_due(Instant now) = 0;
  /// It waits for its peer's news, and nobody owes anything: people may take their time.
  [[nodiscard]] virtual bool resting() const { return false; }
  /// What the engine tells uninvited, where it has something (IMAP's IDLE, RFC 2177).
  virtual void tell_news(Instant) {}
  /// Its host goes down, and says good-bye where it serves.
  virtual void shut_down(Instant) {}
  /// Nobody knows yet who its peer is: it may be asked to make room for another.
  [[nodiscard]] virtual bool is_stranger() const { return false; }
  /// The engine has closed its side and will say nothing more.
  [[nodiscard]] virtual bool closed() const = 0;
};

template <Engine E>
class EngineSession final : public Session {
 public:
  using OnEvent = std::function<void(Instant, E&, typename E::Event&)>;
  using OnFailure = std::function<void(Instant, Phase)>;  ///< the connection was never opened

  template <class... Arguments>
  EngineSession(Surroundings& world, ConnectionId connection, Side side, OnEvent on_event, OnFailure on_failure,
                Arguments&&... engine_arguments)
      : world_(world),
        connection_(connection),
        client_(world.network.opened(connection)->client.host),
        host_(side == Side::Client ? client_ : world.network.opened(connection)->server.host),
        side_(side),
        on_event_(std::move(on_event)),
        on_failure_(std::move(on_failure)),
        engine_(std::forward<Arguments>(engine_arguments)...) {}

  void begin(Instant now) override {
    begun_ = true;
    world_.trace.append(
        now, EngineAttached{connection_, side_, world_.trace.machine_id(engine_.machine()), engine_.state()});
    if (tls_setting_ && tls_setting_->from_the_start) return begin_tls(now);
    pump(now);
  }
  void receive(Instant now, std::string_view bytes) override {
    if (closed_) return;
    if (wire_.received == 0 && !bytes.empty()) speaks_tls_ = bytes.front() == tls_handshake;
    wire_.received += bytes.size();
    received_at_ = now;
    if (!tls_ && side_ == Side::Server && wire_.received == bytes.size() && speaks_tls_) return refuse_tls(now);
    if (tls_) {
      tls_->stage.receive(bytes);
      return pump_tls(now);
    }
    deliver(now, bytes);
    pump(now);
  }
  void receive_eof(Instant now) override {
    if (closed_) return;
    if (tls_) {
      tls_->stage.receive_eof();
      pump_tls(now);
      if (closed_) return;
    }
    engine_.receive_eof(now);
    pump(now);
  }
  void fail(Instant now, Phase reason) override {
    if (begun_) {
      receive_eof(now);  // a broken connection is, to an engine, one that ended too early
    } else if (on_failure_) {
      on_failure_(now, reason);
    }
    closed_ = true;
  }
  void deadline_due(Instant now) override {
    scheduled_.reset();
    if (closed_ || !begun_) return;
    if (const auto due = tls_ ? tls_->stage.deadline() : std::nullopt; due && *due <= now) {
      tls_->stage.deadline_passed(now);
      pump_tls(now);
      if (closed_) return;
    }
    if (const auto due = engine_.deadline(); due && *due <= now) engine_.deadline_passed(now);
    tell_unfinished(now);
    pump(now);
  }
  [[nodiscard]] E& engine() { return engine_; }
  [[nodiscard]] bool resting() const override {
    if constexpr (requires { engine_.resting(); }) return begun_ && !closed_ && engine_.resting();
    return false;
  }
  [[nodiscard]] bool is_stranger() const override {
    if constexpr (requires { engine_.is_stranger(); }) return engine_.is_stranger();
    return false;
  }
  void room_to_send(Instant now) override {
    if (begun_ && !closed_) pump(now);
  }
  void tell_news(Instant now) override {
    if constexpr (requires { engine_.has_news(); })
      if (begun_ && !closed_ && engine_.has_news()) pump(now);
  }
  void shut_down(Instant now) override {
    if constexpr (requires { engine_.shut_down(now); }) {
      if (!begun_ || closed_) return;
      engine_.shut_down(now);
      pump(now);
    }
  }
  [[nodiscard]] bool closed() const override { return closed_; }
  void allow_tls(TlsSetting setting) override { tls_setting_ = std::move(setting); }
  /// The host has something to tell its engine that no octets brought: an answer it had to wait for.
  template <class Act>
  void resume(Instant now, Act act_on_engine) {
    if (closed_) return;
    act_on_engine(engine_);
    pump(now);
  }

 private:
  void pump(Instant now) {
    run_engine(now);
    if (tls_) return pump_tls(now);
    if (closed_) return;
    send_unsent(now);
    schedule_deadline(now);
  }
  /// Takes what the engine says as long as there is room for it: a peer that takes nothing is not answered into memory;
  /// and as long as it is this session's turn.
  void run_engine(Instant now) {
    if (world_.turns && !may_work()) return;
    while (!closing_) {
      if (unsealed_octets_ >= unsent_octets_max) {
        unheard_ = true;
        return;
      }
      if (!world_.network.has_room(connection_, side_)) return;
      auto output = engine_.poll(now);
      if (output) {
        std::visit([&](auto& item) { act(now, item); }, *output);
      } else if (!has_work() && !inflate_more(now)) {
        return;
      }
      if (world_.turns && !closing_ && world_.turns->over()) return world_.turns->wait({connection_, side_});
    }
  }
  /// Else it is called when its turn comes.
  [[nodiscard]] bool may_work() {
    Turns& turns = *world_.turns;
    if (turns.waits({connection_, side_})) return false;
    if (turns.begin()) return true;
    turns.wait({connection_, side_});
    return false;
  }
  /// The engine has a piece of a long command before it.
  [[nodiscard]] bool has_work() const {
    if constexpr (requires { engine_.has_work(); }) return engine_.has_work();
    return false;
  }
  /// Octets from below: for the engine, or for the compression in between.
  void deliver(Instant now, std::string_view bytes) {
    carried_.received += bytes.size();
    if (!compression_) return engine_.receive(now, bytes);
    compression_->receive(bytes);
  }
  /// Gives the engine its next octets when it has used up those it had: however much a peer has packed into a few, it
  /// is never in memory at once. False where there are none.
  bool inflate_more(Instant now) {
    const auto piece = compression_ ? compression_->next() : std::nullopt;
    if (piece) {
      engine_.receive(now, *piece);
    } else if (compression_ && compression_->broken() && !std::exchange(cut_off_, true)) {
      if constexpr (requires { engine_.unpacking_failed(now); })
        engine_.unpacking_failed(now);
      else
        engine_.receive_eof(now);
    } else {
      return false;
    }
    return true;
  }
  /// A ClientHello where the door begins in the clear: the engine would wait for a line end in it.
  void refuse_tls(Instant now) {
    note(now, "notice/tls-at-clear-door", {});
    if constexpr (requires { engine_.refuse_tls(now); }) engine_.refuse_tls(now);
    pump(now);
  }
  /// Of a line that waits for its end: how many octets have come that nobody was told of.
  [[nodiscard]] std::size_t unfinished() {
    std::size_t octets = 0;
    if constexpr (requires { engine_.unfinished_line(); }) octets = engine_.unfinished_line();
    if (octets == 0) told_unfinished_ = 0;
    return octets == told_unfinished_ ? 0 : octets;
  }
  /// Half a line looks like silence: people are told what it waits for.
  void tell_unfinished(Instant now) {
    const std::size_t octets = unfinished();
    if (octets == 0 || now < received_at_ + unfinished_line_patience) return;
    told_unfinished_ = octets;
    note(now, "notice/line-unfinished", {std::to_string(octets)});
  }
  void note(Instant now, std::string topic, std::vector<std::string> arguments) {
    world_.trace.append(now, Notice{host_, connection_, Severity::Warning, std::move(topic), std::move(arguments)});
  }
  void schedule_deadline(Instant now) {
    tell_kept_waiting();
    if (world_.trace.full()) forget_carriers();
    std::optional<Instant> due = engine_.deadline();
    if (!closed_ && unfinished() > 0) {
      const Instant tell = std::max(received_at_ + unfinished_line_patience, now);
      due = due ? std::min(*due, tell) : tell;
    }
    if (const auto of_tls = tls_ ? tls_->stage.deadline() : std::nullopt; of_tls && (!due || *of_tls < *due))
      due = of_tls;
    // An earlier call is already booked: when it comes, the engine's then deadline is looked at anew.
    if (closed_ || !due || (scheduled_ && *scheduled_ <= *due)) return;
    const Instant at = *due < now ? now : *due;
    scheduled_ = at;
    world_.agenda.schedule(at, EngineDeadline{connection_, side_});
  }
  /// What lies packed, or waits while the engine decides upon a login or its turn has not come, counts as not taken: the
  /// peer has to wait.
  void tell_kept_waiting() {
    std::size_t octets = compression_ ? compression_->waiting() : 0;
    if constexpr (requires { engine_.kept_waiting(); })
      octets += world_.turns && world_.turns->waits({connection_, side_}) ? engine_.unread() : engine_.kept_waiting();
    if (std::exchange(kept_waiting_, octets) != octets) world_.network.untaken(connection_, side_, octets);
  }
  /// What the engine says in one go travels together: the replies to pipelined commands (RFC 2920 §3.2), a tagged
  /// response with the untagged ones before it.
  void send_unsent(Instant now) {
    unsealed_octets_ = 0;
    if (unsent_.empty()) return;
    wire_.sent += unsent_.size();
    world_.network.send(now, connection_, side_, unsent_);
    // The next answer finds room; what a long one took is given back.
    if (unsent_.capacity() > unsent_kept_octets_max) std::string().swap(unsent_);
    unsent_.clear();
  }

  void act(Instant now, Transmit& item) {
    if (compression_) item.bytes = compression_->send(item.bytes);
    carried_.sent += item.bytes.size();
    if (tls_) {
      unsealed_octets_ += item.bytes.size();
      tls_->send(item.bytes);
    } else {
      unsent_ += item.bytes;
    }
    for (Step& line : std::exchange(unsealed_, {})) append(now, std::move(line));
    if (unsent_.size() >= unsent_octets_max) send_unsent(now);
  }
  /// A line that is about to be encrypted or compressed waits for its Transmit, which comes next: then it is known what
  /// carries it.
  void act(Instant now, Step& item) {
    if ((tls_ || compression_) && item.direction == Direction::Sent) {
      unsealed_.push_back(std::move(item));
    } else {
      append(now, std::move(item));
    }
  }
  void append(Instant now, Step step) {
    LineSpoken line{connection_, side_, std::move(step), {}};
    ByteRange carried = line.step.bytes;
    if (compression_) carried = compression_->carried(line.step.direction, carried);
    if (tls_) {
      line.sealed = tls_->wire_of(line.step.direction, carried);
    } else if (compression_) {
      line.sealed = carried;
      line.in_clear = true;
    }
    world_.trace.append(now, std::move(line));
  }
  void act(Instant now, StartTls&) {
    send_unsent(now);
    if (tls_setting_) return begin_tls(now);
    if constexpr (SecurableEngine<E>) engine_.securing_failed(now, "this host has no TLS");
  }
  void act(Instant, StartCompression& item) {
    if (!compression_) compression_.emplace(OctetCounts{carried_.sent, carried_.received - item.received.size()});
    compression_->begin();
    compression_->receive(item.received);
  }
  /// From here on the layer passes octets on as they are: it still knows which carry which.
  void act(Instant, StopCompression&) {
    if (compression_) compression_->end();
  }
  void begin_tls(Instant now) {
    const std::string purpose =
        "tls: " + std::to_string(connection_.value) + (side_ == Side::Client ? " client" : " server");
    tls_.emplace(*tls_setting_, world_.certificates.random(purpose), wire_, carried_);
    tls_->stage.begin(now);
    pump_tls(now);
  }
  /// What the stage has to say, in its order; the engine goes on where it was given something, and what it says then is
  /// taken up by the same loop.
  void pump_tls(Instant now) {
    if (std::exchange(pumping_tls_, true)) return;
    for (bool again = true; again;) {
      while (auto output = tls_->stage.poll()) std::visit([&](auto& item) { hear(now, item); }, *output);
      send_unsent(now);
      again = std::exchange(unheard_, false);
      if (again) run_engine(now);
    }
    pumping_tls_ = false;
    if (closing_) return close(now);
    schedule_deadline(now);
  }
  void close(Instant now) {
    closed_ = true;
    world_.network.close(now, connection_, side_);
  }
  void hear(Instant, Transmit& item) { unsent_ += item.bytes; }
  void hear(Instant now, tls::Message& item) {
    world_.trace.append(now, line_of(connection_, side_, engine_.state(), item));
  }
  void hear(Instant now, tls::Secret& item) {
    if (side_ == Side::Client) world_.trace.append(now, SecretLogged{connection_, std::move(item.line)});
  }
  void hear(Instant now, tls::Established& item) {
    send_unsent(now);
    world_.trace.append(now, ChannelSecured{connection_, side_, item.channel.version, item.channel.cipher_suite});
    if constexpr (SecurableEngine<E>) engine_.secured(now, item.channel);
    pump(now);
  }
  void hear(Instant now, tls::Received& item) {
    tls_->received(item);
    deliver(now, item.plaintext);
    pump(now);
  }
  void hear(Instant now, tls::PeerClosed&) {
    engine_.receive_eof(now);
    pump(now);
  }
  void hear(Instant now, tls::Failed& item) {
    send_unsent(now);  // the alert
    if (item.fault != tls::CertificateFault::None)
      world_.trace.append(
          now,
          Notice{
              client_, connection_, Severity::Failure, notice_topic(item.fault), {tls_setting_->options.server_name}});
    if (side_ == Side::Server && tls_setting_->from_the_start && !speaks_tls_)
      note(now, "notice/clear-at-tls-door", {});
    if constexpr (SecurableEngine<E>) engine_.securing_failed(now, item.reason);
    pump(now);
  }

  /// Where nothing is recorded, nobody asks which octets carried which.
  void forget_carriers() {
    if (tls_) tls_->forget();
    if (compression_) compression_->forget();
  }

  void act(Instant now, Close&) {
    closing_ = true;
    if (tls_) return tls_->stage.close();  // close_notify goes before; pump_tls() does the rest
    send_unsent(now);
    close(now);
  }
  void act(Instant now, typename E::Event& item) { on_event_(now, engine_, item); }

  Surroundings& world_;
  ConnectionId connection_;
  HostId client_, host_;  ///< host_: whose side it is
  Side side_;
  OnEvent on_event_;
  OnFailure on_failure_;
  E engine_;
  bool begun_{}, closing_{}, closed_{}, pumping_tls_{};
  std::optional<Instant> scheduled_;
  /// So much is gathered at most: a mailbox's worth of messages need not be in memory twice.
  static constexpr std::size_t unsent_octets_max = 65'536;
  static constexpr std::size_t unsent_kept_octets_max = 256;
  std::string unsent_;
  std::size_t kept_waiting_{};     ///< of its input, as the network was told
  std::size_t unsealed_octets_{};  ///< given to the TLS stage, which still holds what it made of them
  bool unheard_{};                 ///< the engine may have more to say once those have left
  std::optional<TlsSetting> tls_setting_;
  std::optional<SealedStream> tls_;              ///< from StartTls on
  std::vector<Step> unsealed_;                   ///< lines whose Transmit has not come yet
  std::optional<CompressedStream> compression_;  ///< from the first StartCompression on
  /// A TLS record of type handshake begins with it, and no line of these protocols does (RFC 8446 §5.1).
  static constexpr char tls_handshake = '\x16';
  /// A program writes a line in one go: what is unfinished for so long waits for an end that it will not get.
  static constexpr Duration unfinished_line_patience = std::chrono::seconds(1);
  bool speaks_tls_{};               ///< the peer's first octet began a TLS record
  Instant received_at_;             ///< when octets came last
  std::size_t told_unfinished_{};   ///< octets of an unfinished line that people were told of
  bool cut_off_{};                  ///< the engine was told that its peer speaks no longer
  OctetCounts wire_{}, carried_{};  ///< octets so far, on the wire and above TLS
};

}  // namespace mailscope
