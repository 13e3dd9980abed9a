#include "protocols/dns/server.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/dns/samples.hpp"

using namespace mailscope;
using namespace mailscope::dns;
using namespace std::chrono_literals;

static_assert(Engine<Server>);

namespace {

/// A server whose host answers from the sample zones at once, or later where `is_slow`.
struct Serving {
  explicit Serving(Carrier carrier) : server(carrier) {}
  Server server;
  std::vector<Zone> zones = sample_zones();
  bool is_slow{};
  std::vector<QueryReceived> open;

  std::vector<Output<Server::Event>> run(Instant now = {}) {
    std::vector<Output<Server::Event>> outputs;
    while (auto output = server.poll(now)) {
      const auto* event = std::get_if<Server::Event>(&*output);
      if (!event) {
        outputs.push_back(std::move(*output));
        continue;
      }
      const auto& received = std::get<QueryReceived>(*event);
      if (is_slow) {
        open.push_back(received);
      } else {
        server.answer(now, received.key, answer(zones, received.query));
      }
    }
    return outputs;
  }
};

std::string sent_in(const std::vector<Output<Server::Event>>& outputs) {
  std::string octets;
  for (const auto& output : outputs)
    if (const auto* transmit = std::get_if<Transmit>(&output)) octets += transmit->bytes;
  return octets;
}

std::vector<Message> messages_in(std::string_view stream) {
  Inbox inbox(Carrier::Stream, 0);
  inbox.receive(stream);
  std::vector<Message> messages;
  while (const auto received = inbox.take()) messages.push_back(decode(received->message).value());
  return messages;
}

std::string on_stream(const Message& message) { return framed(encode(message), Carrier::Stream); }

/// A zone with an answer that needs more than 512 octets.
Zone large_zone() {
  Zone zone{"large.example", {}};
  for (int number = 0; number < 40; ++number)
    zone.records.push_back({"large.example", Type::Mx, 60, MxData{10, "mx" + std::to_string(number) + ".example"}});
  return zone;
}

}  // namespace

TEST_CASE("the server takes a datagram and gives both steps and the answer, octets counted") {
  Serving serving(Carrier::Datagram);
  Server& server = serving.server;
  const std::string query = encode(query_for("llevant.example", Type::Mx));
  for (std::uint64_t round = 0; round < 2; ++round) {
    server.receive(Instant{}, query);
    const auto outputs = serving.run();
    REQUIRE(outputs.size() == 3);
    const Step& heard = std::get<Step>(outputs[0]);
    CHECK(heard.direction == Direction::Received);
    CHECK(heard.topic == "dns/query/MX");
    CHECK(heard.text == "MX llevant.example?");
    CHECK(heard.bytes == ByteRange{round * query.size(), (round + 1) * query.size()});
    const Step& said = std::get<Step>(outputs[1]);
    const std::string& octets = std::get<Transmit>(outputs[2]).bytes;
    CHECK(said.direction == Direction::Sent);
    CHECK(said.topic == "dns/answer/MX/NOERROR");
    CHECK_FALSE(said.is_error);
    CHECK(said.bytes == ByteRange{round * octets.size(), (round + 1) * octets.size()});
    CHECK(decode(octets) == answer(serving.zones, query_for("llevant.example", Type::Mx)));
    CHECK(server.machine().next(heard.from, "QUERY") == heard.to);
    CHECK(server.machine().next(said.from, "ANSWER") == said.to);
    CHECK(server.state() == said.to);
  }
}

TEST_CASE(
    "octets that are no message are answered FORMERR where they may be a query, and never else (RFC 1035 §4.1.1)") {
  Serving serving(Carrier::Datagram);
  Server& server = serving.server;
  const std::string query = encode(query_for("llevant.example", Type::Mx, 0x1234));
  server.receive(Instant{}, query.substr(0, query.size() - 1));
  const auto outputs = serving.run();
  REQUIRE(outputs.size() == 3);
  CHECK(std::get<Step>(outputs[1]).topic == "dns/answer/FORMERR");
  CHECK(std::get<Step>(outputs[1]).is_error);
  const auto response = decode(std::get<Transmit>(outputs[2]).bytes);
  REQUIRE(response);
  CHECK(response->id == 0x1234);
  CHECK(response->rcode == Rcode::FormatError);
  server.receive(Instant{}, "short");
  server.receive(Instant{}, encode(answer(serving.zones, query_for("llevant.example", Type::Mx))));
  server.receive(Instant{}, encode(answer(serving.zones, query_for("llevant.example", Type::Mx))) + 'x');
  CHECK(serving.run().empty());
}

