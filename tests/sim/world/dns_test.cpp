// Names in a world: caches, several servers, faults, forwarding, TCP, reverse zones, and mail programs that find their
// servers by themselves.
#include <catch2/catch_all.hpp>

#include "sim/hosts/names/name_server.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

namespace {

/// A laptop, a DNS server and what a test adds. `dns` are further keys of the DNS server, `zone` further records of
/// alba.example, `hosts` further hosts, `links` further links of the desk, `actions` what the desk does.
struct Names {
  std::string desk = "resolver: dns";
  std::string dns, zone, hosts, links, actions;

  [[nodiscard]] World run() const {
    World world(scenario_from(R"(mailscope: 1
title: Names
summary: Names
level: beginner
minutes: 5
start: 2026-03-02T09:00:00Z
hosts:
  desk:
    kind: laptop
    address: 192.0.2.7
    )" + desk + R"(
  dns:
    kind: dns-server
    address: 192.0.2.53
    )" + dns + R"(
    zones:
      alba.example:
        - {name: mail, type: A, value: 192.0.2.25}
        - {name: www, type: CNAME, value: mail.alba.example}
)" + zone + hosts + R"(links:
  - {between: [desk, dns]}
)" + links + "actions:\n" + actions +
                              R"(steps:
  - title: Names
    when: start
    text: Names
)"));
    world.run();
    return world;
  }
};

std::string look_up(const std::string& name, const std::string& type, const std::string& pause = "0 s") {
  return "  - {who: desk, pause: " + pause + ", look-up: {name: " + name + ", type: " + type + "}}\n";
}

/// First arguments of all notices with this topic.
std::vector<std::string> notices(const World& world, std::string_view topic) {
  std::vector<std::string> found;
  for (const Record& record : world.trace().records())
    if (const auto* notice = std::get_if<Notice>(&record.what))
      if (notice->topic == topic) found.push_back(notice->arguments.at(0));
  return found;
}

std::size_t connections(const World& world, Transport transport) {
  std::size_t count = 0;
  for (const Record& record : world.trace().records())
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what)) count += opened->transport == transport;
  return count;
}

using Strings = std::vector<std::string>;

std::string large_answer() {
  std::string records;
  for (int number = 10; number < 100; ++number)
    records +=
        "        - {name: big, type: MX, preference: 10, value: mx" + std::to_string(number) + ".alba.example}\n";
  return records;
}

}  // namespace

TEST_CASE("a host remembers an answer for its time to live, and asks again afterwards (RFC 1035 §7.4)") {
  Names names;
  names.zone = "        - {name: short, type: A, value: 192.0.2.9, ttl: 60}\n";
  names.actions = look_up("short.alba.example", "A") + look_up("SHORT.alba.example", "A", "20 s") +
                  look_up("short.alba.example", "A", "60 s");
  const World world = names.run();
  CHECK(notices(world, "notice/looked-up").size() == 3);
  CHECK(connections(world, Transport::Udp) == 2);
  const auto told = noticed(world.trace(), "desk", "notice/dns-cached");
  REQUIRE(told);
  CHECK(*told == Strings{"A SHORT.alba.example", "A 192.0.2.9", "40"});
  names.desk += "\n    dns-cache: false";
  CHECK(connections(names.run(), Transport::Udp) == 3);
}

TEST_CASE("that a name does not exist is remembered for the SOA's minimum (RFC 2308 §5)") {
  Names names;
  names.zone = "        - {name: \"@\", type: SOA, value: dns.alba.example, minimum: 30}\n";
  names.actions = look_up("no.alba.example", "A") + look_up("no.alba.example", "MX", "10 s") +
                  look_up("no.alba.example", "A", "30 s") + look_up("alba.example", "SOA");
  const World world = names.run();
  CHECK(connections(world, Transport::Udp) == 3);
  CHECK(notices(world, "notice/looked-up") == Strings{"NXDOMAIN no.alba.example", "NXDOMAIN no.alba.example",
                                                      "NXDOMAIN no.alba.example", "SOA dns.alba.example 1"});
}

TEST_CASE("an answer that fits into no datagram is asked for over TCP, and fails where TCP is blocked (RFC 7766 §5)") {
  Names names;
  names.zone = large_answer();
  names.actions = look_up("big.alba.example", "MX");
  const World world = names.run();
  CHECK(connections(world, Transport::Tcp) == 1);
  CHECK(notices(world, "notice/dns-truncated") == Strings{"dns"});
  const Strings found = notices(world, "notice/looked-up");
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("mx49.alba.example") != std::string::npos);
  for (const char* policy : {"closed", "filtered"}) {
    names.dns = std::string("tcp: ") + policy;
    const World blocked = names.run();
    CHECK(notices(blocked, "notice/looked-up").empty());
    CHECK(notices(blocked, "notice/lookup-failed") == Strings{"big.alba.example"});
  }
}

