#include "sim/hosts/mail_server/mail_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/data/url_access.hpp"
#include "sim/hosts/mail_server/delivery_report.hpp"
#include "sim/hosts/session/reply_text.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

constexpr std::string_view postmaster_name = "postmaster";
constexpr Port relay_port{25};

const PortSetting* setting_of(const MailServerSetting& setting, Port port) {
  for (const PortSetting& candidate : setting.ports)
    if (candidate.port == port) return &candidate;
  return nullptr;
}

std::string name_of(const ServerUser* user) { return user ? user->name : std::string(); }

/// Whose guesses are counted together: those of one address at one account, so that nobody keeps its owner out by
/// guessing, and no neighbour either. All names that nobody has are one account.
std::string guess(const std::string& address, const ServerUser* user) { return address + ' ' + name_of(user); }

sasl::Secret secret_of(const ServerUser* user) {
  return user ? sasl::Secret(sasl::Password{user->password}) : sasl::NoSecret{};
}

}  // namespace

MailServer::MailServer(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting)
    : Host(id, world, sessions),
      setting_(setting),
      aliases_(setting.policy, setting.domains),
      accounts_(id, world, sessions, setting),
      reception_(setting, aliases_, accounts_),
      directory_(setting, aliases_, accounts_),
      queue_(
          id, world, sessions, setting,
          [this](Instant now, const Letter& letter, const Outcome& outcome) { report(now, letter, outcome); },
          [this](Instant now, const Letter& letter) { route(now, letter); }),
      random_(world.certificates.random("authentication at " + info().name)),
      secret_(random_octets(32)) {}

std::unique_ptr<Session> MailServer::accept(Instant, const ConnectionOpened& opened) {
  const PortSetting* port = setting_of(setting_, opened.server.port);
  if (!port) return nullptr;
  const auto log_in = [this, peer = client_address(opened)](Instant now, auto& engine, auto& event) {
    if (const auto* known = std::get_if<sasl::Authenticated>(&event))
      return throttle_.succeeded(guess(peer, user_named(known->user)));
    const ServerUser* user = owner_of(std::get<sasl::SecretWanted>(event));
    engine.tell_secret(secret_of(user), user ? accounts_.account_of(user->name) : nullptr,
                       throttle_.tried(now, guess(peer, user)));
  };
  const StartTlsOffer offer = setting_.starttls && !port->tls ? StartTlsOffer::Offered : StartTlsOffer::None;
  // ALPN names exist for POP3 and IMAP, not for SMTP (RFC 7301 §6, IANA's registry).
  const auto secured = [&](std::unique_ptr<Session> session, const char* protocol) {
    if (setting_.starttls || port->tls)
      session->allow_tls(
          world_.certificates.server(info().name, setting_.certificate, protocol, setting_.tls_newest, port->tls));
    return session;
  };
  switch (port->service) {
    case Service::Relay:
    case Service::Submission:
      return secured(accept_smtp(opened, port->service == Service::Submission, offer), "");
    case Service::Pop3: {
      pop3::ServerConfig config{info().name, setting_.plaintext_login};
      config.stls = offer;
      config.apop = setting_.apop;
      config.utf8 = setting_.utf8;
      config.authentication = authentication();
      return secured(serve<pop3::Server>(opened, log_in, std::move(config)), "pop3");
    }
    case Service::Imap: {
      imap::ServerConfig config{info().name, setting_.plaintext_login};
      config.other_names = setting_.other_names;
      config.starttls = offer;
      config.utf8 = setting_.utf8;
      config.authentication = authentication();
      config.in_pieces = world_.turns != nullptr;
      config.memory = world_.memory;
      return secured(serve<imap::Server>(opened, log_in, std::move(config)), "imap");
    }
    case Service::Dns:
      return nullptr;
  }
  return nullptr;
}

