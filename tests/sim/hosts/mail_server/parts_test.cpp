// The small parts of a mail server's policies, each alone.
#include <catch2/catch_all.hpp>

#include "sim/hosts/mail_server/aliases.hpp"
#include "sim/hosts/mail_server/greylist.hpp"
#include "sim/hosts/mail_server/local_delivery.hpp"
#include "sim/hosts/mail_server/rate_limit.hpp"
#include "sim/hosts/mail_server/reception.hpp"
#include "sim/hosts/mail_server/seen_messages.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

TEST_CASE("a greylist lets a triplet pass when it comes back after the delay (RFC 6647 §2.2)") {
  Greylist list;
  const Greylist::Triplet anna{"192.0.2.1", "a@x.example", "b@y.example"};
  CHECK_FALSE(list.passes(Instant{}, anna, 5min));
  CHECK_FALSE(list.passes(Instant{} + 4min, anna, 5min));
  CHECK(list.passes(Instant{} + 5min, anna, 5min));
  CHECK(list.passes(Instant{} + 1h, anna, 5min));
  CHECK_FALSE(list.passes(Instant{} + 1h, {"192.0.2.2", "a@x.example", "b@y.example"}, 5min));
}

TEST_CASE("a greylist forgets its oldest triplets") {
  Greylist list;
  const auto triplet = [](std::size_t i) { return Greylist::Triplet{std::to_string(i), "", ""}; };
  for (std::size_t i = 0; i < Greylist::triplets_max; ++i) CHECK_FALSE(list.passes(Instant{}, triplet(i), 1min));
  CHECK(list.passes(Instant{} + 1min, triplet(0), 1min));
  CHECK_FALSE(list.passes(Instant{} + 1min, triplet(Greylist::triplets_max), 1min));  // one more
  CHECK_FALSE(list.passes(Instant{} + 2min, triplet(0), 1min));
  CHECK(list.passes(Instant{} + 2min, triplet(2), 1min));
}

TEST_CASE("a rate counts each client's messages of the last span") {
  RateLimit limit;
  const MailPolicy::Rate rate{2, 1min};
  CHECK(limit.allows(Instant{}, "a", rate));
  CHECK(limit.allows(Instant{} + 30s, "a", rate));
  CHECK_FALSE(limit.allows(Instant{} + 59s, "a", rate));
  CHECK(limit.allows(Instant{} + 59s, "b", rate));
  CHECK(limit.allows(Instant{} + 60s, "a", rate));
  CHECK_FALSE(limit.allows(Instant{} + 61s, "a", rate));
}

TEST_CASE("a message is new once for each recipient, and always without Message-ID") {
  SeenMessages seen;
  const std::string one = "Message-ID: <1@x>\r\n\r\n", other = "Message-ID: <2@x>\r\n\r\n", none = "Subject: a\r\n\r\n";
  CHECK(seen.is_new(one, "b@y.example"));
  CHECK_FALSE(seen.is_new(one, "B@Y.example"));
  CHECK(seen.is_new(one, "c@y.example"));
  CHECK(seen.is_new(other, "b@y.example"));
  CHECK(seen.is_new(none, "b@y.example"));
  CHECK(seen.is_new(none, "b@y.example"));
}

TEST_CASE("of the messages seen the oldest are forgotten") {
  SeenMessages seen;
  const auto message = [](std::size_t i) { return "Message-ID: <" + std::to_string(i) + "@x>\r\n\r\n"; };
  for (std::size_t i = 0; i <= SeenMessages::entries_max; ++i) REQUIRE(seen.is_new(message(i), "b"));
  CHECK_FALSE(seen.is_new(message(1), "b"));
  CHECK(seen.is_new(message(0), "b"));
}

TEST_CASE("networks are prefixes of addresses (RFC 4632 §3.1)") {
  CHECK(is_in_network("192.0.2.25", "192.0.2.0/24"));
  CHECK_FALSE(is_in_network("192.0.3.25", "192.0.2.0/24"));
  CHECK(is_in_network("192.0.2.25", "192.0.2.25"));
  CHECK_FALSE(is_in_network("192.0.2.26", "192.0.2.25"));
  CHECK(is_in_network("203.0.113.1", "0.0.0.0/0"));
  for (const char* wrong : {"", "a.b.c.d", "192.0.2", "192.0.2.0/33", "192.0.2.0.1/8", "mail.alba.example"}) {
    INFO(wrong);
    CHECK_FALSE(is_in_network("192.0.2.25", wrong));
  }
}

TEST_CASE("aliases and lists lead to each destination once, and their loops end (RFC 5321 §3.9)") {
  MailPolicy policy;
  policy.aliases = {{"postmaster", {"anna"}},
                    {"sales", {"anna", "bruno@llevant.example", "Postmaster"}},
                    {"anna2", {"anna2", "carla@llevant.example"}},
                    {"ping", {"pong"}},
                    {"pong", {"ping@alba.example"}}};
  policy.lists = {{"team", "owner@alba.example", {"sales", "dora"}}, {"all", "boss@alba.example", {"team", "emma"}}};
  const std::vector<std::string> domains{"alba.example"};
  const Aliases aliases(policy, domains);
  const auto addresses = [&](std::string_view address) {
    std::vector<std::string> all;
    for (const Aliases::Destination& destination : aliases.expand(address))
      all.push_back(destination.address + (destination.list ? " by " + destination.list->name : ""));
    return all;
  };
  using Names = std::vector<std::string>;
  CHECK(addresses("POSTMASTER@ALBA.example") == Names{"anna"});
  CHECK(addresses("sales@alba.example") == Names{"anna", "bruno@llevant.example"});
  CHECK(addresses("anna2@alba.example") == Names{"anna2", "carla@llevant.example"});
  CHECK(addresses("ping@alba.example") == Names{"ping@alba.example"});
  CHECK(addresses("all") == Names{"anna by team", "bruno@llevant.example by team", "dora by team", "emma by all"});
  CHECK_FALSE(aliases.stands_for_others("sales@llevant.example"));
  CHECK_FALSE(aliases.stands_for_others("anna@alba.example"));
  CHECK(aliases.is_local("postmaster"));
  CHECK_FALSE(aliases.is_local("postmaster@elsewhere.example"));
}

TEST_CASE("a message knows for whom it was taken before (RFC 9228)") {
  const std::string content =
      delivered_to_field("Anna@alba.example") + "Subject: x\r\n\r\nDelivered-To: b@y.example\r\n";
  CHECK(was_delivered_to(content, "anna@alba.example"));
  CHECK_FALSE(was_delivered_to(content, "b@y.example"));
}
