// Thousands of messages among several servers, over links that lose, double and reorder packets, through greylisting
// and crashes: each accepted message is delivered exactly once, or bounced exactly once, and nothing else arrives.
#include <catch2/catch_all.hpp>
#include <map>
#include <set>

#include "sim/kernel/random.hpp"
#include "sim/trace/export_json.hpp"
#include "sim/world/world.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

// The whole number takes some seconds in a release build. Without optimisation, or with sanitizers, a tenth will do.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
constexpr std::size_t messages_total = 10'000;
#else
constexpr std::size_t messages_total = 1'000;
#endif
constexpr std::size_t messages_each = 250;  ///< of one world: its trace must fit into memory beside others
constexpr std::uint32_t servers = 4;

std::string server_name(std::uint32_t i) { return "mail.s" + std::to_string(i) + ".example"; }
std::string domain(std::uint32_t i) { return "s" + std::to_string(i) + ".example"; }
std::string device_name(std::uint32_t i) { return "desk" + std::to_string(i); }

struct Sending {
  std::uint32_t from{};
  bool ghost{};  ///< the sender's address does not exist: reports go to the postmaster
  std::vector<std::string> known, unknown;
};

/// A world, and what is sent in it. The last server is a backup for the first one's domain.
struct Soak {
  Scenario scenario;
  std::vector<Sending> sendings;

