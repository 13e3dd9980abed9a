// CATENATE and authorised URLs at the IMAP server, as transcripts.
#include <catch2/catch_all.hpp>

#include "protocols/imap/data/url_access.hpp"
#include "protocols/mailstore/store.hpp"
#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

namespace {

const std::string mixed =
    "Subject: Plan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nold "
    "text\r\n--b\r\n"
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAP9B\r\n--b\r\n"
    "Content-Transfer-Encoding: x-puzzle\r\n\r\n?\r\n--b--\r\n";

std::string octets_of(std::size_t count) {
  std::string octets;
  for (std::size_t at = 0; at < count; ++at) octets += static_cast<char>('a' + at % 26);
  return octets;
}

imap::ServerConfig with_keys() {
  imap::ServerConfig config{"mx.llevant.example"};
  config.authentication.random = octets_of;
  return config;
}

std::string token_of(const std::string& rump) { return imap::url_token(octets_of(32), rump); }

/// What is said to `input` after LOGIN by a server that makes keys, whole and octet by octet alike.
std::string url_answers(const std::string& input, imap::ServerConfig config = with_keys(), bool secured = false) {
  std::string sent[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    account.inbox().append(start, mixed);
    Session session(account, config);
    if (secured) session.server.secured(start, test::test_channel);
    session.say("x LOGIN bruno ginger-4\r\n");
    sent[chunk] = session.say(input, chunk);
  }
  CHECK(sent[0] == sent[1]);
  return sent[0];
}

const std::string host = "imap://bruno@mx.llevant.example";
const std::string part = host + "/INBOX/;UID=1/;SECTION=1", part_rump = part + ";URLAUTH=authuser";

std::string authorised(const std::string& rump) { return rump + ":internal:" + token_of(rump); }

/// What URLFETCH says of a URL, behind its echo.
std::string fetched(const std::string& url, imap::ServerConfig config = with_keys(), const std::string& before = "") {
  const std::string first = "g GENURLAUTH \"" + part_rump + "\" INTERNAL\r\n" + before;
  const std::string head = url_answers(first, config);
  const std::string all = url_answers(first + "a URLFETCH \"" + url + "\"\r\n", config);
  const std::string echo = head + "* URLFETCH \"" + url + "\" ";
  INFO(all);
  REQUIRE(all.starts_with(echo));
  REQUIRE(all.ends_with("\r\na OK URLFETCH completed\r\n"));
  return all.substr(echo.size(), all.size() - echo.size() - std::string("\r\na OK URLFETCH completed\r\n").size());
}

}  // namespace

TEST_CASE("IMAP: CATENATE puts a message together from what is there and what comes (RFC 4469 §3)") {
  CHECK(after_select("a APPEND INBOX (\\Draft) CATENATE (URL \"/INBOX/;UID=2/;SECTION=HEADER\" TEXT {5+}\r\nNow:  "
                     "URL \"/INBOX/;UID=1/;SECTION=TEXT/;PARTIAL=0.5\" URL \";UID=2/;SECTION=TEXT/;PARTIAL=6\")\r\n"
                     "b FETCH 4 (FLAGS BODY.PEEK[])\r\nc FETCH 1 FLAGS\r\n") ==
        "* 4 EXISTS\r\n* 4 RECENT\r\na OK [APPENDUID 1 4] APPEND completed\r\n"
        "* 4 FETCH (FLAGS (\\Draft \\Recent) BODY[] {60}\r\nFrom: anna@alba.example\r\nSubject: The table\r\n\r\n"
        "Now: Hello.\r\n)\r\nb OK FETCH completed\r\n* 1 FETCH (FLAGS (\\Recent))\r\nc OK FETCH completed\r\n");
}

