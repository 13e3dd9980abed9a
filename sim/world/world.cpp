#include "sim/world/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/hosts/device/mail_program.hpp"
#include "sim/hosts/mail_server/mail_server.hpp"
#include "sim/hosts/names/name_server.hpp"
#include "sim/hosts/session/real_server.hpp"
#include "sim/world/lesson_trace.hpp"

namespace mailscope {
namespace {

/// Names of services and protocols as people see them on doors.
struct ServiceNames {
  const char* protocol;
  const char* service;
};
ServiceNames names_of(Service service, bool tls) {
  switch (service) {
    case Service::Relay:
      return {"SMTP", "relay"};
    case Service::Submission:
      return {"SMTP", tls ? "submissions" : "submission"};
    case Service::Pop3:
      return {"POP3", tls ? "pop3s" : "pop3"};
    case Service::Imap:
      return {"IMAP", tls ? "imaps" : "imap"};
    case Service::Dns:
      return {"DNS", "dns"};
  }
  return {};
}

/// What some firewalls really do to EHLO, CAPA and CAPABILITY (RFC 3207 §6): the offer becomes a word of the same
/// length that nobody knows.
const std::vector<LinkInfo::Rewrite> stripped{{"STARTTLS", "XXXXXXXX"}, {"STLS", "XXXX"}};

const char* role_of(HostKind kind) {
  switch (kind) {
    case HostKind::Laptop:
      return "laptop";
    case HostKind::Phone:
      return "phone";
    case HostKind::MailServer:
      return "mail-server";
    case HostKind::DnsServer:
      return "dns-server";
  }
  return "";
}

std::vector<PortInfo> doors_of(const std::vector<PortSetting>& settings) {
  std::vector<PortInfo> doors;
  for (const PortSetting& setting : settings) {
    const auto [protocol, service] = names_of(setting.service, setting.tls);
    doors.push_back({setting.port, Transport::Tcp, protocol, service, setting.policy});
  }
  return doors;
}

/// DNS is served over datagrams and streams alike (RFC 7766 §5); a firewall may let the former alone pass.
std::vector<PortInfo> dns_doors_of(const DnsServerSetting& setting) {
  std::vector<PortInfo> doors;
  for (PortInfo door : doors_of(setting.ports)) {
    door.transport = Transport::Udp;
    doors.push_back(door);
    door.transport = Transport::Tcp;
    if (door.policy == PortPolicy::Open) door.policy = setting.tcp;
    doors.push_back(std::move(door));
  }
  return doors;
}

HostInfo host_info(const HostSetting& setting) {
  HostInfo host{setting.name,
                setting.label.empty() ? setting.name : setting.label,
                role_of(setting.kind),
                setting.kind,
                setting.address,
                {},
                {},
                setting.place};
  if (const auto* server = std::get_if<MailServerSetting>(&setting.what)) {
    host.ports = doors_of(server->ports);
    for (const ServerUser& user : server->users) host.mailboxes.push_back(user.name + "/INBOX");
  } else if (const auto* name_server = std::get_if<DnsServerSetting>(&setting.what)) {
    host.ports = dns_doors_of(*name_server);
  } else if (const auto* real = std::get_if<RealServerSetting>(&setting.what)) {
    std::vector<PortSetting> ports;
    for (const RealServerSetting::Door& door : real->doors) ports.push_back(door.port);
    host.ports = doors_of(ports);
  } else if (const auto* device = std::get_if<DeviceSetting>(&setting.what)) {
    for (const AccountSetting& account : device->accounts) {
      const std::string prefix = mailbox_prefix(*device, account);
      if (account.incoming) host.mailboxes.push_back(prefix + "INBOX");
      if (account.outgoing) host.mailboxes.push_back(prefix + "Sent");
    }
  }
  return host;
}

}  // namespace

std::string mailbox_prefix(const DeviceSetting& device, const AccountSetting& account) {
  return device.accounts.size() > 1 ? account.address + "/" : "";
}

bool has_real_servers(const Scenario& scenario) {
  return std::ranges::any_of(
      scenario.hosts, [](const HostSetting& host) { return std::holds_alternative<RealServerSetting>(host.what); });
}

struct World::Impl {
  Impl(Scenario the_scenario, std::optional<std::uint64_t> seed, const Certificates* real);