  explicit Soak(std::uint64_t seed) : random(seed, "soak") {
    scenario.seed = seed;
    scenario.start = Instant{} + 24h;
    add_hosts();
    add_links();
    for (std::size_t i = 0; i < messages_each; ++i) add_message(i);
    add_crashes();
    std::ranges::stable_sort(scenario.actions, {}, [](const Action& action) { return *action.at; });
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random.below(bound)); }
  Duration within(Duration span) {
    return Duration{static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(span.count())))};
  }

  void add_hosts() {
    DnsServerSetting dns;
    for (std::uint32_t i = 0; i < servers; ++i) {
      const std::string address = "192.0.2." + std::to_string(10 + i);
      Zone zone{
          domain(i),
          {{ZoneRecord::Type::Mx, domain(i), 10, server_name(i)}, {ZoneRecord::Type::A, server_name(i), 0, address}}};
      if (i == 0) zone.records.push_back({ZoneRecord::Type::Mx, domain(0), 20, server_name(servers - 1)});
      dns.zones.push_back(std::move(zone));
      MailServerSetting server;
      server.domains = {domain(i)};
      server.users = {{"anna", "a"}, {"bruno", "b"}};
      server.ports = {{{25}, Service::Relay, {}}, {{587}, Service::Submission, {}}};
      server.resolver.servers = {"dns"};
      server.policy.retry = {1min, 3min, 10min, 30min};
      server.policy.suppress_duplicates = true;
      if (i % 2 == 0) server.policy.greylist = 2min;
      if (i == servers - 1) server.policy.relay_domains = {domain(0)};
      scenario.hosts.push_back({server_name(i), "", HostKind::MailServer, address, {}, std::move(server)});
      add_device(device_name(i), "anna@" + domain(i), i, 100 + i);
      add_device("ghost" + std::to_string(i), "ghost@" + domain(i), i, 150 + i);
    }
    dns.ports = {{{53}, Service::Dns, {}}};
    scenario.hosts.push_back({"dns", "", HostKind::DnsServer, "192.0.2.53", {}, std::move(dns)});
  }

  void add_device(const std::string& name, const std::string& address, std::uint32_t server, std::uint32_t number) {
    AccountSetting account;
    account.address = address;
    account.user = "anna";
    account.password = "a";
    account.outgoing = AccountSetting::Outgoing{server_name(server), {587}, true};
    scenario.hosts.push_back(
        {name, "", HostKind::Laptop, "192.0.2." + std::to_string(number), {}, DeviceSetting{{account}, {}}});
    add_link(name, server_name(server));
  }

  void add_link(const std::string& a, const std::string& b) {
    LinkSetting link{a, b, 5ms + within(80ms), 1'000'000 + random.below(100'000'000)};
    link.faults.loss_ppm = below(80'000);
    link.faults.duplicate_ppm = below(20'000);
    link.faults.reorder_ppm = below(20'000);
    link.faults.jitter = within(30ms);
    for (std::uint32_t i = below(3); i > 0; --i) {
      const Duration from = within(15min);
      link.faults.outages.push_back({from, from + 1s + within(4min)});
    }
    scenario.links.push_back(std::move(link));
  }

  void add_links() {
    for (std::uint32_t i = 0; i < servers; ++i) {
      add_link(server_name(i), "dns");
      for (std::uint32_t j = 0; j < i; ++j) add_link(server_name(i), server_name(j));
    }
  }

  void add_message(std::size_t number) {
    Sending sending;
    sending.from = below(servers);
    sending.ghost = below(20) == 0;
    std::set<std::string> to;
    for (std::uint32_t i = 1 + below(3); i > 0; --i)
      to.insert((below(2) == 0 ? "anna@" : "bruno@") + domain(below(servers)));
    sending.known.assign(to.begin(), to.end());
    // Unknown people of other servers; each name stands for one message.
    if (below(8) == 0)
      sending.unknown.push_back("nobody" + std::to_string(number) + "@" +
                                domain((sending.from + 1 + below(servers - 1)) % servers));
    SendAction send{sending.known, "m" + std::to_string(number), std::string(below(4'000), 'x')};
    send.to.insert(send.to.end(), sending.unknown.begin(), sending.unknown.end());
    scenario.actions.push_back(
        {(sending.ghost ? "ghost" : "desk") + std::to_string(sending.from), within(10min), {}, std::move(send)});
    sendings.push_back(std::move(sending));
  }

  void add_crashes() {
    // Many and short, while much is under way: some come between a message's acceptance and the arrival of its 250.
    for (std::uint32_t i = 30; i > 0; --i)
      scenario.actions.push_back({server_name(below(servers)), within(12min), {}, CrashAction{1s + within(20s)}});
  }

  RandomStream random;
};

/// What the trace tells, by the number of the message.
struct Account {
  std::set<std::string> accepted;                                        ///< subjects
  std::map<std::pair<std::string, std::string>, std::size_t> delivered;  ///< by subject and address
  std::map<std::string, std::size_t> bounced;                            ///< by address
  std::map<std::string, std::size_t> reports;                            ///< by address; of all postmasters together
  std::size_t deferred{}, crashes{}, retransmissions{};

  explicit Account(const Trace& trace) : trace_(trace) {
    for (const Record& record : trace.records()) std::visit([this](const auto& what) { take(what); }, record.what);
  }

 private:
  void take(const ConnectionOpened& opened) { submission_.push_back(opened.purpose == "submission"); }
  void take(const LineSpoken& line) {
    if (line.side != Side::Server || !submission_.at(line.connection.value)) return;
    std::string& subject = subjects_[line.connection];
    const std::string& text = line.step.text;
    if (line.step.direction == Direction::Received) {
      const std::size_t at = text.find("Subject: m");
      if (at != std::string::npos) subject = text.substr(at + 9, text.find_first_of("\r\n", at) - at - 9);
    } else if (text.starts_with("250") && text.find(" accepted") != std::string::npos) {
      accepted.insert(std::exchange(subject, {}));
    }
  }
  void take(const MailboxChanged& changed) {
    if (changed.kind != MailboxChanged::Kind::Added || !changed.mailbox.ends_with("/INBOX")) return;
    const std::string user = changed.mailbox.substr(0, changed.mailbox.find('/'));
    const std::string address = user + '@' + trace_.hosts[changed.host.value].name.substr(5);
    if (changed.message.subject.starts_with("m")) {
      ++delivered[{changed.message.subject, address}];
    } else {
      ++reports[user == "postmaster" ? user : address];
    }
  }
  void take(const Notice& notice) {
    if (notice.topic == "notice/bounced" && notice.arguments.at(0).starts_with("nobody"))
      ++bounced[notice.arguments[0]];
    deferred += notice.topic == "notice/relay-deferred";
    crashes += notice.topic == "notice/crashed";
  }
  void take(const PacketSent& sent) { retransmissions += sent.retransmission; }
  template <class Other>
  void take(const Other&) {}

  const Trace& trace_;
  std::vector<bool> submission_;  ///< by ConnectionId
  std::map<ConnectionId, std::string> subjects_;
};

/// Everything that was accepted came to its one end, and nothing else did.
void check_accounts(const Soak& soak, const Account& account) {
  std::size_t expected = 0;
  std::map<std::string, std::size_t> reports;
  for (std::size_t number = 0; number < soak.sendings.size(); ++number) {
    const Sending& sending = soak.sendings[number];
    const std::string subject = "m" + std::to_string(number);
    const bool accepted = account.accepted.contains(subject);
    for (const std::string& address : sending.known) {
      INFO(subject << " for " << address);
      const auto found = account.delivered.find({subject, address});
      CHECK((found == account.delivered.end() ? 0 : found->second) == (accepted ? 1 : 0));
      expected += accepted;
    }
    for (const std::string& address : sending.unknown) {
      INFO(subject << " for " << address);
      const auto found = account.bounced.find(address);
      CHECK((found == account.bounced.end() ? 0 : found->second) == (accepted ? 1 : 0));
      if (accepted) ++reports[sending.ghost ? "postmaster" : "anna@" + domain(sending.from)];
    }
  }
  std::size_t delivered = 0;
  for (const auto& [what, count] : account.delivered) delivered += count;
  CHECK(delivered == expected);
  CHECK(account.reports == reports);
}

}  // namespace

TEST_CASE("each of thousands of accepted messages is delivered exactly once or bounced (RFC 5321 §4.2.5, §6.1)") {
  static_assert(messages_total % messages_each == 0);
  const std::uint64_t first = Catch::rngSeed();
  std::size_t accepted = 0, deferred = 0, crashes = 0, retransmissions = 0;
  for (std::uint64_t seed = first; seed < first + messages_total / messages_each; ++seed) {
    INFO("seed " << seed);
    const Soak soak(seed);
    World world(soak.scenario);
    world.run_until(soak.scenario.start + 48h);
    REQUIRE(world.trace().records().size() < World::records_max);
    for (const HostState& host : world.trace().state_at(world.trace().end()).hosts) CHECK(host.queued == 0);
    const Account account(world.trace());
    check_accounts(soak, account);
    accepted += account.accepted.size();
    deferred += account.deferred;
    crashes += account.crashes;
    retransmissions += account.retransmissions;
  }
  INFO("first seed " << first);
  CHECK(accepted > messages_total / 2);  // the others met a crashed server or a link that was down
  CHECK(deferred > 0);
  CHECK(crashes > 0);
  CHECK(retransmissions > 0);
}

TEST_CASE("a world of faults and crashes is still a function of scenario and seed") {
  const auto hash = [](std::uint64_t seed) {
    const Soak soak(seed);
    World world(soak.scenario);
    world.run_until(soak.scenario.start + 2h);
    return trace_hash(world.trace());
  };
  CHECK(hash(1) == hash(1));
  CHECK(hash(1) != hash(2));
}
