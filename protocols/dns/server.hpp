// The server's side of a DNS exchange: reads queries, asks its host for answers, writes them. Over datagrams receive()
// takes one whole datagram and each Transmit is one. It knows no zone.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/engine.hpp"
#include "protocols/dns/carrier.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

/// The host says with answer() what to reply, now or later, in any order (RFC 7766 §6.2.1.1).
struct QueryReceived {
  std::uint64_t key{};
  Message query;
};

class Server {
 public:
  using Event = std::variant<QueryReceived>;

  /// Datagrams that wait for poll(); more are dropped, as a full socket would.
  static constexpr std::size_t waiting_max = 64;
  /// Queries of one peer that wait for the host at one time; what is more fails at once.
  static constexpr std::size_t open_max = 100;
  /// A stream on which nothing happens is closed after so long: "of the order of a few seconds" (RFC 7766 §6.2.3).
  static constexpr Duration idle_max = std::chrono::seconds(10);

  /// `edns`: it knows RFC 6891, and answers within the datagrams that its peer takes; else it answers FORMERR to
  /// whoever speaks so (§7), as servers from before do.
  explicit Server(Carrier carrier, bool edns = true);
  /// What the query `key` is answered with; nothing: it is met with silence. What does not fit into a datagram is
  /// truncated (RFC 2181 §9). A key that is not open is ignored.
  void answer(Instant now, std::uint64_t key, const std::optional<Message>& response);

  void receive(Instant now, std::string_view octets);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;

 private:
  void take(const Inbox::Received& received);
  void reply(const Message& query, Message response);

  Carrier carrier_;
  bool edns_;
  Inbox inbox_;
  std::deque<Output<Event>> outputs_;
  std::map<std::uint64_t, Message> open_;  ///< queries that the host has not answered
  std::uint64_t next_key_{}, sent_{};
  std::optional<Instant> idle_since_;  ///< of a stream
  bool peer_closed_{}, closed_{};
  StateId state_;
};

}  // namespace mailscope::dns