TEST_CASE("queries past the queue's bound are dropped, and the rest are answered in order") {
  Serving serving(Carrier::Datagram);
  Server& server = serving.server;
  for (std::uint16_t id = 0; id < Server::waiting_max + 5; ++id)
    server.receive(Instant{}, encode(query_for("llevant.example", Type::Txt, id)));
  std::uint16_t next = 0;
  for (const auto& output : serving.run())
    if (const auto* transmit = std::get_if<Transmit>(&output)) CHECK(decode(transmit->bytes)->id == next++);
  CHECK(next == Server::waiting_max);
}

TEST_CASE("over a stream every message has its length before it, whole or octet by octet (RFC 1035 §4.2.2)") {
  std::string queries;
  for (std::uint16_t id = 1; id <= 3; ++id) queries += on_stream(query_for("llevant.example", Type::Mx, id));
  Serving whole(Carrier::Stream);
  whole.server.receive(Instant{}, queries);
  const auto outputs = whole.run();
  Serving split(Carrier::Stream);
  std::string by_octet;
  for (const char octet : queries) {
    split.server.receive(Instant{}, {&octet, 1});
    by_octet += sent_in(split.run());
  }
  CHECK(by_octet == sent_in(outputs));
  const auto answers = messages_in(by_octet);
  REQUIRE(answers.size() == 3);
  CHECK(answers[2] == answer(whole.zones, query_for("llevant.example", Type::Mx, 3)));
  const Step& last = std::get<Step>(outputs[7]);
  CHECK(last.bytes == ByteRange{by_octet.size() / 3 * 2, by_octet.size()});
}

TEST_CASE("what does not fit into a datagram is truncated, and whole over a stream (RFC 7766 §5)") {
  const Message query = query_for("large.example", Type::Mx);
  Serving datagram(Carrier::Datagram), stream(Carrier::Stream);
  datagram.zones = stream.zones = {large_zone()};
  datagram.server.receive(Instant{}, encode(query));
  const auto outputs = datagram.run();
  CHECK(std::get<Step>(outputs.at(1)).text.ends_with("(truncated)"));
  const auto cut = decode(sent_in(outputs));
  REQUIRE(cut);
  CHECK(cut->truncated);
  stream.server.receive(Instant{}, on_stream(query));
  const auto full = messages_in(sent_in(stream.run()));
  REQUIRE(full.size() == 1);
  CHECK_FALSE(full[0].truncated);
  CHECK(full[0].answers.size() == 40);
}

TEST_CASE("a stream stays open for more queries, and is closed when its peer closes or says nothing (RFC 7766 §6.2)") {
  Serving serving(Carrier::Stream);
  CHECK(serving.run().empty());
  CHECK(serving.server.deadline() == Instant{} + Server::idle_max);
  serving.server.receive(Instant{} + 5s, on_stream(query_for("llevant.example", Type::Mx)));
  CHECK(serving.run(Instant{} + 5s).size() == 3);
  CHECK(serving.server.deadline() == Instant{} + 5s + Server::idle_max);
  serving.server.deadline_passed(Instant{} + 14s);
  CHECK(serving.run(Instant{} + 14s).empty());
  serving.server.deadline_passed(Instant{} + 15s);
  const auto outputs = serving.run(Instant{} + 15s);
  REQUIRE(outputs.size() == 1);
  CHECK(std::holds_alternative<Close>(outputs[0]));
  CHECK_FALSE(serving.server.deadline());
  CHECK(serving.run(Instant{} + 15s).empty());

  Serving closing(Carrier::Stream);
  closing.is_slow = true;
  closing.server.receive(Instant{}, on_stream(query_for("llevant.example", Type::Mx)));
  closing.server.receive_eof(Instant{});
  CHECK(closing.run().size() == 1);  // the query is owed an answer first
  closing.server.answer(Instant{}, closing.open.at(0).key, answer(closing.zones, closing.open[0].query));
  const auto last = closing.run();
  REQUIRE(last.size() == 3);
  CHECK(std::holds_alternative<Close>(last[2]));
}

