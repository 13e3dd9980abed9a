#include <catch2/catch_all.hpp>
#include <string>
#include <vector>

#include "protocols/message/address.hpp"
#include "protocols/message/content_type.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/limits.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/subject.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

/// name|route|mailbox|host of each entry; "{name" begins a group, "}" ends one.
std::string told(std::string_view value) {
  std::string text;
  for (const AddressEntry& entry : parse_addresses(value)) {
    if (!text.empty()) text += "; ";
    if (entry.kind == AddressEntry::Kind::GroupStart) text += "{" + entry.mailbox;
    if (entry.kind == AddressEntry::Kind::GroupEnd) text += "}";
    if (entry.kind == AddressEntry::Kind::Mailbox)
      text += entry.name + "|" + entry.route + "|" + entry.mailbox + "|" + entry.host;
  }
  return text;
}

std::string when(std::string_view value) {
  const auto parsed = parse_date(value);
  if (!parsed) return "none";
  return date(parsed->instant) + (parsed->zone_minutes ? " " + std::to_string(*parsed->zone_minutes) : "");
}

std::string told(const std::vector<Parameter>& parameters) {
  std::string text;
  for (const Parameter& one : parameters)
    text += one.name + "=" + one.value + (one.is_extended ? " (" + one.wire_value + ")" : "") + ";";
  return text;
}
std::string parameters(std::string_view value) {
  const auto type = parse_content_type("a/b;" + std::string(value));
  return type ? told(type->parameters) : "none";
}

}  // namespace

TEST_CASE("addresses are read in every form of RFC 5322 §3.4 and its appendix A") {
  CHECK(told("anna@alba.example") == "||anna|alba.example");
  CHECK(told(" Anna Puig\r\n <anna@alba.example>, <b@c>") == "Anna Puig||anna|alba.example; ||b|c");
  CHECK(told("\"Joe Q. Public\" <john.q.public@example.com>") == "Joe Q. Public||john.q.public|example.com");
  CHECK(told("\"Giant; \\\"Big\\\" Box\" <s@b.net>") == "Giant; \"Big\" Box||s|b.net");
  CHECK(told("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;") ==
        "{A Group; Ed Jones||c|a.test; ||joe|where.test; John||jdoe|one.test; }");
  CHECK(told("Undisclosed recipients:;, x@y") == "{Undisclosed recipients; }; ||x|y");
  CHECK(told("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>") == "Pete||pete|silly.test");
  CHECK(told("\"a b\"@[192.0.2.1]") == "||a b|[192.0.2.1]");
  CHECK(told("N\xc3\xba <n\xc3\xba@m\xc3\xb3n.example>") == "Nú||nú|món.example");  // RFC 6532 §3.2
  CHECK(told("=?UTF-8?Q?N=C3=BA?= <n@m>") == "=?UTF-8?Q?N=C3=BA?=||n|m");
  CHECK(told("").empty());
  CHECK(told(" , ,").empty());
}

TEST_CASE("obsolete addresses are read (RFC 5322 §4.4)") {
  CHECK(told("Joe Q. Public <john . q . public @ example . com>") == "Joe Q. Public||john.q.public|example.com");
  CHECK(told("Mary <@node.test:mary@example.net>, , jdoe@test . example") ==
        "Mary|@node.test|mary|example.net; ||jdoe|test.example");
  CHECK(told("<@a.test,@b.test:c@d>") == "|@a.test,@b.test|c|d");
  CHECK(told("bruno@llevant.example (Bruno (the second))") == "Bruno (the second)||bruno|llevant.example");
}

TEST_CASE("wrong addresses are mended as RFC 7103 §7.1 says") {
  CHECK(told("<<<user2@example.org>>>") == "||user2|example.org");
  CHECK(told("<another@example.net") == "||another|example.net");
  CHECK(told("second@example.org>") == "||second|example.org");
  CHECK(told("(Testing <fran@example.com>") == "Testing||fran|example.com");
  CHECK(told("Testing) <sam@example.com>") == "Testing)||sam|example.com");
  CHECK(told("<third@example.net, fourth@example.net>") == "||third|example.net; ||fourth|example.net");
  CHECK(told("\"Joe <joe@example.com>") == "Joe||joe|example.com");
  CHECK(told("Joe") == "||Joe|");
  CHECK(told("Joe User, b@c") == "||Joe User|; ||b|c");
  CHECK(told("Joe joe@example.com") == "Joe||joe|example.com");
  CHECK(told("a@b.example <c@d.example>") == "a@b.example||c|d.example");  // one sender
  CHECK(told("a@b; c@d") == "||a|b; ||c|d");
  CHECK(told("Friends: a@b, c@d") == "{Friends; ||a|b; ||c|d; }");
}

