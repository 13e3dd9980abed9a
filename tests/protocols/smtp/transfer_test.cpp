#include "protocols/smtp/transfer.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;
using namespace mailscope::smtp;

namespace {

const std::string content = "Subject: x\r\n\r\nHello\r\n";
const std::string eight_bit = "Subject: x\r\n\r\nCaf\xc3\xa9\r\n";

Envelope plain() { return envelope("anna@alba.example", {"bruno@llevant.example"}); }

Transfer plan(const Envelope& envelope, std::string_view offered, const std::string& what = content,
              bool secured = false) {
  std::vector<std::string> lines;
  for (; !offered.empty(); offered.remove_prefix(std::min(offered.find(';'), offered.size() - 1) + 1))
    lines.emplace_back(offered.substr(0, offered.find(';')));
  return plan_transfer(envelope, what, parse_offers(lines), secured, {Chunking::WhereNeeded});
}

std::string refusal(const Transfer& transfer) {
  REQUIRE(transfer.refusal);
  return std::to_string(transfer.refusal->code) + ' ' + transfer.refusal->enhanced;
}

}  // namespace

TEST_CASE("offers are read in any case, with what their parameters say (RFC 5321 §4.1.1.1)") {
  const std::vector<std::string> lines = {"size 1000",
                                          "pipelining",
                                          "AUTH plain  LOGIN",
                                          "DELIVERBY 60,TRACE",
                                          "FUTURERELEASE 300 2026-03-02T09:00:00Z",
                                          "LIMITS RCPTMAX=5 X= MAILMAX=0 =",
                                          "BINARYMIME",
                                          "XUNKNOWN a b",
                                          "",
                                          "MT-PRIORITY MIXER"};
  const Offers offers = parse_offers(lines);
  CHECK(offers.size == 1000);
  CHECK(offers.pipelining);
  CHECK(offers.mechanisms.front() == "PLAIN");
  CHECK(offers.mechanisms.back() == "LOGIN");
  CHECK(offers.by == std::chrono::seconds(60));
  CHECK(offers.hold == std::chrono::seconds(300));
  CHECK(offers.hold_until == Instant(std::chrono::seconds(1'772'442'000)));
  CHECK(offers.recipients_max == 5);
  CHECK_FALSE(offers.messages_max);
  CHECK_FALSE(offers.binary_mime);  // RFC 3030 §3: only with CHUNKING
  CHECK(offers.priority);
  CHECK_FALSE(offers.dsn);
  const std::vector<std::string> wrong = {"SIZE x", "LIMITS RCPTMAX=1234567 MAILMAX=-1", "FUTURERELEASE 12345678901"};
  const Offers misread = parse_offers(wrong);
  CHECK(misread.size == 0);
  CHECK_FALSE(misread.recipients_max);
  CHECK_FALSE(misread.hold);
}

TEST_CASE("MAIL and RCPT carry the parameters whose extension is offered, and no others") {
  Envelope all = plain();
  all.returned = Return::Headers;
  all.id = "a b";
  all.by = DeliverBy{std::chrono::seconds(120), false, true};
  all.hold = std::chrono::seconds(60);
  all.priority = std::int8_t{-3};
  all.require_tls = true;
  all.auth = "";
  all.recipients[0].notify = {.never = false, .success = true, .failure = false, .delay = true};
  all.recipients[0].original = OriginalRecipient{"rfc822", "B+c@llevant.example"};
  const Transfer transfer = plan(
      all, "DSN;SIZE;DELIVERBY;FUTURERELEASE 60 2030-01-01T00:00:00Z;MT-PRIORITY;REQUIRETLS;AUTH PLAIN", content, true);
  REQUIRE_FALSE(transfer.refusal);
  CHECK(transfer.mail ==
        "FROM:<anna@alba.example> SIZE=21 REQUIRETLS AUTH=<> RET=HDRS ENVID=a+20b BY=120;NT HOLDFOR=60 MT-PRIORITY=-3");
  CHECK(transfer.recipients[0].argument ==
        "TO:<bruno@llevant.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;B+2Bc@llevant.example");
  CHECK(transfer.recipients[0].owes_report);  // a trace (RFC 2852 §4.1.4)
  all.hold = Instant{std::chrono::seconds(1'772'442'000)};
  CHECK(plan(all, "FUTURERELEASE 1 2030-01-01T00:00:00Z;REQUIRETLS", content, true)
            .mail.ends_with(" HOLDUNTIL=2026-03-02T09:00:00Z"));
  all.hold.reset();
  all.require_tls = false;
  const Transfer bare = plan(all, "");
  CHECK(bare.mail == "FROM:<anna@alba.example>");
  CHECK(bare.recipients[0].argument == "TO:<bruno@llevant.example>");
}

TEST_CASE("an original recipient beyond US-ASCII travels in a form that the server reads (RFC 6533 §3)") {
  Envelope envelope = plain();
  envelope.recipients[0].original = OriginalRecipient{"utf-8", "n\u00faria@llevant.example"};
  const auto argument = [&](std::string_view offers) { return plan(envelope, offers).recipients[0].argument; };
  CHECK(argument("DSN") == "TO:<bruno@llevant.example> ORCPT=utf-8;n\\x{FA}ria@llevant.example");
  CHECK(argument("DSN;SMTPUTF8;8BITMIME").ends_with("ORCPT=utf-8;n\\x{FA}ria@llevant.example"));  // not used
  envelope.reverse_path = "n\u00faria@alba.example";
  CHECK(argument("DSN;SMTPUTF8;8BITMIME").ends_with("ORCPT=utf-8;n\u00faria@llevant.example"));
}

TEST_CASE("who cannot be asked for a report leaves it to the client (RFC 3461 §5.2.2, RFC 2852 §4)") {
  Envelope asked = plain();
  CHECK_FALSE(plan(asked, "").recipients[0].owes_report);
  asked.recipients[0].notify.failure = true;
  CHECK_FALSE(plan(asked, "").recipients[0].owes_report);
  asked.recipients[0].notify.success = true;
  CHECK(plan(asked, "").recipients[0].owes_report);
  CHECK_FALSE(plan(asked, "DSN").recipients[0].owes_report);
  asked.by = DeliverBy{std::chrono::seconds(-60), false, false};
  CHECK_FALSE(plan(asked, "DSN").recipients[0].owes_report);  // the delay was reported when the time was over
  asked.by = DeliverBy{std::chrono::seconds(60), false, false};
  CHECK(plan(asked, "DSN").recipients[0].owes_report);
  // Who keeps no time is asked to tell of delays (§4.1.4.2).
  CHECK(plan(asked, "DSN").recipients[0].argument.ends_with(" NOTIFY=SUCCESS,FAILURE,DELAY"));
  CHECK(plan(asked, "DSN;DELIVERBY").recipients[0].argument.ends_with(" NOTIFY=SUCCESS,FAILURE"));
  asked.recipients[0].notify = {};
  CHECK(plan(asked, "DSN").recipients[0].argument.ends_with(" NOTIFY=FAILURE,DELAY"));
  CHECK(plan(asked, "DSN").recipients[0].owes_report);
  CHECK_FALSE(plan(asked, "DSN;DELIVERBY").recipients[0].owes_report);
  asked.by->trace = true;
  CHECK(plan(asked, "DSN;DELIVERBY").recipients[0].owes_report);
  asked.recipients[0].notify = {.never = true};
  CHECK_FALSE(plan(asked, "").recipients[0].owes_report);
  CHECK(plan(asked, "DSN").recipients[0].argument == "TO:<bruno@llevant.example> NOTIFY=NEVER");
}

TEST_CASE("a message larger than announced stays (RFC 1870 §6.1); no announced limit is none (§4)") {
  CHECK(refusal(plan(plain(), "SIZE 20")) == "552 5.3.4");
  CHECK_FALSE(plan(plain(), "SIZE 21").refusal);
  CHECK(plan(plain(), "SIZE 0").mail == "FROM:<anna@alba.example> SIZE=21");
}

TEST_CASE("8-bit content says so where it may (RFC 6152 §3), binary content goes in chunks (RFC 3030 §3)") {
  CHECK(plan(plain(), "8BITMIME", eight_bit).mail.ends_with(" BODY=8BITMIME"));
  CHECK(plan(plain(), "8BITMIME").mail == "FROM:<anna@alba.example>");
  const Transfer converted = plan(plain(), "SIZE",
                                  "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: 8bit\r\n\r\nCaf\xc3\xa9\r\n");
  REQUIRE_FALSE(converted.refusal);
  CHECK(converted.content.find("Content-Transfer-Encoding: quoted-printable\r\n") != std::string::npos);
  CHECK(converted.content.ends_with("Caf=C3=A9\r\n"));
  CHECK(converted.mail == "FROM:<anna@alba.example> SIZE=" + std::to_string(converted.content.size()));
  const std::string signed_part =
      "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n"
      "Caf\xc3\xa9\r\n--b--\r\n";
  CHECK(refusal(plan(plain(), "", signed_part)) == "554 5.6.3");
  Envelope binary = plain();
  binary.body = Body::BinaryMime;
  const std::string octets("Subject: x\r\n\r\n\0\n\r", 17);
  const Transfer chunks = plan(binary, "CHUNKING;BINARYMIME;SIZE", octets);
  CHECK(chunks.chunks);
  CHECK(chunks.content == octets);
  CHECK(chunks.mail.ends_with(" BODY=BINARYMIME SIZE=17"));
  CHECK_FALSE(plan(plain(), "CHUNKING").chunks);
}

TEST_CASE("what is not US-ASCII in addresses and header needs SMTPUTF8 (RFC 6531 §3.5)") {
  Envelope some = envelope("anna@alba.example", {"núria@llevant.example", "bruno@llevant.example"});
  const Transfer partly = plan(some, "");
  REQUIRE_FALSE(partly.refusal);
  REQUIRE(partly.recipients[0].refusal);
  CHECK(partly.recipients[0].refusal->code == 553);
  CHECK(partly.recipients[0].refusal->enhanced == "5.6.7");
  CHECK_FALSE(partly.recipients[1].refusal);
  CHECK(plan(some, "SMTPUTF8;8BITMIME").mail.ends_with(" SMTPUTF8"));
  CHECK_FALSE(plan(some, "SMTPUTF8;8BITMIME").recipients[0].refusal);
  some.reverse_path = "núria@alba.example";
  CHECK(refusal(plan(some, "8BITMIME")) == "550 5.6.7");
  const std::string header = "Subject: Això\r\n\r\nx\r\n";
  CHECK(refusal(plan(plain(), "8BITMIME", header)) == "554 5.6.9");
  CHECK(plan(plain(), "8BITMIME;SMTPUTF8", header).mail.ends_with(" BODY=8BITMIME SMTPUTF8"));
  CHECK(plan(plain(), "8BITMIME", "Subject: \xe9\r\n\r\nx\r\n").mail.ends_with(" BODY=8BITMIME"));
  CHECK(refusal(plan(envelope("\xe9@alba.example", {"b@b"}), "SMTPUTF8")) == "553 5.1.7");
}

TEST_CASE("what the sender insists on and the server does not do keeps the message back") {
  Envelope tls = plain();
  tls.require_tls = true;
  CHECK(refusal(plan(tls, "REQUIRETLS")) == "550 5.7.10");  // RFC 8689 §4.2.1
  CHECK(refusal(plan(tls, "", content, true)) == "550 5.7.30");
  tls.reverse_path.clear();
  CHECK_FALSE(plan(tls, "").refusal);
  CHECK(plan(tls, "REQUIRETLS", content, true).mail == "FROM:<> REQUIRETLS");  // §5: a report, where it can
  Envelope by = plain();
  by.by = DeliverBy{std::chrono::seconds(60), true, false};
  CHECK(refusal(plan(by, "")) == "550 5.3.3");
  CHECK(refusal(plan(by, "DELIVERBY 61")) == "550 5.3.3");
  CHECK(plan(by, "DELIVERBY 60").mail.ends_with(" BY=60;R"));
  by.by->time = std::chrono::seconds(0);
  CHECK(refusal(plan(by, "DELIVERBY")) == "554 5.4.7");
  by.by->returned = false;
  CHECK(plan(by, "DELIVERBY").mail.ends_with(" BY=0;N"));  // RFC 2852 §4: how late it is stays known
  Envelope hold = plain();
  hold.hold = std::chrono::seconds(60);
  CHECK(refusal(plan(hold, "")) == "550 5.3.3");
  CHECK(refusal(plan(hold, "FUTURERELEASE 59 2030-01-01T00:00:00Z")) == "550 5.3.3");
  hold.hold = Instant(std::chrono::seconds(1'772'442'000));
  CHECK(refusal(plan(hold, "")) == "550 5.3.3");
  CHECK(refusal(plan(hold, "FUTURERELEASE 59 2026-03-02T08:59:59Z")) == "550 5.3.3");
  CHECK_FALSE(plan(hold, "FUTURERELEASE 59 2026-03-02T09:00:00Z").refusal);  // RFC 4865 §4.1
}

TEST_CASE(
    "a domain beyond US-ASCII travels as A-labels where nothing else needs SMTPUTF8, or it is not offered (RFC 6531 "
    "§3.2)") {
  const Envelope some = envelope("anna@bücher.example", {"bruno@Càlid.example", "núria@bücher.example", "x@☃.example"});
  const Transfer old = plan(some, "SIZE");
  REQUIRE_FALSE(old.refusal);
  CHECK(old.mail.starts_with("FROM:<anna@xn--bcher-kva.example>"));
  CHECK(old.recipients[0].argument == "TO:<bruno@xn--clid-0na.example>");
  CHECK(old.recipients[1].refusal->enhanced == "5.6.7");  // what the local part means, its own server alone knows
  CHECK(old.recipients[2].refusal->enhanced == "5.6.7");  // no name of IDNA2008
  const Transfer modern = plan(some, "SMTPUTF8;8BITMIME");
  CHECK(modern.mail == "FROM:<anna@bücher.example> SMTPUTF8");  // U-labels where the message needs it (§3.7)
  CHECK(modern.recipients[0].argument == "TO:<bruno@Càlid.example>");
  const Transfer needless = plan(envelope("anna@bücher.example", {"bruno@Càlid.example"}), "SMTPUTF8;8BITMIME");
  CHECK(needless.mail == "FROM:<anna@xn--bcher-kva.example>");
  CHECK(needless.recipients[0].argument == "TO:<bruno@xn--clid-0na.example>");
}

TEST_CASE("a careless client lets bare line ends by, and every other mends them (RFC 5321 §2.3.8)") {
  const std::string smuggling = "Subject: x\r\n\r\nHello\n.\r\nMAIL FROM:<a@b>\r\n";
  CHECK(plan_transfer(plain(), smuggling, {}, false, {}).content ==
        "Subject: x\r\n\r\nHello\r\n.\r\nMAIL FROM:<a@b>\r\n");
  CHECK(plan_transfer(plain(), smuggling, {}, false, {Chunking::WhereNeeded, false}).content == smuggling);
}
