// Two TLS stages joined by octets, with an authority that a test can make say anything.
#pragma once

#include <catch2/catch_all.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/tls/stage.hpp"

namespace mailscope::tls::test {

inline constexpr Instant now{std::chrono::seconds(1'772'442'000)};  // 2026-03-02T09:00:00Z
inline constexpr auto year = std::chrono::hours(24 * 365);
inline constexpr Validity this_year{now - year / 2, now + year / 2};

/// splitmix64: predictable octets.
inline RandomSource seeded(std::uint64_t seed) {
  return [seed](std::span<unsigned char> octets) mutable {
    for (unsigned char& octet : octets) {
      std::uint64_t mixed = seed += 0x9e3779b97f4a7c15u;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
      octet = static_cast<unsigned char>((mixed ^ (mixed >> 27)) >> 40);
    }
  };
}

/// One simulated world's certificates.
struct Trust {
  explicit Trust(std::uint64_t seed = 1, Library::Randomness randomness = Library::Randomness::Drawn)
      : library(randomness), authority(library, "Test authority", {now - 5 * year, now + 5 * year}, seeded(seed)) {}
  Context server(const std::vector<std::string>& names = {"mail.alba.example"}, Validity validity = this_year,
                 const std::vector<std::string>& protocols = {}, Version newest = Version::Tls13) {
    return Context::server(library, authority.issue(names, validity), protocols, newest);
  }
  Context client(Version newest = Version::Tls13) { return Context::client(library, {&authority.root(), 1}, newest); }

  Library library;
  Authority authority;
};

/// All that came out of a stage.
struct Log {
  std::string wire, plaintext;
  std::vector<Message> messages;
  std::vector<std::string> secrets;
  std::vector<ByteRange> received;
  std::optional<Established> established;
  std::optional<Failed> failed;
  bool peer_closed{};

  void operator()(const Transmit& transmit) { wire += transmit.bytes; }
  void operator()(const Message& message) { messages.push_back(message); }
  void operator()(const Secret& secret) { secrets.push_back(secret.line); }
  void operator()(const Established& done) { established = done; }
  void operator()(const Received& octets) {
    plaintext += octets.plaintext;
    received.push_back(octets.wire);
  }
  void operator()(const PeerClosed&) { peer_closed = true; }
  void operator()(const Failed& failure) {
    REQUIRE_FALSE(failed);
    failed = failure;
  }
};

/// "> 0-200 [tls/client-hello] ClientHello …", "*" where it is encrypted, "!" where it is an error.
inline std::string told(const Message& message, bool as_sent) {
  return std::string(as_sent ? ">" : "<") + (message.encrypted ? "*" : "") + (message.is_error ? "! " : " ") +
         std::to_string(message.wire.begin) + "-" + std::to_string(message.wire.end) + " [" + message.topic + "] " +
         message.text;
}

struct Pair {
  Pair(const Context& server_context, const Context& client_context, StageOptions options = {"mail.alba.example", {}},
       std::size_t octets_at_once = 0)
      : client_stage(client_context, std::move(options), seeded(11)),
        server_stage(server_context, {}, seeded(12)),
        chunk(octets_at_once) {
    client_stage.begin(now);
    server_stage.begin(now);
    run();
  }
  /// Until neither has anything to say.
  void run() {
    for (bool busy = true; busy;) {
      while (const auto output = client_stage.poll()) std::visit(client, *output);
      while (const auto output = server_stage.poll()) std::visit(server, *output);
      const bool to_server = carry(client.wire, carried_to_server, server_stage);
      busy = carry(server.wire, carried_to_client, client_stage) || to_server;
    }
  }
  bool carry(const std::string& wire, std::size_t& at, Stage& to) const {
    if (at == wire.size()) return false;
    const std::size_t octets = chunk == 0 ? wire.size() - at : std::min(chunk, wire.size() - at);
    to.receive(std::string_view(wire).substr(at, octets));
    at += octets;
    return true;
  }
  /// What `sent` and `heard` say of the octets that the first of them sent, which must be the same.
  static void check_same(const Log& sent, const Log& heard) {
    std::vector<std::string> left, right;
    for (const Message& message : sent.messages)
      if (message.direction == Direction::Sent) left.push_back(told(message, true));
    for (const Message& message : heard.messages)
      if (message.direction == Direction::Received) right.push_back(told(message, true));
    CHECK(left == right);
  }

  Stage client_stage, server_stage;
  Log client, server;
  std::size_t chunk, carried_to_server{}, carried_to_client{};
};

/// The topics of what `log`'s side sent, without "tls/".
inline std::vector<std::string> sent_by(const Log& log) {
  std::vector<std::string> topics;
  for (const Message& message : log.messages)
    if (message.direction == Direction::Sent) topics.push_back(message.topic.substr(4));
  return topics;
}

}  // namespace mailscope::tls::test
