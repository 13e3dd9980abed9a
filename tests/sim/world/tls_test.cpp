// The lesson with TLS: what the wire shows, what is inside, what stops and what goes on in the clear.
#include <algorithm>

#include "sim/trace/export_json.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

namespace {

const Edits submission_by_starttls = {
    {"    users: {anna: violet-7}", "    users: {anna: violet-7}\n    plaintext-login: false\n    starttls: true"},
    {"outgoing: {server: mail.alba.example", "outgoing: {security: starttls, server: mail.alba.example"}};

Edits with(Edits edits, const Edits& more) {
  edits.insert(edits.end(), more.begin(), more.end());
  return edits;
}

std::string wire(const Trace& trace) {
  std::string octets;
  for (const Record& record : trace.records())
    if (const auto* sent = std::get_if<PacketSent>(&record.what)) octets += sent->payload;
  return octets;
}

}  // namespace

TEST_CASE("with STARTTLS the mail arrives and no password is seen on the wire (RFC 3207)") {
  World world = lesson_world(submission_by_starttls);
  world.run();
  REQUIRE(world.at_rest());
  CHECK(said(world.trace(), "anna-laptop", "STARTTLS"));
  CHECK(said(world.trace(), "anna-laptop", "ClientHello TLS 1.3, TLS 1.2 for mail.alba.example"));
  CHECK(said(world.trace(), "mail.alba.example", "Certificate for mail.alba.example"));
  CHECK(said(world.trace(), "anna-laptop", "AUTH PLAIN"));
  CHECK(noticed(world.trace(), "anna-laptop", "notice/sent"));
  CHECK(wire(world.trace()).find("AUTH PLAIN") == std::string::npos);
  // Every encrypted line lies where it is said to, and both ends agree on it.
  std::vector<std::string> spoken, heard;
  std::size_t sealed = 0;
  for (const Record& record : world.trace().records()) {
    const auto* line = std::get_if<LineSpoken>(&record.what);
    if (!line) continue;
    sealed += line->sealed.has_value();
    if (line->sealed) CHECK(line->sealed->size() > 0);
    // Who has closed hears no more, the other's close_notify neither.
    if (line->step.topic == "tls/alert/close_notify") continue;
    const std::string told = std::to_string(line->connection.value) + (line->speaker() == Side::Client ? "> " : "< ") +
                             std::to_string(line->wire().begin) + "-" + std::to_string(line->wire().end) + " " +
                             line->step.topic + " " + line->step.text;
    (line->step.direction == Direction::Sent ? spoken : heard).push_back(told);
  }
  CHECK(sealed > 20);
  std::ranges::sort(spoken);
  std::ranges::sort(heard);
  CHECK(spoken == heard);
}

TEST_CASE("the same lesson with TLS makes the same octets again, and another seed others") {
  const auto hash = [](std::uint64_t seed) {
    World world(scenario_from(lesson_text(submission_by_starttls)), seed);
    world.run();
    return trace_hash(world.trace());
  };
  CHECK(hash(5) == hash(5));
  CHECK(hash(5) != hash(6));
}

TEST_CASE("a bad certificate stops a device that wants TLS, with a notice that says which check failed (RFC 7817)") {
  const auto [state, topic] =
      GENERATE(table<std::string, std::string>({{"wrong-name", "notice/certificate-wrong-name"},
                                                {"expired", "notice/certificate-expired"},
                                                {"untrusted", "notice/certificate-untrusted"}}));
  World world =
      lesson_world(with(submission_by_starttls, {{"starttls: true", "starttls: true\n    certificate: " + state}}));
  world.run();
  REQUIRE(world.at_rest());
  CHECK(noticed(world.trace(), "anna-laptop", topic));
  CHECK(noticed(world.trace(), "anna-laptop", "notice/send-deferred"));
  CHECK_FALSE(said(world.trace(), "anna-laptop", "AUTH"));
  CHECK_FALSE(noticed(world.trace(), "anna-laptop", "notice/sent"));
}

