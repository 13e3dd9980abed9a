#include "protocols/message/disposition.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/message/draft.hpp"
#include "protocols/message/part.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

constexpr Instant nine{std::chrono::seconds(1'772'442'000)};  // Mon, 02 Mar 2026 09:00:00 UTC
constexpr std::string_view original =
    "Return-Path: <anna@alba.example>\r\nDisposition-Notification-To: Anna <anna@alba.example>\r\n"
    "Message-ID: <m1@alba.example>\r\nSubject: Lunch?\r\n\r\nbody\r\n";

DispositionStatus full_status() {
  return {"Mailscope; 1",
          Typed{"rfc822", "Bruno@llevant.example"},
          "bruno@llevant.example",
          "m1@alba.example",
          {},
          false,
          true};
}

ReportCover cover() {
  return {"bruno@llevant.example",
          "anna@alba.example",
          "Read: Lunch?",
          "Shown.\n",
          nine,
          "r1@llevant.example",
          original,
          false};
}

std::string edited(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  INFO(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// `fields` stand before those of a message that asks for a notification.
std::optional<DispositionRequest> request_with(std::string_view return_path, std::string_view wanted,
                                               std::string_view fields = "") {
  std::string content(fields);
  if (!return_path.empty()) content.append("Return-Path: ").append(return_path).append("\r\n");
  content.append("Disposition-Notification-To: ").append(wanted);
  return disposition_request(content + "\r\nMessage-ID: <m1@alba.example>\r\n\r\nbody\r\n");
}

}  // namespace

TEST_CASE("a notification carries the fields of RFC 8098 §3.1 in their order, and asks for none itself (§3)") {
  const std::string report = build_disposition(full_status(), cover());
  CHECK(report ==
        "From: bruno@llevant.example\r\nTo: anna@alba.example\r\nSubject: Read: Lunch?\r\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <r1@llevant.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=disposition-notification;\r\n"
        " boundary=\"report-r1.llevant.example=_\"\r\n\r\n"
        "--report-r1.llevant.example=_\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nShown.\r\n\r\n"
        "--report-r1.llevant.example=_\r\nContent-Type: message/disposition-notification\r\n\r\n"
        "Reporting-UA: Mailscope; 1\r\nOriginal-Recipient: rfc822; Bruno@llevant.example\r\n"
        "Final-Recipient: rfc822; bruno@llevant.example\r\nOriginal-Message-ID: <m1@alba.example>\r\n"
        "Disposition: manual-action/MDN-sent-automatically; displayed\r\n\r\n"
        "--report-r1.llevant.example=_\r\nContent-Type: text/rfc822-headers\r\n\r\n" +
            std::string(original.substr(0, original.find("body"))) + "\r\n--report-r1.llevant.example=_--\r\n");
  CHECK_FALSE(disposition_request(report));
}

TEST_CASE("what a notification says is read back as it was written, with all fields and with the fewest") {
  CHECK(parse_disposition_status(build_disposition(full_status(), cover())) == full_status());
  DispositionStatus least;
  least.recipient = "b@b";
  for (const DispositionType type : {DispositionType::Displayed, DispositionType::Deleted, DispositionType::Dispatched,
                                     DispositionType::Processed}) {
    least.type = type;
    least.automatic_action = !least.automatic_action;
    CHECK(parse_disposition_status(build_disposition(least, cover())) == least);
  }
  DispositionStatus global = full_status();
  global.recipient = "josé@llevant.example";
  const std::string report = build_disposition(global, cover());
  CHECK(report.find("report-type=global-disposition-notification") != std::string::npos);  // RFC 6533 §5
  CHECK(report.find("Final-Recipient: utf-8; josé@llevant.example") != std::string::npos);
  CHECK(parse_disposition_status(report) == global);
}

TEST_CASE("a Disposition is read in any case, with comments, white space and modifiers (RFC 8098 §3.2.6)") {
  const std::string report = build_disposition(full_status(), cover());
  const auto disposition = [&](std::string_view value) {
    return parse_disposition_status(edited(report, "manual-action/MDN-sent-automatically; displayed", value));
  };
  CHECK(disposition("MANUAL-Action (by hand) / mdn-SENT-automatically ; Displayed/error, odd") == full_status());
  CHECK(disposition("automatic-action/MDN-sent-manually; deleted")->type == DispositionType::Deleted);
  CHECK_FALSE(disposition("manual-action; displayed"));
  CHECK_FALSE(disposition("manual-action/MDN-sent-manually; read"));
  CHECK_FALSE(disposition(""));
  CHECK_FALSE(parse_disposition_status(edited(report, "Final-Recipient: rfc822;", "Final-Recipient:")));
  CHECK_FALSE(parse_disposition_status(original));
  CHECK_FALSE(parse_report(report));
}

TEST_CASE("who asks is told automatically only at the address of Return-Path, and only there (RFC 8098 §2.1)") {
  const auto request = disposition_request(original);
  REQUIRE(request);
  CHECK(request->to == std::vector<std::string>{"anna@alba.example"});
  CHECK(request->subject == "Lunch?");
  CHECK(request->message_id == "m1@alba.example");
  CHECK_FALSE(request->original);
  CHECK(request->may_be_automatic);
  CHECK(request_with("<anna@alba.example>", "\"anna\"@ALBA.example")->may_be_automatic);
  CHECK(request_with("<anna@alba.example>", "anna@alba.example, Anna <anna@alba.example>")->may_be_automatic);
  CHECK_FALSE(request_with("<anna@alba.example>", "Anna@alba.example")->may_be_automatic);
  CHECK_FALSE(request_with("", "anna@alba.example")->may_be_automatic);
  const auto two = request_with("<anna@alba.example>", "anna@alba.example, eva@alba.example");
  CHECK_FALSE(two->may_be_automatic);
  CHECK(two->to == std::vector<std::string>{"anna@alba.example", "eva@alba.example"});
  CHECK(request_with("<a@a>", "a@a", "Original-Recipient: rfc822; Bruno@x\r\n")->original ==
        Typed{"rfc822", "Bruno@x"});
}

TEST_CASE("some requests may never be granted: of reports, twice, to a crowd, with unknown options (RFC 8098 §2)") {
  CHECK_FALSE(disposition_request("Subject: x\r\n\r\nDisposition-Notification-To: anna@alba.example\r\n"));
  CHECK_FALSE(request_with("<>", "anna@alba.example"));
  CHECK_FALSE(request_with("<a@a>", "not an address"));
  CHECK_FALSE(request_with("<a@a>", "a@a", "Disposition-Notification-To: a@a\r\n"));
  CHECK_FALSE(request_with("<a@a>", "a@a", "Disposition-Notification-Options: x=optional,1; y = Required,2\r\n"));
  CHECK(request_with("<a@a>", "a@a", "Disposition-Notification-Options: x=optional,required\r\n"));
  const std::string report = build_disposition(full_status(), cover());
  CHECK_FALSE(disposition_request("Disposition-Notification-To: anna@alba.example\r\n" + report));
  std::string crowd = "p0@a";
  for (std::size_t i = 1; i < disposition_addresses_max; ++i) crowd += ", p" + std::to_string(i) + "@a";
  CHECK(request_with("<p0@a>", crowd)->to.size() == disposition_addresses_max);
  CHECK_FALSE(request_with("<p0@a>", crowd + ", one.more@a"));
}

TEST_CASE("a draft asks for a notification, and only then has the field (RFC 8098 §2.1)") {
  Draft draft{{"Anna", "anna@alba.example"}, {{"", "bruno@llevant.example"}}, "Lunch?", "At one?\n", nine, "m1@alba"};
  CHECK_FALSE(disposition_request(build(draft)));
  draft.receipt_to = {draft.from};
  CHECK(disposition_request(build(draft))->to == std::vector<std::string>{"anna@alba.example"});
}

TEST_CASE("mutated notifications and requests are read without harm") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::string whole = std::string(original) + build_disposition(full_status(), cover());
  for (int round = 0; round < 500; ++round) {
    std::string text = round % 2 == 0 ? std::string(original) : build_disposition(full_status(), cover());
    for (int i = 0; i < 6; ++i) text[random() % text.size()] = whole[random() % whole.size()];
    if (const auto request = disposition_request(text)) CHECK_FALSE(request->to.empty());
    if (const auto status = parse_disposition_status(text)) {
      const auto again = parse_disposition_status(build_disposition(*status, cover()));
      REQUIRE(again);
      CHECK(again->type == status->type);
    }
  }
}
