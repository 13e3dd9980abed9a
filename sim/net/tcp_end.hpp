// One end of a TCP connection: what RFC 9293 §3.3.1 calls its transmission control block, without windows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "protocols/core/input_buffer.hpp"
#include "sim/net/retransmission_timeout.hpp"

namespace mailscope {

struct TcpEnd {
  /// Established covers the RFC's closing states too: the fin_ flags tell them apart (§3.3.2).
  enum class State : std::uint8_t { Unopened, SynSent, SynReceived, Established, Over };
  State state{};
  std::uint32_t initial_sequence{}, peer_initial_sequence{};
  std::uint64_t sent{}, received{};  ///< payload octets of each direction's stream so far
  std::string waiting;               ///< sent by the application before the connection was open
  InputBuffer outstanding;           ///< sent and not acknowledged yet; its offset() is SND.UNA of the payload
  std::size_t untaken{};             ///< received, and not taken by a slow program
  bool room_wanted{};                ///< the application waits until it may send more
  bool close_asked{};                ///< the application sends nothing more
  bool fin_sent{}, fin_acknowledged{}, fin_received{};
  bool awaits_peer{};  ///< a PeerSilent event is pending
  bool asked{};        ///< a SYN waits for the host's word; its number is peer_initial_sequence

  RetransmissionTimeout timeout;
  std::optional<Instant> retransmit_at;  ///< the timer of RFC 6298 §5; none: it is off
  std::optional<Instant> timer_booked;   ///< the pending event that will look at it
  unsigned attempts{};                   ///< retransmissions since the peer acknowledged anything
  /// One round trip that is being measured: acknowledged from this octet on, sent then. Never of a retransmission,
  /// whose acknowledgement may mean the first copy (Karn's algorithm, RFC 6298 §3).
  struct Timed {
    std::uint64_t until{};
    Instant since;
  };
  std::optional<Timed> timed;
  unsigned duplicate_acknowledgements{};
  /// While octets below this number were lost: each acknowledgement that stays below it names the next gap (RFC 6582).
  std::optional<std::uint32_t> recover;

  std::map<std::uint64_t, std::string> ahead;  ///< received beyond a gap, by place in the stream
  std::size_t ahead_octets{};
  unsigned full_segments{};               ///< received since the last acknowledgement
  std::optional<Instant> acknowledge_at;  ///< when one that is owed goes by itself; none: nothing is owed
  bool acknowledgement_booked{};          ///< an event that will look at it is pending

  /// SND.NXT: the numbers of SYN and FIN count as one octet each (§3.4).
  [[nodiscard]] std::uint32_t next_sequence() const {
    return initial_sequence + 1 + static_cast<std::uint32_t>(sent) + (fin_sent ? 1 : 0);
  }
  /// SND.UNA.
  [[nodiscard]] std::uint32_t first_unacknowledged() const {
    return initial_sequence + 1 + static_cast<std::uint32_t>(outstanding.offset()) + (fin_acknowledged ? 1 : 0);
  }
  /// RCV.NXT.
  [[nodiscard]] std::uint32_t next_expected() const {
    return peer_initial_sequence + 1 + static_cast<std::uint32_t>(received) + (fin_received ? 1 : 0);
  }
  /// The end is over: nothing is kept but the numbers that an RST needs.
  void forget() {
    state = State::Over;
    waiting = {};
    outstanding = {};
    ahead.clear();
    ahead_octets = 0;
    retransmit_at.reset();
    acknowledge_at.reset();
  }
};

}  // namespace mailscope
