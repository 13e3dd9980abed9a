// A teacher edits the lesson; the wire must show what real servers would show.
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

TEST_CASE("a wrong password is refused with 535, and nothing is sent (RFC 4954 §6)") {
  World world = lesson_world({{"password: violet-7", "password: violet-8"}});
  world.run();
  CHECK(said(world.trace(), "mail.alba.example", "535 5.7.8"));
  CHECK_FALSE(said(world.trace(), "anna-laptop", "MAIL"));
  const auto notice = noticed(world.trace(), "anna-laptop", "notice/send-failed");
  REQUIRE(notice);
  CHECK(notice->at(1).starts_with("535 5.7.8"));
  CHECK(mailbox(world.trace(), "anna-laptop", "Sent").empty());
  const auto verdicts = grade(world.scenario(), world.trace());
  CHECK(std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) { return !verdict.holds; }));
}

TEST_CASE("a wrong POP3 password is refused, and the message stays on the server (RFC 1939 §7)") {
  World world = lesson_world(
      {{"password: ginger-4\n      incoming: {protocol: pop3", "password: x\n      incoming: {protocol: pop3"}});
  world.run();
  const auto notice = noticed(world.trace(), "bruno-laptop", "notice/retrieve-failed");
  REQUIRE(notice);
  CHECK(notice->at(0).starts_with("-ERR"));
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").empty());
  CHECK(mailbox(world.trace(), "mx.llevant.example", "bruno/INBOX").size() == 2);
}

TEST_CASE("a wrong IMAP password gets a tagged NO (RFC 3501 §6.2.3)") {
  World world = lesson_world(
      {{"password: ginger-4\n      incoming: {protocol: imap", "password: x\n      incoming: {protocol: imap"}});
  world.run();
  const auto notice = noticed(world.trace(), "bruno-phone", "notice/retrieve-failed");
  REQUIRE(notice);
  CHECK(notice->at(0).find("NO") != std::string::npos);
  CHECK(mailbox(world.trace(), "bruno-phone", "INBOX").empty());
}

TEST_CASE("a server that offers SCRAM is told no password, by SMTP, POP3 and IMAP (RFC 5802 §3)") {
  World world = lesson_world(
      {{"    domains: [alba.example]", "    mechanisms: [SCRAM-SHA-256, PLAIN]\n    domains: [alba.example]"},
       {"    domains: [llevant.example]", "    mechanisms: [CRAM-MD5]\n    domains: [llevant.example]"}});
  world.run();
  CHECK(said(world.trace(), "anna-laptop", "AUTH SCRAM-SHA-256 "));
  CHECK(said(world.trace(), "bruno-laptop", "AUTH CRAM-MD5"));
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
  CHECK(mailbox(world.trace(), "bruno-phone", "INBOX").size() >= 1);
}

TEST_CASE("an account may insist on its mechanism, also where a better one is offered") {
  World world = lesson_world({{"password: violet-7\n", "password: violet-7\n      mechanism: LOGIN\n"}});
  world.run();
  CHECK(said(world.trace(), "anna-laptop", "AUTH LOGIN"));
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
}

TEST_CASE("a closed port refuses the connection at once") {
  World world = lesson_world({{"587: submission", "587: closed"}});
  world.run();
  CHECK(noticed(world.trace(), "anna-laptop", "notice/connection-refused") ==
        std::vector<std::string>{"mail.alba.example", "587"});
  const WorldState end = world.trace().state_at(world.trace().end());
  CHECK(end.connections.at(0).phase == Phase::Refused);
}

TEST_CASE("a filtered port says nothing, and the attempt times out after its retransmissions") {
  World world = lesson_world({{"587: submission", "587: filtered"}});
  world.run();
  CHECK(noticed(world.trace(), "anna-laptop", "notice/connection-timed-out"));
  const WorldState end = world.trace().state_at(world.trace().end());
  CHECK(end.connections.at(0).phase == Phase::TimedOut);
}

TEST_CASE("submission works on whatever port the file gives it") {
  World world = lesson_world({{"port: 587}", "port: 2525}"}, {"587: submission", "2525: submission"}});
  world.run();
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
}

