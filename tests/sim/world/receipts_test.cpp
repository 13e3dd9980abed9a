// Read receipts from end to end: asked for by a message, given by the device that opens it, or not.
#include <algorithm>

#include "protocols/message/disposition.hpp"
#include "protocols/message/message.hpp"
#include "sim/hosts/mail_server/mail_server.hpp"
#include "tests/sim/world/lesson_fixture.hpp"
#include "tests/sim/world/typist.hpp"

using namespace mailscope;

namespace {

const std::pair<std::string, std::string> asking{"      subject: Lunch on Friday?\n",
                                                 "      subject: Lunch on Friday?\n      receipt: true\n"};
/// Bruno's server lets him send, and knows the way to Anna's.
const std::pair<std::string, std::string> bruno_sends{"{25: relay, 110: pop3, 143: imap, 587: closed}",
                                                      "{25: relay, 110: pop3, 143: imap, 587: submission}\n"
                                                      "    resolver: dns"};
const std::pair<std::string, std::string> linked{
    "  - {between: [mail.alba.example, dns]",
    "  - {between: [mx.llevant.example, dns]}\n  - {between: [mail.alba.example, dns]"};

/// The device at this door, with `keys` of its account.
std::pair<std::string, std::string> device(const std::string& protocol, const std::string& keys) {
  const std::string incoming = "      incoming: {protocol: " + protocol;
  return {incoming, "      outgoing: {server: mx.llevant.example}\n      " + keys + "\n" + incoming};
}
/// Only the first message is sent, and these follow.
std::pair<std::string, std::string> then(const std::string& actions) {
  return {
      "  - {who: bruno-laptop, check-mail: true, pause: 300 ms}\n"
      "  - who: anna-laptop\n    pause: 300 ms\n    send:\n      to: [bruno@llevant.example]\n"
      "      subject: The table is booked\n      text: |\n        Bruno,\n\n        the table is booked. See you "
      "there!\n\n        Anna\n",
      actions};
}
const std::string laptop_reads =
    "  - {who: bruno-laptop, check-mail: true}\n  - {who: bruno-laptop, read: \"Lunch on Friday?\"}\n";
const std::string phone_reads =
    "  - {who: bruno-phone, check-mail: true}\n  - {who: bruno-phone, read: \"Lunch on Friday?\"}\n";

/// All receipts that came to Anna's server, as they stood on the wire.
std::vector<message::DispositionStatus> receipts(const Trace& trace) {
  std::vector<message::DispositionStatus> all;
  for (const std::string& line : lines_said_by(trace, "mx.llevant.example"))
    if (const auto status = message::parse_disposition_status(line)) all.push_back(*status);
  return all;
}

bool has_flag(const MessageSummary& message, const std::string& flag) {
  return std::ranges::find(message.flags, flag) != message.flags.end();
}

}  // namespace

TEST_CASE("who asks for it is told once that a message was opened, with the null reverse-path (RFC 8098 §2.1, §3)") {
  World world = lesson_world({asking, bruno_sends, linked, device("pop3", "receipts: always"),
                              then(laptop_reads + "  - {who: bruno-laptop, read: \"Lunch on Friday?\"}\n")});
  world.run();
  const Trace& trace = world.trace();
  CHECK(said(trace, "bruno-laptop", "MAIL FROM:<>"));
  CHECK(said(trace, "bruno-laptop", "RCPT TO:<anna@alba.example>"));
  CHECK(noticed(trace, "bruno-laptop", "notice/receipt-given") == std::vector<std::string>{"anna@alba.example"});
  const auto given = receipts(trace);
  REQUIRE(given.size() == 1);
  CHECK(given.at(0).type == message::DispositionType::Displayed);
  CHECK(given.at(0).sent_automatically);
  CHECK_FALSE(given.at(0).automatic_action);
  CHECK(given.at(0).recipient == "bruno@llevant.example");
  CHECK_FALSE(given.at(0).message_id.empty());
  const auto inbox = mailbox(trace, "mail.alba.example", "anna/INBOX");
  REQUIRE(inbox.size() == 1);
  CHECK(inbox.at(0).subject == "Read: Lunch on Friday?");
  CHECK(mailbox(trace, "bruno-laptop", "Sent").empty());
}

