// What every simulated host has in common: it lives in the world, answers at its doors, and opens connections.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/hosts/session/session.hpp"

namespace mailscope {

/// The sessions of all hosts, by connection and side.
class Sessions {
 public:
  void add(ConnectionId connection, Side side, std::unique_ptr<Session> session);
  /// Null when there is none (any more).
  [[nodiscard]] Session* find(ConnectionId connection, Side side) const;
  void remove(ConnectionId connection, Side side);
  /// Removes the sessions of one host; `host_of` tells whose a session is.
  template <class HostOf>
  void remove_of(HostId host, HostOf host_of) {
    std::erase_if(sessions_, [&](const auto& entry) { return host_of(entry.first.first, entry.first.second) == host; });
  }
  [[nodiscard]] bool empty() const { return sessions_.empty(); }
  /// Every client rests, and every server has a client: nothing happens until somebody does something.
  [[nodiscard]] bool resting() const;
  /// Every server says good-bye.
  void shut_down(Instant now) const {
    for (const auto& [end, session] : sessions_) session->shut_down(now);
  }
  /// Some mailbox has changed: every session whose client waits for such news tells it.
  void tell_news(Instant now) const {
    for (const auto& [end, session] : sessions_) session->tell_news(now);
  }

 private:
  std::map<std::pair<ConnectionId, Side>, std::unique_ptr<Session>> sessions_;
};

/// What a client's engine does with an offer of STARTTLS.
[[nodiscard]] StartTlsPolicy starttls_policy(Security security);

/// What a host, or a part of one, does in the world: finds others, tells people, opens and answers connections.
class HostToolkit {
 protected:
  HostToolkit(HostId id, Surroundings& world, Sessions& sessions) : id_(id), world_(world), sessions_(sessions) {}
  ~HostToolkit() = default;

  [[nodiscard]] const HostInfo& info() const { return world_.trace.hosts[id_.value]; }
  [[nodiscard]] const HostInfo& info(HostId host) const { return world_.trace.hosts[host.value]; }
  [[nodiscard]] std::optional<HostId> host_named(std::string_view name) const;
  [[nodiscard]] std::optional<HostId> host_with_address(std::string_view address) const;

  /// Of whoever has opened the connection: a real client has an address of its own.
  [[nodiscard]] const std::string& client_address(const ConnectionOpened& opened) const;

  void note(Instant now, Severity severity, std::string topic, std::vector<std::string> arguments,
            std::optional<ConnectionId> connection = std::nullopt);

  /// Opens a connection to `to` with a new engine of type E on the client side. `on_failure` is called when it
  /// cannot be opened.
  template <class E, class... Arguments>
  ConnectionId connect(Instant now, Transport transport, Endpoint to, std::string protocol, std::string purpose,
                       typename EngineSession<E>::OnEvent on_event, typename EngineSession<E>::OnFailure on_failure,
                       Arguments&&... engine_arguments) {
    const ConnectionId connection =
        world_.network.open(now, transport, id_, to, std::move(protocol), std::move(purpose));
    sessions_.add(
        connection, Side::Client,
        std::make_unique<EngineSession<E>>(world_, connection, Side::Client, std::move(on_event), std::move(on_failure),
                                           std::forward<Arguments>(engine_arguments)...));
    return connection;
  }

  /// The engine on the client side of `connection`, which has type E; null where it is gone.
  template <class E>
  [[nodiscard]] E* engine_of(ConnectionId connection) const {
    auto* session = dynamic_cast<EngineSession<E>*>(sessions_.find(connection, Side::Client));
    return session ? &session->engine() : nullptr;
  }
  /// This engine was told something that it may have to act on.
  void nudge(Instant now, ConnectionId connection) {
    if (Session* session = sessions_.find(connection, Side::Client)) session->tell_news(now);
  }

  /// The answering side of a connection.
  template <class E, class... Arguments>
  std::unique_ptr<Session> serve(const ConnectionOpened& opened, typename EngineSession<E>::OnEvent on_event,
                                 Arguments&&... engine_arguments) {
    return std::make_unique<EngineSession<E>>(world_, opened.connection, Side::Server, std::move(on_event), nullptr,
                                              std::forward<Arguments>(engine_arguments)...);
  }

  /// Tells the engine on this side of a connection, if it is still there, what its host knows only now.
  template <class E, class Act>
  void resume(Instant now, ConnectionId connection, Side side, Act act_on_engine) {
    if (auto* session = dynamic_cast<EngineSession<E>*>(sessions_.find(connection, side)))
      session->resume(now, std::move(act_on_engine));
  }

  /// The client's side of `connection`, just opened, is secured so: `server` is the name that the certificate must
  /// have, `protocol` what is offered by ALPN, empty for nothing.
  void secure(ConnectionId connection, Security security, const std::string& server, const std::string& protocol);

  HostId id_;
  Surroundings& world_;
  Sessions& sessions_;
};

class Host : protected HostToolkit {
 public:
  using HostToolkit::note;
  Host(HostId id, Surroundings& world, Sessions& sessions) : HostToolkit(id, world, sessions) {}
  virtual ~Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Somebody has connected to an open port of this host: the session that answers, or null when nothing listens.
  [[nodiscard]] virtual std::unique_ptr<Session> accept(Instant now, const ConnectionOpened& opened) = 0;
  /// A HostWakes event is due.
  virtual void wake(Instant now) = 0;
  /// Its person or administrator does this. The scenario's reader has checked that the host can; crash and restart are
  /// the world's.
  virtual void act(Instant, const Action&) {}
  /// Somebody wants to connect to this host, which asks first (Network::asks_first()), and nobody answers for it.
  virtual void refuse(Instant, ConnectionId) {}
  /// Power is gone: what was not durable is forgotten. Its sessions and connections are gone already.
  virtual void crash(Instant) {}
  /// It is up again, with what was durable.
  virtual void restart(Instant) {}
  /// Writes to the trace what has changed inside the host; called after everything that may change it. True when some
  /// mailbox has changed: sessions may have news for their clients.
  [[nodiscard]] virtual bool publish(Instant) { return false; }
};

}  // namespace mailscope
