#include <catch2/catch_all.hpp>

#include "protocols/core/base64.hpp"
#include "tests/protocols/sasl/talk.hpp"

using namespace mailscope;
using namespace mailscope::sasl;
using namespace mailscope::sasl::testing;
using namespace std::string_literals;

namespace {

/// The octets whose base64 a published example has as its nonce, or as the part that the server adds.
RandomSource nonce_of(const std::string& text) {
  return [text](std::size_t) { return base64_decode(text).value(); };
}

/// Plays the client of a published example against its server's messages.
void check_client(Mechanism mechanism, const std::string& nonce, const std::vector<std::string>& messages) {
  const auto client = begin_client(mechanism, {"user", "pencil"}, {nonce_of(nonce)});
  CHECK(client->respond("") == messages[0]);
  CHECK(client->respond(messages[1]) == messages[2]);
  CHECK_FALSE(client->complete());
  CHECK(client->respond(messages[3]) == "");
  CHECK(client->complete());
}

bool rejected(const Ending& ending) { return ending.server == ServerMove(Failure::Rejected); }

const std::vector<Mechanism> scrams = {Mechanism::ScramSha256Plus, Mechanism::ScramSha1Plus, Mechanism::ScramSha256,
                                       Mechanism::ScramSha1};

}  // namespace

TEST_CASE("SCRAM-SHA-1 says what the example says (RFC 5802 §5)") {
  check_client(
      Mechanism::ScramSha1, "fyko+d2lbbFgONRv9qkxdawL",
      {"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
       "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
       "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="});
}

