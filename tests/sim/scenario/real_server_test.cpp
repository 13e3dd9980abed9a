// Real servers in a lesson's file: what is read, and what is refused.
#include <catch2/catch_all.hpp>
#include <fstream>

#include "protocols/tls/pem.hpp"
#include "tests/sim/live/scratch_folder.hpp"
#include "tests/sim/scenario/lesson_fixture.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

constexpr std::string_view lesson_head = R"(mailscope: 1
title: {en: Real, ca: Real, es: Real, it: Reale}
summary: {en: Real, ca: Real, es: Real, it: Reale}
level: beginner
minutes: 5
start: 2026-03-02T09:00:00Z
hosts:
  desk:
    kind: laptop
    account:
      address: anna@alba.example
      password: violet-7
      outgoing: {server: mail.alba.example}
      incoming: {protocol: imap, server: mail.alba.example}
  mail.alba.example:
    kind: mail-server
)";
constexpr std::string_view lesson_tail = R"(
links:
  - {between: [desk, mail.alba.example]}
actions:
  - {who: desk, check-mail: true}
steps:
  - {title: {en: A, ca: A, es: A, it: A}, when: start, text: {en: A, ca: A, es: A, it: A}}
)";

std::string with_server(std::string_view keys, std::string_view tail = lesson_tail) {
  return std::string(lesson_head) + std::string(keys) + std::string(tail);
}

std::string with_tail(std::string_view from, std::string_view to) {
  std::string tail(lesson_tail);
  const std::size_t at = tail.find(from);
  REQUIRE(at != std::string::npos);
  return with_server("    real: {143: 127.0.0.1:1143}", tail.replace(at, from.size(), to));
}

}  // namespace

TEST_CASE("a mail server may be a real one on this machine") {
  const Scenario scenario = scenario_from(with_server("    real: {143: 127.0.0.1:1143, 465: localhost:10465}"));
  CHECK(has_real_servers(scenario));
  const auto& server = std::get<RealServerSetting>(scenario.hosts.at(1).what);
  REQUIRE(server.doors.size() == 2);
  CHECK(server.doors[0].port.service == Service::Imap);
  CHECK(place_text(server.doors[0]) == "127.0.0.1:1143");
  CHECK(server.doors[1].port.tls);
  CHECK(place_text(server.doors[1]) == "127.0.0.1:10465");
  CHECK(server.trust.empty());
}

TEST_CASE("a real server elsewhere than on this machine, and other slips, are faults with their places") {
  using Faults = std::vector<std::string>;
  CHECK(faults_of(with_server("    real: {143: 192.0.2.1:143}")) ==
        Faults{"17:17: error: found \"192.0.2.1:143\", which may be another machine, expected an address of this "
               "machine, 127.0.0.0 to 127.255.255.255; lessons talk to no other machine"});
  for (const char* place : {"mail.alba.example:143", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "\"::1:143\""})
    CHECK_THAT(faults_of(with_server("    real: {143: " + std::string(place) + "}")).at(0),
               Catch::Matchers::StartsWith("17:17: error: found ") &&
                   Catch::Matchers::EndsWith("expected an address and port of this machine such as 127.0.0.1:1143"));
  CHECK(faults_of(with_server("    real: {53: 127.0.0.1:53}")) ==
        Faults{"17:12: error: found \"53\", expected 25, 465, 587, 110, 995, 143 or 993; it says what is spoken there; "
               "the real port may be any"});
  CHECK(faults_of(with_server("    real: {143: 127.0.0.1:1143}\n    users: {anna: x}")).size() == 1);
  CHECK(faults_of(with_server("    real: {143: 127.0.0.1:1143}\n    trust: nowhere.pem")) ==
        Faults{"18:12: error: found \"nowhere.pem\", which cannot be read, expected a file with certificates (PEM); "
               "relative names count from the lesson's folder"});
}

TEST_CASE("nothing is known of what is inside a real server") {
  CHECK_THAT(faults_of(with_tail("desk, check-mail: true", "mail.alba.example, crash: true")).at(0),
             Catch::Matchers::ContainsSubstring("which is a host of another kind"));
  CHECK_THAT(
      faults_of(with_tail("it: A}}", "it: A}, expect: [{mailbox: anna/INBOX, of: mail.alba.example, holds: 1}]}"))
          .at(0),
      Catch::Matchers::ContainsSubstring("\"mail.alba.example\", which is a host of another kind"));
  CHECK_THAT(faults_of(with_tail("it: A}}", "it: A}, expect: [{queue: mail.alba.example, holds: 1}]}")).at(0),
             Catch::Matchers::ContainsSubstring("\"mail.alba.example\", which is a host of another kind"));
}

TEST_CASE("certificates to trust are read from a file beside the lesson (RFC 7468)") {
  const live::test::ScratchFolder folder;
  const tls::Library library(tls::Library::Randomness::Real);
  const tls::Authority authority(library, "Alba", {Instant{}, Instant{} + std::chrono::hours(1)}, tls::real_random);
  const std::string pem = tls::certificate_pem(authority.own());
  std::ofstream(folder.path / "two.pem") << "Two of them:\n" << pem << "and\n" << pem;
  std::ofstream(folder.path / "broken.pem") << pem.substr(0, pem.size() / 2) << "\n-----END CERTIFICATE-----\n";
  const std::string yaml = with_server("    real: {143: 127.0.0.1:1143}\n    trust: two.pem");
  const ScenarioReading reading = read_scenario(yaml, folder.path);
  REQUIRE(reading.scenario);
  const auto& server = std::get<RealServerSetting>(reading.scenario->hosts.at(1).what);
  CHECK(tls::certificates_from_pem(library, server.trust).size() == 2);
  const ScenarioReading broken =
      read_scenario(with_server("    real: {143: 127.0.0.1:1143}\n    trust: broken.pem"), folder.path);
  CHECK_FALSE(broken.scenario);
  CHECK(broken.faults.at(0).found == "\"broken.pem\", which holds no certificate");
}

TEST_CASE("in a simulation a real server refuses, and people are told where it answers") {
  World world(scenario_from(with_server("    real: {143: 127.0.0.1:1143}")));
  world.run();
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/real-server-away") ==
        std::vector<std::string>{"mail.alba.example"});
  CHECK(noticed(world.trace(), "desk", "notice/connection-refused") ==
        std::vector<std::string>{"mail.alba.example", "143"});
  CHECK(world.at_rest());
}
