#include "protocols/imap/client.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "tests/protocols/imap/session.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::Record;
using test::start;

namespace {

/// What the client's host learns, one line an event.
struct Outcome {
  std::vector<std::string> events;
  std::vector<MessageFetched> fetched;
  std::string error{"no SessionDone"};
  std::string script;
  std::vector<std::string> steps;
};

std::string flags_text(const std::set<std::string>& flags) {
  std::string text;
  for (const auto& flag : flags) text += " " + flag;
  return text;
}

Outcome outcome_of(const Record<Client>& record) {
  Outcome outcome;
  for (const auto& event : record.events) {
    if (const auto* selected = std::get_if<MailboxSelected>(&event))
      outcome.events.push_back("selected " + std::to_string(selected->uid_validity) + " " +
                               std::to_string(selected->messages));
    else if (const auto* listed = std::get_if<MessageListed>(&event))
      outcome.events.push_back("listed " + std::to_string(listed->uid) + " " + std::to_string(listed->octets) +
                               flags_text(listed->flags) + "\n" + listed->header);
    else if (std::holds_alternative<ListingDone>(event))
      outcome.events.emplace_back("done");
    else if (const auto* fetched = std::get_if<MessageFetched>(&event)) {
      outcome.events.push_back("fetched " + std::to_string(fetched->uid) + flags_text(fetched->flags));
      outcome.fetched.push_back(*fetched);
    } else
      outcome.error = std::get<SessionDone>(event).error;
  }
  outcome.steps = test::told(record.steps);
  CHECK(record.closed);
  return outcome;
}

ClientConfig bruno(std::vector<std::uint32_t> open_uids = {}) { return {"bruno", "ginger-4", "INBOX", open_uids}; }

Outcome visit(mailstore::Account& account, const ClientConfig& config, std::size_t chunk = 0,
              const ServerConfig& server_config = {"mx.llevant.example"}) {
  Client client(config);
  Server server(server_config);
  const auto talk = test::converse<Client, Server>(client, server, chunk, test::imap_host(account));
  Outcome outcome = outcome_of(talk.client);
  outcome.script = talk.script();
  CHECK(talk.server.closed);
  return outcome;
}

/// On two accounts with three messages, octets carried whole and one at a time.
Outcome visit_twice(const ClientConfig& config) {
  Outcome outcomes[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    test::fill(account);
    outcomes[chunk] = visit(account, config, chunk);
  }
  CHECK(outcomes[0].steps == outcomes[1].steps);
  CHECK(outcomes[0].events == outcomes[1].events);
  return outcomes[0];
}

/// What the client does when a server says exactly this, whether asked or not, and then closes.
Outcome hear(std::string_view server_says, const ClientConfig& config = bruno(), std::size_t chunk = 0) {
  Client client(config);
  Record<Client> record;
  test::feed<Client>(client, server_says, chunk, start, record);
  client.receive_eof(start);
  test::drain<Client>(client, start, record);
  return outcome_of(record);
}

constexpr std::string_view to_login = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
const std::string to_select = std::string(to_login) + "a1 OK\r\n";
const std::string to_listing = to_select + "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\na2 OK [READ-WRITE] done\r\n";

}  // namespace

TEST_CASE("IMAP client: lists a mailbox and opens a message, which sets \\Seen (RFC 3501 §6)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, test::message_two);
  const auto outcome = visit(account, bruno({1}));
  CHECK(outcome.error.empty());
  CHECK(outcome.events ==
        std::vector<std::string>{"selected 1 1",
                                 "listed 1 56 \\Recent\nFrom: anna@alba.example\r\nSubject: The table\r\n\r\n", "done",
                                 "fetched 1 \\Recent \\Seen"});
  CHECK(outcome.fetched.at(0).content == test::message_two);
  CHECK(account.inbox().find({1})->flags == mailstore::Flags{mailstore::Flag::Seen});
  CHECK(account.inbox().messages().size() == 1);
  CHECK(outcome.script ==
        "S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE AUTH=PLAIN AUTH=LOGIN] mx.llevant.example "
        "IMAP "
        "server ready\n"
        "C: a1 LOGIN bruno ginger-4\nS: a1 OK LOGIN completed\n"
        "C: a2 SELECT INBOX\n"
        "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\nS: * 1 EXISTS\nS: * 1 RECENT\n"
        "S: * OK [UNSEEN 1] first unseen message\nS: * OK [UIDVALIDITY 1] UIDs valid\n"
        "S: * OK [UIDNEXT 2] predicted next UID\n"
        "S: * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] flags that can be changed\n"
        "S: * OK [HIGHESTMODSEQ 2] highest mod-sequence\nS: * OK [MAILBOXID (F1)] stays when it is renamed\n"
        "S: a2 OK [READ-WRITE] SELECT completed\n"
        "C: a3 UID FETCH 1:* (UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)])\n"
        "S: * 1 FETCH (UID 1 FLAGS (\\Recent) RFC822.SIZE 56 BODY[HEADER.FIELDS (FROM SUBJECT DATE)] {47}\n"
        "From: anna@alba.example\nSubject: The table\n\n)\n"
        "S: a3 OK UID FETCH completed\n"
        "C: a4 UID FETCH 1 (FLAGS BODY[])\n"
        "S: * 1 FETCH (UID 1 FLAGS (\\Recent \\Seen) BODY[] {56}\nFrom: anna@alba.example\nSubject: The "
        "table\n\nBooked.\n)\n"
        "S: a4 OK UID FETCH completed\n"
        "C: a5 LOGOUT\nS: * BYE mx.llevant.example logging out\nS: a5 OK LOGOUT completed\n");
}