TEST_CASE("SCRAM-SHA-256 computes what the example computes (RFC 7677 §3)") {
  // The example's client nonce is "rOprNGfwEbeRWgbNEkqO", its server's part "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".
  const std::string first_bare = "n=user,r=rOprNGfwEbeRWgbNEkqO";
  const std::string server_first =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  const std::string without_proof = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  check_client(Mechanism::ScramSha256, "rOprNGfwEbeRWgbNEkqO",
               {"n,," + first_bare, server_first, without_proof + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="});
  const ScramKeys keys = scram_keys(Hash::Sha256, "pencil", base64_decode("W22ZaJ0SNY7soEsUEjb6gQ==").value(), 4096);
  const std::string proof = base64_decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").value();
  const std::string message = first_bare + "," + server_first + "," + without_proof;
  CHECK(digest(Hash::Sha256, exclusive_or(proof, hmac(Hash::Sha256, keys.stored_key, message))) == keys.stored_key);
}

TEST_CASE("every message that is changed on the way makes SCRAM fail (RFC 5802 §5, §9)") {
  for (const Mechanism mechanism : scrams) {
    INFO(name(mechanism));
    const std::size_t octets = talk({mechanism}).messages.at(0).size();
    for (std::size_t at = 0; at < octets; at += 3) {
      const Ending ending = talk({mechanism}, [&](int turn, std::string& message) {
        if (turn == 0) message[at] = message[at] == 'x' ? 'y' : 'x';
      });
      INFO(at);
      CHECK_FALSE(std::holds_alternative<Authenticated>(ending.server));
      CHECK_FALSE(ending.client_complete);
    }
    for (const int turn : {1, 2, 3}) {  // server-first, client-final, server-final: their last character but one
      const Ending ending = talk({mechanism}, [&](int now, std::string& message) {
        if (now == turn) message[message.size() - 6] = message[message.size() - 6] == 'A' ? 'B' : 'A';
      });
      INFO(turn);
      CHECK_FALSE(std::holds_alternative<Authenticated>(ending.server));
      CHECK_FALSE(ending.client_complete);
    }
  }
}

TEST_CASE("taking the bound mechanism out of the offer is found out (RFC 5802 §6)") {
  // The client could bind, saw no offer and says "y": the server knows that it made one.
  const Ending ending =
      talk({Mechanism::ScramSha256, {"anna", "secret"}, Password{"secret"}, &tls13, &tls13, all_mechanisms(), false});
  CHECK(ending.messages.at(0).starts_with("y,,"));
  CHECK(rejected(ending));
  // The same where the server has no bound mechanism: nobody was cheated.
  CHECK(std::holds_alternative<Authenticated>(talk({Mechanism::ScramSha256,
                                                    {"anna", "secret"},
                                                    Password{"secret"},
                                                    &tls13,
                                                    &tls13,
                                                    {Mechanism::ScramSha256},
                                                    false})
                                                  .server));
}

TEST_CASE("the channel that is bound to has to be the same on both sides (RFC 5802 §6, RFC 9266, RFC 5929 §4)") {
  const Ending exporter = talk({Mechanism::ScramSha256Plus});
  CHECK(exporter.messages.at(0).starts_with("p=tls-exporter,,"));
  CHECK(std::holds_alternative<Authenticated>(exporter.server));
  const Ending end_point = talk({Mechanism::ScramSha256Plus, {"anna", "secret"}, Password{"secret"}, &tls12, &tls12});
  CHECK(end_point.messages.at(0).starts_with("p=tls-server-end-point,,"));
  CHECK(std::holds_alternative<Authenticated>(end_point.server));
  SecureChannel other = tls13;
  other.exporter = "of the man in the middle";
  const Ending middle = talk({Mechanism::ScramSha256Plus, {"anna", "secret"}, Password{"secret"}, &tls13, &other});
  CHECK(rejected(middle));
  CHECK_FALSE(middle.client_complete);
  CHECK(rejected(talk({Mechanism::ScramSha256Plus, {"anna", "secret"}, Password{"secret"}, &tls13, nullptr})));
}

TEST_CASE("an unknown user looks like one with a wrong password (RFC 5802 §5.1)") {
  const auto salt_of = [](const std::string& user, const Secret& secret, const std::string& pepper) {
    const Ending ending =
        talk({Mechanism::ScramSha256, {user, "guess"}, secret, &tls13, &tls13, all_mechanisms(), true, pepper});
    CHECK(rejected(ending));
    const std::string& message = ending.messages.at(1);
    return message.substr(message.find(",s="));
  };
  const std::string salt = salt_of("nobody", NoSecret{}, "pepper");
  CHECK(salt == salt_of("nobody", NoSecret{}, "pepper"));
  CHECK(salt == salt_of("nobody", Password{"secret"}, "pepper"));
  CHECK(salt != salt_of("somebody", NoSecret{}, "pepper"));
  CHECK(salt != salt_of("nobody", NoSecret{}, "salt"));
  CHECK(salt.ends_with(",i=4096"));
}

TEST_CASE("an old exchange cannot be replayed, to either side (RFC 5802 §5.1)") {
  const Ending old = talk({Mechanism::ScramSha256});
  const ServerPolicy policy{all_mechanisms(), counting(99), "pepper"};  // another nonce than in talk()
  const auto server = begin_server(Mechanism::ScramSha256, {"mail.alba.example", &policy, &tls13});
  CHECK(std::holds_alternative<SecretWanted>(server->respond(old.messages[0])));
  CHECK(std::holds_alternative<Challenge>(server->answer(Password{"secret"})));
  CHECK(server->respond(old.messages[2]) == ServerMove(Challenge{"e=other-error"}));
  CHECK(server->respond("") == ServerMove(Failure::Rejected));
  const auto client = begin_client(Mechanism::ScramSha256, {"anna", "secret"}, {counting(1)});
  CHECK(client->respond(""));
  CHECK_FALSE(client->respond(old.messages[1]));
}

TEST_CASE("a server's first message that is out of bounds ends the exchange (RFC 5802 §7, RFC 7677 §4)") {
  const auto survives = [](const std::function<std::string(const std::string& nonce)>& server_first) {
    const auto client = begin_client(Mechanism::ScramSha256, {"anna", "secret"}, {counting(1)});
    const std::string first = client->respond("").value();
    return client->respond(server_first(first.substr(first.find("r=") + 2))).has_value();
  };
  const auto with_count = [&](const std::string& count) {
    return survives([&](const std::string& nonce) { return "r=" + nonce + "more,s=c2FsdA==,i=" + count; });
  };
  CHECK(with_count("4096"));
  CHECK_FALSE(with_count("4095"));
  CHECK_FALSE(with_count("1000001"));
  CHECK_FALSE(with_count("99999999999999999999"));
  CHECK_FALSE(with_count("-1"));
  CHECK_FALSE(with_count(""));
  CHECK_FALSE(survives([](const std::string& nonce) { return "r=" + nonce + ",s=c2FsdA==,i=4096"; }));
  CHECK_FALSE(survives([](const std::string& nonce) { return "r=" + nonce + "more,s=,i=4096"; }));
  CHECK_FALSE(survives([](const std::string& nonce) { return "m=ext,r=" + nonce + "more,s=c2FsdA==,i=4096"; }));
}

TEST_CASE("a client's first message has to be well-formed (RFC 5802 §7)") {
  const ServerPolicy policy{all_mechanisms(), counting(1), "pepper"};
  const auto reply = [&](const std::string& message) {
    return begin_server(Mechanism::ScramSha256, {"mail.alba.example", &policy, nullptr})->respond(message);
  };
  CHECK(reply("n,,n=a=2Cb=3Dc,r=x") == ServerMove(SecretWanted{Mechanism::ScramSha256, "a,b=c", "", ""}));
  CHECK(reply("y,a=boss,n=anna,r=x,x=ext") == ServerMove(SecretWanted{Mechanism::ScramSha256, "anna", "boss", ""}));
  for (const std::string& bad :
       {""s, "n"s, "n,"s, "n,,"s, "n,,n=anna"s, "n,,n=anna,r="s, "n,,r=x,n=anna"s, "n,,n=,r=x"s, "n,,n=a=2cb,r=x"s,
        "n,,n=a=,r=x"s, "n,,m=ext,n=anna,r=x"s, "z,,n=anna,r=x"s, "p,,n=anna,r=x"s, "p=,,n=anna,r=x"s,
        "n,b=boss,n=anna,r=x"s, "n,a=,n=anna,r=x"s, "n,,n=anna,r=x y"s, "n,,n=\xff,r=x"s, "nn,,n=anna,r=x"s})
    CHECK(reply(bad) == ServerMove(Failure::Malformed));
  CHECK(reply("p=tls-exporter,,n=anna,r=x") == ServerMove(Challenge{"e=channel-binding-not-supported"}));
}

TEST_CASE("a server says in the end why the exchange failed, and nothing undoes that (RFC 5802 §5.1, §7)") {
  const auto error = [](const Ending& ending) {
    CHECK(rejected(ending));
    CHECK_FALSE(ending.client_complete);
    CHECK(ending.messages.back().empty());  // the client has heard it
    return ending.messages.at(ending.messages.size() - 2);
  };
  CHECK(error(talk({Mechanism::ScramSha256, {"anna", "guess"}})) == "e=invalid-proof");
  CHECK(error(talk({Mechanism::ScramSha256, {"nobody", "guess"}, NoSecret{}})) == "e=invalid-proof");
  SecureChannel other = tls13;
  other.exporter = "of the man in the middle";
  CHECK(error(talk({Mechanism::ScramSha256Plus, {"anna", "secret"}, Password{"secret"}, &tls13, &other})) ==
        "e=channel-bindings-dont-match");
  CHECK(error(talk({Mechanism::ScramSha256Plus, {"anna", "secret"}, Password{"secret"}, &tls13, nullptr})) ==
        "e=unsupported-channel-binding-type");
  CHECK(
      error(talk(
          {Mechanism::ScramSha256, {"anna", "secret"}, Password{"secret"}, &tls13, &tls13, all_mechanisms(), false})) ==
      "e=server-does-support-channel-binding");
}

TEST_CASE("keys of another hash do not help: the user has to change over (RFC 4954 §6, 432)") {
  const ScramKeys old = scram_keys(Hash::Sha1, "secret", "salt", 4096);
  CHECK(talk({Mechanism::ScramSha256, {"anna", "secret"}, old}).server == ServerMove(Failure::Transition));
  CHECK(std::holds_alternative<Authenticated>(talk({Mechanism::ScramSha1, {"anna", "secret"}, old}).server));
}

TEST_CASE("after the server's proof the client has nothing more to say (RFC 4422 §3.1)") {
  const Ending ending = talk({Mechanism::ScramSha256}, [](int turn, std::string& message) {
    if (turn == 4) message = "more";
  });
  CHECK(ending.server == ServerMove(Failure::Malformed));
}
