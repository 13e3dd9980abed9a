// What a mail server tells of who is here: the answers to VRFY and EXPN (RFC 5321 §3.5). Who may ask is decided here
// too.
#pragma once

#include "protocols/smtp/server.hpp"
#include "sim/hosts/mail_server/aliases.hpp"
#include "sim/hosts/mail_server/local_delivery.hpp"

namespace mailscope {

class Directory {
 public:
  /// All outlive this.
  Directory(const MailServerSetting& setting, const Aliases& aliases, const LocalDelivery& accounts)
      : setting_(setting), aliases_(aliases), accounts_(accounts) {}

  [[nodiscard]] smtp::Reply answer(const smtp::VerificationOffered& question) const;

 private:
  [[nodiscard]] smtp::Reply verify(const std::string& address) const;
  [[nodiscard]] smtp::Reply expand(const std::string& address) const;
  /// "<anna@alba.example>": with the server's own domain where the name has none.
  [[nodiscard]] std::string in_full(std::string_view address) const;

  const MailServerSetting& setting_;
  const Aliases& aliases_;
  const LocalDelivery& accounts_;
};

}  // namespace mailscope
