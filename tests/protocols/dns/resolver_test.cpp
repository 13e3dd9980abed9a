#include "protocols/dns/resolver.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/dns/zone.hpp"
#include "tests/protocols/dns/samples.hpp"

using namespace mailscope;
using namespace mailscope::dns;
using namespace std::chrono_literals;

static_assert(Engine<Resolver>);

namespace {

const std::vector<Duration> waits{1s, 2s, 4s};

struct Asking {
  explicit Asking(std::string name = "llevant.example", Carrier carrier = Carrier::Datagram)
      : resolver({std::move(name), Type::Mx}, 7, carrier, waits) {}
  Resolver resolver;
  std::vector<Step> steps;
  std::vector<std::string> sent;
  std::vector<AnswerReceived> done;
  int closes{};

  void run(Instant now) {
    while (auto output = resolver.poll(now)) {
      if (auto* step = std::get_if<Step>(&*output)) steps.push_back(*step);
      if (auto* transmit = std::get_if<Transmit>(&*output)) sent.push_back(transmit->bytes);
      if (auto* event = std::get_if<Resolver::Event>(&*output)) done.push_back(std::get<AnswerReceived>(*event));
      if (std::holds_alternative<Close>(*output)) ++closes;
    }
  }
};

Message good_answer() { return answer(sample_zones(), query_for("llevant.example", Type::Mx)); }

}  // namespace

TEST_CASE("the resolver asks at once, takes the answer and is done") {
  Asking asking;
  asking.run(Instant{});
  REQUIRE(asking.sent == std::vector{encode(query_for("llevant.example", Type::Mx))});
  CHECK(asking.steps.at(0).topic == "dns/query/MX");
  CHECK(asking.steps.at(0).bytes == ByteRange{0, asking.sent[0].size()});
  CHECK(asking.resolver.deadline() == Instant{} + 1s);
  asking.resolver.receive(Instant{}, encode(good_answer()));
  asking.run(Instant{});
  REQUIRE(asking.done.size() == 1);
  CHECK(asking.done[0].answer == good_answer());
  CHECK(asking.closes == 1);
  CHECK_FALSE(asking.resolver.deadline());
  const Step& heard = asking.steps.at(1);
  CHECK(heard.direction == Direction::Received);
  CHECK(heard.topic == "dns/answer/MX/NOERROR");
  CHECK(heard.text == summary(good_answer()));
  CHECK(asking.resolver.machine().next(heard.from, "ANSWER") == heard.to);
  CHECK(asking.resolver.state() == heard.to);
}

TEST_CASE("a negative answer is an answer, and marked as an error") {
  Asking asking("none.llevant.example");
  asking.run(Instant{});
  asking.resolver.receive(Instant{}, encode(answer(sample_zones(), query_for("none.llevant.example", Type::Mx))));
  asking.run(Instant{});
  CHECK(asking.done.at(0).answer->rcode == Rcode::NameError);
  CHECK(asking.steps.at(1).is_error);
  CHECK(asking.steps.at(1).topic == "dns/answer/MX/NXDOMAIN");
}

TEST_CASE("what does not answer this question under this number is ignored (RFC 5452 §9.1)") {
  Asking asking;
  asking.run(Instant{});
  std::vector<Message> foreign(6, good_answer());
  foreign[0].id = 8;
  foreign[1].response = false;
  foreign[2].questions[0].name = "alba.example";
  foreign[3].questions[0].type = Type::A;
  foreign[4].questions.clear();
  foreign[5].opcode = 1;
  for (const Message& message : foreign) asking.resolver.receive(Instant{}, encode(message));
  asking.resolver.receive(Instant{}, "no message");
  asking.run(Instant{});
  CHECK(asking.done.empty());
  CHECK(asking.steps.size() == 1);
  Message shouted = good_answer();
  shouted.questions[0].name = "LLEVANT.EXAMPLE";
  asking.resolver.receive(Instant{}, encode(shouted));
  asking.resolver.receive(Instant{}, encode(good_answer()));
  asking.run(Instant{});
  CHECK(asking.done.size() == 1);
  CHECK(asking.closes == 1);
}

