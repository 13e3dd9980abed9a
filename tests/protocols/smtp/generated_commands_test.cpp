// The server against commands that nobody thought of: right ones by the grammar, and the same ones spoilt.
#include <catch2/catch_all.hpp>

#include "tests/protocols/smtp/command_generator.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

/// What came out of one session, with a host that says yes to everything.
struct Talk {
  std::vector<std::string> replies;
  std::vector<Server::Event> asked;
  std::string sent;
};

void drain_willing(Server& server, Talk& session) {
  while (const auto output = server.poll(start)) {
    if (const auto* step = std::get_if<Step>(&*output); step != nullptr && step->direction == Direction::Sent)
      session.replies.push_back(step->text);
    if (const auto* transmit = std::get_if<Transmit>(&*output)) session.sent += transmit->bytes;
    const auto* event = std::get_if<Server::Event>(&*output);
    if (event == nullptr) continue;
    session.asked.push_back(*event);
    server.decide({250, "2.0.0", {"Yes"}});
  }
}

Talk session_of(std::string_view wire, std::size_t chunk) {
  ServerConfig config;
  config.hostname = "mx.b.example";
  config.extensions = Extensions::all();
  config.asks_vrfy = true;
  Server server(config);
  Talk session;
  drain_willing(server, session);
  for (std::size_t at = 0; at < wire.size(); at += chunk) {
    server.receive(start, wire.substr(at, chunk));
    drain_willing(server, session);
  }
  return session;
}

std::size_t lines_in(std::string_view wire) {
  std::size_t count = 0;
  for (std::size_t at = wire.find("\r\n"); at != std::string_view::npos; at = wire.find("\r\n", at + 2)) ++count;
  return count;
}

/// The command where it may come, and a NOOP behind it; what holds of every command is checked here.
Talk checked_session(std::string_view line, bool in_transaction) {
  std::string wire = in_transaction ? "EHLO a.example\r\nMAIL FROM:<>\r\n" : "EHLO a.example\r\n";
  wire.append(line).append("\r\nNOOP\r\n");
  const Talk session = session_of(wire, wire.size());
  CHECK(session.replies.size() == 1 + lines_in(wire));  // the greeting, and one for each line
  CHECK(session.replies.back() == "250 2.0.0 OK");
  const Talk by_octets = session_of(wire, 1);
  CHECK(by_octets.sent == session.sent);
  CHECK(by_octets.asked.size() == session.asked.size());
  return session;
}

bool is_rcpt(std::string_view line) { return line.size() > 1 && (line[0] | 0x20) == 'r'; }

}  // namespace

TEST_CASE("a command that the grammar allows is accepted and understood (RFC 5321 §4.1.2, §4.1.3, RFC 3461 §4)") {
  const auto seed = Catch::getSeed();
  CommandGenerator generate(seed);
  for (int round = 0; round < 600; ++round) {
    const WrittenCommand command = generate.command();
    INFO("seed " << seed << ", round " << round << ": " << command.line);
    const bool in_transaction = is_rcpt(command.line);
    const Talk session = checked_session(command.line, in_transaction);
    const std::size_t before = in_transaction ? 3 : 2;
    REQUIRE(session.replies.size() > before);
    CHECK(session.replies[before].starts_with("250"));
    if (command.path.wire.empty()) continue;

    REQUIRE(session.asked.size() == (in_transaction ? 2 : 1));
    if (in_transaction) {
      const auto& offer = std::get<RecipientOffered>(session.asked.back());
      CHECK(offer.forward_path == command.path.meaning);
      const auto again = parse_rcpt("TO:<" + offer.forward_path + '>');
      REQUIRE(std::holds_alternative<PathArgument>(again));
      CHECK(std::get<PathArgument>(again).path == offer.forward_path);
    } else {
      const auto& offer = std::get<SenderOffered>(session.asked.back());
      CHECK(offer.reverse_path == command.path.meaning);
      CHECK(offer.envelope.id == command.id.value_or(""));
      CHECK(offer.envelope.auth == command.auth);
      const auto again = parse_mail("FROM:<" + offer.reverse_path + '>');
      REQUIRE(std::holds_alternative<PathArgument>(again));
      CHECK(std::get<PathArgument>(again).path == offer.reverse_path);
    }
  }
}

TEST_CASE("a spoilt command gets one reply, however it is cut, and the session goes on (RFC 5321 §4.2.4)") {
  const auto seed = Catch::getSeed();
  CommandGenerator generate(seed);
  std::size_t refused = 0;
  for (int round = 0; round < 1500; ++round) {
    const WrittenCommand command = generate.command();
    const std::string line = generate.spoilt(command.line);
    INFO("seed " << seed << ", round " << round << ": " << Catch::StringMaker<std::string>::convert(line));
    const Talk session = checked_session(line, is_rcpt(command.line));
    for (const std::string& reply : session.replies) refused += reply.starts_with('5');
  }
  CHECK(refused > 300);  // the generator does spoil them
}
