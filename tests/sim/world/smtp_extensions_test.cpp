// What SMTP's extensions do in a world: asked for by a message, kept by the servers on its way.
// Long because it is one list of them.
#include <algorithm>

#include "protocols/core/base64.hpp"
#include "sim/hosts/mail_server/mail_server.hpp"
#include "tests/sim/world/lesson_fixture.hpp"
#include "tests/sim/world/typist.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

constexpr const char* alba = "mail.alba.example";
constexpr const char* llevant = "mx.llevant.example";

std::pair<std::string, std::string> at_alba(const std::string& keys) {
  return {"    resolver: dns\n", "    resolver: dns\n    " + keys + "\n"};
}
std::pair<std::string, std::string> at_llevant(const std::string& keys) {
  return {"    users: {bruno: ginger-4}\n", "    users: {bruno: ginger-4}\n    " + keys + "\n"};
}
/// Bruno's server can send reports back.
const std::pair<std::string, std::string> linked{
    "  - {between: [mail.alba.example, dns]",
    "  - {between: [mx.llevant.example, dns]}\n  - {between: [mail.alba.example, dns]"};
std::pair<std::string, std::string> wishing(const std::string& keys) {
  return {"      subject: Lunch on Friday?\n", "      subject: Lunch on Friday?\n      " + keys + "\n"};
}
const std::pair<std::string, std::string> closed_llevant{"{25: relay, 110: pop3, 143: imap, 587: closed}",
                                                         "{25: closed, 110: pop3, 143: imap}"};
/// Only the first message, and it stays on the server.
const std::pair<std::string, std::string> one_message{
    "  - {who: bruno-laptop, check-mail: true, pause: 300 ms}\n"
    "  - who: anna-laptop\n    pause: 300 ms\n    send:\n      to: [bruno@llevant.example]\n"
    "      subject: The table is booked\n      text: |\n        Bruno,\n\n        the table is booked. See you "
    "there!\n\n        Anna\n",
    "  - {who: bruno-phone, check-mail: true}\n  - {who: bruno-phone, check-mail: true}\n"};
const Edits submission_by_tls = {
    {"    users: {anna: violet-7}", "    users: {anna: violet-7}\n    starttls: true"},
    {"outgoing: {server: mail.alba.example", "outgoing: {security: starttls, server: mail.alba.example"}};

Edits with(Edits edits, const Edits& more) {
  edits.insert(edits.end(), more.begin(), more.end());
  return edits;
}

std::vector<std::string> subjects(const Trace& trace, std::string_view host, const std::string& name) {
  std::vector<std::string> all;
  for (const MessageSummary& message : mailbox(trace, host, name)) all.push_back(message.subject);
  return all;
}

std::uint32_t queued(const World& world) { return world.trace().state_at(world.trace().end()).hosts.at(1).queued; }