TEST_CASE("a truncated answer comes whole over TCP though it would fit (RFC 2181 §9)") {
  Names names;
  names.dns = "faults: [{fault: truncated}]";
  names.actions = look_up("mail.alba.example", "A");
  const World world = names.run();
  CHECK(connections(world, Transport::Tcp) == 1);
  CHECK(notices(world, "notice/looked-up") == Strings{"A 192.0.2.25"});
}

TEST_CASE("a server that stays silent is asked again, then the next one is (RFC 1035 §7.2)") {
  Names names;
  names.dns = "faults: [{fault: silent, times: 2}]";
  names.actions = look_up("mail.alba.example", "A");
  CHECK(notices(names.run(), "notice/looked-up") == Strings{"A 192.0.2.25"});

  names.dns = "faults: [{fault: silent}]";
  names.desk = "resolver: [dns, dns2]";
  names.hosts =
      "  dns2:\n    kind: dns-server\n    zones: {alba.example: [{name: mail, type: A, value: 192.0.2.26}]}\n";
  names.links = "  - {between: [desk, dns2]}\n";
  const World world = names.run();
  CHECK(notices(world, "notice/looked-up") == Strings{"A 192.0.2.26"});
  CHECK(noticed(world.trace(), "desk", "notice/dns-next-server") == Strings{"dns", "dns2"});
}

TEST_CASE("a failure is remembered for a moment, so that nobody is asked again at once (RFC 9520 §3.2)") {
  Names names;
  names.dns = "faults: [{fault: servfail, name: alba.example, type: A, times: 2}]";
  names.actions = look_up("mail.alba.example", "A") + look_up("mail.alba.example", "A", "2 s") +
                  look_up("mail.alba.example", "A", "5 s") + look_up("mail.alba.example", "A", "10 s");
  const World world = names.run();
  CHECK(notices(world, "notice/looked-up") == Strings{"SERVFAIL mail.alba.example", "SERVFAIL mail.alba.example",
                                                      "SERVFAIL mail.alba.example", "A 192.0.2.25"});
  CHECK(notices(world, "notice/dns-failed-before") == Strings{"A mail.alba.example"});
  CHECK(connections(world, Transport::Udp) == 3);
}

TEST_CASE("a refusing server is no use, and another one may be") {
  Names names;
  names.dns = "faults: [{fault: refused}]";
  names.desk = "resolver: [dns, dns2]";
  names.hosts =
      "  dns2:\n    kind: dns-server\n    zones: {alba.example: [{name: mail, type: A, value: 192.0.2.26}]}\n";
  names.links = "  - {between: [desk, dns2]}\n";
  names.actions = look_up("mail.alba.example", "A");
  CHECK(notices(names.run(), "notice/looked-up") == Strings{"A 192.0.2.26"});
}

TEST_CASE("a forwarding server asks for what it does not know, remembers it, and follows aliases (RFC 1034 §4.3.1)") {
  Names names;
  names.dns = "forward: ns\n    faults: [{fault: servfail, name: broken.llevant.example}]";
  names.desk = "resolver: dns\n    dns-cache: false";
  names.zone = "        - {name: far, type: CNAME, value: mx.llevant.example}\n";
  names.hosts =
      "  ns:\n    kind: dns-server\n    zones:\n      llevant.example:\n"
      "        - {name: mx, type: A, value: 198.51.100.25}\n";
  names.links = "  - {between: [dns, ns]}\n";
  names.actions = look_up("mx.llevant.example", "A") + look_up("mx.llevant.example", "A", "100 s") +
                  look_up("far.alba.example", "A") + look_up("no.llevant.example", "A") +
                  look_up("broken.llevant.example", "A");
  const World world = names.run();
  CHECK(notices(world, "notice/looked-up") ==
        Strings{"A 198.51.100.25", "A 198.51.100.25", "CNAME mx.llevant.example; mx.llevant.example A 198.51.100.25",
                "NXDOMAIN no.llevant.example", "SERVFAIL broken.llevant.example"});
  CHECK(noticed(world.trace(), "dns", "notice/dns-cached").value().at(2) == "3500");
  CHECK(noticed(world.trace(), "desk", "notice/dns-alias") == Strings{"far.alba.example", "mx.llevant.example"});
}

