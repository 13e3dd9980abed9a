#include "protocols/dns/server.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/dns/samples.hpp"

using namespace mailscope;
using namespace mailscope::dns;

static_assert(Engine<Server>);

namespace {

Message ask(std::string name, Type type) { return answer(sample_zones(), query_for(std::move(name), type)); }

std::vector<Output<Server::Event>> outputs_of(Server& server) {
  std::vector<Output<Server::Event>> outputs;
  while (auto output = server.poll(Instant{})) outputs.push_back(std::move(*output));
  return outputs;
}

}  // namespace

TEST_CASE(
    "records are answered with authority, under the name as asked, with the exchange's addresses (RFC 1035 §3.3.9)") {
  const Message response = ask("LLEVANT.Example", Type::Mx);
  CHECK(response.response);
  CHECK(response.authoritative);
  CHECK(response.recursion_desired);
  CHECK_FALSE(response.recursion_available);
  CHECK(response.rcode == Rcode::NoError);
  REQUIRE(response.answers.size() == 2);
  CHECK(response.answers[0].name == "LLEVANT.Example");
  REQUIRE(response.additionals.size() == 2);
  CHECK(response.additionals[0] == ResourceRecord{"mx.llevant.example", Type::A, 3600, "198.51.100.25"});
  CHECK(response.authorities.empty());
}

TEST_CASE("a name that does not exist is NXDOMAIN, one without such records is not; both carry the SOA (RFC 2308 §2)") {
  for (const char* name : {"nothing.llevant.example", "a.mx.llevant.example"}) {
    const Message response = ask(name, Type::A);
    CHECK(response.rcode == Rcode::NameError);
    CHECK(response.answers.empty());
    REQUIRE(response.authorities.size() == 1);
    CHECK(response.authorities[0].ttl_s == 300);  // the smaller of the SOA's TTL and its MINIMUM (§3)
  }
  for (const char* name : {"mx.llevant.example", "in.llevant.example", "llevant.example"}) {
    const Message response = ask(name, Type::Ns);
    CHECK(response.rcode == Rcode::NoError);
    CHECK(outcome_name(response) == "NODATA");
    CHECK(response.authorities.size() == 1);
  }
}

TEST_CASE("aliases are followed inside the zones and end outside, at nothing, or where they loop (RFC 1034 §4.3.2)") {
  const Message inside = ask("www.llevant.example", Type::A);
  REQUIRE(inside.answers.size() == 2);
  CHECK(inside.answers[1].name == "mx.llevant.example");
  const Message outside = ask("away.llevant.example", Type::A);
  CHECK(outside.rcode == Rcode::NoError);
  CHECK(outside.answers.size() == 1);
  CHECK(outside.authorities.empty());
  const Message nothing = ask("lost.llevant.example", Type::A);
  CHECK(nothing.rcode == Rcode::NameError);
  CHECK(nothing.answers.size() == 1);
  CHECK(ask("one.llevant.example", Type::A).answers.size() == 2);
  CHECK(ask("www.llevant.example", Type::Cname).answers.size() == 1);
}

TEST_CASE("a chain of aliases is followed for so many steps and no more") {
  Zone zone{"example", {}};
  for (int number = 0; number < 20; ++number)
    zone.records.push_back(
        {"a" + std::to_string(number) + ".example", Type::Cname, 1, "a" + std::to_string(number + 1) + ".example"});
  CHECK(answer({zone}, query_for("a0.example", Type::A)).answers.size() == alias_chain_max + 1);
}

TEST_CASE("a wildcard answers for names that do not exist below it, not for those that do (RFC 4592 §2.2)") {
  const Message response = ask("any.thing.wild.llevant.example", Type::Mx);
  REQUIRE(response.answers.size() == 1);
  CHECK(response.answers[0].name == "any.thing.wild.llevant.example");
  CHECK(outcome_name(ask("any.wild.llevant.example", Type::A)) == "NODATA");
  CHECK(outcome_name(ask("wild.llevant.example", Type::Mx)) == "NODATA");
}