TEST_CASE("IMAP client: opens what it is told to, and a UID that is gone gives no message (RFC 3501 §6.4.8)") {
  const auto outcome = visit_twice(bruno({3, 77, 1}));
  CHECK(outcome.error.empty());
  REQUIRE(outcome.fetched.size() == 2);
  CHECK(outcome.fetched[0].uid == 3);
  CHECK(outcome.fetched[1].content == test::message_one);
}

TEST_CASE("IMAP client: a second session finds the message read") {
  mailstore::Account account("bruno");
  account.inbox().append(start, test::message_two);
  visit(account, bruno({1}));
  const auto again = visit(account, bruno());
  CHECK(again.events.at(1).starts_with("listed 1 56 \\Seen\n"));
}

TEST_CASE("IMAP client: an empty mailbox is listed without asking") {
  mailstore::Account account("bruno");
  const auto outcome = visit(account, bruno());
  CHECK(outcome.events == std::vector<std::string>{"selected 1 0", "done"});
  CHECK(outcome.script.find("FETCH") == std::string::npos);
}

TEST_CASE("IMAP client: a wrong password or mailbox ends with LOGOUT and the server's line") {
  auto config = bruno();
  config.password = "wrong";
  const auto refused = visit_twice(config);
  CHECK(refused.error == "a1 NO [AUTHENTICATIONFAILED] invalid user name or password");
  CHECK(refused.script.find("C: a2 LOGOUT\nS: * BYE") != std::string::npos);
  config = bruno();
  config.mailbox = "Nowhere mail";
  const auto missing = visit_twice(config);
  CHECK(missing.error == "a2 NO [NONEXISTENT] no such mailbox");
  CHECK(missing.script.find("C: a2 SELECT \"Nowhere mail\"\n") != std::string::npos);
}

TEST_CASE("IMAP client: where LOGIN is disabled no password is sent (RFC 3501 §6.2.3)") {
  mailstore::Account account("bruno");
  const auto outcome = visit(account, bruno(), 0, {"mx.llevant.example", false});
  CHECK(outcome.error == "the server has LOGIN disabled");
  CHECK(outcome.script.find("ginger") == std::string::npos);
}

TEST_CASE("IMAP client: user names and passwords travel quoted or as literals where they must (RFC 3501 §4.3)") {
  const auto attempt = [](const std::string& password) {
    auto config = bruno();
    config.password = password;
    return visit_twice(config);
  };
  CHECK(attempt("two words").script.find("C: a1 LOGIN bruno \"two words\"\n") != std::string::npos);
  CHECK(attempt("q\"\\").script.find("C: a1 LOGIN bruno \"q\\\"\\\\\"\n") != std::string::npos);
  CHECK(attempt("").script.find("C: a1 LOGIN bruno \"\"\n") != std::string::npos);
  const auto literal = attempt("se\xc3\xb1or\r\na9 DELETE}\r\n");
  CHECK(literal.script.find("S: + Ready for the literal\nC: a1 LOGIN bruno {20}\nse\xc3\xb1or\na9 DELETE}\n\n") !=
        std::string::npos);
  CHECK(literal.error == "a1 NO [AUTHENTICATIONFAILED] invalid user name or password");
  CHECK(attempt(std::string("a\0b", 3)).error == "user name or password cannot be sent in an IMAP command");
  CHECK(attempt(std::string(9000, '\n')).error == "a1 BAD literal too large");
}

TEST_CASE("IMAP client: asks for capabilities that the greeting did not give (RFC 3501 §6.1.1)") {
  const auto outcome = hear(
      "* OK ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK\r\na2 OK\r\n* 0 EXISTS\r\na3 OK\r\n* BYE\r\na4 OK\r\n");
  CHECK(outcome.error.empty());
  REQUIRE(outcome.steps.size() > 3);
  CHECK(outcome.steps[1].ends_with("[imap/command/CAPABILITY] a1 CAPABILITY"));
  CHECK(hear("* OK hi\r\n* CAPABILITY IMAP2\r\na1 OK\r\n* BYE\r\na2 OK\r\n").error ==
        "the server does not speak IMAP4rev1");
  CHECK(hear("* PREAUTH hi\r\n* 0 EXISTS\r\na1 OK\r\n* BYE\r\na2 OK\r\n").error.empty());
}

