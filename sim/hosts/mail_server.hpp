// A mail server host: SMTP relay and submission, POP3 and IMAP behind its doors, mailboxes for its users, and a queue
// of mail for elsewhere. Policies come from the scenario; what goes over the wire comes from the engines.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "protocols/imap/server.hpp"
#include "protocols/mailstore/store.hpp"
#include "protocols/pop3/server.hpp"
#include "protocols/smtp/server.hpp"
#include "sim/hosts/host.hpp"
#include "sim/hosts/mail_queue.hpp"
#include "sim/hosts/mailbox_watch.hpp"
#include "sim/lesson/scenario.hpp"

namespace mailscope {

class MailServer final : public Host {
 public:
  MailServer(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting);
  std::unique_ptr<Session> accept(Instant now, const ConnectionOpened& opened) override;
  void wake(Instant now) override { queue_.run(now); }
  void publish(Instant now) override;

 private:
  std::unique_ptr<Session> accept_smtp(const ConnectionOpened& opened, bool submission);

  [[nodiscard]] const ServerUser* authenticated(std::string_view user, std::string_view password) const;
  [[nodiscard]] bool is_local(std::string_view domain) const;
  /// Its domain is not delivered here. A path without domain is the local "postmaster" (RFC 5321 §4.5.1).
  [[nodiscard]] bool is_elsewhere(std::string_view path) const;
  /// The account of a local address, or null.
  [[nodiscard]] mailstore::Account* account_of(std::string_view forward_path);
  [[nodiscard]] smtp::Reply judge(const smtp::RecipientOffered& offer);
  [[nodiscard]] smtp::Reply take(Instant now, const smtp::MessageOffered& offer);
  void deliver(Instant now, mailstore::Account& account, const std::string& reverse_path, const std::string& content);
  /// Delivers to a local account or queues for elsewhere; false where a local address has no account.
  bool forward(Instant now, const std::string& reverse_path, const std::string& recipient, const std::string& content);

  const MailServerSetting& setting_;
  mailstore::Store store_;  ///< with an account for each user and the postmaster
  std::vector<std::unique_ptr<MailboxWatch>> watches_;
  MailQueue queue_;
  std::uint32_t messages_taken_{};
};

}  // namespace mailscope
