// What a resolver remembers of answers: record sets for their time to live, that a name or type does not exist (RFC
// 2308), that nobody could say (RFC 9520), and which servers know no EDNS (RFC 6891). Only what answers the question is
// kept: additional records are hearsay (RFC 2181 §5.4.1). It asks nobody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

class Cache {
 public:
  /// Sets that are kept; then the one that would expire first goes. A scenario's zones hold fewer records.
  static constexpr std::size_t entries_max = 10'000;
  /// Longer lives are cut: a week (RFC 8767 §4), three hours for what does not exist (RFC 2308 §5).
  static constexpr Duration life_max = std::chrono::hours(7 * 24), negative_life_max = std::chrono::hours(3);
  /// For so long a failure is not tried again; twice as long after each further one (RFC 9520 §3.2).
  static constexpr Duration failure_life_min = std::chrono::seconds(5), failure_life_max = std::chrono::minutes(5);

  struct Found {
    enum class Kind : std::uint8_t {
      Complete,  ///< `response` answers the question
      Alias,     ///< `response` holds aliases; what the last one leads to is not known
      Failure,   ///< `response` is a SERVFAIL: nobody could say, moments ago
    } kind{};
    Message response;  ///< rcode and sections alone; times to live are what is left of them
    Duration left{};   ///< the shortest of those times
  };
  /// What is known of this question; nothing where that is nothing.
  [[nodiscard]] std::optional<Found> find(Instant now, const Question& question) const;

  /// Keeps what a NOERROR or NXDOMAIN response says of the question, from alias to alias. Negative answers without SOA
  /// are not kept (RFC 2308 §5), nor are records with no time to live (RFC 1035 §3.2.1).
  void store(Instant now, const Question& question, const Message& response);
  /// Nobody has answered, or only with errors.
  void store_failure(Instant now, const Question& question);
  /// A server is asked without EDNS for so long: briefly (RFC 6891 §6.2.2), for it may have been taught meanwhile.
  static constexpr Duration plain_life = std::chrono::minutes(15);
  /// `server`: index of one of those that the resolver may ask; there are as many entries at most.
  [[nodiscard]] bool is_plain(Instant now, std::size_t server) const;
  void store_plain(Instant now, std::size_t server) { plain_until_[server] = now + plain_life; }
  void clear();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::vector<ResourceRecord> records;  ///< empty: negative
    std::vector<ResourceRecord> authorities;
    Rcode rcode{};
    Instant stored, expires;
    Duration failure_life{};  ///< of the next failure
  };
  /// Name in lower case, type; NXDOMAIN and failures of any type stand under types of their own.
  using Key = std::pair<std::string, std::uint32_t>;
  [[nodiscard]] const Entry* live(Instant now, const Key& key) const;
  void keep(Instant now, Key key, Entry entry, Duration life);

  std::map<Key, Entry> entries_;
  std::map<std::size_t, Instant> plain_until_;
};

}  // namespace mailscope::dns
