#include "protocols/smtp/session.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using namespace mailscope::smtp::test;

namespace {

struct Pair {
  Log client, server;
};

/// Client and server talk until both fall silent, `chunk` octets at a time.
Pair converse(Client client, Server server, std::size_t chunk) {
  Pair logs;
  std::size_t to_server = 0, to_client = 0;
  for (bool moved = true; moved;) {
    moved = false;
    drain(client, logs.client, start);
    drain(server, logs.server, start);
    const auto carry = [&](const std::string& sent, std::size_t& carried, auto& engine) {
      const std::string part = sent.substr(carried, chunk);
      if (part.empty()) return;
      engine.receive(start, part);
      carried += part.size();
      moved = true;
    };
    carry(logs.client.sent, to_server, server);
    carry(logs.server.sent, to_client, client);
  }
  return logs;
}

Server make_server(bool submission) {
  ServerConfig config;
  config.hostname = "mail.alba.example";
  config.submission = submission;
  config.message_octets_max = 100'000;
  config.text_line_octets_max = 0;
  return Server(config);
}

std::vector<OutgoingMessage> messages() {
  return {{envelope("anna@alba.example", {"b@b.example", "nobody@b.example", "busy@b.example"}),
           "Subject: 1\r\n\r\n.dots\r\n..\r\n"},
          {envelope("bad@alba.example", {"b@b.example"}), "Subject: 2\r\n\r\n"},
          {envelope("anna@alba.example", {"nobody@b.example"}), "Subject: 3\r\n\r\n"},
          {envelope("", {"\"q q\"@[192.0.2.1]"}), "REFUSE ME\r\n"},
          {envelope("anna@alba.example", {"b@b.example"}), std::string(200'000, 'x')},
          {envelope("anna@alba.example", {"not an address", "b@b.example"}), std::string(6'000, 'y')}};
}

}  // namespace

TEST_CASE("client and server tell the same story: same octets, text, topic and states at both ends") {
  const bool pipelining = GENERATE(false, true);
  for (const bool submission : {false, true}) {
    const auto credentials = submission ? std::optional(Credentials{"anna", "secret"}) : std::nullopt;
    const auto once = [&](std::size_t chunk) {
      return converse(Client({.helo_name = "laptop", .credentials = credentials, .pipelining = pipelining}, messages()),
                      make_server(submission), chunk);
    };
    const Pair logs = once(1 << 20);
    CHECK(logs.client.outputs == once(1).client.outputs);
    CHECK(logs.server.outputs == once(7).server.outputs);
    if (!pipelining) CHECK(logs.client.transcript == logs.server.transcript);
    for (const Direction said : {Direction::Sent, Direction::Received}) {
      const auto steps = [&](const Log& log, Direction direction) {
        std::vector<Step> result;
        std::ranges::copy_if(log.steps, std::back_inserter(result),
                             [&](const Step& step) { return step.direction == direction; });
        return result;
      };
      const auto client = steps(logs.client, said);
      const auto server = steps(logs.server, said == Direction::Sent ? Direction::Received : Direction::Sent);
      REQUIRE(client.size() == server.size());
      for (std::size_t i = 0; i < client.size(); ++i) {
        const Step &ours = client[i], &theirs = server[i];
        CAPTURE(ours.text, submission, pipelining);
        CHECK(ours.bytes == theirs.bytes);
        CHECK(ours.text == theirs.text);
        CHECK(ours.topic == theirs.topic);
        CHECK(ours.is_error == theirs.is_error);
        // A pipelined command is said before the replies have come that lead to the state in which it is heard.
        if (pipelining && said == Direction::Sent) continue;
        CHECK(ours.from == theirs.from);
        CHECK(ours.to == theirs.to);
      }
    }
    REQUIRE(logs.client.done.size() == 6);
    const auto code = [&](std::size_t message, std::size_t recipient) {
      return logs.client.done[message].recipients.at(recipient).reply.code;
    };
    CHECK(code(0, 0) == 250);
    CHECK(code(0, 1) == 550);
    CHECK(code(0, 2) == 450);
    CHECK(code(1, 0) == 550);
    CHECK(code(2, 0) == 550);
    CHECK(code(3, 0) == 554);
    CHECK(code(4, 0) == 552);
    CHECK(code(5, 0) == 501);
    CHECK(code(5, 1) == 250);
    CHECK(logs.client.end->in_order);
    CHECK(logs.client.closed);
    CHECK(logs.server.closed);
    const auto& first = std::get<MessageOffered>(logs.server.asked[submission ? 6 : 4]);
    CHECK(first.content.ends_with("Subject: 1\r\n\r\n.dots\r\n..\r\n"));
  }
}

TEST_CASE("a wrong password ends a submission with the server's own words") {
  const Pair logs = converse(Client({"laptop", Credentials{"anna", "wrong"}}, messages()), make_server(true), 3);
  REQUIRE(logs.client.done.size() == 6);
  for (const MessageDone& done : logs.client.done)
    for (const auto& recipient : done.recipients) CHECK(recipient.reply.code == 535);
  CHECK(logs.client.end->in_order);
}

TEST_CASE("submission without credentials is refused with 530 (RFC 4954 §6)") {
  const Pair logs = converse(Client({"laptop", std::nullopt}, messages()), make_server(true), 50);
  CHECK(logs.client.done.front().recipients.front().reply.code == 530);
}

TEST_CASE("each kind of session has a table whose moves lead from and to states that it names") {
  for (const Session session : {Session::Relay, Session::RelayWithAuth, Session::Submission})
    for (const Machine* machine : {&server_machine(session), &client_machine(session)}) {
      for (const Transition& move : machine->transitions) {
        CHECK(move.from.value < machine->states.size());
        CHECK(move.to.value < machine->states.size());
        CHECK(machine->next(move.from, move.on) == move.to);  // no two moves contradict each other
      }
      CHECK(machine->next(id(State::Ready), "MAIL") == id(State::Mail));
      CHECK_FALSE(machine->next(id(State::Connected), "MAIL"));
    }
  CHECK(server_machine(Session::Submission).next(id(State::Connected), "EHLO") == id(State::Greeted));
  CHECK_FALSE(server_machine(Session::Submission).next(id(State::Greeted), "MAIL"));
  CHECK(server_machine(Session::Relay).states.size() == 7);
}
