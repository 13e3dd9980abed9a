// What a mail server's policies do on the wire: each is a key of the scenario, added to the shipped lesson.
#include "tests/sim/world/lesson_fixture.hpp"
#include "tests/sim/world/typist.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

constexpr const char* alba = "mail.alba.example";
constexpr const char* llevant = "mx.llevant.example";

/// Adds keys to Anna's server, and to Bruno's.
std::pair<std::string, std::string> at_alba(const std::string& keys) {
  return {"    resolver: dns\n", "    resolver: dns\n    " + keys + "\n"};
}
std::pair<std::string, std::string> at_llevant(const std::string& keys) {
  return {"    users: {bruno: ginger-4}\n", "    users: {bruno: ginger-4, carla: x}\n    " + keys + "\n"};
}
const std::pair<std::string, std::string> closed_llevant{"{25: relay, 110: pop3, 143: imap, 587: closed}",
                                                         "{25: closed, 110: pop3, 143: imap}"};

std::uint32_t queued(const World& world) { return world.trace().state_at(world.trace().end()).hosts.at(1).queued; }

std::vector<Instant> tries(const Trace& trace) {
  std::vector<Instant> all;
  for (const Record& record : trace.records())
    if (const auto* notice = std::get_if<Notice>(&record.what))
      if (notice->topic == "notice/relay-deferred") all.push_back(record.at);
  return all;
}

/// Without the second message, so that waits belong to one.
const std::pair<std::string, std::string> one_message{
    "  - who: anna-laptop\n    pause: 300 ms\n    send:\n      to: [bruno@llevant.example]\n      subject: The table "
    "is "
    "booked\n      text: |\n        Bruno,\n\n        the table is booked. See you there!\n\n        Anna\n",
    "  - {who: bruno-laptop, check-mail: true}\n"};

/// The same, and all mail stays on the server.
const std::pair<std::string, std::string> one_message_stays{one_message.first,
                                                            "  - {who: bruno-phone, check-mail: true}\n"};

}  // namespace

TEST_CASE("the queue tries again after the waits that it is given, and gives up in the end (RFC 5321 §4.5.4.1)") {
  World world =
      lesson_world({closed_llevant, one_message, at_alba("retry: [1 min, 5 min]\n    give-up-after: 20 min")});
  world.run();
  world.run_until(world.trace().start + 1h);
  const std::vector<Instant> deferred = tries(world.trace());
  REQUIRE(deferred.size() == 5);  // after 1, 6, 11 and 16 minutes; then it is too late
  CHECK(deferred[1] - deferred[0] < 61s);
  CHECK(deferred[2] - deferred[1] >= 5min);
  CHECK(deferred[4] - deferred[3] >= 5min);
  CHECK(queued(world) == 0);
  CHECK(mailbox(world.trace(), alba, "anna/INBOX").size() == 1);
}

TEST_CASE("a sender is warned once of a message that is late (RFC 3461 §4.1, action \"delayed\")") {
  World world = lesson_world(
      {closed_llevant, one_message, at_alba("retry: [10 min]\n    warn-after: 15 min\n    give-up-after: 2 h")});
  world.run_until(world.trace().start + 1h);
  const auto reports = mailbox(world.trace(), alba, "anna/INBOX");
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].subject == "Delayed mail (still being retried)");
  CHECK(queued(world) == 1);
  world.run_until(world.trace().start + 3h);
  CHECK(mailbox(world.trace(), alba, "anna/INBOX").size() == 2);
}

TEST_CASE("a greylisting server puts a stranger off once, and takes the message later (RFC 6647)") {
  World world = lesson_world({one_message, at_llevant("greylist: 5 min"), at_alba("retry: [2 min]")});
  world.run();
  CHECK(said(world.trace(), llevant, "450 4.7.1"));
  CHECK(queued(world) == 1);
  world.run_until(world.trace().start + 1h);
  CHECK(queued(world) == 0);
  CHECK(tries(world.trace()).size() == 3);
  CHECK(mailbox(world.trace(), llevant, "bruno/INBOX").size() == 1);
}

TEST_CASE("a client that sends too much is put off (450 4.7.0)") {
  World world = lesson_world({at_llevant("rate: {messages: 1, per: 10 min}")});
  world.run();
  CHECK(said(world.trace(), llevant, "450 4.7.0"));
  CHECK(queued(world) == 1);
  world.run_until(world.trace().start + 1h);
  CHECK(queued(world) == 0);
}

