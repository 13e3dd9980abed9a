#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "protocols/core/line_text.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/encode.hpp"
#include "protocols/message/message.hpp"
#include "protocols/message/part.hpp"
#include "protocols/message/reply.hpp"
#include "protocols/message/transport.hpp"
#include "tests/protocols/message/corpus.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

constexpr Instant nine{std::chrono::seconds(1'772'442'000)};

Draft draft() {
  return {{"Anna Puig", "anna@alba.example"},
          {{"", "bruno@llevant.example"}},
          "Hello",
          "Hi Bruno\n",
          nine,
          "1@alba.example"};
}

const Part& part(const Structure& structure, std::vector<std::uint32_t> numbers) {
  const Part* found = find_part(structure.root, numbers);
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("copies, answers and threads have their fields, and blind copies have none (RFC 5322 §3.6.3, §3.6.4)") {
  Draft letter = draft();
  letter.cc = {{"Núria", "nuria@alba.example"}};
  letter.bcc = {{"", "secret@alba.example"}};
  letter.reply_to = {{"", "answers@alba.example"}};
  letter.in_reply_to = "0@llevant.example";
  letter.references = {"a@llevant.example", "0@llevant.example"};
  letter.user_agent = "Mailscope";
  const std::string content = build(letter);
  CHECK(decoded_field(content, "Cc") == "Núria <nuria@alba.example>");
  CHECK(decoded_field(content, "Reply-To") == "answers@alba.example");
  CHECK(decoded_field(content, "In-Reply-To") == "<0@llevant.example>");
  CHECK(decoded_field(content, "References") == "<a@llevant.example> <0@llevant.example>");
  CHECK(decoded_field(content, "User-Agent") == "Mailscope");
  CHECK(content.find("secret") == std::string::npos);
  CHECK(recipients(letter) ==
        std::vector<std::string>{"bruno@llevant.example", "nuria@alba.example", "secret@alba.example"});
}

TEST_CASE("text, HTML and attachments make alternatives within a mixed multipart, and come back (RFC 2046 §5.1)") {
  Draft letter = draft();
  letter.html = "<p>Hi Bruno</p>\n";
  std::string every_octet;
  for (int octet = 0; octet < 256; ++octet) every_octet += static_cast<char>(octet);
  letter.attachments = {{"Reunió d'avui — ordre del dia i documents que calen.pdf", "application/pdf", every_octet},
                        {"notes.txt", "text/plain; charset=utf-8", "línia\r\n"},
                        {"a\r\nb \"x\".bin", "no type", "--=_part_0_=\r\n", true},
                        {"", "message/rfc822", "Subject: in\r\n\r\ncaf\xc3\xa9\r\n"}};
  const std::string content = build(letter);
  CHECK(fits_7bit(content));
  const Structure structure = parse_structure(content);
  CHECK(structure.defects.empty());
  CHECK(structure.root.children.size() == 5);
  CHECK(part(structure, {1}).is("multipart", "alternative"));
  CHECK(text_of(content, part(structure, {1, 1})) == "Hi Bruno\r\n");
  CHECK(text_of(content, part(structure, {1, 2})) == "<p>Hi Bruno</p>\r\n");
  for (std::uint32_t number = 2; number <= 4; ++number) {
    const Part& file = part(structure, {number});
    const Attachment& attachment = letter.attachments[number - 2];
    CHECK(decoded_octets(content, file) == attachment.content);
    const std::string name = number == 4 ? "a  b \"x\".bin" : attachment.name;
    REQUIRE(file.disposition);
    CHECK(parameter(file.disposition->parameters, "filename") == name);
    CHECK(parameter(file.parameters, "name") == name);
  }
  CHECK(part(structure, {4}).disposition->type == "inline");
  CHECK(part(structure, {4}).is("application", "octet-stream"));
  CHECK(part(structure, {5}).is_message());
  CHECK(text_of(content, part(structure, {5, 1})) == "café\r\n");
  CHECK(with_crlf(content) == content);
  for (std::size_t begin = 0, end = 0; begin < content.size(); begin = end + 2) {
    end = content.find("\r\n", begin);
    CHECK(end - begin <= 78);
  }
}

TEST_CASE("a boundary is one that no part holds (RFC 2046 §5.1.1)") {
  Draft letter = draft();
  letter.text = "--=_part_0_=\n--=_part_1_=--\n";
  letter.attachments = {{"x", "text/plain", "y"}};
  const std::string content = build(letter);
  const Structure structure = parse_structure(content);
  CHECK(structure.root.children.size() == 2);
  CHECK(text_of(content, part(structure, {1})) == with_crlf(letter.text));
}

TEST_CASE("a text takes the encoding that it needs (RFC 2045 §6)") {
  const auto encoding = [](const std::string& text, bool eight_bit) {
    Draft letter = draft();
    letter.text = text;
    letter.eight_bit = eight_bit;
    const std::string content = build(letter);
    const Structure structure = parse_structure(content);
    CHECK(text_of(content, structure.root) == with_crlf(text) + "\r\n");
    return structure.root.encoding;
  };
  CHECK(encoding("plain", false) == "7bit");
  CHECK(encoding("això és català", false) == "quoted-printable");
  CHECK(encoding("Привет из Барселоны, как дела", false) == "base64");
  CHECK(encoding("això és català", true) == "8bit");
  CHECK(encoding("é" + std::string(1000, 'x'), true) == "quoted-printable");
}

TEST_CASE("flowed text says so and is shown in paragraphs (RFC 3676 §3)") {
  Draft letter = draft();
  letter.flowed = true;
  letter.text = "A paragraph that is long enough to be wrapped by whoever writes it, and by whoever reads it.\n";
  const std::string content = build(letter);
  CHECK(decoded_field(content, "Content-Type") == "text/plain; charset=us-ascii; format=flowed");
  const Structure structure = parse_structure(content);
  CHECK(shown_text(content, structure.root) == letter.text);
}

TEST_CASE("a reply goes to whom it should, and names what it answers (RFC 5322 §3.6.4)") {
  const std::string original =
      "From: Bruno <bruno@llevant.example>\r\nTo: anna@alba.example, Núria <nuria@alba.example>\r\n"
      "Cc: bruno@llevant.example, Carla <carla@x.example>\r\nSubject: =?UTF-8?Q?Reuni=C3=B3?=\r\nMessage-ID: <2@l>\r\n"
      "References: <0@l>\r\n <1@l>\r\n\r\nDemà?\r\n> sí\r\n";
  const Draft one = reply(original, {"Anna", "ANNA@alba.example"}, false);
  CHECK(recipients(one) == std::vector<std::string>{"bruno@llevant.example"});
  CHECK(one.subject == "Re: Reunió");
  CHECK(one.in_reply_to == "2@l");
  CHECK(one.references == std::vector<std::string>{"0@l", "1@l", "2@l"});
  CHECK(one.text == "> Demà?\n>> sí\n");
  const Draft all = reply(original, {"Anna", "anna@alba.example"}, true);
  CHECK(recipients(all) == std::vector<std::string>{"bruno@llevant.example", "nuria@alba.example", "carla@x.example"});
  CHECK(all.cc.at(0).display_name == "Núria");
  CHECK(reply("From: a@b\r\nReply-To: list@c\r\nSubject: RE: x\r\n\r\n", {}, false).to.at(0).address == "list@c");
  CHECK(reply("From: a@b\r\nSubject: RE: x\r\n\r\n", {}, false).subject == "RE: x");
  CHECK(reply("From: a@b\r\nIn-Reply-To: <p@q>\r\nMessage-ID: <r@s>\r\n\r\n", {}, false).references ==
        std::vector<std::string>{"p@q", "r@s"});
  CHECK(reply("From: a@b\r\n\r\n", {"", "a@b"}, false).to.at(0).address == "a@b");
  std::string thread = "Message-ID: <last@x>\r\nReferences:";
  for (int count = 0; count < 300; ++count) thread += " <" + std::to_string(count) + "@x>";
  const Draft late = reply(thread + "\r\n\r\n", {}, false);
  CHECK(late.references.size() == 40);
  CHECK(late.references.front() == "0@x");
  CHECK(late.references.back() == "last@x");
}

TEST_CASE("a forwarded message travels whole inside the new one (RFC 2046 §5.2.1)") {
  Draft passed = forward(build(draft()), {"Bruno", "bruno@llevant.example"});
  CHECK(passed.subject == "Fwd: Hello");
  const std::string content = build(passed);
  const Structure structure = parse_structure(content);
  const Part& inside = part(structure, {2});
  CHECK(inside.is_message());
  CHECK(inside.body.of(content) == build(draft()));
}

TEST_CASE("8-bit parts are encoded for a server that takes 7bit only (RFC 6152 §3)") {
  const std::string plain = build(draft());
  CHECK(downgrade_to_7bit(plain) == plain);
  const std::string content =
      "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
      "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nX: y\r\n\r\ncafé\r\n"
      "--b\r\nContent-Type: image/png\r\n\r\n\xff\xfe\r\n"
      "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: in\r\n\r\nCafé\r\n"
      "--b--\r\n";
  CHECK(downgrade_to_7bit(content) ==
        "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\nX: y\r\n\r\n"
        "caf=C3=A9\r\n"
        "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n//4=\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: in\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9\r\n"
        "--b--\r\n");
  CHECK(downgrade_to_7bit("Subject: x\r\n\r\n" + std::string(999, 'x') + "\r\n").value().find("=\r\n") !=
        std::string::npos);
}

TEST_CASE("what cannot be downgraded is refused, not broken") {
  const std::string sealed = "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n";
  CHECK_FALSE(downgrade_to_7bit(sealed + "café\r\n--b--\r\n"));
  CHECK(downgrade_to_7bit(sealed + "Content-Transfer-Encoding: 8bit\r\n\r\ncafe\r\n--b--\r\n") ==
        sealed + "Content-Transfer-Encoding: 8bit\r\n\r\ncafe\r\n--b--\r\n");
  CHECK_FALSE(downgrade_to_7bit("Subject: café\r\n\r\nx\r\n"));  // SMTPUTF8 is needed (RFC 6531 §3.2)
  CHECK_FALSE(downgrade_to_7bit("Content-Type: multipart/mixed; boundary=b\r\n\r\ncafé\r\n--b\r\n\r\nx\r\n--b--\r\n"));
  CHECK_FALSE(downgrade_to_7bit("Content-Type: multipart/mixed\r\n\r\ncafé\r\n"));
  CHECK_FALSE(downgrade_to_7bit("Content-Transfer-Encoding: x-own\r\n\r\ncafé\r\n"));
}

TEST_CASE("a downgraded message means what it meant, for any message") {
  const auto seed = Catch::getSeed();
  INFO("first seed " << seed);
  std::size_t changed = 0;
  const std::function<void(std::string_view, const Part&, std::string_view, const Part&)> compare =
      [&](std::string_view before, const Part& old_part, std::string_view after, const Part& new_part) {
        REQUIRE(old_part.children.size() == new_part.children.size());
        CHECK(old_part.type == new_part.type);
        if (old_part.children.empty())
          CHECK(decoded_octets(before, old_part).value_or("?") == decoded_octets(after, new_part).value_or("!"));
        for (std::size_t child = 0; child < old_part.children.size(); ++child)
          compare(before, old_part.children[child], after, new_part.children[child]);
      };
  for (std::uint64_t number = 0; number < 600; ++number) {
    const std::string content = test::generated_message(seed + number);
    CAPTURE(number);
    const auto downgraded = downgrade_to_7bit(content);
    if (!downgraded) continue;
    CHECK(fits_7bit(*downgraded));
    CHECK(downgrade_to_7bit(*downgraded) == downgraded);
    if (*downgraded != content) ++changed;
    const Structure before = parse_structure(content), after = parse_structure(*downgraded);
    compare(content, before.root, *downgraded, after.root);
  }
  CHECK(changed > 10);
}

TEST_CASE("a submitted message gets the fields that it lacks (RFC 6409 §8)") {
  CHECK(missing_fields("Subject: x\r\n\r\nDate: no\r\n", nine, "7@alba.example") ==
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <7@alba.example>\r\n");
  CHECK(missing_fields("date: x\r\nMESSAGE-ID: <y@z>\r\n\r\n", nine, "7@alba.example").empty());
}