std::unique_ptr<Session> MailServer::accept_smtp(const ConnectionOpened& opened, bool submission, StartTlsOffer offer) {
  smtp::ServerConfig config;
  config.hostname = info().name;
  config.peer_address = client_address(opened);
  config.session_id = std::to_string(opened.connection.value);
  config.submission = submission;
  config.starttls = offer;
  config.plaintext_auth = setting_.plaintext_login;
  config.authentication = authentication();
  if (!submission) config.authentication.mechanisms.clear();  // nobody logs in to hand mail over to its recipients
  config.message_octets_max = setting_.policy.message_octets_max;
  config.extensions = setting_.extensions;
  config.bare_lines = setting_.bare_lines;
  config.strict = setting_.strict;
  if (setting_.strict) config.text_line_octets_max = smtp::strict_text_line_octets_max;
  config.local_domains = setting_.domains;
  config.by_min = setting_.policy.deliver_by_min;
  config.hold_max = setting_.policy.hold_max;
  config.watched = !world_.trace.full();
  config.memory = world_.memory;
  // Where nobody logs in, users are strangers.
  const auto asks = [&](MailPolicy::Askers may) {
    return may == MailPolicy::Askers::Anybody || (may == MailPolicy::Askers::Users && submission);
  };
  config.asks_vrfy = asks(setting_.policy.vrfy);
  config.asks_expn = asks(setting_.policy.expn);
  return serve<smtp::Server>(
      opened,
      [this, visit = Reception::Visit{info(opened.client.host).name, client_address(opened), {}}](
          Instant now, smtp::Server& engine, smtp::Server::Event& event) mutable {
        on_smtp(now, visit, engine, event);
      },
      std::move(config));
}

void MailServer::on_smtp(Instant now, Reception::Visit& visit, smtp::Server& engine, smtp::Server::Event& event) {
  if (const auto* wanted = std::get_if<sasl::SecretWanted>(&event))
    return engine.tell_secret(secret_of(owner_of(*wanted)),
                              throttle_.tried(now, guess(visit.client_address, owner_of(*wanted))));
  if (const auto* known = std::get_if<sasl::Authenticated>(&event))
    return throttle_.succeeded(guess(visit.client_address, user_named(known->user)));
  if (const auto* sender = std::get_if<smtp::SenderOffered>(&event))
    return engine.decide(judge(now, visit, engine, *sender));
  if (const auto* recipient = std::get_if<smtp::RecipientOffered>(&event))
    return engine.decide(reception_.judge(now, visit, *recipient));
  if (auto* message = std::get_if<smtp::MessageOffered>(&event)) return engine.decide(take(now, *message));
  if (const auto* question = std::get_if<smtp::VerificationOffered>(&event))
    return engine.decide(directory_.answer(*question));
  if (const auto* url = std::get_if<smtp::UrlOffered>(&event)) return fetch_url(now, engine, *url);
  engine.decide(start_queue(now, visit, std::get<smtp::QueueRunOffered>(event)));
}

smtp::Reply MailServer::judge(Instant now, Reception::Visit& visit, smtp::Server& engine,
                              const smtp::SenderOffered& offer) {
  smtp::Reply reply = reception_.judge(now, visit, offer);
  if (!reply.positive()) return reply;
  if (offer.envelope.hold && !queue_.may_hold(name_of(user_named(offer.user))))
    return {552, "5.7.16", {"You have as many messages held here as are allowed"}};  // RFC 4865 §6
  // RFC 6710 §4.1: strangers may put themselves last, but not first.
  if (offer.envelope.priority.value_or(0) <= 0 || reception_.is_trusted(visit, offer.user)) return reply;
  engine.assign_priority(0);
  return {250, "2.3.6", {"0 is the new priority assigned to the message"}};
}

/// RFC 4468 §3.3, §6: what this host's mail store shows by the URL, as its IMAP server would show it to a submission
/// server. Of other servers nothing is known here; "5.7.14" is what IANA's registry made of the RFC's "X.7.8".
void MailServer::fetch_url(Instant now, smtp::Server& engine, const smtp::UrlOffered& offer) {
  const auto url = imap::read_url(offer.url);
  if (!url || !url->uid) return engine.decide({501, "5.5.4", {"That is no URL of a message"}});
  if (!imap::is_of_server(*url, info().name, setting_.other_names))
    return engine.decide({554, "5.7.14", {"URL resolution requires trust relationship"}});
  const bool is_for_other = url->access && url->access->kind == imap::UrlAccess::Kind::Submit &&
                            user_named(url->access->user) != user_named(offer.user);
  mailstore::Account* account = accounts_.account_of(offer.user);
  if (!account || is_for_other || url->token.empty())
    return engine.decide({554, "5.7.0", {"IMAP URL authorization failed"}});
  const auto content =
      imap::authorised_content(offer.url, {offer.user, true, now}, info().name, *account, setting_.other_names);
  const auto octets = content ? content->octets(account->memos()) : std::nullopt;
  if (!octets) return engine.decide({554, "5.6.6", {"IMAP URL resolution failed"}});
  engine.give_content(*octets);
}

