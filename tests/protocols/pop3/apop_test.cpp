// APOP at both ends (RFC 1939 §7).
#include "protocols/pop3/apop.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/pop3/client.hpp"
#include "protocols/pop3/server.hpp"
#include "tests/protocols/drive.hpp"
#include "tests/protocols/one_user.hpp"
#include "tests/protocols/sasl/talk.hpp"

using namespace mailscope;
using namespace mailscope::pop3;
using test::start;

namespace {

/// RFC 1939 §7: mrose with "tanstaaf" at this timestamp.
constexpr std::string_view timestamp = "<1896.697170952@dbc.mtview.ca.us>";
constexpr std::string_view digest = "c4c9334bac560ecc979e58001b3e22fb";

ServerConfig offering(std::vector<sasl::Mechanism> mechanisms = {sasl::Mechanism::Plain}) {
  ServerConfig config{"mx.llevant.example"};
  config.authentication = {std::move(mechanisms), sasl::testing::counting(0), "pepper"};
  config.apop = true;
  return config;
}

struct Talk {
  std::string script, error{"no SessionDone"};
  std::vector<std::string> steps;
};

Talk talk(const ServerConfig& server_config, std::string password, std::size_t chunk = 0,
          std::optional<sasl::Mechanism> wanted = std::nullopt) {
  mailstore::Account account("bruno");
  ClientConfig config{"bruno", std::move(password), false, {}};
  config.authentication = {wanted, true, sasl::testing::counting(100)};
  Server server(server_config);
  Client client(config);
  const auto said = test::converse<Client, Server>(client, server, chunk, test::one_user(account, "bruno", "ginger-4"));
  Talk result{said.script(), "no SessionDone", test::told(said.server.steps)};
  for (const auto& event : said.client.events)
    if (const auto* done = std::get_if<SessionDone>(&event)) result.error = done->error;
  return result;
}

/// What the server says to `input` after a greeting whose timestamp is of octets 0 to 15.
std::string answers(const ServerConfig& config, const std::string& input) {
  std::string said[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    ServerConfig fresh = config;
    fresh.authentication.random = sasl::testing::counting(0);
    Server server(fresh);
    test::Record<Server> record;
    test::feed<Server>(server, input, chunk, start, record, test::one_user(account, "bruno", "ginger-4"));
    said[chunk] = record.sent;
  }
  CHECK(said[0] == said[1]);
  return said[0];
}

const std::string own_timestamp = "<000102030405060708090a0b0c0d0e0f@mx.llevant.example>";
const std::string greeting = "+OK mx.llevant.example POP3 server ready " + own_timestamp + "\r\n";

}  // namespace

TEST_CASE("APOP: the digest is that of the RFC's example (RFC 1939 §7)") {
  CHECK(apop_digest(timestamp, "tanstaaf") == digest);
  CHECK(apop_timestamp("+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>") == timestamp);
}

TEST_CASE("APOP: only a msg-id of printable ASCII in the greeting is an offer (CVE-2007-1558)") {
  for (const std::string_view none : {"+OK ready", "+OK <", "+OK <a@b", "+OK <>", "+OK <@b>", "+OK <a@>", "+OK <ab>",
                                      "+OK <a b@c>", "+OK <a\x01@b>", "+OK <a\x80@b>", "+OK >a@b<", "+OK <a<b@c>"})
    CHECK(apop_timestamp(none).empty());
}

TEST_CASE("APOP: is preferred to the password, and SCRAM to APOP; a mechanism that is insisted on is taken") {
  const Talk apop = talk(offering(), "ginger-4");
  CHECK(apop.error.empty());
  CHECK(apop.script.starts_with("S: " + greeting.substr(0, greeting.size() - 2) + "\nC: CAPA\n"));
  CHECK(apop.script.find("C: APOP bruno " + apop_digest(own_timestamp, "ginger-4") + "\nS: +OK maildrop locked") !=
        std::string::npos);
  CHECK(apop.script.find("ginger") == std::string::npos);
  CHECK(apop.steps == talk(offering(), "ginger-4", 1).steps);
  const Talk scram = talk(offering({sasl::Mechanism::ScramSha256}), "ginger-4");
  CHECK(scram.error.empty());
  CHECK(scram.script.find("C: AUTH SCRAM-SHA-256") != std::string::npos);
  const Talk plain = talk(offering(), "ginger-4", 0, sasl::Mechanism::Plain);
  CHECK(plain.script.find("C: AUTH PLAIN") != std::string::npos);
}

TEST_CASE("APOP: a wrong password is refused, and is not then told in the clear (RFC 1939 §7)") {
  const Talk refused = talk(offering(), "ginger-5");
  CHECK(refused.error == "-ERR [AUTH] invalid user name or password");
  CHECK(refused.script.find("PASS") == std::string::npos);
}

TEST_CASE("APOP server: a wrong digest, an unknown user and wrong arguments are refused; a right one opens") {
  const std::string right = "APOP bruno " + apop_digest(own_timestamp, "ginger-4") + "\r\n";
  const std::string refusal = "-ERR [AUTH] invalid user name or password\r\n";
  const std::string open = "+OK maildrop locked and ready, 0 messages (0 octets)\r\n";
  CHECK(answers(offering(), right) == greeting + open);
  CHECK(answers(offering(), "USER bruno\r\n" + right) == greeting + "+OK send PASS\r\n" + open);
  CHECK(answers(offering(), "APOP bruno " + std::string(digest) + "\r\n" + right) == greeting + refusal + open);
  CHECK(answers(offering(), "APOP nobody " + apop_digest(own_timestamp, "ginger-4") + "\r\n") == greeting + refusal);
  CHECK(answers(offering(), "APOP bruno\r\nAPOP bruno a b\r\n") ==
        greeting + "-ERR wrong number of arguments\r\n-ERR wrong number of arguments\r\n");
  CHECK(answers(offering(), right + right) == greeting + open + "-ERR not in this state\r\n");
  CHECK(answers({"mx.llevant.example"}, "APOP bruno " + std::string(digest) + "\r\n") ==
        "+OK mx.llevant.example POP3 server ready\r\n-ERR APOP is not offered\r\n");
}