TEST_CASE("IMAP: several messages are put together by one APPEND, or none (RFC 4469 §1, RFC 3502)") {
  CHECK(after_select("a APPEND INBOX CATENATE (TEXT {6}\r\nA: b\r\n) CATENATE (URL \"/INBOX/;UID=3\") {6}\r\nC: d\r\n"
                     "\r\nb FETCH 4:6 BODY.PEEK[]\r\n") ==
        "+ Ready for the literal\r\n+ Ready for the literal\r\n* 6 EXISTS\r\n* 6 RECENT\r\n"
        "a OK [APPENDUID 1 4:6] APPEND completed\r\n* 4 FETCH (BODY[] {6}\r\nA: b\r\n)\r\n"
        "* 5 FETCH (BODY[] {18}\r\nSubject: no body\r\n)\r\n* 6 FETCH (BODY[] {6}\r\nC: d\r\n)\r\n"
        "b OK FETCH completed\r\n");
  CHECK(after_select("a APPEND INBOX {6+}\r\nA: b\r\n CATENATE (URL \"/INBOX/;UID=9\")\r\nb NOOP\r\n") ==
        "a NO [BADURL /INBOX/;UID=9] that URL shows nothing here\r\nb OK NOOP completed\r\n");
}

TEST_CASE("IMAP: REPLACE takes a message put together, also from the one it replaces (RFC 8508 §5, RFC 4469)") {
  CHECK(after_select("a UID REPLACE 2 INBOX CATENATE (TEXT {6+}\r\nA: b\r\n URL \";UID=2/;SECTION=TEXT\")\r\n"
                     "b FETCH 3 BODY.PEEK[]\r\nc REPLACE 1 INBOX CATENATE (URL \"/INBOX/;UID=2\")\r\n") ==
        "* OK [APPENDUID 1 4] the replacement is ready\r\n* 2 EXPUNGE\r\n* 3 EXISTS\r\n* 3 RECENT\r\n"
        "a OK UID REPLACE completed\r\n* 3 FETCH (BODY[] {15}\r\nA: b\r\nBooked.\r\n)\r\nb OK FETCH completed\r\n"
        "c NO [BADURL /INBOX/;UID=2] that URL shows nothing here\r\n");
}

TEST_CASE("IMAP: a URL that shows nothing to the session is told by BADURL (RFC 4469 §4.1)") {
  const auto refusal = [](const std::string& url) {
    const std::string all = after_select("a APPEND INBOX CATENATE (TEXT {1+}\r\nx URL \"" + url + "\")\r\n");
    REQUIRE(all.starts_with("a NO [BADURL "));
    return all.substr(13, all.find("] that URL shows nothing here\r\n") - 13);
  };
  for (const char* url : {"imap://bruno@mx.llevant.example/INBOX/;UID=1", "/INBOX/;UID=4",
                          "/INBOX;UIDVALIDITY=2/;UID=1", "/Elsewhere/;UID=1", "/INBOX/;UID=1/;SECTION=7", "/INBOX",
                          "/INBOX?ALL", "INBOX/;UID=1", "/INBOX/;UID=1;URLAUTH=authuser", "x"}) {
    CHECK(refusal(url) == url);
  }
  CHECK(refusal("/a]b\\\\c") == "/a%5Db%5Cc");
  CHECK(refusal("") == "%00");
  const std::string long_one = "/" + std::string(imap::url_octets_max + 9, 'a');
  CHECK(refusal(long_one) == long_one.substr(0, imap::url_octets_max));
}

TEST_CASE("IMAP: ;UID= alone names a message of the selected mailbox, and nothing without one (RFC 4469 §3)") {
  CHECK(test::answers("x LOGIN bruno ginger-4\r\na APPEND INBOX CATENATE (URL \";UID=1\")\r\n")
            .ends_with("a NO [BADURL ;UID=1] that URL shows nothing here\r\n"));
}

