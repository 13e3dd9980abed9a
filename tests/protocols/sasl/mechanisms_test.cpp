#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/core/base64.hpp"
#include "protocols/sasl/prepare.hpp"
#include "tests/protocols/sasl/talk.hpp"

using namespace mailscope;
using namespace mailscope::sasl;
using namespace mailscope::sasl::testing;
using namespace std::string_literals;

namespace {

Secret good_secret(Mechanism mechanism) {
  return traits(mechanism).token ? Secret(TokenAccepted{"anna"}) : Password{"secret"};
}
Credentials good_credentials(Mechanism mechanism) {
  return traits(mechanism).token ? Credentials{"anna", "", "", "t0ken"} : Credentials{"anna", "secret"};
}
bool accepted(const Ending& ending) { return std::holds_alternative<Authenticated>(ending.server); }
bool rejected(const Ending& ending) { return ending.server == ServerMove(Failure::Rejected); }

/// What the server says to one message, after the host's answer if it asks.
ServerMove reply(Mechanism mechanism, const std::string& message) {
  const ServerPolicy policy{all_mechanisms(), counting(1), "pepper"};
  return begin_server(mechanism, {"mail.alba.example", &policy, &tls13})->respond(message);
}

/// Octets are changed, lost or put in, one to four of them.
void spoil(std::string& octets, std::mt19937& random) {
  for (unsigned count = 1 + random() % 4; count > 0; --count) {
    const std::size_t at = octets.empty() ? 0 : random() % octets.size();
    const auto octet = static_cast<char>(random() & 255);
    if (random() % 3 == 0) {
      octets.insert(at, 1, octet);
    } else if (!octets.empty() && random() % 2 == 0) {
      octets.erase(at, 1);
    } else if (!octets.empty()) {
      octets[at] = octet;
    }
  }
}

}  // namespace

TEST_CASE("each mechanism proves the user to the server, and the server to the client where it can (RFC 4422)") {
  for (const MechanismTraits& each : mechanism_table) {
    INFO(each.name);
    const Ending right = talk({each.mechanism, good_credentials(each.mechanism), good_secret(each.mechanism)});
    CHECK(right.server == ServerMove(Authenticated{each.mechanism, "anna"}));
    CHECK(right.client_complete);
  }
}

TEST_CASE("a wrong password, a wrong token and an unknown user are refused by each mechanism") {
  for (const MechanismTraits& each : mechanism_table) {
    INFO(each.name);
    CHECK(rejected(talk({each.mechanism, good_credentials(each.mechanism), NoSecret{}})));
    if (each.token) continue;
    CHECK(rejected(talk({each.mechanism, {"anna", "Secret"}})));
    CHECK(rejected(talk({each.mechanism, {"anna", "secret "}})));
    CHECK(rejected(talk({each.mechanism, {"anna", "secret"}, Password{""}})));
  }
}

TEST_CASE("PLAIN carries authorization identity, user and password (RFC 4616 §2, §4)") {
  CHECK(reply(Mechanism::Plain, "\0tim\0tanstaaftanstaaf"s) ==
        ServerMove(SecretWanted{Mechanism::Plain, "tim", "", ""}));
  CHECK(reply(Mechanism::Plain, "Ursel\0Kurt\0xipj3plmq"s) ==
        ServerMove(SecretWanted{Mechanism::Plain, "Kurt", "Ursel", ""}));
  for (const std::string& bad : {""s, "a"s, "\0"s, "\0\0"s, "\0a"s, "\0a\0"s, "\0\0b"s, "\0a\0b\0c"s, "\0a\xff\0b"s})
    CHECK(reply(Mechanism::Plain, bad) == ServerMove(Failure::Malformed));
  CHECK(talk({Mechanism::Plain, {"anna", "secret", "boss"}}).server ==
        ServerMove(Authenticated{Mechanism::Plain, "boss"}));
}

TEST_CASE("LOGIN asks for the user, then for the password; a user name as initial response is taken") {
  const Ending ending = talk({Mechanism::Login});
  CHECK(ending.messages == std::vector<std::string>{"Username:", "anna", "Password:", "secret"});
  CHECK(reply(Mechanism::Login, "anna") == ServerMove(Challenge{"Password:"}));
  CHECK(reply(Mechanism::Login, "") == ServerMove(Failure::Malformed));
}

TEST_CASE("CRAM-MD5 answers the example's challenge as the example does (RFC 2195 §2)") {
  const auto client = begin_client(Mechanism::CramMd5, {"tim", "tanstaaftanstaaf"}, {});
  CHECK(client->respond("<1896.697170952@postoffice.reston.mci.net>") == "tim b913a602c7eda7a495b4e6e7334d3890");
  CHECK_FALSE(client->respond("<again@x>"));
}

