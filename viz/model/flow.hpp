// What moves on the stage at an instant: packets on their links, and the notices that hosts show for a moment.
// Position is pure interpolation between a packet's two instants; nothing here remembers a frame before.
#pragma once

#include <string>
#include <vector>

#include "viz/model/conversation.hpp"

namespace mailscope {

/// A packet on its way.
struct Flight {
  PacketId packet;
  LinkId link;
  HostId from, to;
  ConnectionId connection;
  std::string protocol;  ///< for its colour
  std::string text;      ///< one line: what it carries, or its TCP flags
  bool is_bare{};        ///< a pure acknowledgement: a dot without text
  bool has_payload{};    ///< it carries more than TCP flags
  bool is_sealed{};      ///< what it carries travels inside TLS
  bool is_error{};       ///< a refusal, or a negative reply
  double progress{};     ///< 0 at the sender, 1 at the receiver
};

/// Packets on their way, and for shown_at_once_for those that took no time at all, as between a live server and a real
/// program: people could not see them otherwise. Of these at most the newest shown_at_once_max.
/// `reduced_motion`: a packet stands at the sender for the first half of its way and at the receiver for the second.
[[nodiscard]] std::vector<Flight> flights_at(const Trace& trace, const Conversation& conversation,
                                             const WorldState& now, bool reduced_motion);

inline constexpr Duration shown_at_once_for = std::chrono::milliseconds(500);
inline constexpr std::size_t shown_at_once_max = 3;

/// How far `at` lies between two instants: 0 at or before `sent`, 1 at or after `arrives`.
[[nodiscard]] double progress_between(Instant sent, Instant arrives, Instant at);

/// "SYN ACK" and the like, in the order of their reading. "ICMP" where no flag is set: in a UDP exchange a packet
/// without payload is the message that its port is unreachable.
[[nodiscard]] std::string flags_text(const TcpFlags& flags);

/// The first line of `text`; an ellipsis shows that there is more.
[[nodiscard]] std::string first_line(std::string_view text);

/// How long a notice or a failed connection is marked on the stage, in virtual time.
inline constexpr Duration shown_for = std::chrono::milliseconds(1200);

/// A record that is marked on the stage now; `age` from 0 to shown_for.
struct ShownRecord {
  std::size_t record{};
  Duration age{};
  std::size_t count{1};  ///< a Notice: how many of its kind the host shows, of which this is the newest
};
/// Notices of different kinds that a host shows at once, and all other marks together: a person reads no more.
inline constexpr std::size_t notices_shown_max = 3, other_marks_max = 64;
/// How many records are looked at for them, from the newest back: more in so short a time are not told apart.
inline constexpr std::size_t marks_looked_at_max = 20'000;
/// What is marked now, oldest first: Notices, of one kind and host once; each ConnectionChanged to refused, timed out or
/// reset; each PacketEnded in a firewall, on the way, or at a host that is down.
[[nodiscard]] std::vector<ShownRecord> shown_records(const Trace& trace, const WorldState& now);

}  // namespace mailscope