TEST_CASE("IMAP: URLs of mailboxes that the user may not read show nothing (RFC 4469 §3, RFC 4314 §4)") {
  mailstore::Store store;
  mailstore::Account& bruno = store.add("bruno");
  mailstore::Account& anna = store.add("anna");
  mailstore::Mailbox& papers = *anna.create("Papers").mailbox;
  papers.append(start, test::message_two);
  Session session(bruno);
  session.say("x LOGIN bruno ginger-4\r\n");
  const std::string command = "a APPEND INBOX CATENATE (URL \"/Other%20Users/anna/Papers/;UID=1\")\r\n";
  CHECK(session.say(command).starts_with("a NO [BADURL "));
  anna.set_rights(papers, "bruno", *mailstore::Rights::of("l"));
  CHECK(session.say(command).starts_with("a NO [BADURL "));
  anna.set_rights(papers, "bruno", *mailstore::Rights::of("lr"));
  CHECK(session.say(command).starts_with("a OK [APPENDUID "));
}

TEST_CASE("IMAP: what URLs would make too large is refused by TOOBIG before it is made (RFC 4469 §4.2)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, std::string(20 << 20, 'x'));
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\n");
  const std::string url = " URL /INBOX/;UID=1";
  CHECK(session.say("a APPEND INBOX CATENATE (URL /INBOX/;UID=1" + url + url + ")\r\n").starts_with("a OK [APPENDUID"));
  CHECK(session.say("b APPEND INBOX CATENATE (URL /INBOX/;UID=1" + url + url + url + ")\r\n") ==
        "b NO [TOOBIG] message too large\r\n");
  CHECK(session.say("c APPEND INBOX CATENATE (URL /INBOX/;UID=1" + url + ") CATENATE (URL /INBOX/;UID=1" + url +
                    ")\r\n") == "c NO [TOOBIG] message too large\r\n");
  CHECK(account.inbox().messages().size() == 2);
}

TEST_CASE("IMAP: CATENATE with nothing in it, or in a wrong form, is no message (RFC 4469 §5, RFC 3502)") {
  CHECK(after_select("a APPEND INBOX CATENATE (TEXT {0+}\r\n)\r\n") == "a NO cancelled: an empty message\r\n");
  for (const char* wrong : {"CATENATE", "CATENATE ()", "CATENATE (TEXT \"x\")", "CATENATE (URL)", "CATENATE (URI x)",
                            "CATENATE (TEXT {1+}\r\nx", "CATENATE (TEXT {1+}\r\nx URL y", "CATENATE {1+}\r\nx"}) {
    INFO(wrong);
    CHECK(after_select("a APPEND INBOX " + std::string(wrong) + "\r\n") == "a BAD invalid arguments\r\n");
  }
}

TEST_CASE("IMAP: without unforeseeable keys there are no authorised URLs (RFC 4467 §2.2)") {
  const std::string all = after_select("a CAPABILITY\r\nb GENURLAUTH x INTERNAL\r\nc URLFETCH x\r\nd RESETKEY\r\n");
  CHECK(all.find("URLAUTH ") == std::string::npos);
  CHECK(all.ends_with("b BAD unknown command\r\nc BAD unknown command\r\nd BAD unknown command\r\n"));
  CHECK(url_answers("a CAPABILITY\r\n")
            .ends_with(" URLAUTH URLAUTH=BINARY COMPRESS=DEFLATE\r\na OK CAPABILITY completed\r\n"));
}

TEST_CASE("IMAP: GENURLAUTH adds the mechanism and a token of the URL's own octets (RFC 4467 §5, §7)") {
  const std::string odd = "IMAP://BRUNO@MX.llevant.example/inbox/;uid=1;urlauth=submit+any%20one";
  CHECK(url_answers("a GENURLAUTH \"" + part_rump + "\" INTERNAL \"" + odd + "\" internal\r\n") ==
        "* GENURLAUTH \"" + authorised(part_rump) + "\" \"" + authorised(odd) + "\"\r\na OK GENURLAUTH completed\r\n");
  CHECK(token_of(part_rump).size() == 66);
}

