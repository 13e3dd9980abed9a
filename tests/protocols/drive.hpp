// Drives engines in memory: one alone against a script, or two against each other. Knows no protocol.
#pragma once

#include <catch2/catch_all.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/engine.hpp"

namespace mailscope::test {

constexpr Instant start = Instant{std::chrono::seconds(1'772'442'000)};  // 2026-03-02T09:00:00Z

/// What an engine in a test runs over once it has asked for security: the handshake takes no time and no octets.
inline const SecureChannel test_channel{"TLSv1.3",    "TLS_AES_128_GCM_SHA256", "mail.alba.example", "",
                                        "exported 1", "digest of certificate"};

/// Everything that came out of an engine.
template <class E>
struct Record {
  std::string sent;
  std::vector<Step> steps;
  std::vector<typename E::Event> events;
  std::uint64_t told{};  ///< up to which octet of `sent` there were Steps
  bool closed{};
  unsigned secured{};  ///< how often it asked for TLS
  bool compressed{};
};

/// A Step as one line, with all that it says.
inline std::string told(const Step& step) {
  return std::string(step.direction == Direction::Sent ? "> " : "< ") + std::to_string(step.bytes.begin) + "-" +
         std::to_string(step.bytes.end) + " " + std::to_string(step.from.value) + "->" + std::to_string(step.to.value) +
         " [" + step.topic + (step.is_error ? " !] " : "] ") + step.text;
}

inline std::vector<std::string> told(const std::vector<Step>& steps) {
  std::vector<std::string> lines;
  for (const Step& step : steps) lines.push_back(told(step));
  return lines;
}

/// Takes every output that is ready. `decide` is called with each event and may answer it.
template <class E>
void drain(E& engine, Instant now, Record<E>& record,
           const std::function<void(E&, const typename E::Event&)>& decide = {}) {
  while (auto output = engine.poll(now)) {
    REQUIRE_FALSE(record.closed);  // nothing follows Close
    if (auto* transmit = std::get_if<Transmit>(&*output)) {
      record.sent += transmit->bytes;
    } else if (auto* step = std::get_if<Step>(&*output)) {
      record.steps.push_back(*step);
      if (step->direction == Direction::Sent) {
        REQUIRE(step->bytes.begin == record.told);
        record.told = step->bytes.end;
      }
      REQUIRE(step->to.value < engine.machine().states.size());
    } else if (std::holds_alternative<StartTls>(*output)) {
      ++record.secured;
      if constexpr (SecurableEngine<E>) engine.secured(now, test_channel);
    } else if (auto* compression = std::get_if<StartCompression>(&*output)) {
      record.compressed = true;  // by nothing: the octets stay as they are
      engine.receive(now, compression->received);
    } else if (std::holds_alternative<StopCompression>(*output)) {
      record.compressed = false;
    } else if (std::holds_alternative<Close>(*output)) {
      record.closed = true;
    } else {
      record.events.push_back(std::get<typename E::Event>(*output));
      if (decide) decide(engine, record.events.back());
    }
  }
}

/// Feeds `bytes` in chunks of `chunk` octets (the whole at once for 0).
template <class E>
void feed(E& engine, std::string_view bytes, std::size_t chunk, Instant now, Record<E>& record,
          const std::function<void(E&, const typename E::Event&)>& decide = {}) {
  drain(engine, now, record, decide);
  if (chunk == 0) chunk = std::max<std::size_t>(bytes.size(), 1);
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    engine.receive(now, bytes.substr(at, chunk));
    drain(engine, now, record, decide);
  }
}

/// What two engines said to each other.
template <class A, class B>
struct Conversation {
  Record<A> client;
  Record<B> server;
  /// Each line once, as the speaker has it: "C: …" and "S: …".
  [[nodiscard]] std::string script() const {
    std::string text;
    for (const Step& step : client.steps)
      text += (step.direction == Direction::Sent ? "C: " : "S: ") + step.text + "\n";
    return text;
  }
};

/// Both sides must agree on every line: octets, text, topic.
inline void check_same_lines(const std::vector<Step>& a, const std::vector<Step>& b) {
  for (const Direction said : {Direction::Sent, Direction::Received}) {
    std::vector<std::string> left, right;
    for (Step step : a)
      if (step.direction == said) {
        step.from = step.to = {};
        step.direction = Direction::Sent;
        left.push_back(told(step));
      }
    for (Step step : b)
      if (step.direction != said) {
        step.from = step.to = {};
        step.direction = Direction::Sent;
        right.push_back(told(step));
      }
    CHECK(left == right);
  }
}

/// Lets the two talk until neither has anything to say; octets travel in chunks of `chunk` (0: as they come).
template <class A, class B>
Conversation<A, B> converse(A& client, B& server, std::size_t chunk,
                            const std::function<void(B&, const typename B::Event&)>& decide) {
  Conversation<A, B> talk;
  std::size_t to_server = 0, to_client = 0;
  const auto carry = [chunk](const std::string& from, std::size_t& at, auto& engine) {
    if (at == from.size()) return false;
    const std::size_t octets = chunk == 0 ? from.size() - at : std::min(chunk, from.size() - at);
    engine.receive(start, std::string_view(from).substr(at, octets));
    at += octets;
    return true;
  };
  bool told_client = false, told_server = false, busy = true;
  while (busy) {
    drain(server, start, talk.server, decide);
    drain(client, start, talk.client);
    busy = carry(talk.server.sent, to_client, client);
    busy = carry(talk.client.sent, to_server, server) || busy;
    if (!busy && talk.server.closed && !std::exchange(told_client, true)) {
      client.receive_eof(start);
      busy = true;
    }
    if (!busy && talk.client.closed && !std::exchange(told_server, true)) {
      server.receive_eof(start);
      busy = true;
    }
  }
  CHECK(talk.client.told == talk.client.sent.size());
  CHECK(talk.server.told == talk.server.sent.size());
  check_same_lines(talk.client.steps, talk.server.steps);
  return talk;
}

}  // namespace mailscope::test