TEST_CASE("CRAM-MD5's server never asks the same twice, and takes no initial response (RFC 2195 §2)") {
  const ServerPolicy policy{all_mechanisms(), counting(1), ""};
  const ServerTerms terms{"mail.alba.example", &policy, nullptr};
  const ServerMove one = begin_server(Mechanism::CramMd5, terms)->ask();
  CHECK(one != begin_server(Mechanism::CramMd5, terms)->ask());
  CHECK(std::get<Challenge>(one).octets.ends_with("@mail.alba.example>"));
  CHECK(reply(Mechanism::CramMd5, "tim b913a602c7eda7a495b4e6e7334d3890") == ServerMove(Failure::Malformed));
  for (const std::string& bad : {"tim"s, ""s, "tim b913"s, " b913a602c7eda7a495b4e6e7334d3890"s}) {
    const auto server = begin_server(Mechanism::CramMd5, terms);
    std::ignore = server->ask();
    CHECK(server->respond(bad) == ServerMove(Failure::Malformed));
  }
}

TEST_CASE("a server that keeps no password but SCRAM keys can check PLAIN and its own SCRAM, not CRAM-MD5") {
  const ScramKeys keys = scram_keys(Hash::Sha256, "secret", "salt", 4096);
  CHECK(accepted(talk({Mechanism::Plain, {"anna", "secret"}, keys})));
  CHECK(rejected(talk({Mechanism::Plain, {"anna", "guess"}, keys})));
  CHECK(accepted(talk({Mechanism::ScramSha256, {"anna", "secret"}, keys})));
  CHECK(talk({Mechanism::ScramSha1, {"anna", "secret"}, keys}).server == ServerMove(Failure::Transition));
  CHECK(rejected(talk({Mechanism::CramMd5, {"anna", "secret"}, keys})));
}

TEST_CASE("OAUTHBEARER and XOAUTH2 show user and token to the host, and tell an error before they fail (RFC 7628 §3)") {
  CHECK(reply(Mechanism::OAuthBearer,
              "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
              "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01") ==
        ServerMove(SecretWanted{Mechanism::OAuthBearer, "user@example.com", "",
                                "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="}));
  CHECK(reply(Mechanism::XOAuth2,
              "user=anna\x01"
              "auth=Bearer t\x01\x01") == ServerMove(SecretWanted{Mechanism::XOAuth2, "anna", "", "t"}));
  for (const std::string& bad : {""s, "\x01"s, "n,,\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Basic x\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer t\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer \x01\x01"s})
    CHECK(reply(Mechanism::OAuthBearer, bad) == ServerMove(Failure::Malformed));
  const Ending refused = talk({Mechanism::OAuthBearer, good_credentials(Mechanism::OAuthBearer), NoSecret{}});
  CHECK(rejected(refused));
  CHECK_FALSE(refused.client_complete);
  CHECK(refused.messages.at(1) == R"({"status":"invalid_token"})");
  CHECK(refused.messages.at(2) == "\x01");
}

TEST_CASE("names and passwords are prepared before they are compared (RFC 4013 §2, §3)") {
  CHECK(prepare("I\xC2\xADX") == "IX");
  CHECK(prepare("user") == "user");
  CHECK(prepare("USER") == "USER");  // the examples of §3
  CHECK(prepare("\xC2\xAA") == "a");
  CHECK(prepare("\xE2\x85\xA8") == "IX");
  CHECK_FALSE(
      prepare("\xD8\xA7"
              "1"));  // right to left, but not at both ends
  CHECK(
      prepare("\xD8\xA7"
              "1"
              "\xD8\xA8"));                         // Arabic around a digit
  CHECK(prepare("cafe\xCC\x81") == "caf\xC3\xA9");  // NFKC: composed, however it was typed
  CHECK(prepare("a\xC2\xA0"
                "b\xE3\x80\x80"
                "c") == "a b c");
  CHECK_FALSE(prepare("\x07"));
  CHECK_FALSE(prepare("a\x7f"));
  CHECK_FALSE(prepare("\xEE\x80\x80"));      // private use
  CHECK_FALSE(prepare("\xEF\xBF\xBE"));      // no character
  CHECK_FALSE(prepare("\xF0\x9F\xBF\xBF"));  // nor this
  CHECK_FALSE(prepare("caf\xE9"));
  for (const Mechanism mechanism : {Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::ScramSha256})
    CHECK(accepted(talk({mechanism,
                         {"anna", "caf\xC3\xA9 1"},
                         Password{"caf\xC3\xA9\xC2\xA0\xC2\xAD"
                                  "1"}})));
}