/// Whoever asks may have the mail of a domain that this server is a backup for sent; more than that, and whole trees of
/// domains, only who is known (RFC 1985 §8).
smtp::Reply MailServer::start_queue(Instant now, const Reception::Visit& visit, const smtp::QueueRunOffered& offer) {
  using Scope = smtp::QueueRunOffered::Scope;
  if (offer.scope == Scope::Queue) return {458, "4.3.3", {fmt::format("There is no queue {} here", offer.node)}};
  const bool known = reception_.is_trusted(visit, offer.user);
  const bool backup = offer.scope == Scope::Node && reception_.is_backup_for("@" + offer.node);
  if (!known && !backup)
    return {459, "4.7.1", {fmt::format("Node {} not allowed: this server keeps no mail for it", offer.node)}};
  const std::size_t waiting = queue_.flush(now, offer.node, offer.scope == Scope::Subdomains);
  if (waiting == 0) return {251, "2.0.0", {fmt::format("OK, no messages waiting for node {}", offer.node)}};
  return {253, "2.0.0", {fmt::format("OK, {} pending messages for node {} started", waiting, offer.node)}};
}

void MailServer::act(Instant now, const Action& action) {
  if (const auto* asks = std::get_if<AskForQueueAction>(&action.what))
    ask_for_queue(now, asks->server, setting_.relay_security);
}

void MailServer::ask_for_queue(Instant now, const std::string& server, Security security) {
  smtp::ClientConfig config;
  config.helo_name = info().name;
  config.starttls = starttls_policy(security);
  config.queues = setting_.domains;
  const auto on_event = [this, server, security, tls_failed = false](Instant then, smtp::Client&,
                                                                     const smtp::Client::Event& event) mutable {
    const auto* answer = std::get_if<smtp::QueueAnswered>(&event);
    if (!answer) return tls_failed ? ask_in_clear(then, server) : void();
    tls_failed =
        security == Security::Opportunistic && answer->ours && answer->reply.enhanced == smtp::tls_failed_status;
    if (tls_failed) return;
    const bool willing = answer->reply.positive();
    note(then, willing ? Severity::Success : Severity::Warning, willing ? "notice/queue-asked" : "notice/queue-refused",
         {answer->queue, server, one_line(answer->reply)});
  };
  const auto on_failure = [this, server](Instant then, Phase phase) {
    note(then, Severity::Failure, phase == Phase::Refused ? "notice/connection-refused" : "notice/connection-timed-out",
         {server, fmt::format("{}", relay_port.number)});
  };
  const ConnectionId connection =
      connect<smtp::Client>(now, Transport::Tcp, {*host_named(server), relay_port}, "SMTP", "queue", on_event,
                            on_failure, std::move(config), std::vector<smtp::OutgoingMessage>{});
  secure(connection, security, server, "");
}

/// As mail goes, where TLS was tried and failed (RFC 7435 §3).
void MailServer::ask_in_clear(Instant now, const std::string& server) {
  note(now, Severity::Warning, "notice/tls-given-up", {server});
  ask_for_queue(now, server, Security::None);
}

void MailServer::crash(Instant) {
  queue_.crash();
  reception_.forget();
  throttle_ = {};
}

std::string MailServer::random_octets(std::size_t count) {
  std::string octets(count, '\0');
  random_({reinterpret_cast<unsigned char*>(octets.data()), count});
  return octets;
}

sasl::ServerPolicy MailServer::authentication() {
  return {setting_.mechanisms, [this](std::size_t octets) { return random_octets(octets); }, secret_};
}