TEST_CASE("an address is written again in quotes where it needs them (RFC 5322 §3.4.1)") {
  CHECK(addr_spec(parse_addresses("\"a b\"@c")[0]) == "\"a b\"@c");
  CHECK(addr_spec(parse_addresses("\"ab\"@c")[0]) == "ab@c");
  CHECK(addr_spec(parse_addresses("g:;")[0]).empty());
  CHECK(shown_name(parse_addresses("=?UTF-8?Q?N=C3=BA?= <n@m>")[0]) == "Nú");
  CHECK(shown_name(parse_addresses("<n@m>")[0]) == "n@m");
}

TEST_CASE("an address list is read up to its limit") {
  std::string list;
  for (std::size_t count = 0; count < limits::addresses_max + 5; ++count) list += "a@b,";
  CHECK(parse_addresses(list).size() == limits::addresses_max);
}

TEST_CASE("a name of very many words costs no more memory than its octets") {
  std::string name;
  for (std::size_t count = 0; count < limits::address_words_max * 3; ++count) name += "w ";
  const auto entries = parse_addresses(name + "anna@alba.example");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].mailbox == "anna");
  CHECK(entries[0].name.size() < limits::address_words_max * 2);
}

TEST_CASE("dates are read with all that RFC 5322 §3.3 and §4.3 allow") {
  CHECK(when("Fri, 21 Nov 1997 09:55:06 -0600") == "Fri, 21 Nov 1997 15:55:06 +0000 -360");
  CHECK(when(" Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)") ==
        "Fri, 14 Feb 1969 03:02:00 +0000 -210");
  CHECK(when("21 Nov 97 09:55:06 GMT") == "Fri, 21 Nov 1997 09:55:06 +0000 0");
  CHECK(when("1 Jan 49 00:00:00 +0000") == "Fri, 01 Jan 2049 00:00:00 +0000 0");
  CHECK(when("1 Jan 50 00:00:00 +0000") == "Sun, 01 Jan 1950 00:00:00 +0000 0");
  CHECK(when("1 Jan 126 00:00:00 +0000") == "Thu, 01 Jan 2026 00:00:00 +0000 0");
  CHECK(when("2 Mar 2026 09:00:00 -0000") == "Mon, 02 Mar 2026 09:00:00 +0000");
  CHECK(when("2 Mar 2026 09:00:00 EDT") == "Mon, 02 Mar 2026 13:00:00 +0000 -240");
  CHECK(when("2 Mar 2026 09:00:00 K") == "Mon, 02 Mar 2026 09:00:00 +0000");
  CHECK(when("30 Jun 2012 23:59:60 +0000") == "Sun, 01 Jul 2012 00:00:00 +0000 0");
  CHECK(when("Mon Mar  2 09:00:00 2026") == "Mon, 02 Mar 2026 09:00:00 +0000");
  CHECK(when("02-Mar-2026 09:00:00+0100") == "Mon, 02 Mar 2026 08:00:00 +0000 60");
  for (const std::string_view wrong :
       {"", "Mon", "31 Feb 2026 09:00:00 +0000", "2 Mar 2026", "2 Mar 2026 24:00:00 +0000", "0 Mar 2026 09:00:00",
        "2 Mar 99999 09:00:00", "2 2026 09:00:00", "2 Mar 2026 9:60:00", "2 Mar 2026 :", "99999999999 Mar 2026 09:00"})
    CHECK(when(wrong) == "none");
  CHECK(date(parse_date("2 Mar 2026 01:00:00 +0200")->local()) == "Mon, 02 Mar 2026 01:00:00 +0000");
}