TEST_CASE("nobody relays for strangers, but for hosts and domains that were named (RFC 5321 §7.9)") {
  const std::pair<std::string, std::string> through_25{"port: 587}", "port: 25, authenticate: false}"};
  World refused = lesson_world({through_25});
  refused.run();
  CHECK(said(refused.trace(), alba, "550 5.7.1"));
  for (const char* keys :
       {"relay-for: [anna-laptop]", "relay-for: [192.0.2.0/24]", "relay-domains: [llevant.example]"}) {
    INFO(keys);
    World relayed = lesson_world({through_25, at_alba(keys)});
    relayed.run();
    CHECK(mailbox(relayed.trace(), "bruno-laptop", "INBOX").size() == 1);
  }
}

TEST_CASE("a full mailbox puts off or refuses (RFC 5321 §4.2.2, 452 and 552)") {
  const std::string defer = GENERATE("defer", "refuse");
  World world =
      lesson_world({{"      text: |\n        Hello Bruno,\n", "      text: |\n        " + std::string(900, 'x') + "\n"},
                    {"        Bruno,\n", "        " + std::string(900, 'y') + "\n"},
                    {"leave-on-server: false", "leave-on-server: true"},
                    at_llevant("quota: 2 kB\n    over-quota: " + defer)});
  world.run();
  CHECK(said(world.trace(), llevant, defer == "defer" ? "452 4.2.2" : "552 5.2.2"));
  CHECK(queued(world) == (defer == "defer" ? 1 : 0));
  CHECK(mailbox(world.trace(), alba, "anna/INBOX").size() == (defer == "defer" ? 0 : 1));
}

TEST_CASE("a message that is declared too large for a mailbox is refused at RCPT, for this recipient (RFC 1870 §6.4)") {
  const std::string defer = GENERATE("defer", "refuse");
  World world = lesson_world({at_llevant("quota: 2 kB\n    over-quota: " + defer)});
  const auto told = [&](const std::string& size) {
    return typed(world, alba, llevant, 25,
                 "EHLO mail.alba.example\r\nMAIL FROM:<anna@alba.example>" + size +
                     "\r\nRCPT TO:<carla@llevant.example>\r\nRCPT TO:<postmaster@llevant.example>\r\nQUIT\r\n");
  };
  const std::string full = defer == "defer" ? "452 4.2.2 Mailbox full\r\n" : "552 5.2.2 Mailbox full\r\n";
  CHECK(told(" SIZE=2049").find("250 2.1.0 Sender OK\r\n" + full + "250 2.1.5 ") != std::string::npos);
  for (const char* fits : {" SIZE=2048", ""}) CHECK(told(fits).find("Mailbox full") == std::string::npos);
}

TEST_CASE("a message larger than the server announces does not leave the sender (RFC 1870 §6.1)") {
  World world = lesson_world(
      {at_alba("message-size: 1 kB"),
       {"        Hello Bruno,\n", "        " + std::string(950, 'x') + "\n        " + std::string(950, 'x') + "\n"}});
  world.run();
  CHECK_FALSE(said(world.trace(), alba, "552 5.3.4"));  // it was not even asked
  CHECK(noticed(world.trace(), "anna-laptop", "notice/send-failed"));
}

TEST_CASE("a server that does not verify recipients takes all, and bounces unknown ones (RFC 5321 §6.1)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [nobody@llevant.example]"},
                              at_llevant("verify-recipients: false\n    resolver: dns"),
                              {"  - {between: [mail.alba.example, dns]",
                               "  - {between: [mx.llevant.example, dns]}\n  - {between: [mail.alba.example, dns]"}});
  world.run();
  CHECK_FALSE(said(world.trace(), llevant, "550"));
  const auto reports = mailbox(world.trace(), alba, "anna/INBOX");
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].subject == "Undelivered mail returned to sender");
}

TEST_CASE("an alias reaches all that it stands for, here and elsewhere (RFC 5321 §3.9.1)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [sales@alba.example]"},
                              at_alba("aliases: {sales: [anna, bruno@llevant.example]}"),
                              one_message});
  world.run();
  CHECK(mailbox(world.trace(), alba, "anna/INBOX").size() == 1);
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
  CHECK(noticed(world.trace(), alba, "notice/expanded") == std::vector<std::string>{"sales@alba.example", "2"});
}