  void populate();
  void run_one();
  void follow_up();
  void dispatch(Instant now, const Event& event);
  void tell(Instant now, NetworkNews& news);
  void ask(Instant now, ConnectionId connection);
  void accept(Instant now, ConnectionId connection);
  void finish_dispatch(Instant now);
  void schedule_next_action(Instant now);
  void act(Instant now, std::uint32_t action);
  void crash(Instant now, HostId host, std::optional<Duration> down);
  void restart(Instant now, HostId host);
  [[nodiscard]] HostId id_of(const std::string& name) const;
  /// Nothing is under way: no session but those that wait for news, no packet on the wire, no host about to wake at
  /// this very instant.
  [[nodiscard]] bool quiet() const;

  Scenario scenario;
  LessonTrace trace;
  EventQueue agenda;
  std::optional<Network> network;  ///< built once the trace's hosts are known
  std::optional<Certificates> certificates;
  std::optional<Surroundings> surroundings;
  std::vector<std::unique_ptr<Host>> hosts;  ///< by HostId
  std::vector<std::string> zones;            ///< that some DNS server has
  std::map<std::string, MailServer*, std::less<>> mail_servers;
  Sessions sessions;  ///< after the hosts, so that it goes before them: engines hold their hosts' mailboxes
  Instant now;
  std::uint32_t actions_begun{};
  bool action_scheduled{};
  std::uint32_t restarts_pending{};  ///< hosts that will come back by themselves
  bool live{};
  std::vector<ConnectionId> asked;  ///< of real servers, while live
};

World::Impl::Impl(Scenario the_scenario, std::optional<std::uint64_t> seed, const Certificates* real)
    : scenario(std::move(the_scenario)) {
  trace.title = scenario.title.in(Language::English);
  trace.seed = seed.value_or(scenario.seed);
  trace.start = now = scenario.start;
  for (const HostSetting& host : scenario.hosts) trace.hosts.push_back(host_info(host));
  for (const LinkSetting& link : scenario.links)
    trace.links.push_back({id_of(link.a), id_of(link.b), link.latency, link.bits_per_second, link.faults,
                           link.strip_starttls ? stripped : std::vector<LinkInfo::Rewrite>{}});
  trace.begin(scenario.steps);
  network.emplace(trace, agenda, trace.seed);
  certificates = real ? *real : Certificates(trace.seed, now);
  surroundings.emplace(Surroundings{trace, agenda, *network, *certificates});
  populate();
  finish_dispatch(now);
}

void World::Impl::populate() {
  for (const HostSetting& host : scenario.hosts)
    if (const auto* dns = std::get_if<DnsServerSetting>(&host.what)) {
      for (const Zone& zone : dns->zones) zones.push_back(zone.name);
      if (dns->reverse)
        for (const dns::Zone& zone : reverse_zones(trace.hosts, host.name)) zones.push_back(zone.name);
    }
  for (std::uint32_t i = 0; i < scenario.hosts.size(); ++i) {
    const HostId id{i};
    const HostSetting& setting = scenario.hosts[i];
    if (const auto* server = std::get_if<MailServerSetting>(&setting.what)) {
      auto made = std::make_unique<MailServer>(id, *surroundings, sessions, *server);
      mail_servers.emplace(setting.name, made.get());
      hosts.push_back(std::move(made));
    } else if (const auto* name_server = std::get_if<DnsServerSetting>(&setting.what)) {
      hosts.push_back(std::make_unique<NameServer>(id, *surroundings, sessions, *name_server, zones));
    } else if (std::holds_alternative<RealServerSetting>(setting.what)) {
      hosts.push_back(std::make_unique<RealServer>(id, *surroundings, sessions));
    } else {
      hosts.push_back(
          std::make_unique<MailProgram>(id, *surroundings, sessions, std::get<DeviceSetting>(setting.what)));
    }
  }
}

void World::Impl::run_one() {
  const EventQueue::Entry entry = agenda.pop();
  now = std::max(now, entry.at);  // an intervention may have gone ahead of an event that was then due
  dispatch(now, entry.event);
  follow_up();
}

void World::Impl::follow_up() {
  while (auto news = network->poll()) tell(now, *news);
  finish_dispatch(now);
}

void World::Impl::dispatch(Instant at, const Event& event) {
  if (const auto* packet = std::get_if<PacketArrives>(&event)) {
    network->handle(at, *packet);
  } else if (const auto* ready = std::get_if<LinkReady>(&event)) {
    network->handle(at, *ready);
  } else if (const auto* timer = std::get_if<TransportTimer>(&event)) {
    network->handle(at, *timer);
  } else if (const auto* deadline = std::get_if<EngineDeadline>(&event)) {
    if (Session* session = sessions.find(deadline->connection, deadline->side)) session->deadline_due(at);
  } else if (const auto* wakes = std::get_if<HostWakes>(&event)) {
    if (!network->is_down(wakes->host)) hosts[wakes->host.value]->wake(at);
  } else if (const auto* restarts = std::get_if<HostRestarts>(&event)) {
    --restarts_pending;
    restart(at, restarts->host);
  } else {
    act(at, std::get<ActionDue>(event).action);
  }
}

void World::Impl::tell(Instant at, NetworkNews& news) {
  if (const auto* accepted = std::get_if<ConnectionAccepted>(&news)) {
    accept(at, accepted->connection);
  } else if (const auto* established = std::get_if<ConnectionEstablished>(&news)) {
    if (Session* session = sessions.find(established->connection, Side::Client)) session->begin(at);
  } else if (const auto* failed = std::get_if<ConnectionFailed>(&news)) {
    if (Session* session = sessions.find(failed->connection, failed->side)) session->fail(at, failed->reason);
    sessions.remove(failed->connection, failed->side);
  } else if (const auto* bytes = std::get_if<BytesArrived>(&news)) {
    if (Session* session = sessions.find(bytes->connection, bytes->side)) session->receive(at, bytes->bytes);
  } else if (const auto* closed = std::get_if<PeerClosed>(&news)) {
    if (Session* session = sessions.find(closed->connection, closed->side)) session->receive_eof(at);
  } else if (const auto* room = std::get_if<RoomToSend>(&news)) {
    if (Session* session = sessions.find(room->connection, room->side)) session->room_to_send(at);
  } else if (const auto* wanted = std::get_if<ConnectionAsked>(&news)) {
    ask(at, wanted->connection);
  } else {
    const ConnectionId over = std::get<ConnectionOver>(news).connection;
    sessions.remove(over, Side::Client);
    sessions.remove(over, Side::Server);
  }
}

void World::Impl::ask(Instant at, ConnectionId connection) {
  if (live) return asked.push_back(connection);
  hosts[network->opened(connection)->server.host.value]->refuse(at, connection);
}

void World::Impl::accept(Instant at, ConnectionId connection) {
  if (Session* brought = sessions.find(connection, Side::Server)) return brought->begin(at);
  const ConnectionOpened opened = *network->opened(connection);
  std::unique_ptr<Session> session = hosts[opened.server.host.value]->accept(at, opened);
  if (!session) return network->abort(at, connection, Side::Server);
  Session& added = *session;
  sessions.add(connection, Side::Server, std::move(session));
  added.begin(at);
}

void World::Impl::finish_dispatch(Instant at) {
  bool mailbox_changed = false;
  for (const auto& host : hosts) mailbox_changed = host->publish(at) || mailbox_changed;
  if (mailbox_changed) sessions.tell_news(at);
  schedule_next_action(at);
}

bool World::Impl::quiet() const {
  const auto next = agenda.next_at();
  return sessions.resting() && trace.packets_on_wire() == 0 && restarts_pending == 0 && (!next || *next > now);
}

void World::Impl::schedule_next_action(Instant at) {
  if (action_scheduled || actions_begun == scenario.actions.size()) return;
  const Action& next = scenario.actions[actions_begun];
  if (!next.at && !quiet()) return;
  const Instant due = next.at ? std::max(at, trace.start + *next.at) : at + next.pause;
  agenda.schedule(due, ActionDue{actions_begun});
  action_scheduled = true;
}

void World::Impl::act(Instant at, std::uint32_t action) {
  const Action& due = scenario.actions[action];
  const HostId who = id_of(due.who);
  action_scheduled = false;
  actions_begun = action + 1;
  trace.append(at, ActionBegan{action, who});
  if (const auto* crashes = std::get_if<CrashAction>(&due.what)) return crash(at, who, crashes->down);
  if (std::holds_alternative<RestartAction>(due.what)) return restart(at, who);
  hosts[who.value]->act(at, due);
}

void World::Impl::crash(Instant at, HostId host, std::optional<Duration> down) {
  if (network->is_down(host)) return;
  hosts[host.value]->note(at, Severity::Failure, "notice/crashed", {trace.hosts[host.value].name});
  sessions.remove_of(host, [&](ConnectionId connection, Side side) -> std::optional<HostId> {
    const ConnectionOpened* opened = network->opened(connection);
    if (!opened) return std::nullopt;
    return side == Side::Client ? opened->client.host : opened->server.host;
  });
  network->crash(at, host);
  hosts[host.value]->crash(at);
  if (!down) return;
  agenda.schedule(at + *down, HostRestarts{host});
  ++restarts_pending;
}

void World::Impl::restart(Instant at, HostId host) {
  if (!network->is_down(host)) return;
  network->restart(host);
  hosts[host.value]->note(at, Severity::Success, "notice/restarted", {trace.hosts[host.value].name});
  hosts[host.value]->restart(at);
}

HostId World::Impl::id_of(const std::string& name) const {
  std::uint32_t index = 0;
  while (trace.hosts[index].name != name) ++index;  // the reader has checked every name
  return {index};
}

World::World(Scenario scenario, std::optional<std::uint64_t> seed, const Certificates* real)
    : impl_(std::make_unique<Impl>(std::move(scenario), seed, real)) {}
World::~World() = default;
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;

void World::run_until(Instant until) {
  const Instant last = impl_->live ? until : std::min(until, impl_->trace.start + span_max);
  while (impl_->live || impl_->trace.records().size() < records_max) {
    const auto next = impl_->agenda.next_at();
    if (!next || *next > last) return;
    impl_->run_one();
  }
}

void World::run() {
  while (!at_rest() && impl_->trace.records().size() < records_max) {
    const auto next = impl_->agenda.next_at();
    if (!next || *next > impl_->trace.start + span_max) return;
    impl_->run_one();
  }
}

bool World::at_rest() const {
  return impl_->actions_begun == impl_->scenario.actions.size() && !impl_->action_scheduled && impl_->quiet();
}

void World::go_live(std::size_t octets, Turns& turns, MemoryBudget& memory) {
  impl_->live = true;
  impl_->surroundings->turns = &turns;
  impl_->surroundings->memory = &memory;
  impl_->trace.limit(octets);
}

MailServer* World::mail_server(std::string_view name) {
  const auto found = impl_->mail_servers.find(name);
  return found == impl_->mail_servers.end() ? nullptr : found->second;
}

std::vector<ConnectionId> World::take_asked() { return std::exchange(impl_->asked, {}); }

std::optional<Instant> World::next_at() const { return impl_->agenda.next_at(); }

void World::intervene(Instant now, const std::function<void(Surroundings&, Sessions&)>& what) {
  run_until(now);
  impl_->now = std::max(impl_->now, now);
  what(*impl_->surroundings, impl_->sessions);
  impl_->follow_up();
  run_until(now);
}

const Trace& World::trace() const { return impl_->trace; }
const Scenario& World::scenario() const { return impl_->scenario; }

}  // namespace mailscope