TEST_CASE("an unknown recipient at the next server comes back to the sender as a report (RFC 5321 §6.1)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [nobody@llevant.example]"}});
  world.run();
  CHECK(said(world.trace(), "mx.llevant.example", "550 5.1.1"));
  const auto notice = noticed(world.trace(), "mail.alba.example", "notice/bounced");
  REQUIRE(notice);
  CHECK(notice->at(0) == "nobody@llevant.example");
  CHECK(notice->at(1).starts_with("550 5.1.1"));
  const auto reports = mailbox(world.trace(), "mail.alba.example", "anna/INBOX");
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].subject == "Undelivered mail returned to sender");
}

TEST_CASE("a report that nobody can be given goes to the postmaster (RFC 5321 §4.5.1, §6.1)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [nobody@llevant.example]"},
                              {"address: anna@alba.example", "address: ghost@alba.example"}});
  world.run();
  CHECK(world.at_rest());
  const auto reports = mailbox(world.trace(), "mail.alba.example", "postmaster/INBOX");
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].subject == "Undelivered mail returned to sender");
  CHECK(mailbox(world.trace(), "mail.alba.example", "anna/INBOX").empty());
}

TEST_CASE("an unknown recipient at the sender's own server is refused at RCPT (RFC 5321 §3.3)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [nobody@alba.example]"}});
  world.run();
  CHECK(said(world.trace(), "mail.alba.example", "550 5.1.1"));
  CHECK(noticed(world.trace(), "anna-laptop", "notice/send-failed"));
  CHECK(mailbox(world.trace(), "anna-laptop", "Sent").size() == 1);
}

TEST_CASE("of two recipients the good one is served and the bad one is told") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [nobody@alba.example, bruno@llevant.example]"}});
  world.run();
  CHECK(noticed(world.trace(), "anna-laptop", "notice/send-failed")->at(0) == "nobody@alba.example");
  CHECK(noticed(world.trace(), "anna-laptop", "notice/sent")->at(0) == "bruno@llevant.example");
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
}

TEST_CASE("a domain that does not exist bounces after NXDOMAIN (RFC 5321 §5.1)") {
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [bruno@ponent.llevant.example]"}});
  world.run();
  CHECK(said(world.trace(), "dns", "NXDOMAIN"));
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/bounced")->at(1).starts_with("550 5.1.2"));
  CHECK(mailbox(world.trace(), "mail.alba.example", "anna/INBOX").size() == 1);
}

TEST_CASE("while the next server's port is closed the mail waits and is tried again (RFC 5321 §4.5.4.1)") {
  World world =
      lesson_world({{"{25: relay, 110: pop3, 143: imap, 587: closed}", "{25: closed, 110: pop3, 143: imap}"}});
  world.run();
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/connection-refused"));
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/relay-deferred"));
  const auto waiting = [&] { return world.trace().state_at(world.trace().end()).hosts.at(1).queued; };
  CHECK(waiting() == 2);
  const std::size_t connections = world.trace().state_at(world.trace().end()).connections.size();
  world.run_until(world.trace().start + std::chrono::minutes(40));
  CHECK(world.trace().state_at(world.trace().end()).connections.size() > connections);
  CHECK(waiting() == 2);
  world.run_until(world.trace().start + std::chrono::hours(24 * 6));
  CHECK(waiting() == 0);
  CHECK(mailbox(world.trace(), "mail.alba.example", "anna/INBOX").size() == 2);
}

TEST_CASE("a domain without MX is reached by its own address (RFC 5321 §5.1)") {
  World world = lesson_world({{"- {name: \"@\", type: MX, preference: 10, value: mx.llevant.example}",
                               "- {name: \"@\", type: A, value: 198.51.100.25}"}});
  world.run();
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
}

TEST_CASE("when the best exchange is unreachable the next one is tried (RFC 5321 §5.1)") {
  World world = lesson_world({{"- {name: mx, type: A, value: 198.51.100.25}",
                               "- {name: \"@\", type: MX, preference: 5, value: dead.llevant.example}\n"
                               "        - {name: dead, type: A, value: 203.0.113.9}\n"
                               "        - {name: mx, type: A, value: 198.51.100.25}"}});
  world.run();
  CHECK(said(world.trace(), "mail.alba.example", "A dead.llevant.example"));
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
}

