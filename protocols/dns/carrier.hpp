// How DNS messages travel: each a datagram, or each with its length before it in a stream (RFC 1035 §4.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/engine.hpp"

namespace mailscope::dns {

enum class Carrier : std::uint8_t { Datagram, Stream };

/// The octets that carry a message. Precondition: at most stream_octets_max octets.
[[nodiscard]] std::string framed(std::string message, Carrier carrier);

/// What was received and waits for poll(), as whole messages with their places in the peer's octets.
class Inbox {
 public:
  /// Datagrams past `waiting_max` are dropped, as a full socket would.
  Inbox(Carrier carrier, std::size_t waiting_max) : carrier_(carrier), waiting_max_(waiting_max) {}

  struct Received {
    std::string message;
    ByteRange bytes;  ///< with the length before it
  };
  void receive(std::string_view octets);
  /// The next message, once it is whole.
  [[nodiscard]] std::optional<Received> take();

 private:
  Carrier carrier_;
  std::size_t waiting_max_;
  std::deque<std::string> datagrams_;
  std::string stream_;
  std::uint64_t taken_{};  ///< octets of the exchange so far
};

}  // namespace mailscope::dns