TEST_CASE("the best common mechanism is chosen, and none that tells the password without leave") {
  const std::vector<std::string> offers = {"LOGIN",         "CRAM-MD5",           "plain",
                                           "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "EXTERNAL"};
  ClientPolicy policy{std::nullopt, true, counting(1)};
  const Credentials anna{"anna", "secret"};
  CHECK(choose(offers, policy, anna, &tls13) == Mechanism::ScramSha256Plus);
  CHECK(choose(offers, policy, anna, nullptr) == Mechanism::ScramSha256);
  policy.random = nullptr;
  CHECK(choose(offers, policy, anna, &tls13) == Mechanism::CramMd5);
  const std::vector<std::string> plain = {"LOGIN", "plain"}, external = {"EXTERNAL", "GSSAPI"};
  CHECK(choose(plain, policy, anna, nullptr) == Mechanism::Plain);
  policy.plaintext_allowed = false;
  CHECK_FALSE(choose(plain, policy, anna, nullptr));
  CHECK(choose(plain, policy, anna, &tls12) == Mechanism::Plain);
  CHECK_FALSE(choose(external, policy, anna, &tls13));
  policy.mechanism = Mechanism::Login;
  CHECK(choose(plain, policy, anna, &tls12) == Mechanism::Login);
  CHECK_FALSE(choose(offers, policy, {"anna", "", "", "token"}, &tls12));
}

TEST_CASE("a server offers plaintext only where it may, and binding only where there is something to bind to") {
  const ServerPolicy policy{all_mechanisms(), counting(1), ""};
  CHECK(names(offered(policy, nullptr, false)) == " SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5");
  CHECK(names(offered(policy, nullptr, true)) == " SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 OAUTHBEARER XOAUTH2 PLAIN LOGIN");
  CHECK(offered(policy, &tls12, false) == all_mechanisms());
  CHECK(binding_type(&tls13) == "tls-exporter");
  CHECK(binding_type(&tls12) == "tls-server-end-point");
  CHECK(mechanism("pLaIn") == Mechanism::Plain);
  CHECK_FALSE(mechanism("PLAINER"));
  CHECK_FALSE(mechanism("EXTERNAL"));
}

TEST_CASE("no mutation of a message makes a server believe a stranger, or crash (seed printed)") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (const MechanismTraits& each : mechanism_table) {
    INFO(each.name);
    for (int round = 0; round < 40; ++round) {
      const int victim = static_cast<int>(random() % 5);
      const Tamper mutate = [&](int turn, std::string& octets) {
        if (turn == victim) spoil(octets, random);
      };
      const Ending ending = talk({each.mechanism,
                                  {"anna", "guess", "", each.token ? "t" : ""},
                                  each.token ? Secret(NoSecret{}) : Password{"secret"}},
                                 mutate);
      CHECK_FALSE(accepted(ending));
      if (!each.plaintext && each.mechanism != Mechanism::CramMd5) CHECK_FALSE(ending.client_complete);
    }
  }
}

TEST_CASE("whatever a server asks, a client ends, tells no password that it should keep, and believes no stranger") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (const MechanismTraits& each : mechanism_table) {
    const Credentials credentials = good_credentials(each.mechanism);
    const bool proves = !each.plaintext && each.mechanism != Mechanism::CramMd5;
    // What a server that knows the password says, by turns; LOGIN's client speaks first or second.
    const std::vector<std::string> said = talk({each.mechanism, credentials, good_secret(each.mechanism)}).messages;
    for (int round = 0; round < 100; ++round) {
      CAPTURE(each.name, round);
      const auto type = binding_type(&tls13);
      const auto client =
          begin_client(each.mechanism, credentials, {counting(100), type, binding_data(&tls13, type), true});
      std::size_t turn = each.client_first ? 1 : 0, answers = 0;
      bool genuine = true;
      auto answer = each.client_first ? client->respond("") : std::optional<std::string>("");
      while (answer) {
        if (!each.plaintext) CHECK(answer->find("secret") == std::string::npos);
        REQUIRE(++answers <= 5);
        std::string challenge = turn < said.size() ? said[turn] : "";
        turn += 2;
        const std::string right = challenge;
        if (random() % 2 == 0) spoil(challenge, random);
        if (random() % 8 == 0) challenge = right + right;
        genuine = genuine && challenge.starts_with(right);  // what comes after may be an extension (RFC 5802 §5.1)
        answer = client->respond(challenge);
      }
      if (proves && !genuine) CHECK_FALSE(client->complete());
    }
  }
}

TEST_CASE("what may follow a refused mechanism gives no more away, unless the server has proved itself by TLS") {
  const std::vector<std::string> all{
      "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"};
  using Names = std::vector<std::string>;
  const auto after = [&all](std::vector<Mechanism> refused, bool is_verified) {
    return left_after(refused, all, is_verified);
  };
  CHECK(after({}, false) == all);
  CHECK(after({Mechanism::ScramSha256Plus}, true) ==
        Names{"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"});
  CHECK(after({Mechanism::ScramSha256Plus}, false).empty());
  CHECK(after({Mechanism::ScramSha256Plus, Mechanism::ScramSha256}, true) == Names{"CRAM-MD5", "PLAIN", "LOGIN"});
  CHECK(after({Mechanism::ScramSha256}, false) == Names{"CRAM-MD5"});
  CHECK(after({Mechanism::CramMd5}, true) == Names{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"});
  CHECK(after({Mechanism::Plain}, true).empty());
}
