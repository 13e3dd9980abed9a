// What the simulator writes down. Everything that people see is computed from these records and an instant.
// This file knows no engine, no network and no host: it is the shape of the evidence, nothing else.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/time.hpp"

namespace mailscope {

/// Index into a table of the trace; the tag keeps hosts, links, connections and packets apart.
template <class Tag>
struct Id {
  std::uint32_t value{};
  friend auto operator<=>(Id, Id) = default;
};
using HostId = Id<struct HostTag>;
using LinkId = Id<struct LinkTag>;
using ConnectionId = Id<struct ConnectionTag>;  ///< a TCP connection or a UDP exchange
using PacketId = Id<struct PacketTag>;
using MachineId = Id<struct MachineTag>;

struct Port {
  std::uint16_t number{};
  friend auto operator<=>(Port, Port) = default;
};

enum class Transport : std::uint8_t { Tcp, Udp };
enum class Side : std::uint8_t { Client, Server };  ///< client: who opened the connection or sent the query
[[nodiscard]] constexpr Side other(Side side) { return side == Side::Client ? Side::Server : Side::Client; }

struct Endpoint {
  HostId host;
  Port port;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// A new connection or exchange; it is `Opening` until a ConnectionChanged says otherwise.
struct ConnectionOpened {
  ConnectionId connection;
  Transport transport{};
  Endpoint client, server;
  std::string protocol;  ///< "SMTP", "POP3", "IMAP", "DNS": a label, not a decision
  std::string purpose;   ///< "submission", "relay", "retrieval", "lookup"
  friend bool operator==(const ConnectionOpened&, const ConnectionOpened&) = default;
};

enum class Phase : std::uint8_t { Opening, Open, Closing, Closed, Refused, TimedOut, Reset };

struct ConnectionChanged {
  ConnectionId connection;
  Phase phase{};
};

/// The engine on one side of a connection is at work with this state machine, in this state.
struct EngineAttached {
  ConnectionId connection;
  Side side{};
  MachineId machine;
  StateId state;
};

struct TcpFlags {
  bool syn{}, ack{}, fin{}, rst{}, psh{};
  friend bool operator==(const TcpFlags&, const TcpFlags&) = default;
};

/// A packet leaves its sender. It is on the wire from the record's instant until `arrives`.
/// A packet of a UDP exchange without payload is the ICMP message "port unreachable" (RFC 792) about that exchange.
struct PacketSent {
  PacketId packet;
  ConnectionId connection;
  Side from{};
  LinkId link;
  Instant arrives;
  TcpFlags flags;                               ///< all false for UDP
  std::uint32_t sequence{}, acknowledgement{};  ///< RFC 9293 §3.1; 0 for UDP
  bool retransmission{};
  ByteRange stream;  ///< which octets of the sender's stream; empty without payload
  std::string payload;
};

enum class PacketFate : std::uint8_t { Delivered, Filtered, Lost, Unheard, Altered };

/// The packet is no longer on the wire. Filtered: a firewall at the receiver dropped it in silence. Lost: on the way,
/// before `arrives`. Unheard: it came to a host that is down. Altered: delivered with other octets than it left with.
struct PacketEnded {
  PacketId packet;
  PacketFate fate{};
};

/// One textbook line, as the engine on `side` sent or received it.
struct LineSpoken {
  ConnectionId connection;
  Side side{};  ///< whose engine writes this
  Step step;
  /// Under TLS: the records that carry the line, as octets of its speaker's stream; nobody on the way can read it.
  /// `step.bytes` then counts octets of the engine's stream, but for TLS's own messages (topic "tls/…"), which have no
  /// other than the wire's. What engines say after the connection is secure always travels so. Under compression alone
  /// (RFC 4978): the octets that the line was packed into.
  std::optional<ByteRange> sealed{};
  bool in_clear{};  ///< only packed: whoever follows the stream from its beginning can read it
  /// Which octets of the speaker's stream, as in PacketSent::stream, carry the line.
  [[nodiscard]] ByteRange wire() const { return sealed.value_or(step.bytes); }
  /// Who uttered the line: the writer when it sent it, its peer when it received it.
  [[nodiscard]] Side speaker() const { return step.direction == Direction::Sent ? side : other(side); }
};

/// TLS stands on this side: its handshake is complete, and all octets from here on are encrypted.
struct ChannelSecured {
  ConnectionId connection;
  Side side{};
  std::string version, cipher_suite;  ///< "TLSv1.3", "TLS_AES_128_GCM_SHA256"
};

/// A line of a TLS key log (NSS format), with which an exported capture can be decrypted.
struct SecretLogged {
  ConnectionId connection;
  std::string line;
};

struct MessageSummary {
  std::uint64_t id{};         ///< the same message in the same mailbox keeps its id; never reused
  std::string from, subject;  ///< as the message's header says, decoded to UTF-8
  std::uint64_t octets{};
  std::vector<std::string> flags;  ///< IMAP flags such as "\\Seen", sorted
  bool body_present{true};         ///< false: this device holds only the header
  std::string note{};              ///< a person's comment on it; empty: none
  std::string waits{};             ///< in an Outbox: why it has not left, in a server's words or ours; else empty
  friend bool operator==(const MessageSummary&, const MessageSummary&) = default;
};

/// A message came into, changed in, or left a mailbox of a host.
struct MailboxChanged {
  enum class Kind : std::uint8_t { Added, Updated, Removed };
  HostId host;
  std::string mailbox;  ///< "bruno/INBOX" on a server, "INBOX" or "Sent" on a device
  Kind kind{};
  MessageSummary message;
};

/// How many messages wait in a host's outgoing queue.
struct QueueChanged {
  HostId host;
  std::uint32_t messages{};
};

enum class Severity : std::uint8_t { Info, Success, Warning, Failure };

/// Something a person would want told that no single line says: "delivered to bruno", "login refused".
struct Notice {
  HostId host;
  std::optional<ConnectionId> connection;
  Severity severity{};
  std::string topic;                   ///< key of its explanation, e.g. "notice/delivered"
  std::vector<std::string> arguments;  ///< for {0}, {1} … of the explanation's text
};

/// The scenario's action with this index begins on this host.
struct ActionBegan {
  std::uint32_t action{};
  HostId host;
};

/// The lesson has come to its step with this index.
struct LessonStepReached {
  std::uint32_t step{};
};

using Happening =
    std::variant<ConnectionOpened, ConnectionChanged, EngineAttached, PacketSent, PacketEnded, LineSpoken,
                 ChannelSecured, SecretLogged, MailboxChanged, QueueChanged, Notice, ActionBegan, LessonStepReached>;

struct Record {
  Instant at;
  Happening what;
};

}  // namespace mailscope