TEST_CASE("message identifiers are found whatever stands between them (RFC 5322 §3.6.4, §4.5.4)") {
  using Ids = std::vector<std::string>;
  CHECK(message_ids(" <a@b>\r\n <c@d>") == Ids{"a@b", "c@d"});
  CHECK(message_ids("<a@b><c@d>, your letter <e @ f> (x <no@no>)") == Ids{"a@b", "c@d", "e@f"});
  CHECK(message_ids("<\"01KF8JCEOCBS0045PS\"@xxx.yyy.com>") == Ids{"01KF8JCEOCBS0045PS@xxx.yyy.com"});  // RFC 5256 §3
  CHECK(message_ids("<\"a b\"@c> <x@[1.2.3.4]> <noat> <> <open") == Ids{"\"a b\"@c", "x@[1.2.3.4]", "noat"});
  std::string many;
  for (std::size_t count = 0; count < limits::message_ids_max + 2; ++count) many += "<" + std::to_string(count) + "@x>";
  CHECK(message_ids(many).size() == limits::message_ids_max);
  CHECK(message_ids(many).front() == "2@x");
}

TEST_CASE("the base subject loses what replying and forwarding put on it (RFC 5256 §2.1)") {
  const auto base = [](std::string_view value) {
    const BaseSubject subject = base_subject(value);
    return (subject.is_reply_or_forward ? "+" : "") + subject.text;
  };
  CHECK(base(" Hello \t world ") == "Hello world");
  CHECK(base("Re: Hello") == "+Hello");
  CHECK(base("RE: re : FW: fwd: Hello (fwd) (FWD)") == "+Hello");
  CHECK(base("[list] Re: Hello") == "+Hello");
  CHECK(base("Re[2]: Hello") == "+Hello");
  CHECK(base("re [x] : Hello") == "+Hello");
  CHECK(base("[one] [two] Hello") == "Hello");
  CHECK(base("[one]") == "[one]");
  CHECK(base("[one][two]") == "[two]");
  CHECK(base("[fwd: Re: Hello]") == "+Hello");
  CHECK(base("[Fwd: [Fwd: Hello] ]") == "+Hello");
  CHECK(base("Hello Re: you") == "Hello Re: you");
  CHECK(base("Ready: now") == "Ready: now");
  CHECK(base("=?UTF-8?Q?Re:_Reuni=C3=B3?=") == "+Reunió");
  CHECK(base("Re:").substr(1).empty());
  CHECK(base("").empty());
}

TEST_CASE("parameters are read with comments, quotes and continuations (RFC 2045 §5.1, RFC 2231)") {
  const auto type = parse_content_type(" Text/Plain; Charset=us-ascii (Plain text)");
  REQUIRE(type);
  CHECK(type->type + "/" + type->subtype == "text/plain");
  CHECK(told(type->parameters) == "charset=us-ascii;");
  CHECK(parameters("name=\"a \\\"b\\\"; c\"; x = y") == "name=a \"b\"; c;x=y;");
  CHECK(parameters("title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A") ==
        "title=This is ***fun*** (us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A);");
  CHECK(parameters("title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; "
                   "title*2=\"isn't it!\"") ==
        "title=This is even more ***fun*** isn't it! "
        "(us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn't it!);");
  CHECK(parameters("u*1=b; u*0=a; u*3=d") == "u=ab;");
  CHECK(parameters("u*1=b; u*2=c") == "u=bc;");
  CHECK(parse_content_type("text/plain\r\njunk")->subtype == "plain");  // a line that is no field (RFC 7103 §7.2)
  CHECK(parameters("name*=ISO-8859-1''%E9t%e9") == "name=été (ISO-8859-1''%E9t%e9);");
  CHECK(parameters("name=plain; name*=UTF-8''%C3%A9") == "name=é (UTF-8''%C3%A9);");
  CHECK(parameters("name*=UTF-8''%C3%A9; name=plain") == "name=é (UTF-8''%C3%A9);");
  CHECK(parameters("name=\"=?UTF-8?Q?=C3=A9?=\"") == "name=é;");
  CHECK(parameters("a=1; a=2; =3; b; ;; c=\"open") == "a=1;c=open;");
  CHECK(parameters("name=my file.txt; x=y") == "name=my file.txt;x=y;");
  for (const std::string_view none : {"", "text", "text/", "/plain", ";charset=x"})
    CHECK_FALSE(parse_content_type(none));
  const auto disposition = parse_disposition("Attachment; filename=genome.jpeg; size=3");
  REQUIRE(disposition);
  CHECK(disposition->type == "attachment");
  CHECK(parameter(disposition->parameters, "filename") == "genome.jpeg");
  CHECK_FALSE(parse_disposition("; filename=x"));
  std::string many;
  for (std::size_t count = 0; count < limits::parameters_max + 5; ++count) many += "p" + std::to_string(count) + "=x;";
  CHECK(parse_content_type("a/b;" + many)->parameters.size() == limits::parameters_max);
}