TEST_CASE("IMAP: a URL may call the server by any name under which it is served, whatever the port (RFC 5092 §3)") {
  mailstore::Account account("bruno");
  test::fill(account);
  imap::ServerConfig config{"mx.llevant.example"};
  config.authentication.random = [](std::size_t octets) { return std::string(octets, 'r'); };
  config.other_names = {"localhost"};
  test::Session session(account, config);
  session.say("x LOGIN bruno ginger-4\r\n");
  for (const std::string name : {"localhost:10143", "LOCALHOST", "mx.llevant.example:143"}) {
    const std::string rump = "imap://bruno@" + name + "/INBOX/;UID=1/;SECTION=HEADER;URLAUTH=authuser";
    const std::string said = session.say("a GENURLAUTH \"" + rump + "\" INTERNAL\r\n");
    REQUIRE(said.starts_with("* GENURLAUTH \"" + rump + ":internal:"));
    const std::string url = said.substr(14, said.find('"', 14) - 14);
    CHECK(session.say("b URLFETCH \"" + url + "\"\r\n").find("From: ") != std::string::npos);
  }
  CHECK(session.say("c GENURLAUTH \"imap://bruno@other/INBOX/;UID=1;URLAUTH=authuser\" INTERNAL\r\n") ==
        "c BAD that URL is of another server\r\n");
}

