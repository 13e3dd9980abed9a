// A stub resolver's one question over datagrams: asks, repeats when no answer comes, and tells the outcome.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/engine.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

/// The outcome: the server's answer, which may be negative or truncated, or nothing after the last repetition timed
/// out or the port refused. For a name that no server could be asked for, NXDOMAIN without asking.
struct LookupDone {
  std::optional<Message> answer;
};

class Resolver {
 public:
  using Event = std::variant<LookupDone>;

  /// Datagrams that wait for poll(); more are dropped, as a full socket would.
  static constexpr std::size_t waiting_max = 16;

  /// `id` is drawn by the host from a random stream (RFC 5452 §9.2). Sent at the first poll(), repeated after 1 s,
  /// then 2 s, given up after 4 s more.
  /// Emits LookupDone once, then Close.
  Resolver(Question question, std::uint16_t id);
  void receive(Instant now, std::string_view datagram);
  void receive_eof(Instant now);  ///< the port refused
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;

 private:
  void ask(Instant now);
  void take(const std::string& datagram);
  void finish(std::string_view on, LookupDone outcome);
  [[nodiscard]] bool answers_ours(const Message& message) const;

  Message query_;
  std::size_t attempts_{};
  std::optional<Instant> deadline_;
  std::deque<std::string> waiting_;
  std::deque<Output<Event>> outputs_;
  std::uint64_t received_{}, sent_{};  ///< octets of the exchange so far
  StateId state_{};
};

}  // namespace mailscope::dns
