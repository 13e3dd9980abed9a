#include "sim/hosts/mail_server.hpp"

#include <fmt/format.h>

#include "protocols/core/ascii.hpp"
#include "sim/hosts/address.hpp"

namespace mailscope {
namespace {

constexpr std::string_view postmaster = "postmaster";
const smtp::Reply mailbox_full{452, "4.2.2", {"Mailbox full"}};

/// What final delivery puts before the content (RFC 5321 §4.4).
std::string return_path(const std::string& reverse_path) { return fmt::format("Return-Path: <{}>\r\n", reverse_path); }

const PortSetting* setting_of(const MailServerSetting& setting, Port port) {
  for (const PortSetting& candidate : setting.ports)
    if (candidate.port == port) return &candidate;
  return nullptr;
}

}  // namespace

MailServer::MailServer(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting)
    : Host(id, world, sessions),
      setting_(setting),
      queue_(id, world, sessions, setting.resolver, [this](Instant now, FailedDelivery failure) {
        // Nobody is told that a report itself failed but the postmaster (RFC 5321 §6.1: no loops).
        const bool is_report = failure.sender.empty();
        if (is_report) failure.sender = std::string(postmaster);
        const std::string report = bounce_message(failure, now, fmt::format("bounce-{}", ++messages_taken_));
        if (is_report || !forward(now, "", failure.sender, report)) deliver(now, *account_of(postmaster), "", report);
      }) {
  for (const ServerUser& user : setting.users) store_.add(user.name);
  store_.add(postmaster);  // RFC 5321 §4.5.1: every server that takes mail has one
  for (const auto& [name, account] : store_.accounts())
    watches_.push_back(std::make_unique<MailboxWatch>(id, *account));
}

std::unique_ptr<Session> MailServer::accept(Instant, const ConnectionOpened& opened) {
  const PortSetting* port = setting_of(setting_, opened.server.port);
  if (!port) return nullptr;
  const auto log_in = [this](Instant, auto& engine, auto& event) {
    const auto& offer = std::get<0>(event);
    if (const ServerUser* user = authenticated(offer.user, offer.password)) {
      engine.accept(*store_.find(user->name));
    } else {
      engine.reject();
    }
  };
  switch (port->service) {
    case Service::Relay:
      return accept_smtp(opened, false);
    case Service::Submission:
      return accept_smtp(opened, true);
    case Service::Pop3:
      return serve<pop3::Server>(opened, log_in, pop3::ServerConfig{info().name, setting_.plaintext_login});
    case Service::Imap:
      return serve<imap::Server>(opened, log_in, imap::ServerConfig{info().name, setting_.plaintext_login});
    case Service::Dns:
      return nullptr;
  }
  return nullptr;
}

std::unique_ptr<Session> MailServer::accept_smtp(const ConnectionOpened& opened, bool submission) {
  smtp::ServerConfig config;
  config.hostname = info().name;
  config.peer_address = info(opened.client.host).address;
  config.submission = submission;
  config.plaintext_auth = submission && setting_.plaintext_login;
  return serve<smtp::Server>(
      opened,
      [this](Instant now, smtp::Server& engine, smtp::Server::Event& event) {
        if (const auto* login = std::get_if<smtp::AuthenticationOffered>(&event)) {
          engine.decide(authenticated(login->user, login->password)
                            ? smtp::Reply{235, "2.7.0", {"Authentication successful"}}
                            : smtp::Reply{535, "5.7.8", {"Authentication credentials invalid"}});
        } else if (std::holds_alternative<smtp::SenderOffered>(event)) {
          engine.decide({250, "2.1.0", {"Sender OK"}});
        } else if (const auto* recipient = std::get_if<smtp::RecipientOffered>(&event)) {
          engine.decide(judge(*recipient));
        } else if (const auto* message = std::get_if<smtp::MessageOffered>(&event)) {
          engine.decide(take(now, *message));
        }
      },
      std::move(config));
}

void MailServer::publish(Instant now) {
  for (const auto& watch : watches_)
    for (const MailboxChanged& change : watch->take()) world_.trace.append(now, change);
}

const ServerUser* MailServer::authenticated(std::string_view user, std::string_view password) const {
  const std::string_view domain = domain_of(user);
  if (!domain.empty() && !is_local(domain)) return nullptr;
  for (const ServerUser& candidate : setting_.users)
    if (ascii::iequals(candidate.name, local_part_of(user)) && candidate.password == password) return &candidate;
  return nullptr;
}

bool MailServer::is_local(std::string_view domain) const {
  return std::any_of(setting_.domains.begin(), setting_.domains.end(),
                     [&](const std::string& own) { return ascii::iequals(own, domain); });
}

bool MailServer::is_elsewhere(std::string_view path) const {
  const std::string_view domain = domain_of(path);
  return !domain.empty() && !is_local(domain);
}

mailstore::Account* MailServer::account_of(std::string_view forward_path) {
  return store_.find(local_part_of(forward_path));
}

smtp::Reply MailServer::judge(const smtp::RecipientOffered& offer) {
  if (!is_elsewhere(offer.forward_path)) {
    mailstore::Account* account = account_of(offer.forward_path);
    if (!account) return {550, "5.1.1", {"No such user here"}};
    if (account->inbox().room_for(1, 0) != mailstore::Outcome::Ok) return mailbox_full;
    return {250, "2.1.5", {"Recipient OK"}};
  }
  // An open relay would be abused within the hour (RFC 5321 §7.9).
  if (offer.user.empty()) return {550, "5.7.1", {"Relaying denied"}};
  return {250, "2.1.5", {"Recipient OK, will be relayed"}};
}

smtp::Reply MailServer::take(Instant now, const smtp::MessageOffered& offer) {
  // Between RCPT and the end of DATA another session may have filled a mailbox. A 250 is a promise: refuse all while
  // it can still be kept by the sender (RFC 5321 §4.2.5).
  const std::vector<smtp::Recipient>& recipients = offer.envelope.recipients;
  const std::size_t octets = return_path(offer.envelope.reverse_path).size() + offer.content.size();
  for (const smtp::Recipient& each : recipients) {
    mailstore::Account* account = is_elsewhere(each.forward_path) ? nullptr : account_of(each.forward_path);
    if (account && account->inbox().room_for(recipients.size(), recipients.size() * octets) != mailstore::Outcome::Ok)
      return mailbox_full;
  }
  if (queue_.has_no_room_for(recipients.size())) return {452, "4.3.1", {"Queue full"}};
  const std::uint32_t number = ++messages_taken_;
  // Every recipient was accepted by judge() in this same transaction, so each local one has its account.
  for (const smtp::Recipient& recipient : recipients)
    forward(now, offer.envelope.reverse_path, recipient.forward_path, offer.content);
  return {250, "2.0.0", {fmt::format("OK, message {} accepted", number)}};
}

bool MailServer::forward(Instant now, const std::string& reverse_path, const std::string& recipient,
                         const std::string& content) {
  if (is_elsewhere(recipient)) {
    queue_.add(now, reverse_path, recipient, content);
    return true;
  }
  mailstore::Account* account = account_of(recipient);
  if (account) deliver(now, *account, reverse_path, content);
  return account != nullptr;
}

void MailServer::deliver(Instant now, mailstore::Account& account, const std::string& reverse_path,
                         const std::string& content) {
  const mailstore::Added added = account.inbox().append(now, return_path(reverse_path) + content);
  if (added.outcome != mailstore::Outcome::Ok) return;  // only a report meets this: mail was refused before (take())
  note(now, Severity::Success, "notice/delivered", {account.user()});
}

}  // namespace mailscope