TEST_CASE("the nearest zone answers; outside all zones the query is refused (RFC 1034 §4.3.2)") {
  const Message nearest = ask("x.sub.llevant.example", Type::A);
  CHECK(nearest.rcode == Rcode::NameError);
  CHECK(nearest.authorities.at(0).name == "sub.llevant.example");
  const Message refused = ask("other.example", Type::Mx);
  CHECK(refused.rcode == Rcode::Refused);
  CHECK_FALSE(refused.authoritative);
}

TEST_CASE("what is no standard question about the Internet is told so (RFC 1035 §4.1.1)") {
  Message query = query_for("llevant.example", Type::Mx);
  query.opcode = 2;
  CHECK(answer(sample_zones(), query).rcode == Rcode::NotImplemented);
  query = query_for("llevant.example", static_cast<Type>(252));
  CHECK(answer(sample_zones(), query).rcode == Rcode::NotImplemented);
  query = query_for("llevant.example", Type::Mx);
  query.questions.push_back(query.questions.front());
  CHECK(answer(sample_zones(), query).rcode == Rcode::FormatError);
  query = query_for("llevant.example", Type::Mx);
  query.questions[0].of = static_cast<Class>(3);
  CHECK(answer(sample_zones(), query).rcode == Rcode::Refused);
  CHECK(ask("llevant.example", any_type).answers.size() == 4);
}

TEST_CASE("the server takes a datagram and gives both steps and the answer, octets counted") {
  const auto zones = sample_zones();
  Server server(zones);
  const std::string query = encode(query_for("llevant.example", Type::Mx));
  for (std::uint64_t round = 0; round < 2; ++round) {
    server.receive(Instant{}, query);
    const auto outputs = outputs_of(server);
    REQUIRE(outputs.size() == 3);
    const Step& heard = std::get<Step>(outputs[0]);
    CHECK(heard.direction == Direction::Received);
    CHECK(heard.topic == "dns/query/MX");
    CHECK(heard.text == "MX llevant.example?");
    CHECK(heard.bytes == ByteRange{round * query.size(), (round + 1) * query.size()});
    const Step& said = std::get<Step>(outputs[1]);
    const std::string& octets = std::get<Transmit>(outputs[2]).bytes;
    CHECK(said.direction == Direction::Sent);
    CHECK(said.topic == "dns/answer/MX/NOERROR");
    CHECK_FALSE(said.is_error);
    CHECK(said.bytes == ByteRange{round * octets.size(), (round + 1) * octets.size()});
    CHECK(decode(octets) == answer(zones, query_for("llevant.example", Type::Mx)));
    CHECK(server.machine().next(heard.from, "QUERY") == heard.to);
    CHECK(server.machine().next(said.from, "ANSWER") == said.to);
    CHECK(server.state() == said.to);
  }
}

TEST_CASE(
    "octets that are no message are answered FORMERR where they may be a query, and never else (RFC 1035 §4.1.1)") {
  const auto zones = sample_zones();
  Server server(zones);
  const std::string query = encode(query_for("llevant.example", Type::Mx, 0x1234));
  server.receive(Instant{}, query.substr(0, query.size() - 1));
  const auto outputs = outputs_of(server);
  REQUIRE(outputs.size() == 3);
  CHECK(std::get<Step>(outputs[1]).topic == "dns/answer/FORMERR");
  CHECK(std::get<Step>(outputs[1]).is_error);
  const auto response = decode(std::get<Transmit>(outputs[2]).bytes);
  REQUIRE(response);
  CHECK(response->id == 0x1234);
  CHECK(response->rcode == Rcode::FormatError);
  server.receive(Instant{}, "short");
  server.receive(Instant{}, encode(answer(zones, query_for("llevant.example", Type::Mx))));
  server.receive(Instant{}, encode(answer(zones, query_for("llevant.example", Type::Mx))) + 'x');
  CHECK(outputs_of(server).empty());
}

TEST_CASE("queries past the queue's bound are dropped, and the rest are answered in order") {
  const auto zones = sample_zones();
  Server server(zones);
  for (std::uint16_t id = 0; id < Server::waiting_max + 5; ++id)
    server.receive(Instant{}, encode(query_for("llevant.example", Type::Txt, id)));
  std::uint16_t next = 0;
  for (const auto& output : outputs_of(server))
    if (const auto* transmit = std::get_if<Transmit>(&output)) CHECK(decode(transmit->bytes)->id == next++);
  CHECK(next == Server::waiting_max);
}
