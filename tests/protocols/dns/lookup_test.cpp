#include "protocols/dns/lookup.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/dns/samples.hpp"

using namespace mailscope;
using namespace mailscope::dns;
using namespace std::chrono_literals;
using Why = Lookup::Why;

namespace {

/// A look-up whose asks are written down.
struct Looking {
  Looking(const std::string& name, Type type, std::size_t servers, Cache* cache = nullptr, bool edns = false)
      : lookup({name, type}, servers, cache, edns) {
    take(lookup.begin(Instant{}));
  }
  void told(const std::optional<Message>& answer) { take(lookup.told(Instant{}, answer)); }
  void take(const Lookup::Next& next) {
    if (const auto* ask = std::get_if<Lookup::Ask>(&next)) {
      asks.push_back(*ask);
    } else {
      REQUIRE_FALSE(done);
      done = std::get<Lookup::Done>(next);
    }
  }
  Lookup lookup;
  std::vector<Lookup::Ask> asks;
  std::optional<Lookup::Done> done;
};

Message from_zones(const std::string& name, Type type) { return answer(sample_zones(), query_for(name, type)); }

Message error(Rcode rcode) { return empty_response(query_for("llevant.example", Type::Mx), rcode); }

}  // namespace

TEST_CASE("the first server is asked over datagrams, and its answer is the end") {
  Looking looking("llevant.example", Type::Mx, 2);
  REQUIRE(looking.asks.size() == 1);
  CHECK(looking.asks[0].server == 0);
  CHECK(looking.asks[0].carrier == Carrier::Datagram);
  CHECK(looking.asks[0].why == Why::First);
  looking.told(from_zones("llevant.example", Type::Mx));
  REQUIRE(looking.done);
  CHECK(looking.done->answered);
  CHECK_FALSE(looking.done->cached_for);
  CHECK(looking.done->response.answers.size() == 2);
}

TEST_CASE("a lone server is asked three times, of several each in turn, three rounds long (RFC 1035 §7.2, 9520 §3.1)") {
  Looking lone("llevant.example", Type::Mx, 1);
  CHECK(lone.asks.at(0).waits == std::vector<Duration>{1s, 2s, 4s});
  lone.told(std::nullopt);
  REQUIRE(lone.done);
  CHECK_FALSE(lone.done->answered);
  CHECK(lone.done->response.rcode == Rcode::ServerFailure);

  Looking both("llevant.example", Type::Mx, 2);
  while (!both.done) both.told(std::nullopt);
  REQUIRE(both.asks.size() == 6);
  for (std::size_t at = 0; at < 6; ++at) {
    CHECK(both.asks[at].server == at % 2);
    CHECK(both.asks[at].waits == std::vector{Lookup::waits[at / 2]});
    CHECK((both.asks[at].why == Why::NextServer) == (at > 0));
  }
}

TEST_CASE("a server that answers with an error is not asked again, the others are (RFC 2308 §7)") {
  for (const Rcode rcode : {Rcode::ServerFailure, Rcode::Refused, Rcode::NotImplemented, Rcode::FormatError}) {
    Looking looking("llevant.example", Type::Mx, 2);
    looking.told(error(rcode));
    CHECK(looking.asks.at(1).server == 1);
    looking.told(std::nullopt);
    CHECK(looking.asks.at(2).server == 1);
    looking.told(from_zones("llevant.example", Type::Mx));
    REQUIRE(looking.done);
    CHECK(looking.done->response.rcode == Rcode::NoError);
  }
  Looking all("llevant.example", Type::Mx, 2);
  all.told(error(Rcode::ServerFailure));
  all.told(error(Rcode::Refused));
  REQUIRE(all.done);
  CHECK(all.done->answered);
  CHECK(all.done->response.rcode == Rcode::Refused);
}

TEST_CASE("a truncated answer is asked for again over a stream, of the same server (RFC 2181 §9, RFC 7766 §5)") {
  Message truncated = error(Rcode::NoError);
  truncated.truncated = true;
  Looking looking("llevant.example", Type::Mx, 2);
  looking.told(truncated);
  REQUIRE(looking.asks.size() == 2);
  CHECK(looking.asks[1].server == 0);
  CHECK(looking.asks[1].carrier == Carrier::Stream);
  CHECK(looking.asks[1].why == Why::Truncated);
  SECTION("which gives it whole") {
    looking.told(from_zones("llevant.example", Type::Mx));
    CHECK(looking.done);
  }
  SECTION("and where there is none, the next server is asked, over datagrams") {
    looking.told(std::nullopt);
    CHECK(looking.asks.at(2).server == 1);
    CHECK(looking.asks[2].carrier == Carrier::Datagram);
    looking.told(truncated);
    looking.told(std::nullopt);
    REQUIRE(looking.done);
    CHECK(looking.asks.size() == 4);
  }
}

TEST_CASE("an alias that leads to another server's zone is followed there (RFC 1034 §5.3.3)") {
  Looking looking("away.llevant.example", Type::A, 2);
  looking.told(from_zones("away.llevant.example", Type::A));
  REQUIRE(looking.asks.size() == 2);
  CHECK(looking.asks[1].question.name == "www.elsewhere.example");
  CHECK(looking.asks[1].why == Why::Alias);
  Message end;
  end.response = true;
  end.answers = {{"www.elsewhere.example", Type::A, 60, "203.0.113.7"}};
  looking.told(end);
  REQUIRE(looking.done);
  CHECK(looking.done->response.answers.size() == 2);
  CHECK(looking.done->response.questions.at(0).name == "away.llevant.example");
}