TEST_CASE("IMAP: GENURLAUTH refuses what it cannot authorise (RFC 4467 §7)") {
  const std::pair<std::string, std::string> faults[] = {
      {part, "missing access identifier in supplied URL"},
      {"imap://mx.llevant.example/INBOX/;UID=1;URLAUTH=authuser", "missing owner username in supplied URL"},
      {"imap://bruno@other.example/INBOX/;UID=1;URLAUTH=authuser", "that URL is of another server"},
      {"/INBOX/;UID=1;URLAUTH=authuser", "that URL is of another server"},
      {"imap://anna@mx.llevant.example/INBOX/;UID=1;URLAUTH=authuser", "you cannot authorise another user's URL"},
      {host + "/Nowhere/;UID=1;URLAUTH=authuser", "no such mailbox"},
      {host + "/INBOX;UIDVALIDITY=7/;UID=1;URLAUTH=authuser", "no such mailbox"},
      {host + "/INBOX", "no URL of a message"},
      {authorised(part_rump), "that URL is authorised already"}};
  for (const auto& [url, fault] : faults)
    CHECK(url_answers("a GENURLAUTH \"" + url + "\" INTERNAL\r\n") == "a BAD " + fault + "\r\n");
  CHECK(url_answers("a GENURLAUTH \"" + part_rump + "\" XSAMPLE\r\n") == "a BAD that mechanism is not known\r\n");
  for (const char* wrong : {"a GENURLAUTH", "a GENURLAUTH x",
                            "a GENURLAUTH \"imap://bruno@mx.llevant.example/INBOX/;UID=1;URLAUTH=authuser\" INTERNAL y",
                            "a URLFETCH", "a URLFETCH (x", "a URLFETCH (x BODY BODY)", "a URLFETCH (x BODY BINARY)",
                            "a URLFETCH (x OTHER)", "a RESETKEY INBOX "})
    CHECK(url_answers(std::string(wrong) + "\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: URLFETCH gives what an authorised URL shows, and NIL for any other (RFC 4467 §6, §7)") {
  CHECK(fetched(authorised(part_rump)) == "{8}\r\nold text");
  const std::string good = authorised(part_rump);
  for (const std::string& bad :
       {part, part_rump, part_rump + ":internal:" + std::string(66, '0'), good.substr(0, good.size() - 1), good + "0",
        part_rump + ":other:" + token_of(part_rump), authorised(host + "/INBOX/;UID=2;URLAUTH=authuser"),
        authorised(host + "/INBOX/;UID=1/;SECTION=9;URLAUTH=authuser"),
        authorised("imap://anna@mx.llevant.example/INBOX/;UID=1;URLAUTH=authuser"),
        authorised("imap://bruno@other.example/INBOX/;UID=1;URLAUTH=authuser"), std::string("nonsense")}) {
    INFO(bad);
    CHECK(fetched(bad) == "NIL");
  }
}

TEST_CASE("IMAP: the access identifier says who may fetch a URL (RFC 4467 §3)") {
  const std::string base = host + "/INBOX/;UID=1/;SECTION=1;URLAUTH=";
  imap::ServerConfig submission = with_keys();
  submission.submission_user = "Bruno";
  CHECK(fetched(authorised(base + "anonymous")) == "{8}\r\nold text");
  CHECK(fetched(authorised(base + "user+BRUNO")) == "{8}\r\nold text");
  CHECK(fetched(authorised(base + "user+anna")) == "NIL");
  CHECK(fetched(authorised(base + "submit+anna")) == "NIL");
  CHECK(fetched(authorised(base + "submit+anna"), submission) == "{8}\r\nold text");
}

TEST_CASE("IMAP: a URL can have a last moment, and RESETKEY takes back all (RFC 4467 §3, §7)") {
  const auto until = [](const std::string& date) {
    return authorised(host + "/INBOX/;UID=1/;SECTION=1;EXPIRE=" + date + ";URLAUTH=authuser");
  };
  CHECK(fetched(until("2026-03-02T09:00:00Z")) == "{8}\r\nold text");
  CHECK(fetched(until("2026-03-02T08:59:59Z")) == "NIL");
  CHECK(fetched(authorised(part_rump), with_keys(), "r RESETKEY\r\n") == "NIL");
  imap::ServerConfig config = with_keys();
  config.authentication.random = [count = 0](std::size_t octets) mutable {
    return octets_of(octets - 1) + static_cast<char>('A' + ++count);
  };
  mailstore::Account account("bruno");
  account.inbox().append(start, mixed);
  Session session(account, config);
  session.say("x LOGIN bruno ginger-4\r\n");
  const std::string made = session.say("a GENURLAUTH \"" + part_rump + "\" INTERNAL\r\n");
  const std::string url = made.substr(14, made.find("\"\r\n") - 14);
  CHECK(session.say("b URLFETCH \"" + url + "\"\r\n").find("old text") != std::string::npos);
  CHECK(session.say("c RESETKEY INBOX INTERNAL\r\n") == "c OK RESETKEY completed\r\n");
  CHECK(session.say("d URLFETCH \"" + url + "\"\r\n").find(" NIL\r\n") != std::string::npos);
  CHECK(session.say("e RESETKEY Nowhere\r\nf RESETKEY INBOX XSAMPLE\r\n") ==
        "e NO [NONEXISTENT] no such mailbox\r\nf BAD that mechanism is not known\r\n");
}

TEST_CASE("IMAP: a URL gives no more access than its user has, and a deleted mailbox's key goes (RFC 4467 §6, §2.2)") {
  mailstore::Store store;
  mailstore::Account& bruno = store.add("bruno");
  mailstore::Account& anna = store.add("anna");
  bruno.create("Papers").mailbox->append(start, test::message_two);
  Session session(bruno, with_keys());
  session.say("x LOGIN bruno ginger-4\r\n");
  const std::string rump = host + "/Papers/;UID=1/;SECTION=TEXT;URLAUTH=anonymous";
  session.say("a GENURLAUTH \"" + rump + "\" INTERNAL\r\n");
  const auto read_by = [&](mailstore::Account& other) {
    return imap::authorised_content(authorised(rump), {"anna", false, start}, "mx.llevant.example", other).has_value();
  };
  CHECK(read_by(anna));
  bruno.set_rights(*bruno.find("Papers"), "bruno", *mailstore::Rights::of("l"));
  CHECK_FALSE(read_by(anna));
  bruno.set_rights(*bruno.find("Papers"), "bruno", mailstore::Rights::all());
  bruno.remove("Papers");
  CHECK(bruno.url_keys().entries().empty());
  bruno.create("Papers").mailbox->append(start, test::message_two);
  CHECK_FALSE(read_by(anna));
}

TEST_CASE("IMAP: a secured session is told by URLMECH how URLs are authorised (RFC 4467 §8, §10)") {
  const std::string told = "* OK [URLMECH INTERNAL] URLs can be authorised so\r\n";
  CHECK(url_answers("a SELECT INBOX\r\nb RESETKEY INBOX\r\n", with_keys(), true)
            .ends_with(told + "a OK [READ-WRITE] SELECT completed\r\nb OK [URLMECH INTERNAL] RESETKEY completed\r\n"));
  CHECK(url_answers("a SELECT INBOX\r\n").find("URLMECH") == std::string::npos);
  mailstore::Account account("bruno");
  Session phone(account, with_keys()), laptop(account, with_keys());
  for (Session* session : {&phone, &laptop}) session->server.secured(start, test::test_channel);
  phone.say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\nz IDLE\r\n");
  laptop.say("x LOGIN bruno ginger-4\r\nz RESETKEY INBOX\r\n");
  CHECK(phone.server.has_news());
  CHECK(phone.say("") == told);
  CHECK_FALSE(phone.server.has_news());
}

TEST_CASE("IMAP: URLFETCH with parameters takes transfer encodings off and tells the structure (RFC 5524 §3, §4)") {
  const std::string first = "g GENURLAUTH \"" + part_rump + "\" INTERNAL\r\n", head = url_answers(first);
  const auto said = [&](const std::string& section, const std::string& parameters) {
    const std::string url = authorised(host + "/INBOX/;UID=1" + section + ";URLAUTH=authuser");
    const std::string all = url_answers(first + "a URLFETCH (\"" + url + "\"" + parameters + ")\r\n");
    const std::string echo = head + "* URLFETCH \"" + url + "\" ";
    REQUIRE(all.starts_with(echo));
    return all.substr(echo.size(), all.find("\r\na OK URLFETCH completed\r\n") - echo.size());
  };
  using namespace std::string_literals;
  CHECK(said("/;SECTION=2", "") == "{4}\r\nAP9B");
  CHECK(said("/;SECTION=2", " BODY") == "(BODY {4}\r\nAP9B)");
  CHECK(said("/;SECTION=2", " BINARY") ==
        "(BINARY ~{3}\r\n\0\xff"
        "A)"s);
  CHECK(said("/;SECTION=2/;PARTIAL=1.1", " BINARY") == "(BINARY {1}\r\n\xff)");
  CHECK(said("/;SECTION=2", " BINARY BODYPARTSTRUCTURE") ==
        "(BODYPARTSTRUCTURE (\"IMAGE\" \"PNG\" NIL NIL NIL \"BINARY\" 3)) (BINARY ~{3}\r\n\0\xff"
        "A)"s);
  CHECK(said("/;SECTION=2", " BODYPARTSTRUCTURE") ==
        "(BODYPARTSTRUCTURE (\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 4))");
  CHECK(said("/;SECTION=3", " BODYPARTSTRUCTURE BINARY") ==
        "(BODYPARTSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\") NIL NIL \"X-PUZZLE\" 1 0)) (BINARY NIL)");
  CHECK(said("/;SECTION=1.MIME", " BINARY") == "(BINARY {2}\r\n\r\n)");
  CHECK(said("/;SECTION=HEADER", " BINARY").starts_with("(BINARY {79}\r\nSubject: Plan"));
  CHECK(said("/;SECTION=200", " BODYPARTSTRUCTURE BODY") == "NIL");
  CHECK(said("", " BODYPARTSTRUCTURE").starts_with("(BODYPARTSTRUCTURE ((\"TEXT\" \"PLAIN\""));
}

TEST_CASE("IMAP: a URL for each of one's mailboxes at most has a key (RFC 4467 §2.2)") {
  mailstore::UrlKeys keys;
  for (std::uint64_t id = 0; id < mailstore::UrlKeys::keys_max; ++id)
    REQUIRE(keys.set({id}, octets_of(32), false) == mailstore::Outcome::Ok);
  CHECK(keys.set({mailstore::UrlKeys::keys_max}, octets_of(32), false) == mailstore::Outcome::Limit);
  CHECK(keys.set({7}, octets_of(32), true) == mailstore::Outcome::Ok);
  CHECK(keys.find({7})->reset == 1);
}
