#include "sim/live/live_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "protocols/tls/pem.hpp"
#include "sim/hosts/session/certificates.hpp"
#include "sim/hosts/session/host.hpp"
#include "sim/live/files.hpp"
#include "sim/live/kept_authority.hpp"
#include "sim/live/kept_servers.hpp"
#include "sim/words/translate.hpp"

namespace mailscope::live {

namespace {

constexpr const char* outside_name = "outside";
constexpr int accepted_max =
    64;  // at one door in one turn: a flood of connections does not hold up those that are served

/// When descriptors are used up: so long others get a chance to leave, and nothing spins.
constexpr Duration accepting_pause = std::chrono::milliseconds(200);

HostId host_named(const Trace& trace, std::string_view name) {
  std::uint32_t index = 0;
  while (trace.hosts[index].name != name) ++index;  // names come from the scenario that the trace was made from
  return {index};
}

/// STARTTLS, and for every service behind an open door the door with TLS from the start (RFC 8314 §3).
void add_tls(MailServerSetting& server) {
  constexpr std::pair<Service, Port> doors[] = {
      {Service::Submission, {465}}, {Service::Pop3, {995}}, {Service::Imap, {993}}};
  server.starttls = true;
  for (const auto& [service, number] : doors) {
    const auto serves = [&service = service](const PortSetting& port) {
      return port.service == service && port.policy == PortPolicy::Open;
    };
    const bool taken = std::ranges::find(server.ports, number, &PortSetting::port) != server.ports.end();
    if (!taken && std::ranges::any_of(server.ports, serves)) server.ports.push_back({number, service, {}, true});
  }
}

/// Nobody can foresee what it decides, unlike a lesson's seed.
std::uint64_t real_seed() {
  std::array<unsigned char, 8> octets{};
  tls::real_random(octets);
  std::uint64_t seed = 0;
  for (const unsigned char octet : octets) seed = seed << 8 | octet;
  return seed;
}

}  // namespace

bool offers_tls(const Scenario& scenario) {
  return std::ranges::any_of(scenario.hosts, [](const HostSetting& host) {
    const auto* server = std::get_if<MailServerSetting>(&host.what);
    return server && (server->starttls || std::ranges::any_of(server->ports, &PortSetting::tls));
  });
}

/// What programs of this machine call every server.
static const std::vector<std::string> served_as{"localhost", "127.0.0.1"};

Scenario served(Scenario scenario, Instant start, bool with_tls) {
  if (!has_real_servers(scenario)) {
    scenario.actions.clear();
    scenario.steps.clear();
  }
  scenario.start = start;
  std::string name = outside_name;
  const auto taken = [&] { return std::ranges::any_of(scenario.hosts, [&](const auto& h) { return h.name == name; }); };
  while (taken()) name += '-';
  bool serves = false;
  for (HostSetting& host : scenario.hosts)
    if (auto* server = std::get_if<MailServerSetting>(&host.what)) {
      serves = true;
      if (with_tls) add_tls(*server);
      server->other_names = served_as;
      scenario.links.push_back({name, host.name, {}, 0});
    }
  if (!serves) return scenario;
  HostSetting outside;
  outside.name = name;
  outside.label = tr("Your mail program");
  outside.kind = HostKind::Laptop;
  outside.address = "127.0.0.1";
  scenario.hosts.push_back(std::move(outside));
  return scenario;
}

Certificates LiveWorld::certificates(const Scenario& scenario, const Setting& setting, Instant now) {
  Certificates all = own_certificates(scenario, setting, now);
  const tls::Library library(tls::Library::Randomness::Real);
  for (const HostSetting& host : scenario.hosts)
    if (const auto* real = std::get_if<RealServerSetting>(&host.what))
      all.trust(host.name, real->trust.empty()
                               ? tls::Context::client_of_machine(library)
                               : tls::Context::client(library, tls::certificates_from_pem(library, real->trust)));
  return all;
}

/// Where nobody offers TLS, none is made: what this gives then is used by nobody.
Certificates LiveWorld::own_certificates(const Scenario& scenario, const Setting& setting, Instant now) {
  const tls::Library library(tls::Library::Randomness::Real);
  const Certificates nobodys(library, {library, "nobody", {now, now}, tls::real_random}, {}, now);
  if (!offers_tls(scenario)) return nobodys;
  try {
    KeptAuthority kept = keep_authority(setting.authority.empty() ? user_folder("authority") : setting.authority, now);
    authority_ = kept.certificate;
    return {kept.library, std::move(kept.authority), served_as, now};
  } catch (const std::runtime_error& error) {
    failures_.emplace_back(error.what());
    return nobodys;
  }
}

LiveWorld::LiveWorld(Scenario scenario, const Setting& setting, Instant now)
    : turns_([] { return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()); }),
      memory_(setting.limits.session_octets),
      world_([&] {
        scenario = served(std::move(scenario), now, setting.with_tls);
        const Certificates real = certificates(scenario, setting, now);
        return World(std::move(scenario), setting.seed.value_or(real_seed()), &real);
      }()),
      doors_(doors_of(world_.scenario(), setting.mappings)),
      limits_(setting.limits) {
  world_.go_live(limits_.recorded_octets, turns_, memory_);
  if (!doors_.empty()) outside_ = HostId{static_cast<std::uint32_t>(trace().hosts.size() - 1)};
  for (const Door& door : doors_) door_hosts_.push_back(host_named(trace(), door.host));
  try {
    load(setting.store, now);
  } catch (const std::runtime_error& error) {
    failures_.emplace_back(error.what());
  }
}

