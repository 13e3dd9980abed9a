// Who may hand in what: the answers to MAIL and RCPT. Relaying, rates, greylisting, unknown users and full mailboxes
// are decided here; what becomes of an accepted message is not.
#pragma once

#include "protocols/smtp/server.hpp"
#include "sim/hosts/mail_server/aliases.hpp"
#include "sim/hosts/mail_server/greylist.hpp"
#include "sim/hosts/mail_server/local_delivery.hpp"
#include "sim/hosts/mail_server/rate_limit.hpp"

namespace mailscope {

class Reception {
 public:
  /// All outlive this.
  Reception(const MailServerSetting& setting, const Aliases& aliases, const LocalDelivery& accounts)
      : setting_(setting), aliases_(aliases), accounts_(accounts) {}

  /// One SMTP session, as far as policies look at it.
  struct Visit {
    std::string client_name, client_address;  ///< host and IPv4 address
    std::string sender;                       ///< of the transaction
    std::uint64_t octets{};                   ///< of its message, as the client declares them; 0: it does not
  };
  [[nodiscard]] smtp::Reply judge(Instant now, Visit& visit, const smtp::SenderOffered& offer);
  [[nodiscard]] smtp::Reply judge(Instant now, const Visit& visit, const smtp::RecipientOffered& offer);
  /// A crash: what a server keeps in memory only.
  void forget() { rates_.forget(); }

  /// One of ours or a known host: it may send to anywhere.
  [[nodiscard]] bool is_trusted(const Visit& visit, const std::string& user) const;
  /// This server is a backup for the domain of `address`.
  [[nodiscard]] bool is_backup_for(std::string_view address) const;

 private:
  [[nodiscard]] std::optional<smtp::Reply> refusal(const Visit& visit, const smtp::RecipientOffered& offer) const;

  const MailServerSetting& setting_;
  const Aliases& aliases_;
  const LocalDelivery& accounts_;
  Greylist greylist_;
  RateLimit rates_;
};

/// The IPv4 address lies in the network "192.0.2.0/24", or is that address.
[[nodiscard]] bool is_in_network(std::string_view address, std::string_view network);

}  // namespace mailscope