TEST_CASE("what a list's member cannot be given goes back to the list's owner (RFC 5321 §3.9.2)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [team@alba.example]"},
                              {"users: {anna: violet-7}", "users: {anna: violet-7, olga: x}"},
                              at_alba("lists: {team: {owner: olga@alba.example, members: [nobody@llevant.example]}}")});
  world.run();
  CHECK(said(world.trace(), alba, "MAIL FROM:<olga@alba.example>"));
  CHECK(mailbox(world.trace(), alba, "olga/INBOX").size() == 1);
  CHECK(mailbox(world.trace(), alba, "anna/INBOX").empty());
}

TEST_CASE("who asks for success alone hears that a list has the message, or that an alias was expanded, and no more") {
  // RFC 3461 §5.2.7.1 and §5.2.7.3 (c)
  const auto [keys, subject] = GENERATE(table<std::string, std::string>(
      {{"lists: {team: {owner: carla@alba.example, members: [nobody, carla]}}", "Successful mail delivery report"},
       {"aliases: {team: [nobody, carla]}", "Mail expanded to several recipients"}}));
  World world = lesson_world({{"users: {anna: violet-7}", "users: {anna: violet-7, carla: x}"}, at_alba(keys)});
  typed(world, llevant, alba, 25,
        "EHLO mx.llevant.example\r\nMAIL FROM:<anna@alba.example> RET=FULL ENVID=7\r\n"
        "RCPT TO:<team@alba.example> NOTIFY=SUCCESS\r\nDATA\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n");
  const auto told = mailbox(world.trace(), alba, "anna/INBOX");
  REQUIRE(told.size() == 1);
  CHECK(told[0].subject == subject);
  // The owner hears of the member that does not exist, beside the list's own copy.
  CHECK(mailbox(world.trace(), alba, "carla/INBOX").size() == (keys.starts_with("lists") ? 2 : 1));
}

TEST_CASE("aliases of two servers that lead to each other are a loop that ends (RFC 9228)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [ping@alba.example]"},
                              at_alba("aliases: {ping: [pong@llevant.example]}"),
                              at_llevant("aliases: {pong: [ping@alba.example]}\n    resolver: dns"),
                              {"  - {between: [mail.alba.example, dns]",
                               "  - {between: [mx.llevant.example, dns]}\n  - {between: [mail.alba.example, dns]"}});
  world.run();
  const auto reports = mailbox(world.trace(), alba, "anna/INBOX");
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].subject == "Undelivered mail returned to sender");
}

TEST_CASE("the postmaster's alias gets the reports that nobody can be given (RFC 5321 §4.5.1)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [nobody@llevant.example]"},
                              {"address: anna@alba.example", "address: ghost@alba.example"},
                              at_alba("aliases: {postmaster: [anna]}")});
  world.run();
  CHECK(mailbox(world.trace(), alba, "anna/INBOX").size() == 1);
  CHECK(mailbox(world.trace(), alba, "postmaster/INBOX").empty());
}

TEST_CASE("a backup server leaves itself and worse ones out, or mail would go round (RFC 5321 §5.1)") {
  // Anna's server is a backup for Bruno's domain; better than itself there is only one that does not answer.
  World world = lesson_world({{"- {name: \"@\", type: MX, preference: 10, value: mx.llevant.example}",
                               "- {name: \"@\", type: MX, preference: 5, value: dead.llevant.example}\n"
                               "        - {name: dead, type: A, value: 203.0.113.9}\n"
                               "        - {name: \"@\", type: MX, preference: 10, value: mail.alba.example}\n"
                               "        - {name: \"@\", type: MX, preference: 20, value: mx.llevant.example}"}});
  world.run();
  CHECK_FALSE(said(world.trace(), alba, "A mx.llevant.example"));
  CHECK(queued(world) == 2);
  World alone =
      lesson_world({{"preference: 10, value: mx.llevant.example", "preference: 10, value: mail.alba.example"}});
  alone.run();
  CHECK(noticed(alone.trace(), alba, "notice/bounced")->at(1).starts_with("554 5.4.6"));
}

TEST_CASE("without an A record the AAAA records are asked for, and lead nowhere here (RFC 5321 §5.2)") {
  World world = lesson_world(
      {{"- {name: mx, type: A, value: 198.51.100.25}", "- {name: mx, type: AAAA, value: \"2001:db8::25\"}"}});
  world.run();
  CHECK(said(world.trace(), alba, "AAAA mx.llevant.example"));
  CHECK(noticed(world.trace(), alba, "notice/relay-deferred")->at(1).find("2001:db8::25") != std::string::npos);
}