TEST_CASE("a forwarding server whose own server is silent says SERVFAIL, unless its client has given up") {
  Names names;
  names.dns = "forward: ns";
  names.hosts = "  ns:\n    kind: dns-server\n    zones: {llevant.example: []}\n    faults: [{fault: silent}]\n";
  names.links = "  - {between: [dns, ns]}\n";
  names.actions = look_up("mx.llevant.example", "A") + look_up("mx.llevant.example", "A", "100 s");
  const World world = names.run();
  CHECK(notices(world, "notice/lookup-failed").size() >= 2);
}

TEST_CASE("the names of all hosts' addresses are known on request (RFC 1035 §3.5)") {
  Names names;
  names.dns = "reverse: true";
  names.actions = look_up("192.0.2.7", "PTR") + look_up("192.0.2.77", "PTR");
  CHECK(notices(names.run(), "notice/looked-up") == Strings{"PTR desk", "NXDOMAIN 77.2.0.192.in-addr.arpa"});
  names.dns = "";
  CHECK(notices(names.run(), "notice/looked-up") ==
        Strings{"NXDOMAIN 7.2.0.192.in-addr.arpa", "NXDOMAIN 77.2.0.192.in-addr.arpa"});
  names.zone = "      2.0.192.in-addr.arpa:\n        - {name: \"7\", type: PTR, value: written.alba.example}\n";
  CHECK(notices(names.run(), "notice/looked-up").at(0) == "PTR written.alba.example");
}

TEST_CASE("the servers of a world are its Internet: a name that none of them has does not exist (RFC 8020)") {
  Names names;
  names.actions = look_up("alva.example", "MX") + look_up("example", "A") + look_up("mx.llevant.example", "A");
  names.hosts = "  other:\n    kind: dns-server\n    zones: {llevant.example: []}\n";
  names.links = "  - {between: [desk, other]}\n";
  const World world = names.run();
  const Strings found = notices(world, "notice/looked-up");
  REQUIRE(found.size() == 3);
  CHECK(found[0] == "NXDOMAIN alva.example");
  CHECK(found[1] == "no A example");  // there are names below it
  CHECK(found[2].starts_with("REFUSED"));  // another server has that zone, and was not asked
}

namespace {

/// A laptop whose account names no server, and a mail server with TLS doors.
Names finding(const std::string& services, const std::string& protocol = "imap") {
  Names names;
  names.desk =
      "resolver: dns\n    account: {address: anna@alba.example, password: violet-7, outgoing: {}, incoming: "
      "{protocol: " +
      protocol + "}}";
  names.zone = services;
  names.hosts =
      "  mail.alba.example:\n    kind: mail-server\n    domains: [alba.example]\n    users: {anna: violet-7}\n"
      "    ports: {465: submissions, 587: submission, 993: imaps, 143: imap, 995: pop3s, 110: pop3}\n";
  names.links = "  - {between: [desk, mail.alba.example]}\n";
  names.actions =
      "  - {who: desk, send: {to: [anna@alba.example], subject: Hello, text: Hello}}\n"
      "  - {who: desk, check-mail: true}\n";
  return names;
}

std::string service(const std::string& name, int port, int priority = 0,
                    const std::string& target = "mail.alba.example", int weight = 0) {
  return "        - {name: _" + name + "._tcp, type: SRV, priority: " + std::to_string(priority) +
         ", weight: " + std::to_string(weight) + ", port: " + std::to_string(port) + ", value: " + target + "}\n";
}

/// The ports of mail servers that were connected to, in order.
std::vector<int> ports_used(const World& world) {
  std::vector<int> ports;
  for (const Record& record : world.trace().records())
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what))
      if (opened->protocol != "DNS") ports.push_back(opened->server.port.number);
  return ports;
}

}  // namespace

TEST_CASE("a mail program finds its servers, those with TLS first, and keeps them (RFC 6186, RFC 8314 §5.1)") {
  Names names =
      finding(service("submissions", 465) + service("submission", 587) + service("imaps", 993) + service("imap", 143));
  names.actions += "  - {who: desk, check-mail: true, pause: 5 h}\n";
  const World world = names.run();
  CHECK(ports_used(world) == std::vector{465, 993, 993, 993});
  CHECK(notices(world, "notice/server-found") == Strings{"submissions", "imaps"});
  CHECK(mailbox(world.trace(), "desk", "INBOX").size() == 1);
  CHECK(notices(world, "notice/server-found-in-clear").empty());
}

TEST_CASE("where no server with TLS is named the program says so, and for POP3 it asks for POP3 (RFC 6186 §3.3)") {
  const World world = finding(service("submission", 587) + service("pop3", 110) + service("imaps", 993), "pop3").run();
  CHECK(ports_used(world) == std::vector{587, 110});
  CHECK(notices(world, "notice/server-found-in-clear") == Strings{"mail.alba.example", "mail.alba.example"});
  CHECK(mailbox(world.trace(), "desk", "INBOX").size() == 1);
}

