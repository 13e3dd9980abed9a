// What FETCH says of messages: envelope, structure, sections, as transcripts.
#include "protocols/imap/data/fetch.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/imap/data/body_structure.hpp"
#include "protocols/imap/data/envelope.hpp"
#include "tests/protocols/imap/server/fetch_grammar.hpp"
#include "tests/protocols/imap/server/session.hpp"
#include "tests/protocols/message/corpus.hpp"

using namespace mailscope;
using test::Session;
using test::start;

namespace {

/// The response to `items` about a mailbox whose one message is `content`, whole and byte by byte alike, without
/// "* 1 FETCH (" and ")"; or the tagged response where there is no other.
std::string fetch(const std::string& content, const std::string& items) {
  std::string said[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    account.inbox().append(start, content);
    Session session(account);
    session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
    said[chunk] = session.say("a FETCH 1 " + items + "\r\n", chunk);
  }
  CHECK(said[0] == said[1]);
  const std::string_view begin = "* 1 FETCH (", end = ")\r\na OK FETCH completed\r\n";
  if (!said[0].starts_with(begin)) return said[0];
  REQUIRE(said[0].ends_with(end));
  return said[0].substr(begin.size(), said[0].size() - begin.size() - end.size());
}

std::string envelope_of(const std::string& header) { return fetch(header + "\r\n", "ENVELOPE"); }
std::string structure_of(const std::string& content) { return fetch(content, "BODYSTRUCTURE"); }

std::string literal(const std::string& octets) { return "{" + std::to_string(octets.size()) + "}\r\n" + octets; }

/// A body of so many lines and octets, as the RFC's examples have.
std::string text_of(std::size_t octets, std::size_t lines) {
  std::string text;
  for (std::size_t line = 1; line < lines; ++line) text += "line\r\n";
  return text + std::string(octets - text.size() - 2, 'x') + "\r\n";
}

const std::string minutes_header =
    "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
    "From: Terry Gray <gray@cac.washington.edu>\r\n"
    "Subject: IMAP4rev1 WG mtg summary and minutes\r\n"
    "To: imap@cac.washington.edu\r\n"
    "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
    "Message-Id: <B27397-0100000@cac.washington.edu>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n"
    "\r\n";

/// The tree of the example in RFC 3501 §6.4.5.
const std::string nested =
    "From: outer@alba.example\r\n"
    "Content-Type: multipart/mixed; boundary=one\r\n\r\n"
    "--one\r\n\r\npart 1\r\n"
    "--one\r\nContent-Type: application/octet-stream\r\n\r\npart 2\r\n"
    "--one\r\nContent-Type: message/rfc822\r\n\r\n"
    "From: third@alba.example\r\nContent-Type: multipart/mixed; boundary=two\r\n\r\n"
    "--two\r\n\r\npart 3.1\r\n"
    "--two\r\nContent-Type: application/octet-stream\r\n\r\npart 3.2\r\n--two--\r\n"
    "--one\r\nContent-Type: multipart/mixed; boundary=three\r\n\r\n"
    "--three\r\nContent-Type: image/gif\r\nContent-ID: <gif@alba.example>\r\n\r\npart 4.1\r\n"
    "--three\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: deep\r\nFrom: deep@alba.example\r\nContent-Type: multipart/mixed; boundary=four\r\n\r\n"
    "--four\r\n\r\npart 4.2.1\r\n"
    "--four\r\nContent-Type: multipart/alternative; boundary=five\r\n\r\n"
    "--five\r\n\r\npart 4.2.2.1\r\n"
    "--five\r\nContent-Type: text/richtext\r\n\r\npart 4.2.2.2\r\n--five--\r\n--four--\r\n"
    "--three--\r\n"
    "--one--\r\n";

}  // namespace

