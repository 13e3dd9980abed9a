// One end of a TCP connection: what RFC 9293 §3.3.1 calls its transmission control block, without windows.
#pragma once

#include <cstdint>
#include <string>

namespace mailscope {

struct TcpEnd {
  /// Established covers the RFC's closing states too: the fin_ flags tell them apart (§3.3.2).
  enum class State : std::uint8_t { Unopened, SynSent, SynReceived, Established, Over };
  State state{};
  std::uint32_t initial_sequence{}, peer_initial_sequence{};
  std::uint64_t sent{}, received{};  ///< payload octets of each direction's stream so far
  std::string waiting;               ///< sent by the application before the connection was open
  bool close_asked{};                ///< the application sends nothing more
  bool fin_sent{}, fin_acknowledged{}, fin_received{};
  unsigned attempts{};  ///< how often the SYN or SYN-ACK was repeated
  std::uint32_t retransmit_epoch{};
  bool owes_acknowledgement{};
  unsigned full_segments{};  ///< received since the last acknowledgement
  std::uint32_t acknowledge_epoch{};

  /// SND.NXT: the numbers of SYN and FIN count as one octet each (§3.4).
  [[nodiscard]] std::uint32_t next_sequence() const {
    return initial_sequence + 1 + static_cast<std::uint32_t>(sent) + (fin_sent ? 1 : 0);
  }
  /// RCV.NXT.
  [[nodiscard]] std::uint32_t next_expected() const {
    return peer_initial_sequence + 1 + static_cast<std::uint32_t>(received) + (fin_received ? 1 : 0);
  }
};

}  // namespace mailscope
