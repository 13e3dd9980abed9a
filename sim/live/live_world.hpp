// A scenario's world with real peers: run on real time, every real client is a visitor of its mail servers with a
// simulated connection of its own, and what its devices say to a real server goes there. What is recorded is an
// ordinary trace.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/hosts/session/turns.hpp"
#include "sim/live/bridge.hpp"
#include "sim/live/setting.hpp"
#include "sim/live/sockets.hpp"
#include "sim/world/world.hpp"

namespace mailscope::live {

class KeptServers;

class LiveWorld {
 public:
  /// `scenario` plays as served() leaves it. `now` is the world's start.
  LiveWorld(Scenario scenario, const Setting& setting, Instant now);
  ~LiveWorld();

  /// Why it cannot go on: lines for people. Empty where it can.
  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
  /// Also serves peers of other machines. Before open(): else no other machine reaches the doors.
  void allow_lan() { lan_ = true; }
  /// Opens every door. Returns why not, one line for each door that stays shut; none are open then.
  [[nodiscard]] std::vector<std::string> open();
  [[nodiscard]] const std::vector<Door>& doors() const { return doors_; }
  /// As it is served.
  [[nodiscard]] const Scenario& scenario() const { return world_.scenario(); }
  /// The file with the authority's certificate, which programs must trust; empty where no server offers TLS.
  [[nodiscard]] const std::filesystem::path& authority() const { return authority_; }

  /// Why it serves no longer: the store cannot be written, so nothing may be promised. Empty as long as it does.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// Waits until something is to be done, at most `patience`, and does it. `clock` is called for the time; it never
  /// goes back.
  template <class Clock>
  void turn(Clock&& clock, Duration patience) {
    const Instant before = clock();
    prepare(before);
    const bool has_work = turns_.anybody_waits() || tidying_;
    waiter_.wait(interests_, has_work ? std::chrono::milliseconds{} : patience_from(before, patience));
    serve(clock());
  }
  /// Ends: no door is open, every visitor is told so by its server and waited for, at most `closing_max`.
  template <class Clock>
  void close(Clock&& clock) {
    const Instant until = clock() + closing_max;
    say_good_bye(clock());
    for (Instant now = clock(); !bridges_.empty() && now < until; now = clock()) turn(clock, until - now);
  }
  static constexpr Duration closing_max = std::chrono::milliseconds(500);
  /// As World's: the lesson's actions are done, and nothing is under way.
  [[nodiscard]] bool at_rest() const { return world_.at_rest(); }
  [[nodiscard]] const Trace& trace() const { return world_.trace(); }
  /// The host that stands for the real clients, where there is a door for them.
  [[nodiscard]] std::optional<HostId> outside() const { return outside_; }
  [[nodiscard]] std::size_t visits() const { return visits_; }

 private:
  void load(const std::filesystem::path& store, Instant now);
  /// What was done is on the disk before anybody is told.
  void keep();
  void say_good_bye(Instant now);
  void prepare(Instant now);
  /// Rounded up: what is due meanwhile is done late by less than a millisecond.
  [[nodiscard]] std::chrono::milliseconds patience_from(Instant now, Duration patience) const;
  void serve(Instant now);
  /// Those whose peers have said nothing new, but more than could be done at once.
  void go_on(Instant now);
  void admit(Instant now, std::size_t door, std::unique_ptr<Stream> stream);
  /// Calls the real servers that somebody wants to talk to.
  void call_out(Instant now);
  void clear_away();
  /// Nothing, or why this peer is not served.
  [[nodiscard]] const char* objection(const Peer& peer) const;
  [[nodiscard]] bool is_stranger(const Bridge& bridge, const Sessions& sessions) const;
  /// Of the address that has most strangers, the oldest goes, where there are as many as there may be, or `needed`.
  void make_room(Instant now, bool needed);

  [[nodiscard]] Certificates own_certificates(const Scenario& scenario, const Setting& setting, Instant now);
  [[nodiscard]] Certificates certificates(const Scenario& scenario, const Setting& setting, Instant now);

  Library library_;
  std::vector<std::string> failures_;  ///< known before open()
  std::filesystem::path authority_;
  Turns turns_;
  MemoryBudget memory_;
  World world_;
  std::vector<Door> doors_;
  Limits limits_;
  std::unique_ptr<KeptServers> store_;  ///< null where nothing is kept; goes before the world
  std::string failure_;
  bool tidying_{};  ///< the store has room to free
  bool lan_{};
  std::optional<HostId> outside_;
  std::vector<HostId> door_hosts_;  ///< by index of doors_
  struct Listening {
    std::size_t door{};  ///< index of doors_
    std::unique_ptr<Listener> listener;
  };
  std::vector<Listening> listeners_;
  Instant accepts_again_{};  ///< descriptors were used up before
  std::vector<std::unique_ptr<Bridge>> bridges_;
  Waiter waiter_;
  std::vector<Interest> interests_;                 ///< listeners, then bridges
  std::size_t visits_{};                            ///< bridges that are visits
  std::map<std::string, std::size_t> visits_of_;    ///< the same by address
  bool refusing_{};                                 ///< the last peer was refused, and that was told
};

/// `scenario` as it is served: the people's actions and the lesson's steps gone, unless it has real servers: then it
/// plays; and, where it has mail servers of its own, a last host "outside" for real clients with a link to each of them
/// that takes no time. `with_tls`: servers also offer TLS where the lesson has none.
[[nodiscard]] Scenario served(Scenario scenario, Instant start, bool with_tls = false);
/// Some mail server offers TLS.
[[nodiscard]] bool offers_tls(const Scenario& scenario);

}  // namespace mailscope::live