TEST_CASE("without an answer the same question is asked again after 1 s and 2 s more, and given up after 4 s more") {
  Asking asking;
  Instant now{};
  asking.run(now);
  for (const Duration wait : {Duration(1s), Duration(2s), Duration(4s)}) {
    CHECK(asking.done.empty());
    CHECK(asking.resolver.deadline() == now + wait);
    asking.resolver.deadline_passed(now + wait - 1us);  // too early: nothing happens
    asking.run(now);
    now += wait;
    asking.resolver.deadline_passed(now);
    asking.run(now);
  }
  CHECK(asking.sent.size() == 3);
  CHECK(asking.sent[2] == asking.sent[0]);
  CHECK(asking.steps.at(2).bytes.begin == 2 * asking.sent[0].size());
  REQUIRE(asking.done.size() == 1);
  CHECK_FALSE(asking.done[0].answer);
  CHECK_FALSE(asking.resolver.deadline());
}

TEST_CASE("a port that refuses ends the lookup at once") {
  Asking asking;
  asking.run(Instant{});
  asking.resolver.receive_eof(Instant{});
  asking.resolver.receive_eof(Instant{});
  asking.run(Instant{});
  REQUIRE(asking.done.size() == 1);
  CHECK_FALSE(asking.done[0].answer);
}

TEST_CASE("datagrams past the queue's bound are dropped") {
  Asking asking;
  asking.run(Instant{});
  for (std::size_t count = 0; count < Resolver::waiting_max; ++count) asking.resolver.receive(Instant{}, "noise");
  asking.resolver.receive(Instant{}, encode(good_answer()));
  asking.run(Instant{});
  CHECK(asking.done.empty());
  asking.resolver.receive(Instant{}, encode(good_answer()));
  asking.run(Instant{});
  CHECK(asking.done.size() == 1);
}

TEST_CASE("over a stream the question has its length before it, and is asked once (RFC 1035 §4.2.2)") {
  const std::string answered = framed(encode(good_answer(), stream_octets_max), Carrier::Stream);
  std::vector<std::vector<Step>> steps;
  for (const std::size_t piece : {answered.size(), std::size_t{1}}) {
    Asking asking("llevant.example", Carrier::Stream);
    asking.run(Instant{});
    REQUIRE(asking.sent == std::vector{framed(encode(query_for("llevant.example", Type::Mx)), Carrier::Stream)});
    for (std::size_t at = 0; at < answered.size(); at += piece) {
      CHECK(asking.done.empty());
      asking.resolver.receive(Instant{}, std::string_view(answered).substr(at, piece));
      asking.run(Instant{});
    }
    REQUIRE(asking.done.size() == 1);
    CHECK(asking.done[0].answer == good_answer());
    CHECK(asking.steps.at(1).bytes == ByteRange{0, answered.size()});
  }
}

TEST_CASE("a stream that ends or stays silent brings no answer (RFC 7766 §6.2.4)") {
  Asking ended("llevant.example", Carrier::Stream), silent("llevant.example", Carrier::Stream);
  ended.run(Instant{});
  ended.resolver.receive_eof(Instant{});
  ended.run(Instant{});
  REQUIRE(ended.done.size() == 1);
  CHECK_FALSE(ended.done[0].answer);
  silent.run(Instant{});
  silent.resolver.deadline_passed(Instant{} + 1s);
  silent.run(Instant{} + 1s);
  CHECK(silent.sent.size() == 1);
  REQUIRE(silent.done.size() == 1);
  CHECK_FALSE(silent.done[0].answer);
}

TEST_CASE("EDNS is offered, but not with the last of several questions (RFC 6891 §6.2.5, §7)") {
  Resolver resolver({"llevant.example", Type::Mx}, 7, Carrier::Datagram, waits, true);
  std::vector<Message> asked;
  for (const Duration now : {0s, 1s, 3s}) {
    resolver.deadline_passed(Instant{} + now);
    while (auto output = resolver.poll(Instant{} + now))
      if (const auto* transmit = std::get_if<Transmit>(&*output)) asked.push_back(decode(transmit->bytes).value());
  }
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].edns == Edns{edns_octets_max});
  CHECK(asked[1].edns == Edns{edns_octets_max});
  CHECK_FALSE(asked[2].edns);
}