TEST_CASE("IMAP client: what it did not ask for is skipped, whatever its shape (RFC 3501 §7)") {
  const auto outcome =
      hear(to_listing +
           "* 1 FETCH (ENVELOPE (\"d\" NIL ((\"a\" NIL \"b\" {1}\r\nc)) NIL) UID 5 X-THING (1 (\\a) b) "
           "FLAGS (\\Seen $Junk \\X) BODY[HEADER.FIELDS (\"FROM\" SUBJECT)] \"Subject: q\" "
           "RFC822.SIZE 9 BODY[TEXT]<0> NIL)\r\n"
           "* 3 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n* XLIST (a) b\r\n* 2 EXPUNGE\r\n* SEARCH\r\n"
           "* NO disk nearly full\r\na3 OK\r\n* BYE\r\na4 OK bye\r\n");
  CHECK(outcome.error.empty());
  CHECK(outcome.events == std::vector<std::string>{"selected 7 1", "listed 5 9 $Junk \\Seen \\X\nSubject: q", "done"});
}

TEST_CASE("IMAP client: BYE, garbage, foreign tags, floods and a lost connection end the session (RFC 3501 §7.1.5)") {
  CHECK(hear("* BYE busy\r\n").error == "* BYE busy");
  CHECK(hear("220 smtp.example\r\n").error.starts_with("an answer to nothing that was asked"));
  CHECK(hear("+ hello\r\n").error == "a continuation that was not asked for");
  CHECK(hear("\r\n").error == "not an IMAP response: ");
  CHECK(hear("").error == "the server closed the connection");
  CHECK(hear(std::string(to_login) + "a1 MAYBE\r\n").error.starts_with("an answer to nothing that was asked"));
  CHECK(hear(std::string(to_login) + "a9 OK\r\n").error.starts_with("an answer to nothing that was asked"));
  CHECK(hear(std::string(to_login) + "* BYE overloaded\r\n").error == "* BYE overloaded");
  CHECK(hear(to_listing + "* 1 FETCH (UID\r\n").error.starts_with("not a FETCH response"));
  CHECK(hear(to_listing + "* 1 FETCH (UID 1 X " + std::string(40, '(') + "\r\n")
            .error.starts_with("not a FETCH response"));
  CHECK(hear(to_listing + "* 1 FETCH (BODY[] {99999999999}\r\n").error == "the answer to UID FETCH is too large");
  CHECK(hear(to_listing + "* 1 FETCH (BODY[] {" + std::to_string(Client::response_octets_max) + "}\r\n").error ==
        "the answer to UID FETCH is too large");
  CHECK(hear(to_listing + "* 1 FETCH (BODY[] {100}\r\nabc").error == "the server closed the connection");
  for (const std::size_t size : {Client::line_octets_max, Client::line_octets_max + 1})
    CHECK(
        hear(std::string(to_login) + "* OK " + std::string(size - 7, 'x') + "\r\n").error.starts_with("not an IMAP") ==
        (size > Client::line_octets_max));
  CHECK(hear(to_listing + "a3 NO not now\r\n* BYE\r\na4 OK\r\n").error == "a3 NO not now");
}

TEST_CASE("IMAP client: a silent server is given up after two minutes") {
  Client client(bruno());
  Record<Client> record;
  CHECK_FALSE(client.deadline());
  test::drain<Client>(client, start, record);
  CHECK(client.deadline() == start + Client::silence_max);
  test::feed<Client>(client, to_login, 0, start + std::chrono::minutes(1), record);
  client.deadline_passed(start + Client::silence_max);
  test::drain<Client>(client, start + Client::silence_max, record);
  CHECK_FALSE(record.closed);
  client.deadline_passed(*client.deadline());
  test::drain<Client>(client, start + std::chrono::minutes(3), record);
  CHECK(outcome_of(record).error == "the server did not answer LOGIN in time");
}

TEST_CASE("IMAP client: whatever a server says, the session ends, and any split of it gives the same") {
  const auto seed = GENERATE(take(80, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::string says =
      to_listing +
      "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 9 BODY[HEADER.FIELDS (FROM)] {4}\r\nA: b)\r\na3 OK\r\n"
      "* 1 FETCH (UID 5 FLAGS () BODY[] {6}\r\nA: b\r\n)\r\na4 OK\r\n* BYE\r\na5 OK\r\n";
  for (auto mutations = random() % 5; mutations > 0; --mutations)
    says[random() % says.size()] =
        random() % 2 != 0 ? static_cast<char>(random() % 256) : "{}()[]\"*+a19 \r\n"[random() % 15];
  const auto whole = hear(says, bruno({5}));
  const auto split = hear(says, bruno({5}), 1 + random() % 7);
  CHECK(whole.steps == split.steps);
  CHECK(whole.events == split.events);
  CHECK(whole.error == split.error);
}