TEST_CASE("IMAP: the sample connection's FULL is what RFC 3501 §8 shows") {
  CHECK(fetch(minutes_header + text_of(3028, 92), "full") ==
        "FLAGS (\\Recent) INTERNALDATE \" 2-Mar-2026 09:00:00 +0000\" RFC822.SIZE 3370 "
        "ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) "
        "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
        "\"<B27397-0100000@cac.washington.edu>\") "
        "BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92)");
  CHECK(fetch(minutes_header + "x", "body[header]") ==
        "BODY[HEADER] {342}\r\n" + minutes_header + " FLAGS (\\Recent \\Seen)");
  CHECK(fetch("\r\nx", "ALL") ==
        "FLAGS (\\Recent) INTERNALDATE \" 2-Mar-2026 09:00:00 +0000\" RFC822.SIZE 3 "
        "ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

TEST_CASE("IMAP: a text with a base64 attachment has the structure that RFC 3501 §7.4.2 shows") {
  std::string diff = "Y2M\r\n";
  while (diff.size() < 4554 - 74) diff.insert(0, "YmFz\r\n");
  const std::string content =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=US-ASCII\r\n\r\n" +
      text_of(1152, 23) +
      "\r\n--b\r\nContent-Type: text/plain; charset=US-ASCII;\r\n name=\"cc.diff\"\r\n"
      "Content-ID: <960723163407.20117h@cac.washington.edu>\r\n"
      "Content-Description: Compiler diff\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      text_of(4554, 73) + "\r\n--b--\r\n";
  CHECK(fetch(content, "BODY") ==
        "BODY ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23)"
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\" \"NAME\" \"cc.diff\") "
        "\"<960723163407.20117h@cac.washington.edu>\" "
        "\"Compiler diff\" \"BASE64\" 4554 73) \"MIXED\")");
}

TEST_CASE("IMAP: BODYSTRUCTURE adds MD5, disposition, language and location (RFC 3501 §7.4.2)") {
  CHECK(structure_of("Content-Type: multipart/mixed; boundary=\"b\\\"\"\r\nContent-Language: en, ca\r\n\r\n"
                     "--b\"\r\nContent-Type: image/png; name*=utf-8'ca'n%C3%BAria.png\r\nContent-MD5: "
                     "Q2hlY2sgSW50ZWdyaXR5IQ==\r\nContent-Disposition: attachment; size=3;\r\n filename*0=\"nu\"; "
                     "filename*1=\"ria.png\"\r\nContent-Location: http://alba.example/a\r\n"
                     "Content-Transfer-Encoding: Binary\r\n\r\nabc\r\n--b\"--\r\n") ==
        "BODYSTRUCTURE ((\"IMAGE\" \"PNG\" (\"NAME*\" \"utf-8'ca'n%C3%BAria.png\") NIL NIL \"BINARY\" 3 "
        "\"Q2hlY2sgSW50ZWdyaXR5IQ==\" (\"ATTACHMENT\" (\"SIZE\" \"3\" \"FILENAME\" \"nuria.png\")) NIL "
        "\"http://alba.example/a\") \"MIXED\" (\"BOUNDARY\" \"b\\\"\") NIL (\"en\" \"ca\") NIL)");
  CHECK(structure_of("\r\none\r\ntwo") ==
        "BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\") NIL NIL \"7BIT\" 8 1 NIL NIL NIL NIL)");
  CHECK(structure_of("Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nx\r\n") ==
        "BODYSTRUCTURE (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 18 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) "
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\") NIL NIL \"7BIT\" 3 1 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)");
  // Clients of IMAP4rev1 know no envelope in a message/global (§9, media-message).
  CHECK(structure_of("Content-Type: message/global\r\n\r\nSubject: in\r\n\r\nx\r\n") ==
        "BODYSTRUCTURE (\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 18 NIL NIL NIL NIL)");
}

TEST_CASE("IMAP: ENVELOPE has groups, routes, NIL and empty strings where RFC 3501 §7.4.2 wants them") {
  CHECK(envelope_of("To: Friends: anna@alba.example, \"B\" <b@llevant.example>;, nobody:;\r\n") ==
        "ENVELOPE (NIL NIL NIL NIL NIL ((NIL NIL \"Friends\" NIL)(NIL NIL \"anna\" \"alba.example\")"
        "(\"B\" NIL \"b\" \"llevant.example\")(NIL NIL NIL NIL)(NIL NIL \"nobody\" NIL)(NIL NIL NIL NIL)) "
        "NIL NIL NIL NIL)");
  CHECK(envelope_of("Cc: <@one.example,@two.example:c@three.example>, dan@[192.0.2.1]\r\nBcc: Joe\r\n") ==
        "ENVELOPE (NIL NIL NIL NIL NIL NIL ((NIL \"@one.example,@two.example\" \"c\" \"three.example\")"
        "(NIL NIL \"dan\" \"[192.0.2.1]\")) ((NIL NIL \"Joe\" \"\")) NIL NIL)");
  CHECK(envelope_of("Date:\r\nSubject: \r\nIn-Reply-To:\r\nMessage-ID:\r\nFrom:\r\nTo: \r\n") ==
        "ENVELOPE (\"\" \"\" NIL NIL NIL NIL NIL NIL \"\" \"\")");
  CHECK(envelope_of("From: a@b\r\nSender:\r\nReply-To: c@d\r\nIn-Reply-To: <1@x>\r\n <2@x>\r\n") ==
        "ENVELOPE (NIL NIL ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"c\" \"d\")) NIL NIL NIL "
        "\"<1@x> <2@x>\" NIL)");
}

TEST_CASE("IMAP: strings are quoted, or literals where 8 bits or NUL forbid it (RFC 3501 §4.3, §9)") {
  CHECK(envelope_of("Subject: a \"b\" \\c\r\n folded\r\nFrom: \"N\\\"\" <n@x>\r\n")
            .starts_with("ENVELOPE (NIL \"a \\\"b\\\" \\\\c folded\" ((\"N\\\"\" NIL \"n\" \"x\")) "));
  CHECK(envelope_of(std::string("Subject: a\0b\r\n", 14))
            .starts_with("ENVELOPE (NIL {3}\r\na\x80"
                         "b NIL"));
  CHECK(envelope_of("Subject: a\rb\r\n").starts_with("ENVELOPE (NIL {3}\r\na\rb NIL"));
  CHECK(envelope_of("Subject: =?UTF-8?Q?N=C3=BAria?=\r\n").starts_with("ENVELOPE (NIL \"=?UTF-8?Q?N=C3=BAria?=\" NIL"));
  CHECK(envelope_of("Subject: NIL\r\n").starts_with("ENVELOPE (NIL \"NIL\" NIL"));
}

TEST_CASE("IMAP: part numbers reach every part of the example's tree (RFC 3501 §6.4.5)") {
  const auto part = [](const std::string& section) {
    const std::string said = fetch(nested, "BODY.PEEK[" + section + "]");
    const std::string begin = "BODY[" + section + "] ";
    REQUIRE(said.starts_with(begin));
    return said.substr(begin.size());
  };
  for (const std::string number : {"1", "2", "3.1", "3.2", "4.1", "4.2.1", "4.2.2.1", "4.2.2.2"})
    CHECK(part(number) == literal("part " + number));
  const std::string third_header = "From: third@alba.example\r\nContent-Type: multipart/mixed; boundary=two\r\n\r\n";
  const std::string third_text =
      "--two\r\n\r\npart 3.1\r\n--two\r\nContent-Type: application/octet-stream\r\n\r\npart 3.2\r\n--two--";
  CHECK(part("3") == literal(third_header + third_text));
  CHECK(part("3.HEADER") == literal(third_header));
  CHECK(part("3.TEXT") == literal(third_text));
  CHECK(part("3.MIME") == literal("Content-Type: message/rfc822\r\n\r\n"));
  CHECK(part("1.MIME") == literal("\r\n"));
  CHECK(part("4.1.MIME") == literal("Content-Type: image/gif\r\nContent-ID: <gif@alba.example>\r\n\r\n"));
  CHECK(part("4.2.HEADER.FIELDS (SUBJECT x)") == literal("Subject: deep\r\n\r\n"));
  CHECK(part("4.2.HEADER.FIELDS.NOT (Content-Type Subject)") == literal("From: deep@alba.example\r\n\r\n"));
  CHECK(part("4.2.2").ends_with("--five\r\nContent-Type: text/richtext\r\n\r\npart 4.2.2.2\r\n--five--"));
  for (const std::string none : {"5", "1.1", "3.3", "4.2.2.3", "4294967295", "1.HEADER", "1.TEXT", "4.HEADER"})
    CHECK(part(none) == "NIL");
}

TEST_CASE("IMAP: a message that is no multipart has one part, 1, and so has a message in it (RFC 3501 §6.4.5)") {
  const std::string plain = "Subject: a\r\n\r\nbody\r\n";
  CHECK(fetch(plain, "BODY.PEEK[1]") == "BODY[1] " + literal("body\r\n"));
  CHECK(fetch(plain, "BODY.PEEK[1.MIME]") == "BODY[1.MIME] " + literal("Subject: a\r\n\r\n"));
  CHECK(fetch(plain, "BODY.PEEK[1.1]") == "BODY[1.1] NIL");
  const std::string holder = "Content-Type: message/rfc822\r\n\r\n" + plain;
  CHECK(fetch(holder, "BODY.PEEK[1]") == "BODY[1] " + literal(plain));
  CHECK(fetch(holder, "BODY.PEEK[1.HEADER]") == "BODY[1.HEADER] " + literal("Subject: a\r\n\r\n"));
  CHECK(fetch(holder, "BODY.PEEK[1.1]") == "BODY[1.1] " + literal("body\r\n"));
}

TEST_CASE("IMAP: a partial tells its first octet, and is cut where the part ends (RFC 3501 §6.4.5)") {
  CHECK(fetch(nested, "(BODY.PEEK[4.1]<5.2> BODY.PEEK[3.1]<5.99> BODY.PEEK[9]<1.2> BODY.PEEK[1]<6.1>)") ==
        "BODY[4.1]<5> {2}\r\n4. BODY[3.1]<5> {3}\r\n3.1 BODY[9]<1> NIL BODY[1]<6> {0}\r\n");
}

TEST_CASE("IMAP: a partial may begin beyond 4 GiB and be as long (RFC 9051 §9, number64)") {
  CHECK(fetch(nested, "(BODY.PEEK[4.1]<4294967296.5000000000> BODY.PEEK[4.1]<5.4294967298>)") ==
        "BODY[4.1]<4294967296> {0}\r\n BODY[4.1]<5> " + literal("4.1"));
}

TEST_CASE("IMAP: header fields are found as the MIME reader finds them, with what a broken line belongs to") {
  const std::string broken = "Subject : a\r\nnot a field\r\nX: b\nTo: c\r\n";
  CHECK(fetch(broken + "\r\nx", "BODY.PEEK[HEADER.FIELDS (subject)]") ==
        "BODY[HEADER.FIELDS (subject)] " + literal("Subject : a\r\nnot a field\r\n\r\n"));
  CHECK(fetch(broken + "\nx", "BODY.PEEK[HEADER.FIELDS.NOT (subject to)]") ==
        "BODY[HEADER.FIELDS.NOT (subject to)] " + literal("X: b\n\n"));
  CHECK(fetch(broken, "BODY.PEEK[HEADER.FIELDS (to)]") == "BODY[HEADER.FIELDS (to)] " + literal("To: c\r\n"));
}

TEST_CASE("IMAP: sections and items that are none are BAD (RFC 3501 §9, section and fetch-att)") {
  for (const std::string_view items : {"BODY[MIME]",
                                       "BODY[0]",
                                       "BODY[1.0]",
                                       "BODY[1.]",
                                       "BODY[.1]",
                                       "BODY[1.x]",
                                       "BODY[1 ]",
                                       "BODY[01]",
                                       "BODY[1",
                                       "BODY[4294967296]",
                                       "BODY[1.HEADER.FIELDS]",
                                       "BODYSTRUCTURE[1]",
                                       "ENVELOPE[1]",
                                       "(ALL)",
                                       "(FLAGS FULL)",
                                       "ALL FLAGS",
                                       "BODY.PEEK",
                                       "BINARY",
                                       "BINARY[TEXT]",
                                       "BINARY[1.MIME]",
                                       "BINARY.SIZE[1]<0.1>",
                                       "BINARY.PEEK[1",
                                       "PREVIEW (",
                                       "PREVIEW ()",
                                       "PREVIEW (EAGER)",
                                       "PREVIEW(LAZY)",
                                       "SAVEDATES",
                                       "EMAILID()"})
    CHECK(fetch("", std::string(items)) == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: BINARY takes the transfer encoding off, and needs a literal8 for NUL (RFC 3516 §4.2, §4.3)") {
  const std::string content =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYQBiYw==\r\n"
      "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=C3=A9=\r\n!\r\n"
      "--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nM\r\n--b--\r\n";
  CHECK(fetch(content, "BINARY.PEEK[1]") == "BINARY[1] ~{4}\r\na" + std::string(1, '\0') + "bc");
  CHECK(fetch(content, "(BINARY.PEEK[1]<2.9> BINARY.SIZE[1])") == "BINARY[1]<2> {2}\r\nbc BINARY.SIZE[1] 4");
  CHECK(fetch(content, "(BINARY.PEEK[2] BINARY.SIZE[2])") == "BINARY[2] {6}\r\ncaf\xc3\xa9! BINARY.SIZE[2] 6");
  CHECK(fetch(content, "(BINARY.PEEK[4] BINARY.SIZE[4])") == "BINARY[4] NIL BINARY.SIZE[4] 0");
  CHECK(fetch("A: b\r\n\r\nx", "(BINARY.PEEK[] BINARY.SIZE[])") == "BINARY[] {9}\r\nA: b\r\n\r\nx BINARY.SIZE[] 9");
  for (const std::string item : {"BINARY[3]", "BINARY.SIZE[3]"})
    CHECK(fetch(content, item) == "a NO [UNKNOWN-CTE] a part has a transfer encoding that is not known\r\n");
  CHECK(fetch(content, "BINARY[2]<0.1>") == "BINARY[2]<0> {1}\r\nc FLAGS (\\Recent \\Seen)");
}

TEST_CASE("IMAP: a FETCH that fails has set no flag (RFC 3516 §4.3)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, "Content-Transfer-Encoding: x-odd\r\n\r\nx");
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  CHECK(session.say("a FETCH 1 (BODY[] BINARY[1])\r\n").starts_with("a NO [UNKNOWN-CTE]"));
  CHECK_FALSE(account.inbox().find({1})->flags.contains(mailstore::Flag::Seen));
}

TEST_CASE("IMAP: PREVIEW is the beginning of the text, and sets no flag (RFC 8970 §3, §4)") {
  CHECK(fetch("\r\nPreview text!\r\n> quoted\r\n", "(PREVIEW)") == "PREVIEW \"Preview text!\"");
  CHECK(fetch("\r\nPreview text!\r\n", "(PREVIEW (LAZY) UID)") == "PREVIEW \"Preview text!\" UID 1");
  CHECK(fetch("Content-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9\r\n", "PREVIEW (LAZY LAZY)") ==
        "PREVIEW {5}\r\ncaf\xc3\xa9");
  CHECK(fetch("Content-Type: image/png\r\n\r\nx", "PREVIEW") == "PREVIEW \"\"");
}

TEST_CASE("IMAP: SAVEDATE, EMAILID and THREADID are those of the store (RFC 8514 §4.3, RFC 8474 §5)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, "A: b\r\n\r\n");
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  const mailstore::Message& message = account.inbox().messages().front();
  CHECK(session.say("a FETCH 1 (SAVEDATE EMAILID THREADID)\r\n") ==
        "* 1 FETCH (SAVEDATE \" 2-Mar-2026 09:00:00 +0000\" EMAILID (" + message.content->email().text('M') +
            ") THREADID (" + message.content->thread().text('T') + "))\r\na OK FETCH completed\r\n");
}

TEST_CASE("IMAP: ENVELOPE merges a To, Cc or Bcc that is repeated, and takes the first of other fields") {
  CHECK(
      envelope_of("From: a@b\r\nFrom: c@d\r\nTo: e@f\r\nTo: g@h\r\nCc:\r\nCc: i@j\r\n")
          .find(
              "((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"e\" \"f\")(NIL NIL "
              "\"g\" \"h\")) ((NIL NIL \"i\" \"j\")) NIL ") != std::string::npos);
}

TEST_CASE("IMAP: a part with NUL is told and sent as base64, and BINARY takes it off again (RFC 3516 §6)") {
  const std::string octets = std::string("A\0B\r\n", 5);
  const std::string header = "Content-Type: application/x; name=b\r\nContent-Transfer-Encoding: ";
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    test::Session session(account);
    account.inbox().append(test::start, header + "binary\r\n\r\n" + octets);
    session.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
    const std::string shown = header + "base64\r\n\r\nQQBCDQo=\r\n";
    CHECK(session.say("a FETCH 1 (RFC822.SIZE BODY BODY.PEEK[] BODY.PEEK[1])\r\n", chunk) ==
          "* 1 FETCH (RFC822.SIZE " + std::to_string(shown.size()) +
              " BODY (\"APPLICATION\" \"X\" (\"NAME\" \"b\") NIL NIL \"BASE64\" 10) BODY[] {" +
              std::to_string(shown.size()) + "}\r\n" + shown +
              " BODY[1] {10}\r\nQQBCDQo=\r\n)\r\na OK FETCH completed\r\n");
    CHECK(session.say("b FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])\r\n", chunk) ==
          "* 1 FETCH (BINARY.SIZE[1] 5 BINARY[1] ~{5}\r\n" + octets + ")\r\nb OK FETCH completed\r\n");
  }
}

TEST_CASE("IMAP: any octets have an ENVELOPE and a BODYSTRUCTURE that the grammar of RFC 3501 §9 allows") {
  const auto seed = Catch::getSeed();
  INFO("first seed " << seed);
  for (std::uint64_t number = 0; number < 1'000; ++number) {
    CAPTURE(number);
    std::string content = test::generated_message(seed + number);
    if (number % 3 != 0) content = test::mutated(std::move(content), seed + number);
    const message::Structure structure = message::parse_structure(content);
    const std::string envelope = imap::envelope(content, structure.root);
    test::FetchGrammar grammar(envelope);
    REQUIRE((grammar.envelope() && grammar.at_end()));
    for (const auto extensions : {imap::Extensions::No, imap::Extensions::Yes}) {
      const std::string body = imap::body_structure(content, structure.root, extensions);
      test::FetchGrammar reader(body);
      REQUIRE((reader.body(extensions == imap::Extensions::Yes) && reader.at_end()));
    }
  }
}

TEST_CASE("IMAP: a part of every number that BODYSTRUCTURE shows can be fetched") {
  const auto seed = Catch::getSeed();
  INFO("first seed " << seed);
  const auto check = [](const auto& self, std::string_view content, const message::Part& root,
                        const message::Part& part, std::vector<std::uint32_t> numbers) -> void {
    const message::Part& holder = part.is_message() ? part.children.front() : part;
    std::string chosen;
    if (!holder.is_multipart()) {
      if (!part.is_message() && !numbers.empty()) return;
      numbers.push_back(1);
      REQUIRE(imap::section_octets(content, root, {imap::Section::Part::Whole, numbers, {}, {}}, chosen) ==
              holder.body.of(content));
      return;
    }
    for (std::uint32_t number = 1; number <= holder.children.size(); ++number) {
      numbers.push_back(number);
      const message::Part& child = holder.children[number - 1];
      REQUIRE(imap::section_octets(content, root, {imap::Section::Part::Whole, numbers, {}, {}}, chosen) ==
              child.body.of(content));
      REQUIRE(imap::section_octets(content, root, {imap::Section::Part::Mime, numbers, {}, {}}, chosen) ==
              child.header.of(content));
      self(self, content, root, child, numbers);
      numbers.pop_back();
    }
  };
  for (std::uint64_t number = 0; number < 300; ++number) {
    CAPTURE(number);
    const std::string content = test::generated_message(seed + number);
    const message::Structure structure = message::parse_structure(content);
    std::vector<std::uint32_t> numbers;
    if (structure.root.is_message()) numbers.push_back(1);
    check(check, content, structure.root, structure.root, numbers);
  }
}
