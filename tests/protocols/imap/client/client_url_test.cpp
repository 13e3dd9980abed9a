// The client that asks for URLs by which a submission server fetches messages (RFC 4467, RFC 4468).
#include <catch2/catch_all.hpp>

#include "protocols/imap/data/url_access.hpp"
#include "protocols/mailstore/store.hpp"
#include "tests/protocols/imap/client/client_rig.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::Connection;
using test::start;

namespace {

constexpr const char* host = "mx.llevant.example";
const std::string letter = "Message-ID: <7@alba.example>\r\nSubject: Mine\r\n\r\nText.\r\n";

ClientConfig bruno() {
  ClientConfig config = test::bruno_imap();
  config.server = host;
  return config;
}

/// What one session tells of the URL of a message that is put into Sent.
UrlAuthorised told(mailstore::Account& account, const test::Offered& offered, std::string* said = nullptr) {
  Replica replica;
  const std::uint64_t id = replica.append("Sent", letter, {"\\Seen"}, start);
  replica.want_url(id);
  ServerConfig server{host};
  server.authentication.random = [](std::size_t octets) { return std::string(octets, 'x'); };
  Connection session(bruno(), replica, account, offered, server);
  session.run();
  CHECK(session.error().empty());
  CHECK(replica.urls_wanted().empty());
  const auto events = session.events<UrlAuthorised>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].id == id);
  if (said) *said = session.said();
  return events[0];
}

}  // namespace

TEST_CASE("IMAP client: a message in Sent gets a URL by which its user may submit it (RFC 4467 §7)") {
  mailstore::Store store;
  mailstore::Account& account = store.add("bruno");
  std::string said;
  const UrlAuthorised answer = told(account, std::nullopt, &said);
  CHECK(answer.error == "");
  CAPTURE(said);
  CHECK(said.find("GENURLAUTH \"imap://bruno@mx.llevant.example/Sent;UIDVALIDITY=") != std::string::npos);
  CHECK(said.find("/;UID=1;URLAUTH=submit+bruno\" INTERNAL\n") != std::string::npos);
  const auto content = authorised_content(answer.url, {"bruno", true, start}, host, account);
  REQUIRE(content);
  CHECK(content->octets(account.memos()) == letter);
}

TEST_CASE("IMAP client: without URLAUTH, or without knowing its UID, a message gets no URL, and it is told why") {
  mailstore::Store store;
  const UrlAuthorised unable = told(store.add("bruno"), test::Offered{{"IMAP4rev1", "UIDPLUS"}});
  CHECK(unable.url.empty());
  CHECK(unable.error == "the server does not offer URLAUTH");
  mailstore::Store other;
  const UrlAuthorised unknown = told(other.add("bruno"), test::Offered{{"IMAP4rev1", "URLAUTH"}});
  CHECK(unknown.url.empty());
  CHECK(unknown.error == "where the server keeps it is not known");
  CHECK(other.find("bruno")->find("Sent")->messages().size() == 1);  // kept it is all the same
}

TEST_CASE("IMAP client: what a server calls a URL and is none goes no further (RFC 5092 §11)") {
  for (const char* answer :
       {"* GENURLAUTH \"imap://b@x/Sent/;UID=1;URLAUTH=submit+bruno\"\r\na4 OK\r\n", "* GENURLAUTH \"x\"\r\na4 OK\r\n",
        "* GENURLAUTH {54}\r\nimap://b@x/Sent/;UID=1;URLAUTH=submit+b LAST\r\nRCPT TO:<x\r\na4 OK\r\n",
        "* GENURLAUTH\r\na4 OK\r\n", "a4 OK\r\n", "a4 NO not today\r\n", "a4 BAD what\r\n"}) {
    INFO(answer);
    Replica replica;
    replica.want_url(replica.append("Sent", letter, {}, start));
    Client client(bruno(), replica);
    test::Record<Client> record;
    test::feed<Client>(
        client,
        "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS URLAUTH] x\r\na1 OK\r\n* LIST () \"/\" Sent\r\n"
        "a2 OK\r\na3 OK [APPENDUID 5 1] done\r\n" +
            std::string(answer),
        0, start, record);
    std::size_t told = 0;
    for (const auto& event : record.events) {
      const auto* url = std::get_if<UrlAuthorised>(&event);
      if (!url) continue;
      ++told;
      CHECK(url->url.empty());
      CHECK_FALSE(url->error.empty());
    }
    CHECK(told == 1);
  }
}
