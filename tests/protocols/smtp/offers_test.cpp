// The client against our own server, whatever part of the server's extensions reaches it: what arrives is the same.
#include <algorithm>
#include <catch2/catch_all.hpp>

#include "protocols/smtp/client.hpp"
#include "protocols/smtp/server.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

struct Arrived {
  std::string reverse_path;
  std::vector<std::string> recipients;
  std::string content;
  friend bool operator==(const Arrived&, const Arrived&) = default;
};

std::vector<std::string> lines_of(std::string_view wire) {
  std::vector<std::string> lines;
  for (; !wire.empty(); wire.remove_prefix(wire.find("\r\n") + 2))
    lines.emplace_back(wire.substr(0, wire.find("\r\n")));
  return lines;
}

/// The reply to EHLO with only those of its extension lines whose bit is set.
std::string with_offers(std::string_view reply, std::uint64_t kept) {
  const std::vector<std::string> lines = lines_of(reply);
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (i == 0 || ((kept >> (i - 1)) & 1) != 0) text += "250-" + lines[i].substr(4) + "\r\n";
  text[text.rfind("250-") + 3] = ' ';
  return text;
}

/// More than one chunk.
std::string many_lines() {
  std::string text;
  while (text.size() <= chunk_octets_max) text += std::string(100, 'x') + '\n';
  return text;
}

struct Outcome {
  std::vector<Arrived> arrived;
  std::vector<std::uint16_t> codes;
  std::size_t extensions{};
  bool in_order{};
};

Outcome exchange(const std::vector<OutgoingMessage>& messages, std::uint64_t kept, std::size_t chunk) {
  Client client({.helo_name = "laptop"}, messages);
  ServerConfig config;
  config.hostname = "mx";
  Server server(config);
  Log said, heard;
  Outcome outcome;
  std::string to_client;
  std::size_t carried = 0, to_server = 0;
  for (bool moved = true; moved;) {
    moved = false;
    drain(client, said, start);
    drain(server, heard, start);
    std::string fresh = heard.sent.substr(std::exchange(carried, heard.sent.size()));
    if (fresh.starts_with("250-")) {
      outcome.extensions = lines_of(fresh).size() - 1;
      fresh = with_offers(fresh, kept);
    }
    to_client += fresh;
    if (const std::string part = to_client.substr(0, chunk); !part.empty()) {
      client.receive(start, part);
      to_client.erase(0, part.size());
      moved = true;
    }
    if (const std::string part = said.sent.substr(to_server, chunk); !part.empty()) {
      server.receive(start, part);
      to_server += part.size();
      moved = true;
    }
  }
  for (const Server::Event& event : heard.asked)
    if (const auto* message = std::get_if<MessageOffered>(&event)) {
      Arrived one{message->envelope.reverse_path, {}, message->content};
      for (const Recipient& recipient : message->envelope.recipients) one.recipients.push_back(recipient.forward_path);
      one.content.erase(0, one.content.find("Subject:"));  // without our Received
      outcome.arrived.push_back(std::move(one));
    }
  for (const MessageDone& done : said.done)
    for (const auto& recipient : done.recipients) outcome.codes.push_back(recipient.reply.code);
  outcome.in_order = said.end && said.end->in_order;
  return outcome;
}

}  // namespace

TEST_CASE("with every set of offered extensions the same content arrives for the same recipients") {
  const std::vector<OutgoingMessage> messages = {
      {envelope("anna@alba.example", {"b@b.example", "nobody@b.example", "busy@b.example", "c@c.example"}),
       "Subject: 1\r\n\r\n.dots\r\n..\r\n.\r\nend"},
      {envelope("bad@alba.example", {"b@b.example"}), "Subject: 2\r\n\r\n"},
      {envelope("", {"nobody@b.example"}), "Subject: 3\r\n\r\nx\r\n"},
      {envelope("anna@alba.example", {"b@b.example"}), "Subject: 4\r\n\r\nREFUSE ME\r\n"},
      {envelope("", {"b@b.example"}), "Subject: 5\n\n" + many_lines()}};
  const Outcome all = exchange(messages, ~0ULL, 1 << 20);
  CHECK(all.in_order);
  CHECK(all.codes == std::vector<std::uint16_t>{250, 550, 450, 250, 550, 550, 554, 250});
  REQUIRE(all.arrived.size() == 3);
  CHECK(all.arrived[0].content == "Subject: 1\r\n\r\n.dots\r\n..\r\n.\r\nend\r\n");
  CHECK(all.arrived[0].recipients == std::vector<std::string>{"b@b.example", "c@c.example"});
  REQUIRE(all.extensions > 0);
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const bool few = all.extensions <= 6;
  for (std::uint64_t round = 0; round < (few ? 1ULL << all.extensions : 64); ++round) {
    const std::uint64_t kept = few ? round : random();
    CAPTURE(kept);
    const Outcome some = exchange(messages, kept, round % 8 == 0 ? 7 : 1 << 20);
    CHECK(some.in_order);
    CHECK(some.codes == all.codes);
    CHECK(some.arrived == all.arrived);
  }
}
