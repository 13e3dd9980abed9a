#include "protocols/message/report.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/message/part.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

constexpr Instant nine{std::chrono::seconds(1'772'442'000)};  // Mon, 02 Mar 2026 09:00:00 UTC
constexpr std::string_view original = "Subject: x\r\nFrom: anna@alba.example\r\n\r\nbody\r\n";

DeliveryStatus full_status() {
  DeliveryStatus status{
      "id+1", {"dns", "mx.llevant.example"}, Typed{"dns", "gate"}, Typed{"dns", "mail.alba.example"}, nine, {}};
  for (const ReportAction action : {ReportAction::Failed, ReportAction::Delayed, ReportAction::Delivered,
                                    ReportAction::Relayed, ReportAction::Expanded})
    status.recipients.push_back({"bruno@llevant.example", action, "5.1.1", Typed{"rfc822", "Bruno@llevant.example"},
                                 Typed{"dns", "mx2"}, Typed{"smtp", "550 5.1.1 No such user"}, "log 7", nine,
                                 nine + std::chrono::hours(3)});
  return status;
}

ReportCover cover() {
  return {"Mail Delivery System <mailer-daemon@mx>",
          "<anna@alba.example>",
          "Undelivered",
          "Sorry.\n",
          nine,
          "r1@mx",
          original,
          false};
}

std::vector<std::string> types_in(const std::string& report) {
  std::vector<std::string> types;
  for (const Part& part : parse_structure(report).root.children) types.push_back(part.type + '/' + part.subtype);
  return types;
}

}  // namespace

TEST_CASE("a report carries every field of RFC 3464 §2.2 and §2.3, in its order, once for each recipient") {
  DeliveryStatus status = full_status();
  status.recipients.resize(1);
  CHECK(build_report(status, cover()) ==
        "From: Mail Delivery System <mailer-daemon@mx>\r\nTo: <anna@alba.example>\r\nSubject: Undelivered\r\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <r1@mx>\r\nAuto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n"
        " boundary=\"report-r1.mx=_\"\r\n\r\n"
        "--report-r1.mx=_\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nSorry.\r\n\r\n"
        "--report-r1.mx=_\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Original-Envelope-Id: id+1\r\nReporting-MTA: dns; mx.llevant.example\r\nDSN-Gateway: dns; gate\r\n"
        "Received-From-MTA: dns; mail.alba.example\r\nArrival-Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\n"
        "Original-Recipient: rfc822; Bruno@llevant.example\r\nFinal-Recipient: rfc822; bruno@llevant.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx2\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user\r\n"
        "Last-Attempt-Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nFinal-Log-ID: log 7\r\n"
        "Will-Retry-Until: Mon, 02 Mar 2026 12:00:00 +0000\r\n\r\n"
        "--report-r1.mx=_\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nFrom: anna@alba.example\r\n\r\n\r\n"
        "--report-r1.mx=_--\r\n");
}

TEST_CASE("what a report says is read back as it was written, with all fields and with the fewest") {
  CHECK(parse_report(build_report(full_status(), cover())) == full_status());
  const DeliveryStatus least{
      "", {"dns", "mx"}, {}, {}, {}, {{"b@b", ReportAction::Failed, "5.0.0", {}, {}, {}, "", {}, {}}}};
  CHECK(parse_report(build_report(least, cover())) == least);
}

TEST_CASE(
    "a report tells until when a message was to be delivered, and how long it was held (RFC 2852 §5, RFC 4865 §5)") {
  DeliveryStatus status = full_status();
  status.deliver_by = nine + std::chrono::hours(2);
  status.future_release = "for;60";
  const std::string report = build_report(status, cover());
  CHECK(report.find("\r\nDeliver-By-Date: Mon, 02 Mar 2026 11:00:00 +0000\r\nFuture-Release-Request: for;60\r\n") !=
        std::string::npos);
  CHECK(parse_report(report) == status);
}

TEST_CASE("the whole message comes back where RET=FULL asks for it (RFC 3461 §4.3), else its header") {
  ReportCover whole = cover();
  whole.returns_content = true;
  CHECK(types_in(build_report(full_status(), whole)).back() == "message/rfc822");
  CHECK(build_report(full_status(), whole).find("\r\n\r\nbody\r\n") != std::string::npos);
  CHECK(types_in(build_report(full_status(), cover())).back() == "text/rfc822-headers");
  CHECK(build_report(full_status(), cover()).find("body\r\n") == std::string::npos);
}

TEST_CASE("addresses and headers in UTF-8 have their own types, and travel as 8-bit (RFC 6533 §4)") {
  DeliveryStatus status = full_status();
  status.recipients.resize(1);
  status.recipients[0].recipient = "núria@llevant.example";
  status.recipients[0].original = Typed{"utf-8", "núria@llevant.example"};
  ReportCover global = cover();
  global.original = "Subject: Això\r\n\r\nbody\r\n";
  const std::string report = build_report(status, global);
  CHECK(types_in(report) ==
        std::vector<std::string>{"text/plain", "message/global-delivery-status", "message/global-headers"});
  CHECK(report.find("Final-Recipient: utf-8; núria@llevant.example\r\n") != std::string::npos);
  CHECK(report.find("\r\nContent-Transfer-Encoding: 8bit\r\n") != std::string::npos);
  CHECK(parse_report(report) == status);
  global.returns_content = true;
  CHECK(types_in(build_report(status, global)).back() == "message/global");
  global.original = "Subject: \xe9\r\n\r\nbody\r\n";  // no UTF-8: an old message
  CHECK(types_in(build_report(status, global)).back() == "message/rfc822");
}

TEST_CASE("no value can begin another field, fill a line past report_value_octets_max, or be taken for the boundary") {
  DeliveryStatus status = full_status();
  status.recipients.resize(1);
  status.recipients[0].diagnostic = Typed{"smtp", "550 x\r\nAction: delivered\r\n\r\n--report-r1.mx=_--"};
  ReportCover hostile = cover();
  hostile.original = "Subject: --report-r1.mx=_\r\n\r\n--report-r1.mx=_--\r\n";
  hostile.returns_content = true;
  const std::string report = build_report(status, hostile);
  const auto read = parse_report(report);
  REQUIRE(read);
  CHECK(read->recipients.size() == 1);
  CHECK(read->recipients[0].action == ReportAction::Failed);
  CHECK(read->recipients[0].diagnostic->value == "550 x  Action: delivered    --report-r1.mx=_--");
  CHECK(types_in(report).size() == 3);
  status.recipients[0].diagnostic = Typed{"smtp", std::string(5'000, 'x')};
  CHECK(build_report(status, cover()).find(std::string(report_value_octets_max, 'x')) == std::string::npos);
}

TEST_CASE("what is no report is not read as one; broken groups are left out and endless ones end") {
  CHECK_FALSE(parse_report(""));
  CHECK_FALSE(parse_report(original));
  CHECK_FALSE(parse_report("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b--\r\n"));
  const auto report = [](std::string_view groups) {
    return parse_report(
        "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;mx\r\n\r\n" +
        std::string(groups) + "\r\n--b--\r\n");
  };
  const auto some = report(
      "Action: failed\r\n\r\nFinal-Recipient: RFC822;\r\n b@b\r\nAction: FAILED\r\n\r\n"
      "Final-Recipient: rfc822; c@c\r\nAction: vanished\r\n");
  REQUIRE(some);
  REQUIRE(some->recipients.size() == 1);
  CHECK(some->recipients[0].recipient == "b@b");
  std::string endless;
  for (std::size_t i = 0; i <= report_recipients_max; ++i) endless += "Final-Recipient: x;b\r\nAction: relayed\r\n\r\n";
  CHECK(report(endless)->recipients.size() == report_recipients_max);
}

TEST_CASE("a mutated report never breaks its reader, and what was read survives another round") {
  const std::string base = build_report(full_status(), cover());
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string bytes = base;
    for (auto changes = 1 + random() % 6; changes > 0; --changes)
      bytes.replace(random() % bytes.size(), random() % 4, 1, static_cast<char>(random()));
    CAPTURE(bytes);
    if (const auto read = parse_report(bytes))
      CHECK(parse_report(build_report(*read, cover()))->recipients.size() == read->recipients.size());
  }
}
