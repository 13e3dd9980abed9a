#include "protocols/smtp/submission.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/core/internet_date.hpp"
#include "protocols/smtp/header_scan.hpp"
#include "tests/protocols/smtp/drive.hpp"

using namespace mailscope;
using namespace mailscope::smtp;
using smtp::test::start;

TEST_CASE("fields are counted in the header alone, without regard to case (RFC 5322 §2.2, §4.5)") {
  const std::string_view content =
      "Received: a\r\nRECEIVED : b\r\n Received: folded\r\nReceivedBy: c\r\n\r\nReceived: body\r\n";
  CHECK(count_fields(content, "Received") == 2);
  CHECK(count_fields("Received: no line end", "received") == 1);
  CHECK(count_fields("\r\nReceived: body\r\n", "Received") == 0);
  CHECK(count_fields("", "Received") == 0);
  CHECK(first_line_of("To: x\r\nfrom : \t anna@alba.example \r\n folded\r\nFrom: second\r\n", "From") ==
        "anna@alba.example");
  CHECK(first_line_of("To: x\r\n\r\nFrom: body\r\n", "From").empty());
}

TEST_CASE("content begins with a field where a name of visible characters stands before a colon (RFC 5322 §2.2)") {
  CHECK(begins_with_field("Subject: x\r\n"));
  CHECK(begins_with_field("X-1!:"));
  CHECK_FALSE(begins_with_field("Hello there\r\nSubject: x\r\n"));
  CHECK_FALSE(begins_with_field("Dear Anna: hello\r\n"));
  CHECK_FALSE(begins_with_field(": x\r\n"));
  CHECK_FALSE(begins_with_field("\r\nSubject: x\r\n"));
  CHECK_FALSE(begins_with_field(""));
}

TEST_CASE("submission adds Date, Message-ID and From where they are missing, Sender where wanted (RFC 6409 §8)") {
  const Completion completion{start, "anna@alba.example", "1@alba.example", false};
  Completion with_sender = completion;
  with_sender.adds_sender = true;
  Completion from_nobody = with_sender;
  from_nobody.reverse_path = "";
  const std::string date = "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n", id = "Message-ID: <1@alba.example>\r\n",
                    from = "From: <anna@alba.example>\r\n", whole = "Date: x\r\nMESSAGE-ID: y\r\nFrom: ";
  CHECK(missing_fields("Subject: x\r\n\r\n", completion) == date + id + from);
  CHECK(missing_fields("\r\nbody\r\n", completion) == date + id + from);
  CHECK(missing_fields("only a body\r\n", completion) == date + id + from + "\r\n");
  CHECK(missing_fields(whole + "z@z.example\r\n\r\n", completion).empty());
  CHECK(missing_fields(whole + "z@z.example\r\n\r\n", with_sender) == "Sender: <anna@alba.example>\r\n");
  CHECK(missing_fields(whole + "Anna <anna@alba.example>\r\n\r\n", with_sender).empty());
  CHECK(missing_fields(whole + "z@z.example\r\nSender: s\r\n\r\n", with_sender).empty());
  CHECK(missing_fields("Subject: x\r\n\r\n", from_nobody) == date + id);
}

TEST_CASE("submission wants every domain in the fields with addresses fully qualified (RFC 6409 §4.2)") {
  CHECK(unqualified_field("From: Anna <anna@alba.example>\r\nTo: b@[192.0.2.1], Joe\r\n\r\nTo: b@b\r\n").empty());
  CHECK(unqualified_field("Subject: b@b\r\nMessage-ID: <x@y>\r\n\r\n").empty());
  CHECK(unqualified_field("To: friends: a@a.example, b@sales;\r\n\r\n") == "To");
  CHECK(unqualified_field("FROM: a@a.example\r\nresent-cc: x@x.example,\r\n y@y\r\n\r\n") == "resent-cc");
  CHECK(unqualified_field("").empty());
  // A domain of one label that is delivered here needs no other to be found (RFC 5321 §2.3.5).
  const std::vector<std::string> local{"localhost"};
  CHECK(unqualified_field("From: anna@LocalHost\r\n\r\n", local).empty());
  CHECK(unqualified_field("From: anna@other\r\n\r\n", local) == "From");
  ServerConfig config;
  config.hostname = "mail.alba.example";
  config.submission = true;
  const auto answer = [&](const std::string& to) {
    const std::string commands =
        "EHLO a\r\nAUTH PLAIN AGFubmEAc2VjcmV0\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n"
        "DATA\r\nTo: " +
        to + "\r\n\r\n.\r\n";
    return smtp::test::run([&] { return Server(config); }, commands).steps.back().text;
  };
  CHECK(answer("b@b.example") == "250 2.0.0 Taken");
  CHECK(answer("b@sales") == "554 5.6.0 A domain in the field To is not fully qualified");
  config.submission = false;
  CHECK(
      smtp::test::run([&] { return Server(config); },
                      "EHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\nTo: b@sales\r\n\r\n.\r\n")
          .steps.back()
          .text == "250 2.0.0 Taken");
}

TEST_CASE("an Internet date is read with its offset, and written in UTC (RFC 3339 §5.6)") {
  CHECK(internet_date(start) == "2026-03-02T09:00:00Z");
  CHECK(parse_internet_date("2026-03-02T09:00:00Z") == start);
  CHECK(parse_internet_date("2026-03-02t09:00:00.25z") == start);
  CHECK(parse_internet_date("2026-03-02T10:30:00+01:30") == start);
  CHECK(parse_internet_date("2026-03-01T23:00:00-10:00") == start);
  CHECK(parse_internet_date("2024-02-29T00:00:00Z").has_value());
  for (const std::string_view far : {"0000-01-01T00:00:00Z", "0777-06-05T04:03:02Z", "9999-12-31T23:59:59Z"})
    CHECK(internet_date(parse_internet_date(far).value()) == far);
  CHECK_FALSE(parse_internet_date("0000-01-01T00:00:00+01:00"));
  CHECK_FALSE(parse_internet_date("9999-12-31T23:59:59-01:00"));
  CHECK(internet_date(parse_internet_date("9999-12-31T23:59:59Z").value() + std::chrono::hours(1)) ==
        "9999-12-31T23:59:59Z");
  CHECK(internet_date(parse_internet_date("0000-01-01T00:00:00Z").value() - std::chrono::hours(1)) ==
        "0000-01-01T00:00:00Z");
  for (const char* wrong :
       {"", "2026-03-02", "2026-02-29T09:00:00Z", "2026-13-01T09:00:00Z", "2026-03-02 09:00:00Z",
        "2026-03-02T24:00:00Z", "2026-03-02T09:60:00Z", "2026-03-02T09:00:61Z", "2026-03-02T09:00:00",
        "2026-03-02T09:00:00.Z", "2026-03-02T09:00:00+1:00", "2026-03-02T09:00:00Zx", "26-03-02T09:00:00Z"}) {
    INFO(wrong);
    CHECK_FALSE(parse_internet_date(wrong));
  }
}
