// Drives SMTP engines in tests: feeds octets in chunks, answers for the host, writes down every output.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/client.hpp"
#include "protocols/smtp/server.hpp"

namespace mailscope::smtp::test {

inline constexpr Instant start{std::chrono::seconds(1'772'442'000)};  // Mon, 02 Mar 2026 09:00:00 UTC

/// Cuts off the next chunk of `bytes`.
using Chunking = std::function<std::size_t(std::size_t left)>;
inline Chunking whole() {
  return [](std::size_t left) { return left; };
}
inline Chunking one_by_one() {
  return [](std::size_t) { return std::size_t{1}; };
}
inline Chunking split_at_random(std::mt19937& random) {
  return [&random](std::size_t left) { return std::min<std::size_t>(1 + random() % 40, left); };
}

/// What the host answers; the address decides, as a policy would.
inline Reply host_policy(const Server::Event& event) {
  if (const auto* offer = std::get_if<SenderOffered>(&event))
    return offer->reverse_path.starts_with("bad@") ? Reply{550, "5.7.1", {"Not you"}}
                                                   : Reply{250, "2.1.0", {"Sender OK"}};
  if (const auto* offer = std::get_if<RecipientOffered>(&event)) {
    if (offer->forward_path.starts_with("nobody@")) return {550, "5.1.1", {"No such user"}};
    if (offer->forward_path.starts_with("busy@")) return {450, "", {"Try later"}};
    return {250, "2.1.5", {"Recipient OK"}};
  }
  if (const auto* offer = std::get_if<VerificationOffered>(&event))
    return offer->list ? Reply{250, "2.1.5", {"Anna <anna@alba.example>", "Bruno <bruno@llevant.example>"}}
                       : Reply{250, "2.1.5", {"José <josÃ©@alba.example>"}};
  if (const auto* offer = std::get_if<QueueRunOffered>(&event))
    return offer->node == "nobody.example" ? Reply{459, "4.7.1", {"Node " + offer->node + " not allowed"}}
                                           : Reply{253, "", {"2 pending messages for " + offer->node + " started"}};
  if (std::holds_alternative<UrlOffered>(event)) return {554, "5.6.6", {"IMAP URL resolution failed"}};
  const auto& message = std::get<MessageOffered>(event);
  if (message.content.find("REFUSE ME") != std::string::npos) return {554, "5.7.1", {"Not", "this"}};
  return {250, "2.0.0", {"Taken"}};
}

/// The host's answer to any event: anna's password is "secret".
inline void answer(Server& server, const Server::Event& event) {
  if (const auto* wanted = std::get_if<sasl::SecretWanted>(&event)) {
    server.tell_secret(wanted->user == "anna" ? sasl::Secret(sasl::Password{"secret"}) : sasl::NoSecret{});
  } else if (const auto* url = std::get_if<UrlOffered>(&event); url && url->url.starts_with("imap:")) {
    server.give_content(url->url.substr(url->url.find("//") + 2) + "\r\n");  // what such a URL shows is its rest
  } else if (!std::holds_alternative<sasl::Authenticated>(event)) {
    server.decide(host_policy(event));
  }
}

/// All that an engine said: comparable, and readable when two differ.
struct Log {
  std::vector<std::string> outputs;
  std::string transcript;  ///< "S: 220 …\nC: EHLO …\n"
  std::string sent;
  std::vector<Step> steps;
  std::vector<Server::Event> asked;
  std::vector<MessageDone> done;
  std::vector<QueueAnswered> queues;
  std::optional<SessionDone> end;
  bool closed{};

  void operator()(const Transmit& transmit) {
    outputs.push_back("transmit " + transmit.bytes);
    sent += transmit.bytes;
  }
  void operator()(const StartTls&) { outputs.emplace_back("start tls"); }
  void operator()(const StartCompression&) { outputs.emplace_back("start compression"); }
  void operator()(const StopCompression&) { outputs.emplace_back("stop compression"); }
  void operator()(const Close&) {
    outputs.emplace_back("close");
    closed = true;
  }
  void operator()(const Step& step) {
    outputs.push_back((step.direction == Direction::Sent ? "sent " : "received ") + std::to_string(step.bytes.begin) +
                      "-" + std::to_string(step.bytes.end) + " " + std::to_string(step.from.value) + ">" +
                      std::to_string(step.to.value) + " " + step.topic + (step.is_error ? " error " : " ") + step.text);
    steps.push_back(step);
  }
  void operator()(const Server::Event& event) {
    outputs.push_back("asked " + std::to_string(event.index()));
    asked.push_back(event);
  }
  void operator()(const Client::Event& event) {
    if (const auto* message = std::get_if<MessageDone>(&event)) {
      outputs.emplace_back("message done");
      for (const auto& [path, reply, ours, owes_report, of_server, of_session] : message->recipients)
        outputs.push_back(path + (ours ? " ours " : " ") + (owes_report ? "owed " : "") +
                          (of_server ? "of server " : "") + reply.wire());
      done.push_back(*message);
    } else if (const auto* answered = std::get_if<QueueAnswered>(&event)) {
      outputs.push_back("queue " + answered->queue + (answered->ours ? " ours " : " ") + answered->reply.wire());
      queues.push_back(*answered);
    } else {
      end = std::get<SessionDone>(event);
      outputs.emplace_back(end->in_order ? "ended in order" : "ended");
    }
  }
  /// Adds one line of the transcript for each line of the step.
  void speak(const Step& step, std::string_view mine, std::string_view theirs) {
    std::string_view text = step.text;
    while (true) {
      const std::size_t end_of_line = text.find('\n');
      transcript.append(step.direction == Direction::Sent ? mine : theirs).append(text.substr(0, end_of_line)) += '\n';
      if (end_of_line == std::string_view::npos) return;
      text.remove_prefix(end_of_line + 1);
    }
  }
};

/// What an engine in a test runs over once it has asked for security: the handshake takes no time and no octets.
template <class E>
void secure(E& engine, const Output<typename E::Event>& output, Instant now) {
  if constexpr (SecurableEngine<E>)
    if (std::holds_alternative<StartTls>(output))
      engine.secured(now, {"TLSv1.3", "TLS_AES_128_GCM_SHA256", "mail.alba.example", "", "exported", "digest"});
}

inline void drain(Server& server, Log& log, Instant now) {
  while (const auto output = server.poll(now)) {
    std::visit(log, *output);
    if (const auto* step = std::get_if<Step>(&*output)) log.speak(*step, "S: ", "C: ");
    secure(server, *output, now);
    if (const auto* event = std::get_if<Server::Event>(&*output)) answer(server, *event);
  }
}
inline void drain(Client& client, Log& log, Instant now) {
  while (const auto output = client.poll(now)) {
    std::visit(log, *output);
    if (const auto* step = std::get_if<Step>(&*output)) log.speak(*step, "C: ", "S: ");
    secure(client, *output, now);
  }
}

template <class E>
void feed(E& engine, Log& log, std::string_view bytes, const Chunking& chunking, Instant now = start) {
  while (!bytes.empty()) {
    const std::size_t octets = chunking(bytes.size());
    engine.receive(now, bytes.substr(0, octets));
    bytes.remove_prefix(octets);
    drain(engine, log, now);
  }
}

/// All that `bytes` bring out of a fresh engine from `make`, which must not depend on how they are cut.
template <class Make>
Log run(const Make& make, std::string_view bytes) {
  const auto once = [&](const Chunking& chunking) {
    auto engine = make();
    Log log;
    drain(engine, log, start);
    feed(engine, log, bytes, chunking);
    return log;
  };
  Log log = once(whole());
  CHECK(log.outputs == once(one_by_one()).outputs);
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 4; ++i) CHECK(log.outputs == once(split_at_random(random)).outputs);
  return log;
}

/// Raw string literals begin with a line end that is not meant, and have LF where the wire has CR LF.
inline std::string lines(std::string_view text) { return std::string(text.substr(text.starts_with('\n') ? 1 : 0)); }

/// The octets of the side that `prefix` marks in a transcript.
inline std::string wire_of(std::string_view transcript, std::string_view prefix) {
  std::string wire;
  for (std::string_view rest = transcript; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    if (line.starts_with(prefix)) wire.append(line.substr(prefix.size())).append("\r\n");
  }
  return wire;
}

/// Runs the client's (server's) half of a transcript against a server (client), which must say the other half.
template <class Make>
Log check_transcript(const Make& make, std::string_view expected, std::string_view peer_prefix) {
  const std::string text = lines(expected);
  Log log = run(make, wire_of(text, peer_prefix));
  CHECK(log.transcript == text);
  return log;
}

}  // namespace mailscope::smtp::test
