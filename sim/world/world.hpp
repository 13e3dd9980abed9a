// The world: a scenario's hosts on a simulated network, run on virtual time. Scenario and seed decide every record.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

class Certificates;
class MailServer;
class Sessions;
struct Surroundings;
class MemoryBudget;
class Turns;

class World {
 public:
  /// `real`: certificates and chance for real peers, instead of seeded ones.
  explicit World(Scenario scenario, std::optional<std::uint64_t> seed = std::nullopt,
                 const Certificates* real = nullptr);
  ~World();
  World(World&&) noexcept;
  World& operator=(World&&) noexcept;

  /// Runs every event with an instant not after `until`.
  void run_until(Instant until);
  /// Runs until the world is at rest, or one of the bounds below is met.
  void run();
  /// Every action has begun and nothing is under way. Mail may still wait in a queue for its next try, half an hour
  /// or more away: run_until() goes on to it.
  [[nodiscard]] bool at_rest() const;
  [[nodiscard]] const Trace& trace() const;
  [[nodiscard]] const Scenario& scenario() const;

  /// For a world that real peers take part in: it goes on for as long as it is run, and records at most `octets`.
  /// Its sessions take turns and share memory, both of which outlive it.
  void go_live(std::size_t octets, Turns& turns, MemoryBudget& memory);
  /// Connections to real servers that were asked for since the last call, in a world that has gone live: each waits for
  /// Network::admit(), with a session on the server's side, or refuse().
  [[nodiscard]] std::vector<ConnectionId> take_asked();
  /// When the next event is due, or nothing when none is pending.
  [[nodiscard]] std::optional<Instant> next_at() const;
  /// The mail server of that name, or null.
  [[nodiscard]] MailServer* mail_server(std::string_view name);
  /// Something that no host of the world does: every event before `now` happens, then `what` is done at `now`, then
  /// what follows from it at once. `now` is not before any earlier instant.
  void intervene(Instant now, const std::function<void(Surroundings&, Sessions&)>& what);

  static constexpr std::size_t records_max = 2'000'000;  ///< about 1 GiB of trace: a loop, not a lesson
  static constexpr auto span_max = std::chrono::hours(24 * 30);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// How one expectation of a lesson came out.
struct Verdict {
  std::uint32_t step{};  ///< index of its lesson step
  const Expectation* expectation{};
  bool holds{};
  std::string found;  ///< what was there instead, in wire or data terms
};

/// `verdict.found` for people: wire text and numbers as they are, our own words in the current language.
[[nodiscard]] std::string found_text(const Verdict& verdict);

/// Holds every expectation of `scenario` against the trace of its run. A step that was never reached fails.
[[nodiscard]] std::vector<Verdict> grade(const Scenario& scenario, const Trace& trace);

}  // namespace mailscope
