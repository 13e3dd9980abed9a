#include "sim/scenario/read/read_scenario.hpp"

#include <catch2/catch_all.hpp>

#include "tests/sim/scenario/lesson_fixture.hpp"
#include "tests/source_dir.hpp"

using namespace mailscope;
using namespace mailscope::test;
using namespace std::chrono_literals;

namespace {

const HostSetting& host(const Scenario& scenario, std::string_view name) {
  const auto found = std::ranges::find(scenario.hosts, name, &HostSetting::name);
  REQUIRE(found != scenario.hosts.end());
  return *found;
}

}  // namespace

TEST_CASE("the shipped lesson reads without faults, translations aside") {
  const ScenarioReading reading = read_scenario(shipped_lesson());
  CHECK(faults_of(shipped_lesson()).empty());
  REQUIRE(reading.scenario);
  const Scenario& scenario = *reading.scenario;
  CHECK(scenario.title.in(Language::English) == "Send and retrieve");
  CHECK(scenario.level == Level::Beginner);
  CHECK(scenario.minutes == 15);
  CHECK(scenario.start == Instant(std::chrono::seconds(1'772'442'000)));
  CHECK(scenario.hosts.size() == 6);
  CHECK(scenario.links.size() == 5);
  CHECK(scenario.actions.size() == 5);
  CHECK(scenario.steps.size() == 9);

  const HostSetting& laptop = host(scenario, "anna-laptop");
  CHECK(laptop.label == "Anna");
  CHECK((laptop.place && laptop.place->column == 0 && laptop.place->row == 0));
  const AccountSetting& anna = std::get<DeviceSetting>(laptop.what).accounts.at(0);
  CHECK(anna.address == "anna@alba.example");
  CHECK(anna.outgoing->server == "mail.alba.example");
  CHECK(anna.outgoing->port == Port{587});
  CHECK(anna.outgoing->authenticate);
  CHECK_FALSE(anna.incoming);

  const auto& mx = std::get<MailServerSetting>(host(scenario, "mx.llevant.example").what);
  CHECK(mx.users.at(0).password == "ginger-4");
  CHECK(mx.ports.at(3).service == Service::Submission);
  CHECK(mx.ports.at(3).policy == PortPolicy::Closed);
  CHECK(mx.resolver.servers.empty());

  const auto& dns = std::get<DnsServerSetting>(host(scenario, "dns").what);
  CHECK(dns.ports.at(0).port == Port{53});
  CHECK(dns.zones.at(1).records.at(0).name == "llevant.example");
  CHECK(dns.zones.at(1).records.at(0).value == "mx.llevant.example");
  CHECK(dns.zones.at(1).records.at(1).name == "mx.llevant.example");

  CHECK(scenario.links[0].latency == 20ms);
  CHECK(scenario.links[0].bits_per_second == 20'000'000);
  CHECK(std::get<SendAction>(scenario.actions[0].what).text ==
        "Hello Bruno,\n\nshall we have lunch on Friday, at one?\n\nAnna\n");
  CHECK(scenario.actions[1].pause == 300ms);
  CHECK(std::get<MessageAction>(scenario.actions[4].what).message.subject == "The table is booked");

  CHECK(scenario.steps[0].when.at_start);
  CHECK(scenario.steps[1].when.speaker == "anna-laptop");
  CHECK(scenario.steps[1].when.line == "EHLO");
  CHECK(scenario.steps[6].when.action == 2);  // the file counts from 1
  const auto& said = std::get<Expectation::LineSaid>(scenario.steps[1].expectations.at(0).what);
  CHECK(said.host == "mail.alba.example");
  CHECK(said.line == "235");
  CHECK(std::get<Expectation::MailboxHolds>(scenario.steps[8].expectations.at(1).what).seen_only);
}

TEST_CASE("absent addresses come from the A record of the host's name, else free from 192.0.2.0/24 (RFC 5737)") {
  const Scenario scenario =
      *read_scenario(with("kind: dns-server", "kind: dns-server\n    address: 192.0.2.2")).scenario;
  CHECK(host(scenario, "desk").address == "192.0.2.1");
  CHECK(host(scenario, "dns").address == "192.0.2.2");
  CHECK(host(scenario, "mail.alba.example").address == "192.0.2.3");
  CHECK(host(scenario, "mx.llevant.example").address == "198.51.100.25");
  CHECK(host(scenario, "pocket").address == "192.0.2.4");
  CHECK(host(*read_scenario(shipped_lesson()).scenario, "mail.alba.example").address == "192.0.2.25");
}

TEST_CASE("absent keys have the defaults that their kind calls for") {
  const Scenario scenario = *read_scenario(small_lesson()).scenario;
  const auto& server = std::get<MailServerSetting>(host(scenario, "mail.alba.example").what);
  CHECK(server.ports.size() == 4);
  CHECK(server.plaintext_login);
  CHECK(server.mechanisms == std::vector{sasl::Mechanism::Plain, sasl::Mechanism::Login});
  CHECK(std::get<DeviceSetting>(host(scenario, "desk").what).accounts.at(0).user == "anna");
  CHECK(std::get<DeviceSetting>(host(scenario, "pocket").what).accounts.at(0).incoming->port == Port{143});
  CHECK(scenario.seed == 1);
  CHECK(scenario.links[0].latency == 10ms);
  CHECK(scenario.links[0].bits_per_second == 100'000'000);
  CHECK(host(scenario, "desk").label == "desk");
  CHECK(scenario.actions[2].at == 5s);
  CHECK_FALSE(scenario.actions[1].at);
}

TEST_CASE("closed and filtered doors take their service from the well-known port, or say it") {
  const Scenario scenario =
      *read_scenario(with("587: closed", "587: closed, 993: filtered, 2525: {service: relay, policy: filtered}"))
           .scenario;
  const auto& ports = std::get<MailServerSetting>(host(scenario, "mx.llevant.example").what).ports;
  REQUIRE(ports.size() == 5);
  CHECK((ports[2].service == Service::Submission && ports[2].policy == PortPolicy::Closed));
  CHECK((ports[3].service == Service::Imap && ports[3].policy == PortPolicy::Filtered));
  CHECK((ports[4].service == Service::Relay && ports[4].policy == PortPolicy::Filtered));
}

TEST_CASE("what only goes wrong on the wire is a lesson, not a fault") {
  CHECK(faults_of(small_lesson()).empty());
  CHECK(faults_of(with("password: violet-7", "password: wrong")).empty());
  CHECK(faults_of(with("password: violet-7", "password: 007")).empty());
  CHECK(faults_of(with("[bruno@llevant.example]", "[nobody@llevant.example, who@nowhere.example]")).empty());
  CHECK(faults_of(with("{server: mail.alba.example}", "{server: mail.alba.example, port: 2525}")).empty());
  CHECK(faults_of(with("25: relay", "25: closed")).empty());
  CHECK(faults_of(with("preference: 10, value: mx.llevant.example", "preference: 0, value: .")).empty());
}

TEST_CASE("a text is English or a map of languages; languages that lack are one warning a text") {
  const ScenarioReading reading = read_scenario(with("title: Post", "title: {en: Post, it: Posta}"));
  CHECK(reading.scenario->title.in(Language::Italian) == "Posta");
  CHECK(reading.scenario->title.in(Language::Catalan) == "Post");
  REQUIRE(reading.faults.size() == 8);
  const Fault& fault = reading.faults[0];
  CHECK(fault.severity == Fault::Severity::Warning);
  CHECK((fault.line == 2 && fault.column == 8));
  CHECK(fault.untranslated == std::vector{Language::Catalan, Language::Spanish});
  CHECK(fault.found == "a text without ca, es");
}

TEST_CASE("a zone's names are relative, absolute with a last dot, or the zone itself as @ (RFC 1035 §5.1)") {
  const Scenario scenario =
      *read_scenario(with("- {name: mx, type: A, value: 198.51.100.25}",
                          "- {name: mx.llevant.example., type: A, value: 198.51.100.25, ttl: 60}\n"
                          "        - {name: _dmarc, type: TXT, value: v=DMARC1}\n"
                          "        - {name: www, type: CNAME, value: mx.llevant.example.}\n"
                          "        - {name: mx, type: AAAA, value: \"2001:db8::25\"}"))
           .scenario;
  const auto& records = std::get<DnsServerSetting>(host(scenario, "dns").what).zones.at(0).records;
  CHECK(records.at(1).name == "mx.llevant.example");
  CHECK(records.at(1).ttl_s == 60);
  CHECK(records.at(2).name == "_dmarc.llevant.example");
  CHECK(records.at(3).value == "mx.llevant.example");
  CHECK(records.at(4).type == ZoneRecord::Type::Aaaa);
}

TEST_CASE("a byte order mark and CR LF line ends change nothing") {
  std::string crlf;
  for (const std::string& line : lines_of(small_lesson())) crlf += line + "\r\n";
  const ScenarioReading reading = read_scenario("\xEF\xBB\xBF" + crlf);
  REQUIRE(reading.scenario);
  CHECK(reading.scenario->hosts.size() == 5);
  CHECK(std::get<SendAction>(reading.scenario->actions[0].what).text == "Good morning");
}

TEST_CASE("a file that is absent, a folder or too large is a fault") {
  CHECK(read_scenario_file("no/such/lesson.yaml").faults.at(0).found == "no file that can be read");
  CHECK(read_scenario_file(source_dir().string()).faults.at(0).found == "no file that can be read");
  const ScenarioReading large = read_scenario(std::string(scenario_octets_max + 1, '#'));
  CHECK_FALSE(large.scenario);
  CHECK(large.faults.at(0).expected == "a file of at most 1048576");
  CHECK(read_scenario(small_lesson() + std::string(scenario_octets_max - small_lesson().size(), '#')).scenario);
}
