// The grammar of IMAP URLs.
#include "protocols/imap/data/url.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "tests/protocols/drive.hpp"

using namespace mailscope;
using imap::read_url;
using imap::Url;
using imap::UrlAccess;
using test::start;

TEST_CASE("IMAP URL: a message, a part and a range of octets are named by parameters of the path (RFC 5092 §6, §9)") {
  const auto url = read_url(
      "imap://joe;AUTH=*@[2001:db8::1]:143/gray-council;UIDVALIDITY=385759045/;UID=20/;SECTION=1.2/;PARTIAL=0.1024");
  REQUIRE(url);
  CHECK(url->server == "[2001:db8::1]:143");
  CHECK(url->user == "joe");
  CHECK(url->authentication == "*");
  CHECK(url->mailbox == "gray-council");
  CHECK(url->uid_validity == 385759045U);
  CHECK(url->uid == 20U);
  CHECK(url->section == "1.2");
  REQUIRE(url->partial);
  CHECK(url->partial->octets == 1024);
  CHECK(imap::section_of(*url)->numbers == std::vector<std::uint32_t>{1, 2});
  CHECK(read_url("imap://a.example/x/;uid=1/;partial=7")->partial->octets == Url::whole_rest);
}

TEST_CASE("IMAP URL: servers, mailboxes and searches are URLs too (RFC 5092 §4, §5, §9)") {
  CHECK(read_url("imap://mail.example")->mailbox.empty());
  CHECK(read_url("imap://mail.example/")->server == "mail.example");
  CHECK(read_url("imap://;AUTH=GSSAPI@mail.example/INBOX")->authentication == "GSSAPI");
  CHECK(read_url("imap://;AUTH=*@minbari.example/gray%20council?SUBJECT%20shadows")->search == "SUBJECT shadows");
  CHECK(read_url("imap://psicorp.example/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97")->mailbox ==
        "~peter/日本語/台北");
}

