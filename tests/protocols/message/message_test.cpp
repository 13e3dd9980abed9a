#include "protocols/message/message.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/core/line_text.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/encoded_word.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

constexpr Instant nine{std::chrono::seconds(1'772'442'000)};

Draft draft() {
  return {{"Anna Puig", "anna@alba.example"},
          {{"", "bruno@llevant.example"}},
          "Hello",
          "Hi Bruno,\nsee you.\n",
          nine,
          "1@alba.example"};
}

std::vector<std::string_view> lines_of(std::string_view content) {
  std::vector<std::string_view> lines;
  while (!content.empty()) {
    const std::size_t end = content.find("\r\n");
    lines.push_back(content.substr(0, end));
    content.remove_prefix(std::min(content.size(), end == std::string_view::npos ? content.size() : end + 2));
  }
  return lines;
}

void check_form(const std::string& content) {
  CHECK(with_crlf(content) == content);  // no bare CR or LF
  for (const std::string_view line : lines_of(content)) {
    CHECK(line.size() <= 78);
    CHECK(std::ranges::all_of(line, [](char c) { return c > 0; }));
  }
  std::vector<std::string> names;
  for (const Field& field : header_fields(content)) names.push_back(field.name);
  CHECK(names == std::vector<std::string>{"Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type",
                                          "Content-Transfer-Encoding"});
}

}  // namespace

TEST_CASE("a plain message is written as RFC 5322 §3.6 and RFC 2045 say") {
  CHECK(build(draft()) ==
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n"
        "From: Anna Puig <anna@alba.example>\r\n"
        "To: bruno@llevant.example\r\n"
        "Subject: Hello\r\n"
        "Message-ID: <1@alba.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "Hi Bruno,\r\nsee you.\r\n");
}

TEST_CASE("dates are in UTC, with names in English (RFC 5322 §3.3)") {
  CHECK(date(nine) == "Mon, 02 Mar 2026 09:00:00 +0000");
  CHECK(date(Instant{}) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(date(Instant(std::chrono::microseconds(-1))) == "Wed, 31 Dec 1969 23:59:59 +0000");
  CHECK(date(Instant(std::chrono::seconds(1'709'251'199))) == "Thu, 29 Feb 2024 23:59:59 +0000");
}

TEST_CASE("other languages travel in encoded words and quoted-printable, and come back (RFC 2047, RFC 2045 §6.7)") {
  Draft letter = draft();
  letter.from.display_name = "Núria \"la\" Gómez, Dr.";
  letter.subject = "Reunió demà a les nou — porteu els papers, si us plau, que n'hi ha molts i pesen";
  letter.text = "Bon dia, això és una línia força llarga que passa de llarg dels setanta-vuit octets.\n.\nFi";
  const std::string content = build(letter);
  check_form(content);
  CHECK(decoded_field(content, "subject") == letter.subject);
  CHECK(decoded_field(content, "FROM") == letter.from.display_name + " <anna@alba.example>");
  CHECK(decoded_field(content, "Content-Type") == "text/plain; charset=utf-8");
  CHECK(quoted_printable_decode(split(content).body) == with_crlf(letter.text) + "\r\n");
  letter.subject = "Привет из Барселоны, как дела у вас там в Валенсии, дорогие друзья?";
  CHECK(build(letter).find("=?UTF-8?B?") != std::string::npos);
  CHECK(decoded_field(build(letter), "Subject") == letter.subject);
}

TEST_CASE("names with specials are quoted (RFC 5322 §3.2.4)") {
  Draft letter = draft();
  letter.from.display_name = "Puig, Anna \"x\\y\"";
  CHECK(decoded_field(build(letter), "From") == "\"Puig, Anna \\\"x\\\\y\\\"\" <anna@alba.example>");
}

TEST_CASE("no field of a draft can begin another: CR and LF become spaces") {
  for (const std::string& evil : std::vector<std::string>{"a\r\nBcc: x@y", "a\nBcc: x@y", "a\rBcc: x@y", "\r\n\r\nbody",
                                                          "a\r\n b", std::string("a\0b", 3)}) {
    Draft letter = draft();
    letter.subject = letter.from.display_name = evil;
    letter.to = {{evil, "b@b" + evil}};
    letter.from.address += evil;
    letter.message_id += evil;
    const std::string content = build(letter);
    check_form(content);
    CHECK(split(content).body == "Hi Bruno,\r\nsee you.\r\n");
  }
}

TEST_CASE("long headers are folded at 78 and unfold to what they were (RFC 5322 §2.2.3, §2.1.1)") {
  Draft letter = draft();
  letter.subject.clear();
  while (letter.subject.size() < 400) letter.subject += "word" + std::to_string(letter.subject.size()) + "  ";
  letter.subject += "end";
  for (int i = 0; i < 20; ++i) letter.to.push_back({"Someone Else", "someone" + std::to_string(i) + "@else.example"});
  check_form(build(letter));
  CHECK(decoded_field(build(letter), "Subject") == letter.subject);
  letter.subject = std::string(500, 'x');
  check_form(build(letter));
  CHECK(decoded_field(build(letter), "Subject") == letter.subject);
}

TEST_CASE("any subject and name come back as they went, in lines of at most 78") {
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::string_view pieces[] = {"a",    "Z",  " ",  "  ", "=?", "?=",           "_", "é", "€", "😀", "ж",
                                     "word", "\"", "\\", ",",  "(",  "=?UTF-8?Q?a?="};
  for (int round = 0; round < 500; ++round) {
    Draft letter = draft();
    letter.subject = "s";
    for (auto count = random() % 60; count > 0; --count) letter.subject += pieces[random() % std::size(pieces)];
    letter.subject += "e";
    CAPTURE(letter.subject);
    check_form(build(letter));
    CHECK(decoded_field(build(letter), "Subject") == letter.subject);
    letter.text = letter.subject;
    letter.subject = " ";
    check_form(build(letter));
  }
}

TEST_CASE("encoded words are decoded as the examples of RFC 2047 §8 show") {
  CHECK(decode_words("=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>") ==
        "André Pirard <PIRARD@vm1.ulg.ac.be>");
  CHECK(decode_words("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>") == "Keith Moore <moore@cs.utk.edu>");
  CHECK(decode_words("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=") == "If you can read this yo");
  CHECK(decode_words("(=?ISO-8859-1?Q?a?=)") == "(a)");
  CHECK(decode_words("(=?ISO-8859-1?Q?a?= b)") == "(a b)");
  CHECK(decode_words("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)") == "(ab)");
  CHECK(decode_words("(=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?=)") == "(ab)");
  CHECK(decode_words("(=?ISO-8859-1?Q?a_b?=)") == "(a b)");
  CHECK(decode_words("=?utf-8*en?q?=c3=a9?=") == "é");
  CHECK(decode_words("=?KOI8-R?B?8NLJ18XU?=") == "Привет");
  CHECK(decode_words("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=") == "日本");
}

TEST_CASE("what is no encoded word stays as it is, and no decoding makes control characters or broken UTF-8") {
  for (const std::string_view plain :
       {"=?UTF-8?X?a?=", "=??Q?a?=", "=?UTF-8?Q?a", "=?UTF-8?Q?", "=?", "a?=", "=?a b?Q?x?=", "  a  b "})
    CHECK(decode_words(plain) == plain);
  CHECK(decode_words("=?UTF-8?Q?a=0D=0ABcc:=00?=") == "a  Bcc: ");
  CHECK(decode_words("=?UTF-8?Q?=C3?=") == "\xef\xbf\xbd");
  CHECK(decode_words("=?UTF-8?Q?=C3?= =?UTF-8?Q?=A9?=") == "é");
  CHECK(decode_words("\xff") == "ÿ");  // windows-1252, where nobody says what it is
}

TEST_CASE("encoded words are read as programs really write them") {
  const std::string exam = "Prüfung";
  for (const std::string_view text :
       {"=?UTF-8?Q?Pr=C3=BC?==?UTF-8?Q?fung?=", "=?UTF-8?B?UHLD?= =?UTF-8?B?vGZ1bmc=?=", "=?\"utf-8\"?Q?Pr=C3=BCfung?=",
        "=?UTF-8?B?UHLDvGZ1bmc?=", "=?cp-1252?Q?Pr=FCfung?=", "=?latin-1?Q?Pr=FCfung?=", "=?utf-8?b?UHLDvGZ1bmc=?=",
        "=?utf-7?Q?Pr+APw-fung?=", "=?unicode-1-1-utf-7?Q?Pr+APw-fung?=", "=?UTF-8?Q?Pr=C3=BC?=  =?iso8859-1?Q?fung?=",
        "Pr\xfc=?UTF-8?Q?fung?=", "Prü=?UTF-8?Q?fung?="})
    CHECK(decode_words(text) == exam);
  CHECK(decode_words("Re:=?UTF-8?Q?Pr=C3=BCfung?=. [=?UTF-8?Q?Pr=C3=BCfung heute?=] x") ==
        "Re:Prüfung. [Prüfung heute] x");
  CHECK(decode_words("=?gb2312?B?1tDO?= =?gb2312?B?xA==?=") == "中文");
  CHECK(decode_words("=?iso-2022-jp?B?GyRCRnxLXA==?= =?iso-2022-jp?B?OGwbKEI=?=") == "日本語");
  CHECK(decode_words("=?x-unknown?Q?Pr=C3=BCfung?=") == "Prüfung");  // best effort (RFC 2047 §6.2)
  CHECK(decode_words("=?UTF-8?Q?=G0?= =?UTF-8?B?*Zg?=") == "=G0f");
}

TEST_CASE("a header is read leniently and never fails (RFC 5322 §2.2, §4.5; RFC 7103 §7.2)") {
  const std::string content =
      "From : a\r\n\tb\r\nnonsense\r\n continued\r\n: none\r\nSubject:\r\n x\r\nA b: no\r\nX:1\r\n\r\nBody: no\r\n";
  std::string seen;
  for (const Field& field : header_fields(content)) seen += field.name + "=" + field.body + ";";
  CHECK(seen == "From=a\tb nonsense continued : none;Subject=x A b: no;X=1;");
  CHECK(decoded_field("nonsense\r\nFrom: a\tb", "FROM") == "a b");
  CHECK_FALSE(decoded_field(content, "Body"));
  CHECK(header_fields("").empty());
  CHECK(header_fields("\r\nA: b\r\n").empty());
  CHECK(header_fields(" folded\r\nA: b").size() == 1);
}

TEST_CASE("a message splits at its first empty line") {
  CHECK(split("A: b\r\n\r\nbody\r\n\r\n").header == "A: b\r\n\r\n");
  CHECK(split("A: b\r\n\r\nbody\r\n\r\n").body == "body\r\n\r\n");
  CHECK(split("\r\nbody").header == "\r\n");
  CHECK(split("\r\nbody").body == "body");
  CHECK(split("A: b\r\n").header == "A: b\r\n");
  CHECK(split("A: b\r\n").body.empty());
}

TEST_CASE("UTF-8 is repaired as RFC 3629 §4 defines it") {
  const std::string_view good = "aé€😀\xf4\x8f\xbf\xbf\xed\x9f\xbf";
  CHECK(utf8_repaired(good) == good);
  for (const std::string_view bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                                     "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xff"})
    CHECK(utf8_length(bad) == 0);
  CHECK(utf8_repaired("a\xe2\x82z") == "a\xef\xbf\xbd\xef\xbf\xbdz");
  CHECK(utf8_from_windows_1252("a\xe9\xff\x80\x81") == "aéÿ€\u0081");
  CHECK(utf8_guessed("Pr\xfc") == "Prü");
  CHECK(utf8_guessed("Prü") == "Prü");
  CHECK(utf8_guessed("ü\xfc") == "ü\ufffd");
}