TEST_CASE("a null MX accepts no mail (RFC 7505)") {
  World world =
      lesson_world({{"type: MX, preference: 10, value: mx.llevant.example", "type: MX, preference: 0, value: \".\""}});
  world.run();
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/bounced")->at(1).starts_with("556 5.1.10"));
}

TEST_CASE("without a resolver the mail waits; it is neither lost nor bounced") {
  World world = lesson_world({{"    resolver: dns\n    dns-cache: false\n", ""}});
  world.run();
  CHECK(noticed(world.trace(), "mail.alba.example", "notice/relay-deferred"));
  CHECK(world.trace().state_at(world.trace().end()).hosts.at(1).queued == 2);
}

TEST_CASE("mail that is left on the server is there for the other device, and is not collected twice") {
  World world = lesson_world({{"leave-on-server: false", "leave-on-server: true"},
                              {"  - {who: bruno-phone, check-mail: true, pause: 300 ms}\n",
                               "  - {who: bruno-laptop, check-mail: true, pause: 300 ms}\n"
                               "  - {who: bruno-phone, check-mail: true, pause: 300 ms}\n"}});
  world.run();
  CHECK(mailbox(world.trace(), "mx.llevant.example", "bruno/INBOX").size() == 2);
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 2);
  CHECK(mailbox(world.trace(), "bruno-phone", "INBOX").size() == 2);
}

TEST_CASE("mail is left on the server for so many days, and deleted by the first check after them") {
  const auto left = [](const std::string& pause) {
    World world = lesson_world({{"leave-on-server: false", "leave-on-server: {days: 2}"},
                                {"  - {who: bruno-phone, check-mail: true, pause: 300 ms}\n",
                                 "  - {who: bruno-laptop, check-mail: true, pause: " + pause + "}\n"}});
    world.run();
    CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 2);
    return mailbox(world.trace(), "mx.llevant.example", "bruno/INBOX").size();
  };
  CHECK(left("47 h") == 2);
  CHECK(left("49 h") == 1);  // the second message was collected only then
}

TEST_CASE("text travels unharmed: lines of dots, accents, a very long line") {
  const std::string long_line(3000, 'z');
  World world =
      lesson_world({{"subject: Lunch on Friday?", "subject: Dinar divendres, què et sembla? ¿Sí? È già ora"},
                    {"        Hello Bruno,\n",
                     "        .\n        ..\n        Bon dia, Bruno — què tal?\n        " + long_line + "\n"}});
  world.run();
  const auto collected = mailbox(world.trace(), "bruno-laptop", "INBOX");
  REQUIRE(collected.size() == 1);
  CHECK(collected[0].subject == "Dinar divendres, què et sembla? ¿Sí? È già ora");
}

TEST_CASE("a laptop without a link to its server hears nothing, and is told so") {
  World world =
      lesson_world({{"  - {between: [anna-laptop, mail.alba.example], latency: 20 ms, bandwidth: 20 Mbit/s}\n", ""}});
  world.run();
  CHECK(noticed(world.trace(), "anna-laptop", "notice/connection-timed-out"));
}

TEST_CASE("opening a message that is not there is told, and nothing travels") {
  World world = lesson_world({{"read: The table is booked", "read: Something else"}});
  world.run();
  CHECK(noticed(world.trace(), "bruno-phone", "notice/no-such-message"));
}

TEST_CASE("actions at fixed times run side by side") {
  World world = lesson_world({{"check-mail: true, pause: 300 ms", "check-mail: true, at: 10 ms"}});
  world.run();
  CHECK(world.at_rest());
  CHECK(mailbox(world.trace(), "mx.llevant.example", "bruno/INBOX").size() == 2);
}

TEST_CASE("with APOP the laptop's password does not travel (RFC 1939 §7)") {
  World world = lesson_world({{"    domains: [llevant.example]", "    apop: true\n    domains: [llevant.example]"}});
  world.run();
  CHECK(said(world.trace(), "bruno-laptop", "APOP bruno "));
  CHECK_FALSE(said(world.trace(), "bruno-laptop", "PASS"));
  CHECK(mailbox(world.trace(), "bruno-laptop", "INBOX").size() == 1);
}