LiveWorld::~LiveWorld() = default;

void LiveWorld::load(const std::filesystem::path& store, Instant now) {
  std::vector<KeptServers::Named> servers;
  for (const HostInfo& host : trace().hosts)
    if (MailServer* server = world_.mail_server(host.name)) servers.push_back({host.name, server});
  for (const auto& [name, server] : servers) {
    server->store().limit(limits_.store_octets);
    server->queue().limit(limits_.queue_octets);
  }
  if (!store.empty()) {
    store_ = std::make_unique<KeptServers>(store, servers, now);
    return;
  }
  // Programs remember what they saw when the lesson was last served: these are other mailboxes (RFC 9051 §2.3.1.1).
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  for (const auto& [name, server] : servers)
    for (const auto& [user, account] : server->store().accounts())
      restore(*account, {.last_uid_validity = static_cast<std::uint32_t>(second)});
}

void LiveWorld::keep() {
  if (!store_ || !failure_.empty()) return;
  try {
    store_->write();
    tidying_ = store_->tidy();
  } catch (const std::runtime_error& error) {
    failure_ = error.what();
  }
}

std::vector<std::string> LiveWorld::open() {
  if (!library_.ready()) return {tr("SDL_net cannot be used here")};
  std::vector<std::string> failures = failures_;
  if (!failures.empty()) return failures;
  const bool v6 = Listener::has_v6_loopback();
  for (std::size_t index = 0; index < doors_.size(); ++index)
    for (const Listener::At at : {lan_ ? Listener::At::Everywhere : Listener::At::Loopback, Listener::At::Loopback6}) {
      if (at == Listener::At::Loopback6 && !v6) continue;
      const Door& door = doors_[index];
      listeners_.push_back({index, Listener::open(door.real, at)});
      if (listeners_.back().listener) continue;
      failures.push_back(
          tr("port {0} cannot be opened for {1}: {2}", {std::to_string(door.real), door.host, Listener::error()}));
      break;
    }
  if (!failures.empty()) listeners_.clear();
  return failures;
}

void LiveWorld::say_good_bye(Instant now) {
  listeners_.clear();
  world_.intervene(now, [now](Surroundings&, Sessions& sessions) { sessions.shut_down(now); });
}

void LiveWorld::prepare(Instant now) {
  turns_.begin_round();
  world_.intervene(now, [](Surroundings&, Sessions&) {});
  keep();
  if (!failure_.empty()) {
    for (const auto& bridge : bridges_) bridge->abandon();
    bridges_.clear();
    visits_ = 0;
    visits_of_.clear();
    listeners_.clear();
  }
  call_out(now);
  world_.intervene(now, [&](Surroundings& world, Sessions& sessions) {
    for (const auto& bridge : bridges_) {
      bridge->write(now, world, sessions);
      if (bridge->over()) world.real_addresses.erase(bridge->connection());
    }
  });
  clear_away();
  interests_.clear();
  for (const auto& each : listeners_) interests_.emplace_back(*each.listener, now >= accepts_again_, false);
  for (const auto& bridge : bridges_) interests_.push_back(bridge->interest());
}

void LiveWorld::clear_away() {
  std::erase_if(bridges_, [this](const std::unique_ptr<Bridge>& bridge) {
    if (!bridge->over()) return false;
    if (!bridge->is_visit()) return true;
    --visits_;
    const std::string address = bridge->peer().text();
    if (--visits_of_[address] == 0) visits_of_.erase(address);
    return true;
  });
}

