// The asking side of a DNS exchange with one server: sends a question, repeats it when no answer comes, tells the
// outcome. Which servers are asked, and in which order, lookup.hpp says.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/dns/carrier.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

/// The server's answer, which may be negative or truncated, or nothing: the last repetition timed out, the port
/// refused, or the stream ended.
struct AnswerReceived {
  std::optional<Message> answer;
};

class Resolver {
 public:
  using Event = std::variant<AnswerReceived>;

  /// Datagrams that wait for poll(); more are dropped, as a full socket would.
  static constexpr std::size_t waiting_max = 16;

  /// `id` is drawn by the host from a random stream (RFC 5452 §9.2). Sent at the first poll(), and again after each of
  /// `waits` but the last, after which it is given up; over a stream it is sent once. Emits AnswerReceived once, then
  /// Close. `edns`: it offers to take edns_octets_max in a datagram (RFC 6891), but not when it asks for the last of
  /// several times: what does not know OPT on the way may be why nothing comes. Preconditions: the question's name is
  /// valid_name(); `waits` is not empty.
  Resolver(Question question, std::uint16_t id, Carrier carrier, std::vector<Duration> waits, bool edns = false);
  void receive(Instant now, std::string_view octets);
  void receive_eof(Instant now);  ///< the port refused, or the server closed the stream
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;

 private:
  void ask(Instant now);
  void take(const Inbox::Received& received);
  void finish(std::string_view on, AnswerReceived outcome);
  [[nodiscard]] bool answers_ours(const Message& message) const;

  Message query_;
  Carrier carrier_;
  std::vector<Duration> waits_;
  std::size_t attempts_{};
  std::optional<Instant> deadline_;
  Inbox inbox_;
  std::deque<Output<Event>> outputs_;
  std::uint64_t sent_{};  ///< octets of the exchange so far
  bool ended_{};          ///< by the peer
  StateId state_{};
};

}  // namespace mailscope::dns