TEST_CASE("what a person insists on is looked for alone") {
  Names names =
      finding(service("submissions", 465) + service("submission", 587) + service("imaps", 993) + service("imap", 143));
  names.desk.replace(names.desk.find("outgoing: {}"), 12, "outgoing: {security: none}");
  names.desk.replace(names.desk.find("imap}"), 5, "imap, security: tls}");
  CHECK(ports_used(names.run()) == std::vector{587, 993, 993});
}

TEST_CASE("a service that is not offered, or not named at all, is told to the person (RFC 6186 §3.4)") {
  const World world = finding(service("submissions", 0, 0, ".") + service("submission", 0, 0, ".")).run();
  CHECK(ports_used(world).empty());
  // Twice for the letter: it waits in the Outbox, and the check of mail tries it again.
  CHECK(notices(world, "notice/service-not-offered") ==
        Strings{"submissions", "submission", "submissions", "submission"});
  CHECK(notices(world, "notice/no-server-found") == Strings{"submission", "submission", "imap"});
}

TEST_CASE("a server that cannot be reached is passed over for the next priority (RFC 2782)") {
  const World world = finding(service("submissions", 4465, 10) + service("submissions", 465, 20) +
                              service("submissions", 465, 5, "gone.alba.example") + service("imaps", 993))
                          .run();
  CHECK(ports_used(world) == std::vector{4465, 465, 993, 993});
  CHECK(mailbox(world.trace(), "desk", "INBOX").size() == 1);
}

TEST_CASE("among equals chance decides by weight, the same for the same seed (RFC 2782)") {
  std::string services = service("imaps", 993);
  for (int port = 4001; port <= 4003; ++port)
    services += service("submissions", port, 0, "mail.alba.example", port - 4000);
  const auto first = ports_used(finding(services).run());
  CHECK(first == ports_used(finding(services).run()));
  CHECK(std::set<int>(first.begin(), first.end()) == std::set{993, 4001, 4002, 4003});
}

TEST_CASE("a mail server's look-ups are remembered too: the second message needs none") {
  World fresh = lesson_world(), caching = lesson_world({{"    dns-cache: false\n", ""}});
  fresh.run();
  caching.run();
  CHECK(notices(fresh, "notice/dns-cached").empty());
  CHECK(notices(caching, "notice/dns-cached") == Strings{"MX llevant.example", "A mx.llevant.example"});
  CHECK(connections(fresh, Transport::Udp) == 2 * connections(caching, Transport::Udp));
}

TEST_CASE("EDNS lets a longer answer fit, unless one of the two does not know it (RFC 6891 §6.2.5, §7)") {
  Names names;
  for (int number = 10; number < 50; ++number)
    names.zone +=
        "        - {name: many, type: MX, preference: 10, value: mx" + std::to_string(number) + ".x.example}\n";
  names.actions = look_up("many.alba.example", "MX");
  const World modern = names.run();
  CHECK(connections(modern, Transport::Tcp) == 0);
  CHECK(notices(modern, "notice/looked-up").at(0).find("mx49.x.example") != std::string::npos);
  CHECK_FALSE(noticed(modern.trace(), "desk", "notice/dns-without-edns"));

  names.desk += "\n    edns: false";
  const World modest = names.run();
  CHECK(connections(modest, Transport::Tcp) == 1);
  CHECK_FALSE(noticed(modest.trace(), "desk", "notice/dns-without-edns"));

  names.desk = "resolver: dns";
  names.dns = "edns: false";
  const World old = names.run();
  CHECK(noticed(old.trace(), "desk", "notice/dns-without-edns") == Strings{"dns"});
  CHECK(connections(old, Transport::Tcp) == 1);
  CHECK(notices(old, "notice/looked-up").at(0).find("mx49.x.example") != std::string::npos);

  names.actions += look_up("desk.alba.example", "A");
  const World again = names.run();
  CHECK(notices(again, "notice/dns-without-edns") == Strings{"dns"});  // once is enough to know
}

TEST_CASE("names beyond US-ASCII are written in zones as people write them, and looked up as A-labels (RFC 5891 §5)") {
  Names names;
  names.zone =
      "      bücher.example:\n        - {name: _imaps._tcp, type: SRV, priority: 0, port: 993, value: "
      "Imap.Bücher.example}\n";
  names.actions = look_up("_imaps._tcp.xn--bcher-kva.example", "SRV") + look_up("_imaps._tcp.bücher.example", "SRV");
  CHECK(notices(names.run(), "notice/looked-up") ==
        Strings{"SRV 0 0 993 imap.xn--bcher-kva.example", "SRV 0 0 993 imap.xn--bcher-kva.example"});
}
