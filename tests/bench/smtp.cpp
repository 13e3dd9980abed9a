#include "tests/bench/smtp.hpp"

#include <malloc.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "protocols/smtp/server.hpp"

namespace mailscope::bench {

namespace {

using namespace smtp;

smtp::ServerConfig config(bool watched) {
  smtp::ServerConfig result;
  result.hostname = "mx.llevant.example";
  result.peer_address = "192.0.2.1";
  result.plaintext_auth = false;
  result.message_octets_max = 1U << 28U;
  result.watched = watched;
  return result;
}

/// Polls until nothing is left; says yes to everything. Gives how many messages were taken.
std::size_t drain(Server& server, Instant now) {
  std::size_t messages = 0;
  while (auto output = server.poll(now)) {
    auto* const event = std::get_if<Server::Event>(&*output);
    if (event == nullptr) continue;
    if (std::holds_alternative<MessageOffered>(*event)) ++messages;
    server.decide({250, "2.0.0", {"OK"}});
  }
  return messages;
}

std::string lines_of_text(std::size_t octets) {
  std::string text = "Subject: bench\r\n\r\n";
  while (text.size() < octets) text += "The quick brown fox jumps over the lazy dog, and does so again and again.\r\n";
  return text;
}

double small_messages(bool watched) {
  constexpr std::size_t messages = 400'000, group = 40;
  const std::string one =
      "MAIL FROM:<anna@alba.example>\r\nRCPT TO:<bruno@llevant.example>\r\nDATA\r\n" + lines_of_text(1024) + ".\r\n";
  std::string wire;
  for (std::size_t i = 0; i < group; ++i) wire += one;
  Server server(config(watched));
  const Instant now{};
  server.receive(now, "EHLO mail.alba.example\r\n");
  std::size_t taken = drain(server, now);
  while (taken < messages) {
    server.receive(now, wire);
    taken += drain(server, now);
  }
  return static_cast<double>(taken);
}

/// Messages of 8 MiB, near what servers accept, in reads of 64 KiB, as a socket gives them.
double large_content(bool chunks) {
  constexpr std::size_t read_octets = 65'536;
  const std::string text = lines_of_text(std::size_t{1} << 23U);
  std::string wire = "MAIL FROM:<anna@alba.example>\r\nRCPT TO:<bruno@llevant.example>\r\n";
  wire += chunks ? "BDAT " + std::to_string(text.size()) + " LAST\r\n" + text : "DATA\r\n" + text + ".\r\n";
  Server server(config(false));
  const Instant now{};
  server.receive(now, "EHLO mail.alba.example\r\n");
  std::size_t taken = drain(server, now);
  for (int round = 0; round < 128; ++round)
    for (std::size_t at = 0; at < wire.size(); at += read_octets) {
      server.receive(now, std::string_view(wire).substr(at, read_octets));
      taken += drain(server, now);
    }
  return static_cast<double>(taken * text.size());
}

}  // namespace

double watched_messages() { return small_messages(true); }
double unwatched_messages() { return small_messages(false); }
double data_octets() { return large_content(false); }
double chunk_octets() { return large_content(true); }

std::size_t idle_session_octets() {
  constexpr std::size_t sessions = 1'000;
  std::vector<std::unique_ptr<Server>> all;
  all.reserve(sessions);
  const std::size_t before = ::mallinfo2().uordblks;
  for (std::size_t i = 0; i < sessions; ++i) {
    all.push_back(std::make_unique<Server>(config(true)));
    all.back()->receive(Instant{},
                        "EHLO mail.alba.example\r\nMAIL FROM:<anna@alba.example>\r\nRCPT TO:<b@b.example>\r\n"
                        "DATA\r\n" +
                            lines_of_text(100'000) + ".\r\nNOOP\r\n");
    static_cast<void>(drain(*all.back(), Instant{}));
  }
  return (::mallinfo2().uordblks - before) / sessions;
}

}  // namespace mailscope::bench
