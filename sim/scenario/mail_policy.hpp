// What a mail server's administrator has decided: each member is a key of the scenario (scenarios/README.md).
// Plain values; they know no engine and no host.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/core/time.hpp"

namespace mailscope {

struct MailPolicy {
  /// The waits between tries; the last one repeats. RFC 5321 §4.5.4.1: at least 30 minutes, and 4–5 days in all.
  std::vector<Duration> retry{std::chrono::minutes(30)};
  Duration give_up_after{std::chrono::hours(24 * 5)};
  std::optional<Duration> warn_after;  ///< the sender is told of the delay (RFC 3461 §4.1); none: only who asked for it

  std::vector<std::string> relay_for;      ///< hosts by name, and networks such as 192.0.2.0/24, that may send anywhere
  std::vector<std::string> relay_domains;  ///< taken from anybody and passed on: this server is their backup
  std::optional<Duration> greylist;        ///< a stranger's first try is put off for so long (RFC 6647)
  struct Rate {
    std::uint32_t messages{};
    Duration per{};
  };
  std::optional<Rate> rate;                      ///< of one client
  std::uint64_t message_octets_max{10'485'760};  ///< announced by SIZE (RFC 1870)
  bool verify_recipients{true};                  ///< false: unknown users are accepted, and bounced later

  struct Alias {
    std::string name;             ///< local part
    std::vector<std::string> to;  ///< addresses, or local parts of this server
  };
  std::vector<Alias> aliases;
  struct List {
    std::string name;   ///< local part
    std::string owner;  ///< whom reports go to: the list's reverse path (RFC 5321 §3.9.2)
    std::vector<std::string> members;
  };
  std::vector<List> lists;
  /// Who may ask who is here: each answer helps spammers too (RFC 5321 §7.3).
  enum class Askers : std::uint8_t { Nobody, Users, Anybody };
  Askers vrfy{}, expn{};
  std::optional<std::uint64_t> quota_octets;  ///< of each user
  bool over_quota_refused{};                  ///< 552 5.2.2, not 452 4.2.2
  std::chrono::seconds deliver_by_min{};      ///< the shortest time for mail to be returned after (RFC 2852 §2)
  std::chrono::seconds hold_max{std::chrono::days(30)};  ///< for so long mail is held where its sender asks (RFC 4865)
  bool suppress_duplicates{};  ///< one message is taken once for each recipient, by its Message-ID
};

}  // namespace mailscope
