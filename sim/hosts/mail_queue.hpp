// Mail for other domains: waits here until the next server has taken it. Finds that server by MX and A look-ups
// (RFC 5321 §5), relays by SMTP, tries again later after transient failures, and hands back what has failed for good.
#pragma once

#include <functional>
#include <vector>

#include "protocols/dns/resolver.hpp"
#include "protocols/smtp/client.hpp"
#include "sim/hosts/bounce.hpp"
#include "sim/hosts/host.hpp"
#include "sim/kernel/random.hpp"

namespace mailscope {

class MailQueue final : HostToolkit {
 public:
  using OnFailure = std::function<void(Instant, FailedDelivery)>;

  /// A part of the host `id`: shares its doors and address. `resolver` is its DNS server's host name.
  MailQueue(HostId id, Surroundings& world, Sessions& sessions, std::optional<std::string> resolver,
            OnFailure on_failure);

  /// True when `more` further messages would cross items_max.
  [[nodiscard]] bool has_no_room_for(std::size_t more) const { return items_.size() + more > items_max; }
  /// Takes a message for one recipient elsewhere and wakes the host to relay it.
  void add(Instant now, std::string reverse_path, std::string recipient, std::string content);
  /// Tries everything whose time has come.
  void run(Instant now);

  static constexpr std::size_t items_max = 10'000;  ///< at 10 MiB a message the bound that a served queue must have
  static constexpr auto retry_interval = std::chrono::minutes(30);   ///< RFC 5321 §4.5.4.1: at least 30 minutes
  static constexpr auto give_up_after = std::chrono::hours(24 * 5);  ///< RFC 5321 §4.5.4.1: at least 4–5 days

 private:
  struct Item {
    std::string reverse_path, recipient, content;
    Instant accepted, next_try;
    bool busy{};
  };
  /// One try to bring the items of one domain there.
  struct Attempt {
    std::string domain;
    std::vector<std::uint64_t> items;    ///< keys of items_
    std::vector<std::string> exchanges;  ///< not tried yet, best last
    std::vector<std::string> addresses;  ///< of the current exchange, not tried yet, first last
    std::string exchange;
    smtp::Reply reason;  ///< why the last try failed
  };
  using AttemptPtr = std::shared_ptr<Attempt>;

  void look_up(Instant now, dns::Question question,
               std::function<void(Instant, const std::optional<dns::Message>&)> done);
  void exchanges_found(Instant now, const AttemptPtr& attempt, const std::optional<dns::Message>& answer);
  void next_exchange(Instant now, const AttemptPtr& attempt);
  void next_address(Instant now, const AttemptPtr& attempt);
  void relay(Instant now, const AttemptPtr& attempt, HostId to);
  /// All items of the attempt that are still open get this reply.
  void settle_all(Instant now, const AttemptPtr& attempt, const smtp::Reply& reply, const std::string& remote_host);
  void settle(Instant now, std::uint64_t key, const smtp::Reply& reply, const std::string& remote_host);
  void count_changed(Instant now);

  std::optional<std::string> resolver_;
  OnFailure on_failure_;
  RandomStream random_;
  std::map<std::uint64_t, Item> items_;
  std::uint64_t next_key_{};
};

}  // namespace mailscope
