// The trace: who takes part, what happened in order, and the state of everything at any instant.
// It is append-only and self-contained: a trace can be shown without the engines that made it.
#pragma once

#include <limits>
#include <map>
#include <span>

#include "sim/trace/record.hpp"

namespace mailscope {

enum class HostKind : std::uint8_t { Laptop, Phone, MailServer, DnsServer };
enum class PortPolicy : std::uint8_t { Open, Closed, Filtered };

/// A numbered door of a host.
struct PortInfo {
  Port port;
  Transport transport{};
  std::string protocol;  ///< "SMTP", "POP3", "IMAP", "DNS"
  std::string service;   ///< "relay", "submission", "pop3", "imap", "dns"
  PortPolicy policy{};
};

/// A place on the stage in grid units, x to the right, y down; integers keep traces identical everywhere.
struct StagePlace {
  int column{}, row{};
};

struct HostInfo {
  std::string name;   ///< unique, as in the scenario, e.g. "mail.alba.example"
  std::string label;  ///< what the card is headed with, e.g. "Anna"
  std::string role;   ///< translatable key: "laptop", "phone", "mail-server", "dns-server"
  HostKind kind{};
  std::string address;  ///< IPv4 in dotted form
  std::vector<PortInfo> ports;
  std::vector<std::string> mailboxes;  ///< mailboxes that exist from the start, as in MailboxChanged
  std::optional<StagePlace> place;
};

/// What a link does to packets beside carrying them. Shares are in millionths of all packets.
struct LinkFaults {
  std::uint32_t loss_ppm{}, duplicate_ppm{}, reorder_ppm{};
  Duration jitter{};  ///< added to the latency, evenly from nothing to this
  struct Outage {
    Duration from{}, until{};  ///< since the start
    friend bool operator==(const Outage&, const Outage&) = default;
  };
  std::vector<Outage> outages;  ///< everything that is on the link then is lost
  friend bool operator==(const LinkFaults&, const LinkFaults&) = default;
};

struct LinkInfo {
  HostId a, b;
  Duration latency{};
  std::uint64_t bits_per_second{};
  LinkFaults faults{};
  /// What a man in the middle replaces in the octets that pass, by as many others (TCP's numbers stay right).
  struct Rewrite {
    std::string from, to;
    friend bool operator==(const Rewrite&, const Rewrite&) = default;
  };
  std::vector<Rewrite> rewrites{};
};

/// A state machine as the trace keeps it: owned copies of an engine's static tables.
struct MachineInfo {
  struct Move {
    StateId from;
    std::string on;
    StateId to;
    friend bool operator==(const Move&, const Move&) = default;
  };
  std::string name;
  std::vector<std::string> states;
  std::vector<Move> moves;
  friend bool operator==(const MachineInfo&, const MachineInfo&) = default;
};

struct ConnectionState {
  ConnectionOpened opened;
  Instant opened_at;
  Phase phase{Phase::Opening};
  struct EngineState {
    MachineId machine;
    StateId state;
    std::optional<StateId> previous;  ///< where the last move came from
    friend bool operator==(const EngineState&, const EngineState&) = default;
  };
  std::optional<EngineState> client, server;
  std::string security;   ///< TLS's version once it stands on both sides; empty in the clear
  std::uint32_t lines{};  ///< LineSpoken records so far
  friend bool operator==(const ConnectionState&, const ConnectionState&) = default;
};

struct PacketInFlight {
  std::size_t record{};  ///< index of its PacketSent in the trace
  PacketId packet;
  Instant sent, arrives;
  friend bool operator==(const PacketInFlight&, const PacketInFlight&) = default;
};

struct HostState {
  std::map<std::string, std::vector<MessageSummary>> mailboxes;  ///< by name; messages in order of arrival
  std::uint32_t queued{};
  friend bool operator==(const HostState&, const HostState&) = default;
};

/// What a summary takes in memory, about.
[[nodiscard]] std::size_t octets_of(const MessageSummary& message);

/// Everything that is true at one instant.
struct WorldState {
  Instant at;
  std::size_t records{};                     ///< how many records of the trace have happened
  std::vector<ConnectionState> connections;  ///< by ConnectionId
  std::vector<PacketInFlight> in_flight;     ///< by PacketId, ascending
  std::vector<HostState> hosts;              ///< by HostId
  std::optional<std::uint32_t> lesson_step;  ///< the last one reached
  std::optional<std::uint32_t> action;       ///< the last one begun

  /// Moves the state forward by one record, the one with index `records`.
  /// Precondition: connections and hosts that it names exist; its instant is not before `at`.
  void apply(const Record& record);
  /// How many things it holds: connections, packets, mailboxes and messages. Copying it takes this long.
  [[nodiscard]] std::size_t items() const;
  /// What they take in memory, about.
  [[nodiscard]] std::size_t octets() const;
  friend bool operator==(const WorldState&, const WorldState&) = default;
};

class Trace {
 public:
  Trace() = default;
  virtual ~Trace() = default;
  Trace(const Trace&) = default;
  Trace& operator=(const Trace&) = default;
  Trace(Trace&&) = default;
  Trace& operator=(Trace&&) = default;

  /// Who takes part. Filled before the first record; constant afterwards.
  std::string title;
  std::uint64_t seed{};
  Instant start;
  std::vector<HostInfo> hosts;
  std::vector<LinkInfo> links;

  /// The id of this machine in the trace; a machine is copied in once.
  MachineId machine_id(const Machine& machine);
  /// The next machine of a trace that this one follows record by record.
  void add_machine(MachineInfo machine) { machines_.push_back(std::move(machine)); }
  [[nodiscard]] const std::vector<MachineInfo>& machines() const { return machines_; }

  /// Precondition: `at` is not before the last record's instant. Dropped when the trace is full().
  virtual void append(Instant at, Happening what);
  /// No record is kept once `octets` of them are: a world that goes on for days must not fill the memory. What was
  /// recorded until then stays whole and can be shown.
  void limit(std::size_t octets) { octets_max_ = octets; }
  [[nodiscard]] bool full() const { return octets_ >= octets_max_; }
  [[nodiscard]] std::span<const Record> records() const { return records_; }
  /// The instant of the last record, or start.
  [[nodiscard]] Instant end() const { return records_.empty() ? start : records_.back().at; }

  /// How many records have happened at `at`: those with an instant not after it. Logarithmic.
  [[nodiscard]] std::size_t count_until(Instant at) const;
  /// The state when every record up to and including `at` has happened. Logarithmic in the length of the trace,
  /// plus at most one keyframe distance of records.
  [[nodiscard]] WorldState state_at(Instant at) const;

  /// Keyframes are at least this many records apart: few enough to apply within a frame of the window, many enough
  /// that the keyframes of a short trace weigh nothing.
  static constexpr std::size_t keyframe_records_min = 256;
  /// WorldState::items() of all keyframes together: what they cost.
  [[nodiscard]] std::size_t keyframe_items() const;

 private:
  [[nodiscard]] WorldState initial_state() const;

  std::vector<Record> records_;
  std::size_t octets_{}, octets_max_{std::numeric_limits<std::size_t>::max()};  ///< of the records, text included
  std::vector<MachineInfo> machines_;
  std::vector<WorldState> keyframes_;  ///< ascending by WorldState::records
  /// Keyframes stand at least as many records apart as the state held items at the last one. A record adds at most
  /// one item, so together they hold at most two items a record, whatever grows.
  std::size_t next_keyframe_{keyframe_records_min};
  WorldState newest_;  ///< all records applied; initial_state() before the first
};

}  // namespace mailscope