void LiveWorld::call_out(Instant now) {
  for (const ConnectionId connection : world_.take_asked())
    world_.intervene(now, [&](Surroundings& world, Sessions&) {
      const ConnectionOpened* opened = world.network.opened(connection);
      if (!opened) return;
      const Endpoint wanted = opened->server;
      const auto& server = std::get<RealServerSetting>(scenario().hosts[wanted.host.value].what);
      const auto door = std::ranges::find(server.doors, wanted.port,
                                          [](const RealServerSetting::Door& each) { return each.port.port; });
      std::unique_ptr<Stream> stream = Stream::open({door->address, door->real});
      if (!stream) return world.network.refuse(now, connection);
      bridges_.push_back(std::make_unique<Bridge>(now, connection, std::move(stream)));
    });
}

std::chrono::milliseconds LiveWorld::patience_from(Instant now, Duration patience) const {
  Instant until = now + patience;
  if (const auto next = world_.next_at()) until = std::min(until, *next);
  if (now < accepts_again_) until = std::min(until, accepts_again_);
  for (const auto& bridge : bridges_)
    if (const auto due = bridge->deadline()) until = std::min(until, *due);
  return std::chrono::ceil<std::chrono::milliseconds>(std::max(Duration{}, until - now));
}

void LiveWorld::go_on(Instant now) {
  while (const auto end = turns_.next())
    world_.intervene(now, [&](Surroundings&, Sessions& sessions) {
      if (Session* session = sessions.find(end->first, end->second)) session->room_to_send(now);
    });
}

void LiveWorld::serve(Instant now) {
  turns_.begin_round();
  world_.intervene(now, [&](Surroundings& world, Sessions& sessions) {
    for (std::size_t i = 0; i < bridges_.size(); ++i)
      if (interests_[listeners_.size() + i].read) bridges_[i]->read(now, world, sessions);
  });
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    for (int accepted = 0; interests_[i].read && accepted < accepted_max; ++accepted) {
      bool exhausted = false;
      std::unique_ptr<Stream> stream = listeners_[i].listener->accept(exhausted);
      if (exhausted) {
        accepts_again_ = now + accepting_pause;
        make_room(now, true);
      }
      if (!stream) break;
      admit(now, listeners_[i].door, std::move(stream));
    }
  go_on(now);
}

const char* LiveWorld::objection(const Peer& peer) const {
  if (!peer.is_loopback() && !lan_) return "notice/foreign-peer-refused";
  const auto same = visits_of_.find(peer.text());
  const bool too_many =
      visits_ >= limits_.visits || (same != visits_of_.end() && same->second >= limits_.visits_of_a_peer);
  return too_many ? "notice/too-many-peers" : nullptr;
}

bool LiveWorld::is_stranger(const Bridge& bridge, const Sessions& sessions) const {
  const Session* session = sessions.find(bridge.connection(), Side::Server);
  return bridge.is_visit() && !bridge.over() && (!session || session->is_stranger());
}

void LiveWorld::make_room(Instant now, bool needed) {
  world_.intervene(now, [&](Surroundings& world, Sessions& sessions) {
    std::map<std::string, std::vector<Bridge*>> strangers;
    std::size_t count = 0;
    for (const auto& bridge : bridges_)
      if (is_stranger(*bridge, sessions)) {
        strangers[bridge->peer().text()].push_back(bridge.get());
        ++count;
      }
    if (count == 0 || (!needed && count < limits_.strangers)) return;
    const auto most = std::ranges::max_element(strangers, {}, [](const auto& entry) { return entry.second.size(); });
    most->second.front()->evict(now, world, sessions);
    world.real_addresses.erase(most->second.front()->connection());
  });
  clear_away();
}

void LiveWorld::admit(Instant now, std::size_t door, std::unique_ptr<Stream> stream) {
  const char* refused = objection(stream->peer());
  if (!refused) make_room(now, false);
  world_.intervene(now, [&](Surroundings& world, Sessions& sessions) {
    const HostId host = door_hosts_[door];
    if (refused) {
      // Told once, until a peer is served again: a flood must not fill the record.
      if (!std::exchange(refusing_, true))
        world.trace.append(now, Notice{host, {}, Severity::Warning, refused, {stream->peer().text()}});
      return stream->reset_on_close();
    }
    refusing_ = false;
    ++visits_;
    ++visits_of_[stream->peer().text()];
    const std::vector<PortInfo>& ports = trace().hosts[host.value].ports;
    const auto info = std::ranges::find(ports, doors_[door].port.port, &PortInfo::port);
    bridges_.push_back(std::make_unique<Bridge>(now, world, sessions, *outside_, Endpoint{host, doors_[door].port.port},
                                                *info, std::move(stream)));
  });
}

}  // namespace mailscope::live
