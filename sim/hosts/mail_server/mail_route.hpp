// The way to a domain's mail servers: MX and address look-ups, and the order in which they are tried (RFC 5321 §5).
// It opens no SMTP connection: whoever does asks for the next server when one did not do.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocols/smtp/reply.hpp"
#include "sim/hosts/names/name_lookup.hpp"
#include "sim/hosts/session/host.hpp"
#include "sim/kernel/random.hpp"

namespace mailscope {

class MailRoute final : HostToolkit, public std::enable_shared_from_this<MailRoute> {
 public:
  struct Next {
    std::optional<HostId> server;  ///< try this one; exchange() names it
    smtp::Reply dead_end;          ///< where there is none (left): why
  };
  /// Kept by the look-up that is under way alone, so that it may hold what holds this route.
  using OnNext = std::function<void(Instant, const Next&)>;

  /// For the host `id`, which looks names up by `names`. `random` shuffles equal preferences. Both outlive this.
  MailRoute(HostId id, Surroundings& world, Sessions& sessions, NameLookup& names, RandomStream& random,
            std::string domain);
  /// Looks for the first server. `on_next` is called once, now or later.
  void start(Instant now, const OnNext& on_next);
  /// The last server did not take the mail, and that is no final answer: on to the next one. `reason` is the dead end's
  /// where no other is left.
  void try_next(Instant now, smtp::Reply reason, const OnNext& on_next);
  /// The name of the server that was told last.
  [[nodiscard]] const std::string& exchange() const { return exchange_; }

 private:
  void exchanges_found(Instant now, const std::optional<dns::Message>& answer, const OnNext& on_next);
  [[nodiscard]] bool order_exchanges(const dns::Message& answer);
  void next_exchange(Instant now, const OnNext& on_next);
  void look_up_address(Instant now, dns::Type type, const OnNext& on_next);
  void next_address(Instant now, const OnNext& on_next);
  [[nodiscard]] smtp::Reply no_address() const;
  /// The exchange is this server itself, by its name or by an address of it: so are all that are not better.
  void reached_itself(Instant now, const OnNext& on_next);

  NameLookup& names_;
  RandomStream& random_;
  std::string domain_;
  std::vector<std::string> exchanges_;  ///< not tried yet, best last
  std::string exchange_;
  std::vector<std::string> addresses_;  ///< of exchange_, not tried yet, first last
  bool has_ipv6_left_{};                ///< exchange_'s AAAA records were not looked up yet
  bool any_address_{};                  ///< exchange_ has one
  bool may_mend_{};                     ///< an exchange has one, or its name servers gave no answer
  bool any_before_{};                   ///< some exchange was better than exchange_
  smtp::Reply reason_;                  ///< why the last try failed
};

}  // namespace mailscope
