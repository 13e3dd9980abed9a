#include "protocols/sasl/sasl.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope::sasl;
using namespace std::string_literals;

TEST_CASE("PLAIN carries authorization identity, user and password (RFC 4616 §2, §4)") {
  ServerExchange server(Mechanism::Plain);
  CHECK(server.begin(std::nullopt) == ServerMove(Challenge{""}));
  CHECK(server.respond("\0tim\0tanstaaftanstaaf"s) == ServerMove(Identity{"", "tim", "tanstaaftanstaaf"}));
  CHECK(ServerExchange(Mechanism::Plain).begin("Ursel\0Kurt\0xipj3plmq"s) ==
        ServerMove(Identity{"Ursel", "Kurt", "xipj3plmq"}));
  for (const std::string& bad : {""s, "a"s, "\0"s, "\0\0"s, "\0a"s, "\0a\0"s, "\0\0b"s, "\0a\0b\0c"s})
    CHECK(ServerExchange(Mechanism::Plain).begin(bad) == ServerMove(Malformed{}));
}

TEST_CASE("LOGIN asks for the user, then for the password") {
  ServerExchange server(Mechanism::Login);
  CHECK(server.begin(std::nullopt) == ServerMove(Challenge{"Username:"}));
  CHECK(server.respond("tim") == ServerMove(Challenge{"Password:"}));
  CHECK(server.respond("secret") == ServerMove(Identity{"", "tim", "secret"}));
  CHECK(ServerExchange(Mechanism::Login).begin("tim") == ServerMove(Challenge{"Password:"}));
  CHECK(ServerExchange(Mechanism::Login).begin("") == ServerMove(Malformed{}));
}

TEST_CASE("each client mechanism satisfies its server and cancels what goes beyond it") {
  for (const Mechanism mechanism : mechanisms) {
    ClientExchange client(mechanism, {"anna", "secr\xc3\xa9t"});
    ServerExchange server(mechanism);
    ServerMove move = server.begin(client.initial_response());
    while (const Challenge* challenge = std::get_if<Challenge>(&move))
      move = server.respond(client.respond(challenge->octets).value());
    CHECK(move == ServerMove(Identity{"", "anna", "secr\xc3\xa9t"}));
    CHECK_FALSE(client.respond("more?"));
  }
}

TEST_CASE("PLAIN is preferred to LOGIN, names are compared without case") {
  const std::vector<std::string> both = {"LOGIN", "CRAM-MD5", "plain"}, login = {"Login"}, none = {"GSSAPI"};
  CHECK(choose(both) == Mechanism::Plain);
  CHECK(choose(login) == Mechanism::Login);
  CHECK_FALSE(choose(none));
  CHECK(mechanism("pLaIn") == Mechanism::Plain);
  CHECK_FALSE(mechanism("PLAINER"));
}
