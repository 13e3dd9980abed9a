#include "sim/live/doors.hpp"

#include <catch2/catch_all.hpp>

#include "sim/live/live_world.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::live;

namespace {

std::uint16_t real_port(const std::vector<Door>& doors, std::string_view host, std::uint16_t simulated) {
  for (const Door& door : doors)
    if (door.host == host && door.port.port.number == simulated) return door.real;
  return 0;
}

}  // namespace

TEST_CASE("each mail server's open ports are shifted by its own distance") {
  const std::vector<Door> doors = doors_of(scenario_from(lesson_text()), {});
  CHECK(real_port(doors, "mail.alba.example", 25) == 10025);
  CHECK(real_port(doors, "mail.alba.example", 587) == 10587);
  CHECK(real_port(doors, "mx.llevant.example", 110) == 20110);
  CHECK(real_port(doors, "mx.llevant.example", 587) == 0);  // the lesson closes it
}

TEST_CASE("a mapping chooses a port for one server or for the first that has it") {
  const std::vector<Mapping> mappings{*parse_mapping("25=2525"), *parse_mapping("mx.llevant.example:25=2626")};
  const std::vector<Door> doors = doors_of(scenario_from(lesson_text()), mappings);
  CHECK(real_port(doors, "mail.alba.example", 25) == 2525);
  CHECK(real_port(doors, "mx.llevant.example", 25) == 2626);
  CHECK(real_port(doors, "mx.llevant.example", 143) == 20143);
}

TEST_CASE("no two doors share a port, whatever the mappings say") {
  const std::vector<Mapping> mappings{*parse_mapping("25=10587"), *parse_mapping("mx.llevant.example:110=10587")};
  std::vector<std::uint16_t> ports;
  for (const Door& door : doors_of(scenario_from(lesson_text()), mappings)) ports.push_back(door.real);
  std::ranges::sort(ports);
  CHECK(std::ranges::adjacent_find(ports) == ports.end());
}

TEST_CASE("text that is no mapping is refused") {
  for (const char* text :
       {"", "25", "25=", "=25", "0=25", "25=0", "25=65536", "25=2525 ", "x=1", "99999999999=1", "host:25"})
    CHECK_FALSE(parse_mapping(text));
  CHECK(parse_mapping("65535=1")->real == 1);
}

TEST_CASE("servers are given TLS where the lesson has none: STARTTLS, and a door for each service (RFC 8314 §3)") {
  const Scenario plain = served(scenario_from(lesson_text()), {});
  CHECK_FALSE(offers_tls(plain));
  CHECK(real_port(doors_of(plain, {}), "mail.alba.example", 465) == 0);
  const Scenario secured = served(scenario_from(lesson_text()), {}, true);
  CHECK(offers_tls(secured));
  const std::vector<Door> doors = doors_of(secured, {});
  CHECK(real_port(doors, "mail.alba.example", 465) == 10465);
  CHECK(real_port(doors, "mx.llevant.example", 993) == 20993);
  CHECK(real_port(doors, "mx.llevant.example", 465) == 0);  // nobody submits there: the lesson closes 587
}