TEST_CASE("a chain of aliases without end fails (RFC 1034 §5.2.2)") {
  Looking looking("one.llevant.example", Type::A, 1);
  looking.told(from_zones("one.llevant.example", Type::A));
  while (!looking.done) looking.told(from_zones(looking.asks.back().question.name, Type::A));
  CHECK(looking.done->response.rcode == Rcode::ServerFailure);
  CHECK(looking.asks.size() <= 9);
}

TEST_CASE("what the cache knows is not asked for: answers, absence and failure (RFC 2308, RFC 9520)") {
  Cache cache;
  for (const auto& [name, type] : {std::pair{"llevant.example", Type::Mx}, {"no.llevant.example", Type::A}}) {
    Looking first(name, type, 1, &cache);
    first.told(from_zones(name, type));
    Looking again(name, type, 1, &cache);
    CHECK(again.asks.empty());
    REQUIRE(again.done);
    CHECK(again.done->cached_for);
    CHECK(again.done->response.rcode == first.done->response.rcode);
    CHECK(again.done->response.answers == first.done->response.answers);
  }
  Looking failing("sub.llevant.example", Type::A, 1, &cache);
  failing.told(std::nullopt);
  Looking again("sub.llevant.example", Type::A, 1, &cache);
  REQUIRE(again.done);
  CHECK(again.done->cached_for == Cache::failure_life_min);
  CHECK(again.done->response.rcode == Rcode::ServerFailure);
}

TEST_CASE("of an alias that the cache knows only the target is asked for") {
  Cache cache;
  Looking first("away.llevant.example", Type::Txt, 1, &cache);
  first.told(from_zones("away.llevant.example", Type::Txt));
  Looking second("away.llevant.example", Type::A, 1, &cache);
  REQUIRE(second.asks.size() == 1);
  CHECK(second.asks[0].question.name == "www.elsewhere.example");
  CHECK(second.asks[0].why == Why::Alias);
}

TEST_CASE("without servers, and for what can be no name, nobody is asked (RFC 1035 §2.3.4)") {
  Looking none("llevant.example", Type::Mx, 0);
  REQUIRE(none.done);
  CHECK_FALSE(none.done->answered);
  Looking impossible(std::string(64, 'a') + ".example", Type::Mx, 1);
  REQUIRE(impossible.done);
  CHECK(impossible.done->answered);
  CHECK(impossible.done->response.rcode == Rcode::NameError);
}

TEST_CASE("a server that knows no EDNS is asked again without it (RFC 6891 §7)") {
  for (const Rcode rcode : {Rcode::FormatError, Rcode::NotImplemented}) {
    Looking looking("llevant.example", Type::Mx, 2, nullptr, true);
    CHECK(looking.asks.at(0).edns);
    looking.told(error(rcode));
    REQUIRE(looking.asks.size() == 2);
    CHECK(looking.asks[1].server == 0);
    CHECK(looking.asks[1].why == Why::PlainDns);
    CHECK_FALSE(looking.asks[1].edns);
    looking.told(error(rcode));  // it is not EDNS that it does not like
    CHECK(looking.asks.at(2).server == 1);
    CHECK(looking.asks[2].edns);
    looking.told(from_zones("llevant.example", Type::Mx));
    CHECK(looking.done);
  }
  Looking knowing("llevant.example", Type::Mx, 2, nullptr, true);
  Message refusal = error(Rcode::FormatError);
  refusal.edns = Edns{edns_octets_max};
  knowing.told(refusal);
  CHECK(knowing.asks.at(1).server == 1);
}

TEST_CASE("that a server knows no EDNS is remembered for a while (RFC 6891 §6.2.2)") {
  Cache cache;
  const auto asks_with_edns = [&](Instant now, std::size_t server) {
    Lookup lookup({"new.example", Type::Mx}, 2, &cache, true);
    auto next = lookup.begin(now);
    if (server == 1) next = lookup.told(now, error(Rcode::ServerFailure));
    return std::get<Lookup::Ask>(next).edns;
  };
  Looking looking("llevant.example", Type::Mx, 2, &cache, true);
  looking.told(error(Rcode::FormatError));
  CHECK(asks_with_edns(Instant{}, 0));  // it may have been something else
  looking.told(from_zones("llevant.example", Type::Mx));
  CHECK_FALSE(asks_with_edns(Instant{}, 0));
  CHECK(asks_with_edns(Instant{}, 1));
  CHECK_FALSE(asks_with_edns(Instant{} + Cache::plain_life - 1s, 0));
  CHECK(asks_with_edns(Instant{} + Cache::plain_life, 0));
  cache.clear();
  CHECK(asks_with_edns(Instant{}, 0));

  Looking wrong("alba.example", Type::Mx, 2, &cache, true);
  wrong.told(error(Rcode::NotImplemented));
  wrong.told(error(Rcode::NotImplemented));
  CHECK(asks_with_edns(Instant{}, 0));
}

TEST_CASE("where nobody answers, the last round goes without EDNS") {
  Looking both("llevant.example", Type::Mx, 2, nullptr, true);
  while (!both.done) both.told(std::nullopt);
  REQUIRE(both.asks.size() == 6);
  for (std::size_t at = 0; at < 6; ++at) CHECK(both.asks[at].edns == (at < 4));
}