TEST_CASE("a message for two people at one server travels once (RFC 5321 §4.5.4.1)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [bruno@llevant.example, carla@llevant.example]"},
                              at_llevant("plaintext-login: true"),
                              one_message});
  world.run();
  std::size_t contents = 0;
  for (const std::string& line : lines_said_by(world.trace(), alba)) contents += line.starts_with("Received:");
  CHECK(contents == 1);
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
  CHECK(mailbox(world.trace(), llevant, "carla/INBOX").size() == 1);
}

TEST_CASE("a server that crashes keeps what it accepted, and goes on with its queue") {
  World world = lesson_world({one_message,
                              {"  - {who: bruno-laptop, check-mail: true, pause: 300 ms}",
                               "  - {who: mx.llevant.example, crash: 20 s, at: 0 s}\n"
                               "  - {who: bruno-laptop, check-mail: true, pause: 300 ms}"},
                              {"actions:\n", "actions:\n  - {who: mail.alba.example, crash: 2 min, at: 600 ms}\n"}});
  world.run();
  world.run_until(world.trace().start + 2h);
  CHECK(noticed(world.trace(), alba, "notice/crashed"));
  CHECK(noticed(world.trace(), alba, "notice/restarted"));
  CHECK(queued(world) == 0);
}

TEST_CASE("a message whose 250 is lost comes again, and is taken once where duplicates are suppressed (RFC 1047)") {
  const bool suppress = GENERATE(true, false);
  const auto policy = at_llevant(suppress ? "suppress-duplicates: true" : "suppress-duplicates: false");
  World undisturbed = lesson_world({policy});
  undisturbed.run();
  std::optional<Instant> delivered;
  for (const Record& record : undisturbed.trace().records())
    if (const auto* notice = std::get_if<Notice>(&record.what))
      if (notice->topic == "notice/delivered" && !delivered) delivered = record.at;
  REQUIRE(delivered);
  const auto at_us = (*delivered - undisturbed.trace().start).count() + 1'000;  // 34 ms before the 250 arrives
  World world = lesson_world({policy,
                              {"  - {who: bruno-laptop, check-mail: true, pause: 300 ms}\n",
                               "  - {who: mail.alba.example, crash: 1 s, at: " + std::to_string(at_us) + " us}\n"},
                              one_message_stays});
  world.run();
  world.run_until(world.trace().start + 1h);
  CHECK(mailbox(world.trace(), llevant, "bruno/INBOX").size() == (suppress ? 1 : 2));
  CHECK(noticed(world.trace(), llevant, "notice/duplicate").has_value() == suppress);
  CHECK(queued(world) == 0);
}

TEST_CASE("a lesson over bad links comes to the same end") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{6}));
  INFO("seed " << seed);
  const std::string faults = ", loss: 5 %, jitter: 5 ms, duplicate: 1 %, reorder: 2 %";
  std::string yaml = lesson_text();
  for (std::size_t at = 0; (at = yaml.find(", latency: ", at)) != std::string::npos; at += faults.size() + 1)
    yaml.insert(at, faults);
  World world(scenario_from(yaml), seed);
  world.run();
  world.run_until(world.trace().start + 2h);
  const std::size_t there =
      mailbox(world.trace(), "bruno-laptop", "INBOX").size() + mailbox(world.trace(), llevant, "bruno/INBOX").size();
  CHECK(there == mailbox(world.trace(), "anna-laptop", "Sent").size());
}

TEST_CASE(
    "a domain without any address is bounced at once, one whose name server fails is tried again (RFC 5321 §5.1)") {
  struct Case {
    std::string to, dns_keys, code;
    std::uint32_t queued;
  };
  const Case each = GENERATE(
      values<Case>({{"alone.example", "", "550 5.4.4", 0},
                    {"lost.example", "", "550 5.4.4", 0},
                    {"lost.example", "faults: [{fault: servfail, name: mx.lost.example}]\n    ", "451 4.4.4", 1}}));
  INFO(each.to << ' ' << each.dns_keys);
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [bruno@" + each.to + "]"},
                              one_message,
                              {"    zones:\n", "    " + each.dns_keys +
                                                   "zones:\n      alone.example: [{name: \"@\", type: TXT, value: x}]\n"
                                                   "      lost.example: [{name: \"@\", type: MX, preference: 1, value: "
                                                   "mx.lost.example}]\n"}});
  world.run();
  CHECK(queued(world) == each.queued);
  const auto told = noticed(world.trace(), alba, each.queued == 0 ? "notice/bounced" : "notice/relay-deferred");
  REQUIRE(told);
  CHECK(told->at(1).starts_with(each.code));
}