TEST_CASE("a man in the middle strips STARTTLS: who requires it stops, who takes what comes goes on in the clear") {
  const Edits stripped =
      with(submission_by_starttls, {{"between: [anna-laptop, mail.alba.example]",
                                     "strip-starttls: true, between: [anna-laptop, mail.alba.example]"}});
  World strict = lesson_world(stripped);
  strict.run();
  CHECK(noticed(strict.trace(), "anna-laptop", "notice/send-deferred"));
  CHECK_FALSE(said(strict.trace(), "anna-laptop", "STARTTLS"));
  CHECK_FALSE(said(strict.trace(), "anna-laptop", "AUTH"));
  World lenient = lesson_world(with(stripped, {{"security: starttls", "security: opportunistic"},
                                               {"plaintext-login: false", "plaintext-login: true"}}));
  lenient.run();
  CHECK(said(lenient.trace(), "anna-laptop", "AUTH PLAIN"));
  CHECK(noticed(lenient.trace(), "anna-laptop", "notice/sent"));
}

TEST_CASE("servers relay with TLS where it is offered, whatever the certificate (RFC 7435)") {
  World world = lesson_world(
      {{"    users: {bruno: ginger-4}", "    users: {bruno: ginger-4}\n    starttls: true\n    certificate: expired"}});
  world.run();
  REQUIRE(world.at_rest());
  CHECK(said(world.trace(), "mail.alba.example", "STARTTLS"));
  CHECK(mailbox(world.trace(), "mx.llevant.example", "bruno/INBOX").size() +
            mailbox(world.trace(), "bruno-laptop", "INBOX").size() >
        1);
}

namespace {

/// Bruno's server offers STARTTLS, and then speaks a version that nobody wants.
const std::pair<std::string, std::string> outdated{
    "    users: {bruno: ginger-4}", "    users: {bruno: ginger-4}\n    starttls: true\n    tls-version: 1.1"};
std::pair<std::string, std::string> at_alba(const std::string& keys) {
  return {"    resolver: dns\n", "    resolver: dns\n    " + keys + "\n"};
}

}  // namespace

TEST_CASE("where TLS fails between servers that take what comes, the mail goes in the clear (RFC 7435 §3)") {
  World world = lesson_world({outdated});
  world.run();
  REQUIRE(world.at_rest());
  CHECK(said(world.trace(), "mail.alba.example", "STARTTLS"));
  CHECK(said(world.trace(), "mx.llevant.example", "Alert protocol_version (fatal)"));
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/tls-given-up") ==
        std::vector<std::string>{"mx.llevant.example"});
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/relayed"));
  CHECK_FALSE(noticed(world.trace(), "mail.alba.example", "notice/relay-deferred"));
  CHECK(wire(world.trace()).find("MAIL FROM:<anna@alba.example>") != std::string::npos);
}

TEST_CASE("where TLS fails and is insisted on, no mail goes in the clear (RFC 3207 §4.1, RFC 8689 §4.2.1)") {
  World insisting = lesson_world({outdated, at_alba("relay-security: starttls")});
  insisting.run();
  CHECK_FALSE(noticed(insisting.trace(), "mail.alba.example", "notice/tls-given-up"));
  CHECK(noticed(insisting.trace(), "mail.alba.example", "notice/relay-deferred")->at(1).starts_with("454 4.7.5"));

  World required = lesson_world(with(
      submission_by_starttls,
      {outdated, {"      subject: Lunch on Friday?\n", "      subject: Lunch on Friday?\n      require-tls: true\n"}}));
  required.run();
  CHECK(noticed(required.trace(), "mail.alba.example", "notice/bounced")->at(1).starts_with("550 5.7.10"));
}

TEST_CASE("a device that wants TLS sends nothing to a server whose version is outdated (RFC 8996 §5)") {
  World world =
      lesson_world(with(submission_by_starttls, {{"starttls: true", "starttls: true\n    tls-version: 1.1"}}));
  world.run();
  CHECK(noticed(world.trace(), "anna-laptop", "notice/send-deferred"));
  CHECK_FALSE(said(world.trace(), "anna-laptop", "AUTH"));
}