TEST_CASE("a receipt from one device is marked on the server, and no other device gives another (RFC 3503)") {
  World world = lesson_world({asking, bruno_sends, linked, device("imap", "receipts: always"),
                              then(phone_reads + "  - {who: bruno-phone, read: \"Lunch on Friday?\"}\n")});
  world.run();
  CHECK(receipts(world.trace()).size() == 1);
  const auto kept = mailbox(world.trace(), "mx.llevant.example", "bruno/INBOX");
  REQUIRE(kept.size() == 1);
  CHECK(has_flag(kept.at(0), "$MDNSent"));
}

TEST_CASE(
    "nobody is told of what a person reads where the account gives no receipts, or no one asked (RFC 8098 §2.1)") {
  World silent = lesson_world({asking, bruno_sends, linked, device("pop3", "receipts: never"), then(laptop_reads)});
  silent.run();
  CHECK(receipts(silent.trace()).empty());
  CHECK(noticed(silent.trace(), "bruno-laptop", "notice/opened"));
  CHECK(noticed(silent.trace(), "bruno-laptop", "notice/receipt-not-given") ==
        std::vector<std::string>{"anna@alba.example"});
  World unasked = lesson_world({bruno_sends, linked, device("pop3", "receipts: always"), then(laptop_reads)});
  unasked.run();
  CHECK(receipts(unasked.trace()).empty());
  CHECK(noticed(unasked.trace(), "bruno-laptop", "notice/opened"));
  CHECK_FALSE(noticed(unasked.trace(), "bruno-laptop", "notice/receipt-not-given"));
}

TEST_CASE("a receipt that is written off line waits in the outbox") {
  World world = lesson_world(
      {asking, bruno_sends, linked, device("pop3", "receipts: always"),
       then("  - {who: bruno-laptop, check-mail: true}\n  - {who: bruno-laptop, go-offline: true}\n"
            "  - {who: bruno-laptop, read: \"Lunch on Friday?\"}\n  - {who: bruno-laptop, go-online: true, "
            "pause: 1 min}\n")});
  world.run();
  CHECK(receipts(world.trace()).size() == 1);
  CHECK(mailbox(world.trace(), "bruno-laptop", "Outbox").empty());
}

TEST_CASE("a receipt names the original recipient as the sender gave it (RFC 8098 §3.2.3)") {
  World world =
      lesson_world({bruno_sends, linked, device("pop3", "receipts: always"),
                    then("  - {who: bruno-laptop, check-mail: true}\n  - {who: bruno-laptop, read: Asked}\n")});
  typed(world, "mail.alba.example", "mx.llevant.example", 25,
        "EHLO mail.alba.example\r\nMAIL FROM:<anna@alba.example>\r\n"
        "RCPT TO:<bruno@llevant.example> ORCPT=rfc822;b+2Bc@first.example\r\nDATA\r\n"
        "Original-Recipient: rfc822;forged@x.example\r\nSubject: Asked\r\n"
        "Disposition-Notification-To: anna@alba.example\r\n\r\n.\r\nQUIT\r\n");
  const auto given = receipts(world.trace());
  REQUIRE(given.size() == 1);
  CHECK(given[0].original == message::Typed{"rfc822", "b+c@first.example"});
}

TEST_CASE("what final delivery writes of the original recipient is its own, in UTF-8 where it may be (RFC 8098 §2.3)") {
  World world = lesson_world({{"users: {bruno: ginger-4}", "users: {bruno: ginger-4, carla: x}"}});
  const auto delivered = [&](const std::string& mail, const std::string& rcpt) {
    typed(world, "mail.alba.example", "mx.llevant.example", 25,
          "EHLO mail.alba.example\r\nMAIL FROM:<anna@alba.example>" + mail + "\r\nRCPT TO:<carla@llevant.example>" +
              rcpt + "\r\nDATA\r\nOriginal-Recipient: rfc822;forged@x.example\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n");
    const auto* account = world.mail_server("mx.llevant.example")->store().find("carla");
    const auto& octets = account->find("INBOX")->messages().back().content->octets();
    std::vector<std::string> fields;
    for (const message::Field& field : message::header_fields(octets))
      if (field.name == "Original-Recipient") fields.push_back(field.body);
    return fields;
  };
  using Fields = std::vector<std::string>;
  CHECK(delivered("", "").empty());
  CHECK(delivered("", " ORCPT=x-other;a+20b") == Fields{"x-other;a b"});
  CHECK(delivered("", " ORCPT=utf-8;n\\x{FA}ria@x.example") == Fields{"utf-8;n\\x{FA}ria@x.example"});
  CHECK(delivered(" SMTPUTF8", " ORCPT=utf-8;n\u00faria@x.example") == Fields{"utf-8;n\u00faria@x.example"});
}