const ServerUser* MailServer::owner_of(const sasl::SecretWanted& wanted) const {
  const ServerUser* user = user_named(wanted.user);
  const bool for_itself = wanted.authorization.empty() || user_named(wanted.authorization) == user;
  return for_itself ? user : nullptr;
}

const ServerUser* MailServer::user_named(std::string_view name) const {
  if (!aliases_.is_local(name)) return nullptr;
  for (const ServerUser& candidate : setting_.users)
    if (ascii::iequals(candidate.name, local_part_of(name))) return &candidate;
  return nullptr;
}

/// Between RCPT and the end of DATA another session may have filled a mailbox. A 250 is a promise: all is refused while
/// it can still be kept by the sender.
std::optional<smtp::Reply> MailServer::no_room(const std::vector<Letter>& letters) const {
  const auto may_wait = std::ranges::count_if(letters, [&](const Letter& letter) {
    return letter.envelope.hold || !aliases_.is_local(letter.address()) || aliases_.stands_for_others(letter.address());
  });
  if (may_wait > 0 && queue_.has_no_room_for(static_cast<std::size_t>(may_wait), letters.front().content->size()))
    return smtp::Reply{452, "4.3.1", {"Queue full"}};
  for (const Letter& letter : letters) {
    if (!aliases_.is_local(letter.address())) continue;
    const mailstore::Account* account = accounts_.account_of(letter.address());
    if (!account) continue;
    if (auto full = accounts_.obstacle(*account, letters.size(), letter)) return full;
  }
  return std::nullopt;
}

std::vector<Letter> MailServer::letters_of(Instant now, smtp::MessageOffered& offer) const {
  Letter common{offer.envelope, std::make_shared<const std::string>(std::move(offer.content)), now};
  common.envelope.recipients.clear();
  common.envelope.auth = submitter_of(offer);
  common.user = name_of(user_named(offer.user));
  std::vector<Letter> letters(offer.envelope.recipients.size(), common);
  for (std::size_t i = 0; i < letters.size(); ++i) letters[i].envelope.recipients = {offer.envelope.recipients[i]};
  return letters;
}

smtp::Reply MailServer::take(Instant now, smtp::MessageOffered& offer) {
  std::vector<Letter> letters = letters_of(now, offer);
  if (auto refusal = no_room(letters)) return *refusal;
  const std::uint32_t number = ++messages_taken_;
  for (Letter& letter : letters) {
    if (setting_.policy.suppress_duplicates && !seen_.is_new(*letter.content, letter.address())) {
      note(now, Severity::Info, "notice/duplicate", {std::string(letter.address())});
    } else if (letter.envelope.hold) {
      queue_.hold(now, std::move(letter));
    } else {
      route(now, letter);
    }
  }
  return {250, "2.0.0", {fmt::format("OK, message {} accepted", number)}};
}

/// RFC 4954 §5: the user, where the client names nobody else; else nobody is known to have submitted the message.
std::string MailServer::submitter_of(const smtp::MessageOffered& offer) const {
  const ServerUser* const user = user_named(offer.user);
  const std::optional<std::string>& named = offer.envelope.auth;
  if (!user || (named && user_named(*named) != user)) return {};
  return named.value_or(full_address(user->name));
}

void MailServer::route(Instant now, const Letter& letter) {
  if (!aliases_.is_local(letter.address())) return queue_.add(now, letter);
  if (aliases_.stands_for_others(letter.address())) return expand(now, letter);
  deliver(now, letter);
}

