#include "protocols/dns/zone.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/dns/samples.hpp"

using namespace mailscope::dns;

namespace {

Message ask(std::string name, Type type) { return answer(sample_zones(), query_for(std::move(name), type)); }

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

TEST_CASE(
    "services are answered with their targets' addresses, addresses with the names that they have (RFC 2782, 1035)") {
  const Message service = ask("_imaps._tcp.llevant.example", Type::Srv);
  REQUIRE(service.answers.size() == 2);
  CHECK(service.answers[0].data ==
        std::variant<std::string, MxData, SoaData, SrvData>(SrvData{0, 5, 993, "mx.llevant.example"}));
  CHECK(service.additionals.size() == 2);
  CHECK(summary(service).starts_with("SRV 0 5 993 mx.llevant.example; SRV 1 0 993 imap.other.example; "));
  CHECK(summary(ask("_pop3._tcp.llevant.example", Type::Srv)) == "SRV 0 0 0 .");
  CHECK(reverse_name("198.51.100.25") == "25.100.51.198.in-addr.arpa");
  CHECK(reverse_name("2001:db8::25") == "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  CHECK_FALSE(reverse_name("llevant.example"));
  CHECK(summary(ask("25.100.51.198.in-addr.arpa", Type::Ptr)) == "PTR mx.llevant.example");
  CHECK(outcome_name(ask("26.100.51.198.in-addr.arpa", Type::Ptr)) == "NXDOMAIN");
  CHECK(summary(ask("llevant.example", Type::Soa)) == "SOA ns.llevant.example 1");
}