bool was_said(const Trace& trace, std::string_view host, std::string_view part) {
  return std::ranges::any_of(lines_said_by(trace, host),
                             [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("a server offers what its lesson names, and all that it keeps where nothing is named (RFC 5321 §2.2)") {
  World all = lesson_world();
  all.run();
  const auto offered = [](const World& world, std::string_view host, std::string_view keyword) {
    return was_said(world.trace(), host, "\n250-" + std::string(keyword)) ||
           was_said(world.trace(), host, "\n250 " + std::string(keyword));
  };
  for (const std::string_view keyword : smtp::extension_keywords) {
    INFO(keyword);
    CHECK(offered(all, alba, keyword) ==
          (keyword != "REQUIRETLS" && keyword != "ETRN"));  // under TLS only; relays only
    CHECK(offered(all, llevant, keyword) ==
          (keyword != "REQUIRETLS" && keyword != "FUTURERELEASE" && keyword != "BURL"));  // the others: submission only
  }
  World some = lesson_world({at_llevant("extensions: {without: [PIPELINING]}"), at_alba("extensions: [SIZE]")});
  some.run();
  CHECK_FALSE(offered(some, llevant, "PIPELINING"));
  CHECK(offered(some, llevant, "DSN"));
  CHECK(offered(some, alba, "SIZE"));
  CHECK_FALSE(offered(some, alba, "DSN"));
  CHECK(mailbox(some.trace(), "bruno-laptop", "INBOX").size() == 1);
}

TEST_CASE(
    "success is reported by the last server that knows DSN: the one that delivers, or the one before (RFC 3461 §5.2)") {
  const auto wish = wishing("notify: [success]\n      envelope-id: lunch-1");
  World delivered = lesson_world({wish, one_message, at_llevant("resolver: dns"), linked});
  delivered.run();
  CHECK(was_said(delivered.trace(), alba, " ENVID=lunch-1"));
  CHECK(was_said(delivered.trace(), alba, " NOTIFY=SUCCESS"));
  CHECK(was_said(delivered.trace(), llevant, "Original-Envelope-Id: lunch-1"));
  CHECK(subjects(delivered.trace(), alba, "anna/INBOX") == std::vector<std::string>{"Successful mail delivery report"});
  World relayed = lesson_world({wish, one_message, at_llevant("extensions: {without: [DSN]}")});
  relayed.run();
  CHECK(subjects(relayed.trace(), alba, "anna/INBOX") ==
        std::vector<std::string>{"Mail relayed without further reports"});
}

TEST_CASE("what is not delivered in time comes back, or its delay is told once (RFC 2852 §4.1.3)") {
  World returned = lesson_world({wishing("deliver-by: {within: 10 min, late: return}"), closed_llevant, one_message});
  returned.run();
  returned.run_until(returned.trace().start + 9min);
  CHECK(queued(returned) == 1);
  returned.run_until(returned.trace().start + 11min);
  CHECK(queued(returned) == 0);
  CHECK(noticed(returned.trace(), alba, "notice/bounced")->at(1).starts_with("554 5.4.7"));
  CHECK(mailbox(returned.trace(), alba, "anna/INBOX").size() == 1);
  World told = lesson_world({wishing("deliver-by: {within: 10 min}"), closed_llevant, one_message});
  told.run();
  told.run_until(told.trace().start + 2h);
  CHECK(queued(told) == 1);
  CHECK(subjects(told.trace(), alba, "anna/INBOX") == std::vector<std::string>{"Delayed mail (still being retried)"});
  World kept = lesson_world({wishing("deliver-by: {within: 10 min, late: return, trace: true}"), one_message});
  kept.run();
  CHECK(was_said(kept.trace(), alba, " BY=599;RT"));  // what is left, rounded down
  CHECK(subjects(kept.trace(), alba, "anna/INBOX") == std::vector<std::string>{"Mail relayed without further reports"});
  CHECK(mailbox(kept.trace(), llevant, "bruno/INBOX").size() == 1);
}

TEST_CASE("a server that keeps no time does not get what must be in time (RFC 2852 §4.1.4.1)") {
  World world = lesson_world({wishing("deliver-by: {within: 10 min, late: return}"), one_message,
                              at_llevant("extensions: {without: [DELIVERBY]}")});
  world.run();
  CHECK(noticed(world.trace(), alba, "notice/bounced")->at(1).starts_with("550 5.3.3"));
}

TEST_CASE("a message is held for as long as its sender asks, whoever it is for, also over a crash (RFC 4865 §4.2)") {
  const std::string to = GENERATE("bruno@llevant.example", "anna@alba.example");
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [" + to + "]"},
                              wishing("hold-for: 10 min\n      notify: [success]"),
                              {one_message.first,
                               "  - {who: mail.alba.example, crash: 1 min, at: 5 s}\n"
                               "  - {who: bruno-phone, check-mail: true}\n"},
                              at_llevant("extensions: {without: [DSN]}")});
  world.run_until(world.trace().start + 3s);
  CHECK(was_said(world.trace(), "anna-laptop", "HOLDFOR=600"));
  CHECK(noticed(world.trace(), alba, "notice/held") == std::vector<std::string>{to, "2026-03-02T09:10:00Z"});
  world.run();
  const auto arrived = [&] {
    return subjects(world.trace(), alba, "anna/INBOX").size() + mailbox(world.trace(), llevant, "bruno/INBOX").size();
  };
  world.run_until(world.trace().start + 9min);
  CHECK(queued(world) == 1);
  CHECK(arrived() == 0);
  world.run_until(world.trace().start + 11min);
  CHECK(queued(world) == 0);
  CHECK(arrived() == 2);  // and the report of it
}

TEST_CASE("urgent mail overtakes in the queue, and a stranger's urgency counts for nothing (RFC 6710 §4.1, §5.1)") {
  const bool known = GENERATE(true, false);
  World world = lesson_world(
      {{"      subject: The table is booked\n", "      subject: The table is booked\n      priority: 4\n"},
       {"  - {who: bruno-laptop, check-mail: true, pause: 300 ms}\n",
        "  - {who: mx.llevant.example, crash: true, at: 0 s}\n"},
       {"  - {who: bruno-phone, check-mail: true, pause: 300 ms}\n"
        "  - {who: bruno-phone, read: The table is booked, pause: 300 ms}\n",
        "  - {who: mx.llevant.example, restart: true, at: 5 min}\n  - {who: bruno-phone, check-mail: true}\n"},
       at_llevant(known ? "relay-for: [mail.alba.example]" : "verify-recipients: true"),
       at_alba("retry: [2 h]\n    relay-domains: [llevant.example]")});
  world.run();
  REQUIRE(queued(world) == 2);
  typed(world, llevant, alba, 25, "EHLO mx.llevant.example\r\nETRN llevant.example\r\nQUIT\r\n");
  std::vector<std::string> mails;
  for (const std::string& line : lines_said_by(world.trace(), alba))
    if (line.starts_with("MAIL FROM")) mails.push_back(line);
  REQUIRE(mails.size() == 2);
  CHECK(mails[0].ends_with(" MT-PRIORITY=4"));
  CHECK(mails[1].find("MT-PRIORITY") == std::string::npos);
  CHECK(said(world.trace(), llevant, "250 2.3.6 0 is the new priority") == !known);
  CHECK(mailbox(world.trace(), llevant, "bruno/INBOX").size() == 2);
}

TEST_CASE("a message that requires TLS goes over TLS all the way, or comes back (RFC 8689 §4.2.1)") {
  struct Case {
    std::string keys, code;
  };
  const Case each = GENERATE(values<Case>({{"starttls: true", ""},
                                           {"resolver: dns", "550 5.7.10"},
                                           {"starttls: true\n    certificate: expired", "550 5.7.10"},
                                           {"starttls: true\n    extensions: {without: [REQUIRETLS]}", "550 5.7.30"}}));
  INFO(each.keys);
  World world = lesson_world(
      with(submission_by_tls, {wishing("require-tls: true\n      return: full"), one_message, at_llevant(each.keys)}));
  world.run();
  CHECK(was_said(world.trace(), "anna-laptop", " REQUIRETLS"));
  CHECK(queued(world) == 0);
  const auto bounced = noticed(world.trace(), alba, "notice/bounced");
  if (each.code.empty()) {
    CHECK_FALSE(bounced);
    CHECK(was_said(world.trace(), alba, " REQUIRETLS"));
    CHECK(mailbox(world.trace(), llevant, "bruno/INBOX").size() == 1);
  } else {
    REQUIRE(bounced);
    CHECK(bounced->at(1).starts_with(each.code));
    CHECK(mailbox(world.trace(), llevant, "bruno/INBOX").empty());
    CHECK(mailbox(world.trace(), alba, "anna/INBOX").size() == 1);
  }
}

TEST_CASE("who cannot require TLS at the first server keeps the message (RFC 8689 §4.3)") {
  World world = lesson_world({wishing("require-tls: true"), one_message});
  world.run();
  CHECK(noticed(world.trace(), "anna-laptop", "notice/send-failed")->at(1).starts_with("550 5.7.10"));
}

TEST_CASE("TLS-Required: No lets a message go where the server's own rule would keep it (RFC 8689 §4.2.2)") {
  const bool said_so = GENERATE(true, false);
  World world = lesson_world({at_alba("relay-security: starttls\n    relay-for: [anna-laptop]"), one_message});
  typed(world, "anna-laptop", alba, 25,
        "EHLO [192.0.2.1]\r\nMAIL FROM:<anna@alba.example>\r\nRCPT TO:<bruno@llevant.example>\r\nDATA\r\n" +
            std::string(said_so ? "TLS-Required: No\r\n" : "") + "Subject: Typed\r\n\r\nx\r\n.\r\nQUIT\r\n");
  const auto there = subjects(world.trace(), llevant, "bruno/INBOX");
  CHECK((std::ranges::find(there, "Typed") != there.end()) == said_so);
}

TEST_CASE("an address beyond US-ASCII travels where SMTPUTF8 is offered, and comes back where not (RFC 6531 §3.5)") {
  const bool offered = GENERATE(true, false);
  World world =
      lesson_world({{"to: [bruno@llevant.example]", "to: [núria@llevant.example]"},
                    one_message,
                    {"    users: {bruno: ginger-4}\n",
                     "    users: {bruno: ginger-4, núria: x}\n    " +
                         std::string(offered ? "extensions: {without: [ETRN]}" : "extensions: [SIZE]") + "\n"}});
  world.run();
  CHECK(said(world.trace(), "anna-laptop", "RCPT TO:<núria@llevant.example>"));
  CHECK(mailbox(world.trace(), llevant, "núria/INBOX").size() == (offered ? 1 : 0));
  if (offered) {
    CHECK(was_said(world.trace(), alba, " SMTPUTF8"));
  } else {
    CHECK_FALSE(was_said(world.trace(), alba, "RCPT TO:<núria"));
    // "To" names her too (RFC 6532): not even the header can go.
    CHECK(noticed(world.trace(), alba, "notice/bounced")->at(1).starts_with("554 5.6.9"));
    CHECK(mailbox(world.trace(), alba, "anna/INBOX").size() == 1);
  }
}

TEST_CASE("VRFY and EXPN tell those who may know, and nobody else (RFC 5321 §3.5, §7.3)") {
  const std::string people =
      "aliases: {sales: [anna], away: [bruno@llevant.example]}\n"
      "    lists: {team: {owner: anna@alba.example, members: [anna, bruno@llevant.example]}}";
  const std::string questions =
      "EHLO [192.0.2.1]\r\nVRFY anna\r\nVRFY <ANNA@alba.example>\r\nVRFY sales\r\nVRFY away\r\nVRFY team\r\n"
      "VRFY nobody\r\nVRFY bruno@llevant.example\r\nEXPN team\r\nEXPN sales\r\nEXPN anna\r\nEXPN nobody\r\nQUIT\r\n";
  const auto replies = [](const std::string& heard) { return heard.substr(heard.find("ETRN\r\n") + 6); };
  World open = lesson_world({at_alba(people + "\n    vrfy: anybody\n    expn: anybody")});
  CHECK(replies(typed(open, "anna-laptop", alba, 25, questions)) ==
        "250 2.1.5 <anna@alba.example>\r\n250 2.1.5 <ANNA@alba.example>\r\n250 2.1.5 <sales@alba.example>\r\n"
        "251 2.1.5 User not local; will forward to <bruno@llevant.example>\r\n"
        "252 2.1.5 That is a mailing list: its members are not told here\r\n550 5.1.1 No such user here\r\n"
        "252 2.5.0 Not delivered here: cannot be verified\r\n"
        "250-2.1.5 <anna@alba.example>\r\n250 2.1.5 <bruno@llevant.example>\r\n250 2.1.5 <anna@alba.example>\r\n"
        "550 5.1.1 That is a user name, not a mailing list\r\n550 5.1.1 No such list here\r\n"
        "221 2.0.0 mail.alba.example closing connection\r\n");
  World shut = lesson_world({at_alba(people)});
  const std::string two = "EHLO [192.0.2.1]\r\nVRFY anna\r\nEXPN team\r\nQUIT\r\n";
  CHECK(replies(typed(shut, "anna-laptop", alba, 25, two)).starts_with("252 2.5.0 "));
  CHECK(replies(typed(shut, "anna-laptop", alba, 25, two)).find("\r\n502 5.5.1 ") != std::string::npos);
  World members = lesson_world({at_alba(people + "\n    vrfy: users\n    expn: users")});
  CHECK(replies(typed(members, "anna-laptop", alba, 25, two)).starts_with("252 2.5.0 "));  // nobody logs in there
  const std::string at_submission = typed(members, "anna-laptop", alba, 587,
                                          "EHLO [192.0.2.1]\r\nVRFY anna\r\nAUTH PLAIN AGFubmEAdmlvbGV0LTc=\r\n"
                                          "VRFY anna\r\nEXPN team\r\nQUIT\r\n");
  CHECK(at_submission.find("\r\n530 5.7.0 ") < at_submission.find("\r\n235 2.7.0 "));
  CHECK(at_submission.find("\r\n235 2.7.0 ") < at_submission.find("\r\n250 2.1.5 <anna@alba.example>"));
  CHECK(at_submission.find("250-2.1.5 <anna@alba.example>\r\n") != std::string::npos);
}

TEST_CASE("ETRN sends what waits for a node, for those that it is kept for (RFC 1985 §5)") {
  World world = lesson_world(
      {{"  - {who: bruno-laptop, check-mail: true, pause: 300 ms}\n",
        "  - {who: mx.llevant.example, crash: true, at: 0 s}\n"},
       {"  - {who: bruno-phone, check-mail: true, pause: 300 ms}\n"
        "  - {who: bruno-phone, read: The table is booked, pause: 300 ms}\n",
        "  - {who: mx.llevant.example, restart: true, at: 5 min}\n  - {who: bruno-phone, check-mail: true}\n"},
       at_alba("relay-domains: [llevant.example]")});
  world.run();
  REQUIRE(queued(world) > 0);
  const std::string heard =
      typed(world, llevant, alba, 25,
            "EHLO mx.llevant.example\r\nETRN other.example\r\nETRN #all\r\nETRN @example\r\nETRN llevant.example\r\n"
            "QUIT\r\n");
  CHECK(heard.find("\r\n459 4.7.1 ") < heard.find("\r\n458 4.3.3 "));
  CHECK(heard.find("\r\n459 4.7.1 ", heard.find("\r\n458 4.3.3 ")) < heard.find("\r\n253 2.0.0 "));
  CHECK(queued(world) == 0);
  CHECK_FALSE(mailbox(world.trace(), llevant, "bruno/INBOX").empty());
  CHECK(typed(world, llevant, alba, 25, "EHLO mx.llevant.example\r\nETRN llevant.example\r\nQUIT\r\n")
            .find("\r\n251 2.0.0 ") != std::string::npos);
}

TEST_CASE("where bare line ends count, one message carries another past a server that lets them by (RFC 5321 §2.3.8)") {
  const std::string smuggled =
      "\n.\nMAIL FROM:<boss@alba.example>\nRCPT TO:<bruno@llevant.example>\nDATA\nSubject: Pay\n\nnow\r\n";
  const std::string policy = GENERATE("refuse", "pass-on", "accept");
  World world = lesson_world({at_llevant("bare-line-ends: " + policy), one_message});
  typed(world, "mail.alba.example", llevant, 25,
        "EHLO [192.0.2.1]\r\nMAIL FROM:<anna@alba.example>\r\nRCPT TO:<bruno@llevant.example>\r\nDATA\r\n"
        "Subject: Hello\r\n\r\nx" +
            smuggled + ".\r\nQUIT\r\n");
  const auto found = subjects(world.trace(), llevant, "bruno/INBOX");
  CHECK((std::ranges::find(found, "Pay") != found.end()) == (policy == "accept"));
  CHECK((std::ranges::find(found, "Hello") != found.end()) == (policy != "refuse"));
}

TEST_CASE("a message travels to a domain beyond US-ASCII through servers that know nothing of it (RFC 6531 §3.2)") {
  const bool needs_utf8 = GENERATE(false, true);
  const std::string user = needs_utf8 ? "núria" : "bruno";
  World world = lesson_world({{"to: [bruno@llevant.example]", "to: [" + user + "@Llevànt.example]"},
                              one_message,
                              {"domains: [llevant.example]", "domains: [llevànt.example]"},
                              {"    users: {bruno: ginger-4}\n",
                               std::string("    users: {bruno: ginger-4, núria: x}\n    ") +
                                   (needs_utf8 ? "extensions: [8BITMIME, SMTPUTF8]\n" : "extensions: [SIZE]\n")},
                              {"      llevant.example:\n",
                               "      llevànt.example:\n        - {name: \"@\", type: MX, "
                               "preference: 10, value: mx.llevant.example}\n      llevant.example:\n"}});
  world.run();
  const std::string on_the_wire =
      needs_utf8 ? "RCPT TO:<núria@Llevànt.example>" : "RCPT TO:<bruno@xn--llevnt-lta.example>";
  CHECK(said(world.trace(), "anna-laptop", on_the_wire));
  CHECK(said(world.trace(), alba, "MX xn--llevnt-lta.example?"));
  CHECK(said(world.trace(), alba, on_the_wire));
  CHECK(was_said(world.trace(), alba, " SMTPUTF8") == needs_utf8);
  CHECK(mailbox(world.trace(), llevant, user + "/INBOX").size() == 1);
}

TEST_CASE("a server that was down asks its backup for what waits there (RFC 1985)") {
  const bool backup = GENERATE(true, false), outdated = GENERATE(false, true);
  World world = lesson_world({{"  - {who: bruno-laptop, check-mail: true, pause: 300 ms}\n",
                               "  - {who: mx.llevant.example, crash: true, at: 0 s}\n"},
                              {"  - {who: bruno-phone, check-mail: true, pause: 300 ms}\n"
                               "  - {who: bruno-phone, read: The table is booked, pause: 300 ms}\n",
                               "  - {who: mx.llevant.example, restart: true, at: 5 min}\n"
                               "  - {who: mx.llevant.example, ask-for-queue: mail.alba.example, at: 6 min}\n"},
                              at_alba(backup ? "relay-domains: [llevant.example]\n    retry: [2 h]" : "retry: [2 h]"),
                              at_alba(outdated ? "starttls: true\n    tls-version: 1.1" : "starttls: false")});
  world.run();
  CHECK(said(world.trace(), llevant, "STARTTLS") == outdated);
  CHECK(noticed(world.trace(), llevant, "notice/tls-given-up").has_value() == outdated);  // RFC 7435 §3
  CHECK(said(world.trace(), llevant, "ETRN llevant.example"));
  const auto told = noticed(world.trace(), llevant, backup ? "notice/queue-asked" : "notice/queue-refused");
  REQUIRE(told);
  CHECK(told->at(0) == "llevant.example");
  CHECK(told->at(1) == alba);
  CHECK(told->at(2).starts_with(backup ? "253" : "459"));
  CHECK((queued(world) == 0) == backup);
  CHECK(mailbox(world.trace(), llevant, "bruno/INBOX").empty() == !backup);
}

TEST_CASE("what DELIVERBY and FUTURERELEASE promise is the administrator's to say (RFC 2852 §2, RFC 4865 §3)") {
  World world = lesson_world({at_alba("deliver-by-min: 90 s\n    hold-max: 2 h")});
  const std::string heard =
      typed(world, "anna-laptop", alba, 587,
            "EHLO [192.0.2.1]\r\nAUTH PLAIN AGFubmEAdmlvbGV0LTc=\r\n"
            "MAIL FROM:<anna@alba.example> BY=60;R\r\nMAIL FROM:<anna@alba.example> HOLDFOR=7201\r\n"
            "MAIL FROM:<anna@alba.example> BY=90;R HOLDFOR=60\r\nQUIT\r\n");
  CHECK(heard.find("\r\n250-DELIVERBY 90\r\n") != std::string::npos);
  CHECK(heard.find("\r\n250-FUTURERELEASE 7200 ") != std::string::npos);
  CHECK(heard.find("\r\n555 5.4.7 ") < heard.find("\r\n501 5.5.4 "));
  CHECK(heard.find("\r\n501 5.5.4 ") < heard.find("\r\n250 2.1.0 "));
  CHECK(heard.find("\r\n250 2.1.0 ") != std::string::npos);
}

TEST_CASE("a delivered message has one Return-Path, the envelope's (RFC 5321 §4.4)") {
  World world = lesson_world({one_message});
  typed(world, "mail.alba.example", llevant, 25,
        "EHLO [192.0.2.1]\r\nMAIL FROM:<anna@alba.example>\r\nRCPT TO:<bruno@llevant.example>\r\nDATA\r\n"
        "Return-Path: <forged@x.example>\r\nSubject: Typed\r\nRETURN-PATH :\r\n <again@x.example>\r\n\r\n"
        "Return-Path: in the text\r\n.\r\nQUIT\r\n");
  const std::string seen =
      typed(world, "bruno-laptop", llevant, 110, "USER bruno\r\nPASS ginger-4\r\nRETR 1\r\nRETR 2\r\nQUIT\r\n");
  CHECK(seen.find("Return-Path: <anna@alba.example>\r\n") != std::string::npos);
  CHECK(seen.find("forged@") == std::string::npos);
  CHECK(seen.find("again@") == std::string::npos);
  CHECK(seen.find("\r\n\r\nReturn-Path: in the text\r\n") != std::string::npos);
}

TEST_CASE("who submitted a message is passed on where the server knows it itself (RFC 4954 §5)") {
  class Watcher final : public MailQueue::Keeper {
   public:
    std::optional<std::string> submitter;
    void queued(std::uint64_t, const Letter& letter, const MailQueue::Progress&) override {
      submitter = letter.envelope.auth;
    }
    void gone(std::uint64_t) override {}
  };
  Watcher watcher;
  World world = lesson_world({{"    users: {anna: violet-7}", "    users: {anna: violet-7, carla: x}"}});
  world.mail_server(alba)->queue().keep(watcher);
  const auto known = [&](const std::string& parameter) {
    watcher.submitter.reset();
    typed(world, "anna-laptop", alba, 587,
          "EHLO [192.0.2.1]\r\nAUTH PLAIN AGFubmEAdmlvbGV0LTc=\r\nMAIL FROM:<anna@alba.example>" + parameter +
              "\r\nRCPT TO:<bruno@llevant.example>\r\nDATA\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n");
    return watcher.submitter;
  };
  CHECK(known(" AUTH=anna+40alba.example") == "anna@alba.example");
  CHECK(known("") == "anna@alba.example");
  CHECK(known(" AUTH=<>") == "");
  CHECK(known(" AUTH=carla@alba.example") == "");
  CHECK(known(" AUTH=bruno@llevant.example") == "");
}

TEST_CASE("who hands mail over without logging in is nobody that is known (RFC 4954 §5)") {
  World world = lesson_world({at_alba("relay-for: [anna-laptop]")});
  world.run();
  const std::string heard =
      typed(world, "anna-laptop", alba, 25,
            "EHLO [192.0.2.1]\r\nMAIL FROM:<anna@alba.example> AUTH=anna@alba.example\r\nQUIT\r\n");
  CHECK(heard.find("555 5.5.4 Parameter AUTH not recognized") != std::string::npos);
}

TEST_CASE("a user may have so many messages held, under whatever address, and no more (RFC 4865 §6)") {
  World world = lesson_world({{"    users: {anna: violet-7}", "    users: {anna: violet-7, carla: violet-7}"}});
  const auto refused = [&](const std::string& user, std::size_t count) {
    const std::string login = base64_encode(std::string(1, '\0') + user + '\0' + "violet-7");
    std::string octets = "EHLO [192.0.2.1]\r\nAUTH PLAIN " + login + "\r\n";
    for (std::size_t i = 0; i < count; ++i)
      octets += "MAIL FROM:<a" + std::to_string(i) +
                "@alba.example> HOLDFOR=3600\r\nRCPT TO:<bruno@llevant.example>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n";
    const std::string heard = typed(world, "anna-laptop", alba, 587, octets + "QUIT\r\n");
    std::size_t times = 0;
    for (std::size_t at = heard.find("552 5.7.16"); at != std::string::npos; at = heard.find("552 5.7.16", at + 1))
      ++times;
    return times;
  };
  CHECK(refused("anna", MailQueue::held_max) == 0);
  CHECK(refused("anna@alba.example", 1) == 1);
  CHECK(refused("carla", 1) == 0);
  CHECK(queued(world) == MailQueue::held_max + 1);
}