TEST_CASE("IMAP URL: a relative one begins with the mailbox, or is of the selected one (RFC 5092 §7, RFC 4469 §3)") {
  CHECK(read_url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=1.MIME")->section == "1.MIME");
  CHECK_FALSE(read_url("/Drafts/;UID=20")->is_absolute());
  CHECK(read_url("//mail.example/Drafts/;UID=20")->is_absolute());
  CHECK(read_url(";UID=20/;SECTION=HEADER")->mailbox.empty());
  CHECK(read_url("/x/;UID=1/;SECTION=HEADER.FIELDS%20(SUBJECT)")->section == "HEADER.FIELDS (SUBJECT)");
}

TEST_CASE("IMAP URL: what authorises one stands at its end, and its rump before it (RFC 4467 §3, §6)") {
  const std::string rump =
      "imap://joe@example.com/INBOX/;uid=20/;section=1.2;expire=2026-03-02T10:00:00+01:00;urlauth=submit+fred%40x";
  const std::string text = rump + ":internal:91354a473744909de610943775f92038";
  const auto url = read_url(text);
  REQUIRE(url);
  CHECK(url->expires == start);
  CHECK(url->access == UrlAccess{UrlAccess::Kind::Submit, "fred@x"});
  CHECK(url->mechanism == "internal");
  CHECK(url->token == "91354a473744909de610943775f92038");
  CHECK(imap::rump_of(text) == rump);
  CHECK(read_url(rump)->token.empty());
  CHECK(read_url("imap://j@x.example/a/;UID=1;URLAUTH=anonymous")->access->kind == UrlAccess::Kind::Anonymous);
  CHECK(read_url("imap://j@x.example/a/;UID=1;URLAUTH=authuser")->access->kind == UrlAccess::Kind::AuthUser);
  CHECK(read_url("imap://j@x.example/a/;UID=1;URLAUTH=user+j")->access->user == "j");
}

TEST_CASE("IMAP URL: what the grammar does not allow is none (RFC 5092 §11, RFC 3986 §2.1)") {
  const std::string long_name(imap::url_octets_max, 'a');
  for (const std::string& wrong :
       std::vector<std::string>{"",
                                "/",
                                "http://x.example/a",
                                "imap://",
                                "imap:///a",
                                "imap://@x.example/a",
                                "imap://x y/a",
                                "imap://x:y/a",
                                "imap://[::1/a",
                                "imap://x.example//a",
                                "imap://x.example/a%2",
                                "imap://x.example/a%zz",
                                "imap://x.example/a%00",
                                "imap://x.example/a%FF",
                                "imap://x.example/a;UIDVALIDITY=0",
                                "imap://x.example/a/;UID=01",
                                "imap://x.example/a/;UID=4294967296",
                                "imap://x.example/a/;UID=",
                                "imap://x.example/a;UID=1",
                                "imap://x.example/a/;UID=1/;SECTION=",
                                "imap://x.example/a/;UID=1/;SECTION=1..2",
                                "imap://x.example/a/;UID=1/;SECTION=%5D",
                                "imap://x.example/a/;UID=1/;PARTIAL=1.0",
                                "imap://x.example/a/;UID=1/;PARTIAL=.5",
                                "imap://x.example/a/;UID=1;EXPIRE=now;URLAUTH=authuser",
                                "imap://x.example/a/;UID=1;EXPIRE=2026-03-02T09:00:00Z",
                                "imap://x.example/a/;UID=1;URLAUTH=somebody",
                                "imap://x.example/a/;UID=1;URLAUTH=user+",
                                "imap://x.example/a/;UID=1;URLAUTH=authuser:internal:abc",
                                "imap://x.example/a/;UID=1;URLAUTH=authuser:internal:91354a473744909de610943775f9203g",
                                "imap://x.example/a;URLAUTH=authuser",
                                "imap://x.example/a?b;URLAUTH=authuser",
                                "imap://x.example/../a",
                                "/a/./;UID=1",
                                "/a/;UID=1 ",
                                "a/;UID=1",
                                "imap://x.example/" + long_name}) {
    INFO(wrong);
    CHECK_FALSE(read_url(wrong));
  }
}

TEST_CASE("IMAP URL: what is written is read again, whatever the names are (RFC 5092 §8)") {
  const unsigned seed = Catch::rngSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  const std::vector<std::string> pieces{"a", "/", ".",  "..", ";", "?", "%", " ",  "@",
                                        ":", "é", "日", "#",  "&", "=", "]", "\"", "\x01"};
  const auto name = [&] {
    std::string text;
    for (unsigned left = 1 + below(6); left > 0; --left) text += pieces[below(static_cast<unsigned>(pieces.size()))];
    return text;
  };
  const std::vector<std::string> sections{"", "1", "1.2.MIME", "TEXT", "HEADER.FIELDS (X-A ..)", "3.HEADER"};
  for (int round = 0; round < 2000; ++round) {
    Url url;
    if (below(2) == 0) {
      url.server = "mail.example:143";
      if (below(2) == 0) url.user = name();
      if (below(3) == 0) url.authentication = name();
    }
    url.mailbox = name();
    if (below(2) == 0) url.uid_validity = 1 + below(1000);
    if (below(3) == 0) {
      url.search = name();
    } else if (below(2) == 0) {
      url.uid = 1 + below(1000);
      url.section = sections[below(static_cast<unsigned>(sections.size()))];
      if (below(2) == 0) url.partial = imap::Section::Partial{below(9), below(2) == 0 ? Url::whole_rest : 1 + below(9)};
      if (below(2) == 0) url.access = UrlAccess{UrlAccess::Kind::Submit, name()};
      if (url.access && below(2) == 0) url.expires = start;
      if (url.access && below(2) == 0) url.mechanism = "internal", url.token = std::string(40, 'b');
    }
    const std::string text = url_text(url);
    const auto again = read_url(text);
    INFO(text);
    REQUIRE(again);
    const auto partial = [](const Url& one) {
      return one.partial ? std::pair<std::uint64_t, std::uint64_t>(one.partial->first, one.partial->octets)
                         : std::pair<std::uint64_t, std::uint64_t>();
    };
    CHECK(partial(*again) == partial(url));
    CHECK(url_text(*again) == text);
    CHECK(again->mailbox == url.mailbox);
    CHECK(again->user == url.user);
    CHECK(again->search == url.search);
    CHECK(again->section == url.section);
    CHECK(again->access == url.access);
    // A broken one is read or refused, and what is read can be written.
    std::string broken = text;
    for (unsigned left = 1 + below(3); left > 0; --left)
      broken[below(static_cast<unsigned>(broken.size()))] = static_cast<char>(below(256));
    if (const auto other = read_url(broken)) CHECK(read_url(url_text(*other)));
  }
}