TEST_CASE("answers may come in another order than the queries, each once, or not at all (RFC 7766 §7)") {
  Serving serving(Carrier::Datagram);
  serving.is_slow = true;
  for (std::uint16_t id = 1; id <= 3; ++id)
    serving.server.receive(Instant{}, encode(query_for("llevant.example", Type::Mx, id)));
  serving.server.receive(Instant{}, encode(query_for("llevant.example", Type::Mx, 2)));  // asked again: known
  CHECK(serving.run().size() == 3);
  REQUIRE(serving.open.size() == 3);
  serving.server.answer(Instant{}, serving.open[2].key, answer(serving.zones, serving.open[2].query));
  serving.server.answer(Instant{}, serving.open[2].key, answer(serving.zones, serving.open[2].query));
  serving.server.answer(Instant{}, serving.open[1].key, std::nullopt);
  auto outputs = serving.run();
  REQUIRE(outputs.size() == 2);
  CHECK(decode(sent_in(outputs))->id == 3);
  const Step& early = std::get<Step>(outputs[0]);
  CHECK(serving.server.machine().next(early.from, "ANSWER, OTHERS OPEN") == early.to);
  serving.server.answer(Instant{}, serving.open[0].key, answer(serving.zones, serving.open[0].query));
  outputs = serving.run();
  const Step& late = std::get<Step>(outputs.at(0));
  CHECK(serving.server.machine().next(late.from, "ANSWER") == late.to);
}

TEST_CASE("more open queries than a peer may have fail at once") {
  Serving serving(Carrier::Stream);
  serving.is_slow = true;
  for (std::uint16_t id = 0; id <= Server::open_max; ++id)
    serving.server.receive(Instant{}, on_stream(query_for("llevant.example", Type::Mx, id)));
  const auto answers = messages_in(sent_in(serving.run()));
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].rcode == Rcode::ServerFailure);
  CHECK(answers[0].id == Server::open_max);
}

TEST_CASE("who asks with EDNS gets as long a datagram as both can take (RFC 6891 §6.2.3 to §6.2.5)") {
  struct Case {
    std::uint16_t offered;
    std::size_t octets_max;
  };
  for (const auto& [offered, octets_max] :
       {Case{0, 512}, Case{512, 512}, Case{800, 800}, Case{1232, 1232}, Case{65'535, 1232}}) {
    INFO(offered);
    Serving serving(Carrier::Datagram);
    serving.zones.push_back(large_zone());
    Message query = query_for("large.example", Type::Mx);
    query.edns = Edns{offered, 0, true};
    serving.server.receive(Instant{}, encode(query));
    const std::string octets = sent_in(serving.run());
    CHECK(octets.size() <= octets_max);
    CHECK(octets.size() + 40 > std::min<std::size_t>(octets_max, 800));  // and no smaller than need be
    const Message response = decode(octets).value();
    CHECK(response.edns == Edns{edns_octets_max, 0, true});  // DO comes back as it was (RFC 3225 §3)
    CHECK(response.truncated == (octets_max < 1232));
  }
}

TEST_CASE("an unknown version of EDNS is BADVERS; a server that knows none says FORMERR (RFC 6891 §6.1.3, §7)") {
  Message query = query_for("llevant.example", Type::Mx);
  query.edns = Edns{1232, 1};
  Serving modern(Carrier::Datagram);
  modern.server.receive(Instant{}, encode(query));
  const Message bad = decode(sent_in(modern.run())).value();
  CHECK(bad.rcode == Rcode::BadVersion);
  CHECK(answer_topic(bad) == "dns/answer/MX/BADVERS");
  CHECK(bad.edns->version == 0);

  query.edns = Edns{1232};
  for (const Carrier carrier : {Carrier::Datagram, Carrier::Stream}) {
    Server old(carrier, false);
    old.receive(Instant{}, framed(encode(query), carrier));
    std::string octets;
    while (const auto output = old.poll(Instant{}))
      if (const auto* transmit = std::get_if<Transmit>(&*output)) octets += transmit->bytes;
    const Message refusal = decode(octets.substr(carrier == Carrier::Stream ? 2 : 0)).value();
    CHECK(refusal.rcode == Rcode::FormatError);
    CHECK_FALSE(refusal.edns);
  }
  Serving plain(Carrier::Datagram);
  plain.server.receive(Instant{}, encode(query_for("llevant.example", Type::Mx)));
  CHECK_FALSE(decode(sent_in(plain.run()))->edns);  // nobody is told of what it did not ask for (§6.1.1)
}
