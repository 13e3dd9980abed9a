// A stub resolver's one question over datagrams: asks, repeats when no answer comes, and tells the outcome.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "protocols/core/engine.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

/// The outcome: the server's answer, or nothing after the last repetition timed out or the port refused.
struct LookupDone {
  std::optional<Message> answer;
};

class Resolver {
 public:
  using Event = std::variant<LookupDone>;

  /// `id` is drawn by the host from a random stream (RFC 5452 §9.2). Sent at the first poll(), repeated after 1 s,
  /// then 2 s, given up after 4 s more.
  Resolver(Question question, std::uint16_t id);
  void receive(Instant now, std::string_view datagram);
  void receive_eof(Instant now);                  ///< the port refused
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
};

}  // namespace mailscope::dns
