// A session binds one engine to one side of one connection: it carries bytes, writes the engine's steps to the trace,
// and hands the engine's events to the host. It knows no protocol; every engine is served by the one template.
#pragma once

#include <cassert>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "protocols/core/engine.hpp"
#include "sim/kernel/event_queue.hpp"
#include "sim/net/network.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

/// What sessions and hosts act upon. All members outlive them.
struct Surroundings {
  Trace& trace;
  EventQueue& agenda;
  Network& network;
};

class Session {
 public:
  virtual ~Session() = default;
  /// The connection is open: the engine starts.
  virtual void begin(Instant now) = 0;
  virtual void receive(Instant now, std::string_view bytes) = 0;
  virtual void receive_eof(Instant now) = 0;
  /// It could not be opened, or it broke.
  virtual void fail(Instant now, Phase reason) = 0;
  /// An EngineDeadline event for this session is due; it may be an old one.
  virtual void deadline_due(Instant now) = 0;
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
        side_(side),
        on_event_(std::move(on_event)),
        on_failure_(std::move(on_failure)),
        engine_(std::forward<Arguments>(engine_arguments)...) {}

  void begin(Instant now) override {
    begun_ = true;
    world_.trace.append(
        now, EngineAttached{connection_, side_, world_.trace.machine_id(engine_.machine()), engine_.state()});
    pump(now);
  }
  void receive(Instant now, std::string_view bytes) override {
    if (closed_) return;
    engine_.receive(now, bytes);
    pump(now);
  }
  void receive_eof(Instant now) override {
    if (closed_) return;
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
    if (const auto due = engine_.deadline(); due && *due <= now) engine_.deadline_passed(now);
    pump(now);
  }
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  void pump(Instant now) {
    while (!closed_) {
      auto output = engine_.poll(now);
      if (!output) break;
      std::visit([&](auto& item) { act(now, item); }, *output);
    }
    send_unsent(now);
    const auto due = engine_.deadline();
    // An earlier call is already booked: when it comes, the engine's then deadline is looked at anew.
    if (closed_ || !due || (scheduled_ && *scheduled_ <= *due)) return;
    const Instant at = *due < now ? now : *due;
    scheduled_ = at;
    world_.agenda.schedule(at, EngineDeadline{connection_, side_});
  }
  /// What the engine says in one go travels together: the replies to pipelined commands (RFC 2920 §3.2), a tagged
  /// response with the untagged ones before it.
  void send_unsent(Instant now) {
    if (!unsent_.empty()) world_.network.send(now, connection_, side_, std::exchange(unsent_, {}));
  }

  void act(Instant now, Transmit& item) {
    unsent_ += item.bytes;
    if (unsent_.size() >= unsent_octets_max) send_unsent(now);
  }
  void act(Instant now, Step& item) { world_.trace.append(now, LineSpoken{connection_, side_, std::move(item)}); }
  void act(Instant, StartTls&) { assert(false && "no engine of these sessions can be secured"); }
  void act(Instant now, Close&) {
    send_unsent(now);
    closed_ = true;
    world_.network.close(now, connection_, side_);
  }
  void act(Instant now, typename E::Event& item) { on_event_(now, engine_, item); }

  Surroundings& world_;
  ConnectionId connection_;
  Side side_;
  OnEvent on_event_;
  OnFailure on_failure_;
  E engine_;
  bool begun_{}, closed_{};
  std::optional<Instant> scheduled_;
  /// So much is gathered at most: a mailbox's worth of messages need not be in memory twice.
  static constexpr std::size_t unsent_octets_max = 65'536;
  std::string unsent_;
};

}  // namespace mailscope
