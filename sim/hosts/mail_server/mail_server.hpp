// A mail server host: SMTP relay and submission, POP3 and IMAP behind its doors, mailboxes for its users, and a queue
// of mail for elsewhere. Policies come from the scenario; what goes over the wire comes from the engines.
#pragma once

#include <memory>

#include "protocols/imap/server/server.hpp"
#include "protocols/pop3/server.hpp"
#include "protocols/sasl/throttle.hpp"
#include "protocols/smtp/server.hpp"
#include "sim/hosts/mail_server/aliases.hpp"
#include "sim/hosts/mail_server/directory.hpp"
#include "sim/hosts/mail_server/local_delivery.hpp"
#include "sim/hosts/mail_server/mail_queue.hpp"
#include "sim/hosts/mail_server/reception.hpp"
#include "sim/hosts/mail_server/seen_messages.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

class MailServer final : public Host {
 public:
  MailServer(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting);
  std::unique_ptr<Session> accept(Instant now, const ConnectionOpened& opened) override;
  void wake(Instant now) override { queue_.run(now); }
  [[nodiscard]] bool publish(Instant now) override { return accounts_.publish(now); }
  void crash(Instant now) override;
  void restart(Instant now) override { queue_.restart(now); }
  void act(Instant now, const Action& action) override;

  /// With an account for each user and the postmaster.
  [[nodiscard]] mailstore::Store& store() { return accounts_.store(); }
  [[nodiscard]] MailQueue& queue() { return queue_; }

 private:
  std::unique_ptr<Session> accept_smtp(const ConnectionOpened& opened, bool submission, StartTlsOffer offer);
  [[nodiscard]] std::string random_octets(std::size_t count);
  void on_smtp(Instant now, Reception::Visit& visit, smtp::Server& engine, smtp::Server::Event& event);
  [[nodiscard]] smtp::Reply judge(Instant now, Reception::Visit& visit, smtp::Server& engine,
                                  const smtp::SenderOffered& offer);
  void fetch_url(Instant now, smtp::Server& engine, const smtp::UrlOffered& offer);
  [[nodiscard]] smtp::Reply start_queue(Instant now, const Reception::Visit& visit, const smtp::QueueRunOffered& offer);
  /// Asks the mail server of this name to send now what it keeps for this one's domains (RFC 1985).
  void ask_for_queue(Instant now, const std::string& server, Security security);
  void ask_in_clear(Instant now, const std::string& server);
  [[nodiscard]] sasl::ServerPolicy authentication();
  /// Whose secret is wanted; null where there is no such user, or the user may not act for the one that is named.
  [[nodiscard]] const ServerUser* owner_of(const sasl::SecretWanted& wanted) const;
  /// The user with this login name, with or without one of the server's domains; or null.
  [[nodiscard]] const ServerUser* user_named(std::string_view name) const;

  // Taking the responsibility for a message (RFC 5321 §4.2.5). Whatever these do is durable before the 250 is sent.
  [[nodiscard]] smtp::Reply take(Instant now, smtp::MessageOffered& offer);
  /// One for each recipient; they have the offer's content from then on.
  [[nodiscard]] std::vector<Letter> letters_of(Instant now, smtp::MessageOffered& offer) const;
  [[nodiscard]] std::optional<smtp::Reply> no_room(const std::vector<Letter>& letters) const;
  [[nodiscard]] std::string submitter_of(const smtp::MessageOffered& offer) const;
  /// Of a name of this server.
  [[nodiscard]] std::string full_address(std::string_view local_part) const;
  /// Brings a letter on its way: into the queue, to all that its address stands for, or into a mailbox.
  void route(Instant now, const Letter& letter);
  void expand(Instant now, const Letter& letter);
  void deliver(Instant now, const Letter& letter);
  /// Tells the sender, if it is to be told; and the postmaster, where a report has failed.
  void report(Instant now, const Letter& letter, const Outcome& outcome);
  void tell_postmaster(Instant now, const Letter& letter, const Outcome& outcome);
  [[nodiscard]] Letter report_letter(Instant now, const Letter& letter, const Outcome& outcome, std::string reader);

  const MailServerSetting& setting_;
  Aliases aliases_;
  LocalDelivery accounts_;
  Reception reception_;
  Directory directory_;
  SeenMessages seen_;
  MailQueue queue_;
  tls::RandomSource random_;
  std::string secret_;  ///< from which users who do not exist get their salts
  sasl::Throttle throttle_;
  std::uint32_t messages_taken_{};
};

}  // namespace mailscope
