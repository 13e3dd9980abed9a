// Mail for other domains: waits here until the next server has taken it. It is durable: a crash loses nothing. Relays
// by SMTP, tries again later after transient failures, and tells what became of each letter. It knows no report.
#pragma once

#include <deque>
#include <functional>
#include <set>
#include <vector>

#include "protocols/smtp/client.hpp"
#include "sim/hosts/mail_server/letter.hpp"
#include "sim/hosts/mail_server/mail_route.hpp"
#include "sim/hosts/session/host.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

class MailQueue final : HostToolkit {
 public:
  using OnOutcome = std::function<void(Instant, const Letter&, Outcome)>;
  using OnReleased = std::function<void(Instant, const Letter&)>;
  /// How far the relaying of a letter has come.
  struct Progress {
    Instant next_try;
    Instant since;  ///< it has waited to be relayed
    std::size_t tries{};
    bool held{};  ///< until next_try, as its sender asked (RFC 4865)
    bool warned{}, told_late{};
  };
  /// Keeps letters beyond the end of the program. Told at once of everything; it must not touch the queue from within.
  class Keeper {
   public:
    Keeper() = default;
    virtual ~Keeper() = default;
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    virtual void queued(std::uint64_t key, const Letter& letter, const Progress& progress) = 0;  ///< or changed
    virtual void gone(std::uint64_t key) = 0;
  };

  /// A part of the host `id`: shares its doors and address. Told of outcomes: failed (the letter has left the queue),
  /// delayed, relayed; and of letters that were held and now begin their way.
  MailQueue(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting, OnOutcome on_outcome,
            OnReleased on_released);

  /// True when `more` further letters of `octets` each would cross items_max or the limit of octets.
  [[nodiscard]] bool has_no_room_for(std::size_t more, std::uint64_t octets) const {
    return items_.size() + more > items_max || octets_ + more * octets > octets_max_;
  }
  /// What its letters may have together; without this there is no limit. A letter for several recipients is several.
  void limit(std::uint64_t octets) { octets_max_ = octets; }
  /// Takes a letter for elsewhere and wakes the host to relay it.
  void add(Instant now, Letter letter);
  /// A letter that a keeper kept goes on as it was, under a new key.
  void restore(Instant now, Letter letter, const Progress& progress);
  void keep(Keeper& keeper) { keeper_ = &keeper; }
  /// Takes a letter for anywhere and keeps it back for as long as its sender asked (RFC 4865).
  void hold(Instant now, Letter letter);
  /// One more letter of this user may be held.
  [[nodiscard]] bool may_hold(std::string_view user) const;
  /// Letters for `node`, with `subdomains` for the domains below it too, are tried now (RFC 1985): how many wait.
  std::size_t flush(Instant now, std::string_view node, bool subdomains);
  /// Tries everything whose time has come, urgent letters first (RFC 6710), and tells of what is late.
  void run(Instant now);
  /// Tries that were under way have ended with their sessions.
  void crash();
  void restart(Instant now);

  static constexpr std::size_t items_max = 10'000;  ///< at 10 MiB a message the bound that a served queue must have
  /// One transaction carries at most so many recipients: what every server takes (RFC 5321 §4.5.3.1.8).
  static constexpr std::size_t recipients_max = 100;
  static constexpr std::size_t held_max = 100;  ///< of one user (RFC 4865 §6): a birthday greeting for each friend

 private:
  struct Item {
    Letter letter;
    Progress progress;
    std::size_t octets{};
    bool busy{};
  };
  /// What letters must have in common to travel in one session.
  struct Road {
    std::string domain;  ///< in lower case and A-labels, as far as it has such a form
    Security security{};
    bool insists{};  ///< REQUIRETLS: who cannot secure the session does not get the letter (RFC 8689 §4.2.1)
    friend auto operator<=>(const Road&, const Road&) = default;
  };
  using Keys = std::vector<std::uint64_t>;  ///< of items_
  /// One try to bring the items of one domain there. A batch travels as one message with several recipients.
  struct Attempt {
    Road road;
    std::shared_ptr<MailRoute> route;
    std::deque<Keys> batches;
    Keys left;                        ///< this server did not take these; another one may
    smtp::Reply reason;               ///< why
    std::optional<smtp::Reply> told;  ///< the reason for which a server before was left: what counts if none takes them
    std::string told_by;              ///< that server; empty where none said it
    bool tls_failed{};                ///< with this server
    bool in_clear{};                  ///< that server is tried once more, without TLS
  };
  using AttemptPtr = std::shared_ptr<Attempt>;

  void put(Instant now, Letter letter, const Progress& progress);
  void wake_at(Instant at);
  void keep(std::uint64_t key, const Item& item);
  void release_held(Instant now);
  void tell_of_late(Instant now);
  [[nodiscard]] Road road_of(const Letter& letter) const;
  [[nodiscard]] std::deque<Keys> batches_of(Keys keys) const;
  [[nodiscard]] MailRoute::OnNext next_for(const AttemptPtr& attempt);
  void relay(Instant now, const AttemptPtr& attempt, HostId to);
  /// What this server has not answered goes to it once more in the clear, or to the next one.
  void session_over(Instant now, const AttemptPtr& attempt, HostId server);
  /// `attempt->reason` is why this one was left, `said_by` who gave it, empty for nobody.
  void try_next_server(Instant now, const AttemptPtr& attempt, const std::string& said_by);
  void batch_done(Instant now, const AttemptPtr& attempt, const smtp::MessageDone& done);
  void settle_all(Instant now, const AttemptPtr& attempt, const smtp::Reply& reply);
  /// `owes_report`: see smtp::MessageDone.
  void settle(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host,
              bool owes_report);
  void defer(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host);
  [[nodiscard]] bool is_overdue(Instant now, const Item& item) const;
  /// When the sender's BY= ends (RFC 2852 §4).
  [[nodiscard]] static std::optional<Instant> due_by(const Letter& letter);
  /// The letter is late, and that has not been acted upon.
  [[nodiscard]] static bool is_late(Instant now, const Item& item);
  void fail(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host);
  void remove(Instant now, std::uint64_t key);
  void count_changed(Instant now);

  const MailServerSetting& setting_;
  OnOutcome on_outcome_;
  OnReleased on_released_;
  NameLookup names_;
  RandomStream random_;
  std::map<std::uint64_t, Item> items_;
  std::set<Instant> booked_;  ///< wake-ups that will come
  std::uint64_t next_key_{}, octets_{}, octets_max_{UINT64_MAX};
  Keeper* keeper_{};
};

}  // namespace mailscope
