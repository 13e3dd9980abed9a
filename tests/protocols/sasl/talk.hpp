// Runs a client's exchange against a server's, as values, and lets a test change what travels.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "protocols/sasl/client.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::sasl::testing {

/// "octets" that count up from `seed`: two sources with one seed give the same.
inline RandomSource counting(unsigned char seed) {
  return [next = seed](std::size_t octets) mutable {
    std::string result;
    while (result.size() < octets) result += static_cast<char>(next++);
    return result;
  };
}

inline const SecureChannel tls13{"TLSv1.3", "TLS_AES_128_GCM_SHA256", "", "", "exported octets", "digest"};
inline const SecureChannel tls12{"TLSv1.2", "TLS_RSA", "", "", "", "digest"};

inline std::vector<Mechanism> all_mechanisms() {
  std::vector<Mechanism> all;
  for (const MechanismTraits& each : mechanism_table) all.push_back(each.mechanism);
  return all;
}

/// May change a message on its way. `turn` counts the messages of both sides from 0.
using Tamper = std::function<void(int turn, std::string& octets)>;

struct Ending {
  ServerMove server;       ///< Authenticated, a Failure, or the Challenge that the client cancelled
  bool client_complete{};  ///< would the client believe success?
  std::vector<std::string> messages;
};

inline Ending talk(ClientExchange& client, ServerExchange& server, bool client_first, const Secret& secret,
                   const Tamper& tamper = {}) {
  Ending ending;
  const auto travel = [&](std::string octets) {
    if (tamper) tamper(static_cast<int>(ending.messages.size()), octets);
    ending.messages.push_back(octets);
    return octets;
  };
  ending.server = client_first ? server.respond(travel(client.respond("").value())) : server.ask();
  while (true) {
    if (std::holds_alternative<SecretWanted>(ending.server)) ending.server = server.answer(secret);
    const auto* challenge = std::get_if<Challenge>(&ending.server);
    const auto response = challenge ? client.respond(travel(challenge->octets)) : std::nullopt;
    if (!response) break;
    ending.server = server.respond(travel(*response));
  }
  ending.client_complete = client.complete();
  return ending;
}

struct Setup {
  Mechanism mechanism{};
  Credentials credentials{"anna", "secret"};
  Secret secret{Password{"secret"}};
  const SecureChannel* client_channel{&tls13};
  const SecureChannel* server_channel{&tls13};
  std::vector<Mechanism> server_mechanisms{all_mechanisms()};
  bool plus_offered{true};
  std::string server_secret{"pepper"};
};

inline Ending talk(const Setup& setup, const Tamper& tamper = {}) {
  const ServerPolicy policy{setup.server_mechanisms, counting(7), setup.server_secret};
  const auto type = binding_type(setup.client_channel);
  const auto client = begin_client(setup.mechanism, setup.credentials,
                                   {counting(100), type, binding_data(setup.client_channel, type), setup.plus_offered});
  const auto server = begin_server(setup.mechanism, {"mail.alba.example", &policy, setup.server_channel});
  return talk(*client, *server, traits(setup.mechanism).client_first, setup.secret, tamper);
}

}  // namespace mailscope::sasl::testing