void MailServer::expand(Instant now, const Letter& letter) {
  const std::vector<Aliases::Destination> destinations = aliases_.expand(letter.address());
  if (was_delivered_to(*letter.content, letter.address()) || destinations.empty())
    return report(now, letter,
                  {Outcome::Action::Failed, {554, "5.4.6", {"This address leads back to itself"}}, "", {}});
  note(now, Severity::Info, "notice/expanded", {letter.address(), fmt::format("{}", destinations.size())});
  const auto abroad = std::make_shared<const std::string>(delivered_to_field(letter.address()) + *letter.content);
  // RFC 3461 §5.2.7.1: a list has the message, and that is its delivery. §5.2.7.3: of several copies none can report
  // success for all; "expanded" is the last that is said.
  const bool single = destinations.size() == 1 && !destinations.front().list;
  const auto action = aliases_.list_of(letter.address()) ? Outcome::Action::Delivered : Outcome::Action::Expanded;
  if (!single) report(now, letter, {action, {250, "2.0.0", {"Expanded"}}, "", {}});
  for (const Aliases::Destination& destination : destinations) {
    Letter copy = letter;
    smtp::Recipient& recipient = copy.envelope.recipients.front();
    recipient.forward_path = destination.address;
    if (!single && std::exchange(recipient.notify.success, false))
      recipient.notify.never = !recipient.notify.said();  // who asked for nothing else is told of nothing else
    // §5.2.7.1: what happens beyond a list is its owner's matter; a report to a list goes no further than its owner.
    if (destination.list) {
      copy.envelope.id.clear();
      copy.envelope.returned = {};
      recipient.notify = {};
      recipient.original.reset();
      if (!copy.envelope.reverse_path.empty()) copy.envelope.reverse_path = destination.list->owner;
    }
    if (aliases_.is_local(destination.address)) {
      deliver(now, copy);
    } else {
      copy.content = abroad;
      queue_.add(now, std::move(copy));
    }
  }
}

std::string MailServer::full_address(std::string_view local_part) const {
  return fmt::format("{}@{}", local_part, setting_.domains.empty() ? info().name : setting_.domains.front());
}

void MailServer::deliver(Instant now, const Letter& letter) {
  // A path without domain is the local "postmaster" (RFC 5321 §4.5.1), a target of an alias a local name.
  Letter local = letter;
  if (domain_of(letter.address()).empty())
    local.envelope.recipients.front().forward_path = full_address(letter.address());
  mailstore::Account* account = accounts_.account_of(local.address());
  const std::optional<smtp::Reply> obstacle =
      account ? accounts_.deliver(now, *account, local) : smtp::Reply{550, "5.1.1", {"No such user here"}};
  if (!obstacle) return report(now, local, {Outcome::Action::Delivered, {250, "2.1.5", {"Delivered"}}, "", {}});
  note(now, Severity::Failure, "notice/bounced", {local.address(), one_line(*obstacle)});
  report(now, local, {Outcome::Action::Failed, *obstacle, "", {}});
}

Letter MailServer::report_letter(Instant now, const Letter& letter, const Outcome& outcome, std::string reader) {
  const std::string unique = fmt::format("bounce-{}", ++messages_taken_);
  const std::string content = delivery_report(letter, outcome, info().name, reader, now, unique);
  Letter told{smtp::envelope("", {std::move(reader)}), std::make_shared<const std::string>(content), now};
  told.envelope.priority = letter.envelope.priority;        // RFC 6710 §4.6
  told.envelope.require_tls = letter.envelope.require_tls;  // RFC 8689 §5
  return told;
}

void MailServer::report(Instant now, const Letter& letter, const Outcome& outcome) {
  // Nobody is told that a report itself failed but the postmaster (RFC 5321 §6.1: no loops).
  if (letter.envelope.reverse_path.empty() && outcome.action == Outcome::Action::Failed)
    return tell_postmaster(now, letter, outcome);
  if (!is_to_be_reported(letter, outcome)) return;
  if (outcome.action == Outcome::Action::Delayed)
    note(now, Severity::Warning, "notice/delay-reported", {letter.envelope.reverse_path});
  route(now, report_letter(now, letter, outcome, letter.envelope.reverse_path));
}

/// Into the mailboxes that the postmaster's name stands for here; never out again, or reports could go round.
void MailServer::tell_postmaster(Instant now, const Letter& letter, const Outcome& outcome) {
  const Letter told = report_letter(now, letter, outcome, std::string(postmaster_name));
  bool reached = false;
  for (const Aliases::Destination& destination : aliases_.expand(postmaster_name)) {
    mailstore::Account* account =
        aliases_.is_local(destination.address) ? accounts_.account_of(destination.address) : nullptr;
    reached = (account && !accounts_.deliver(now, *account, told)) || reached;
  }
  if (!reached && accounts_.deliver(now, accounts_.postmaster(), told))
    note(now, Severity::Failure, "notice/report-lost", {letter.address()});
}

}  // namespace mailscope
