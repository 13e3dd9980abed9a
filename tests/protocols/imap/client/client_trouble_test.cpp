// Servers as people really meet them: what the IMAP client makes of refusals that pass, of lines that it cannot read,
// and of servers that always answer the same.
#include <catch2/catch_all.hpp>

#include "protocols/imap/client/client.hpp"
#include "protocols/message/limits.hpp"
#include "tests/protocols/imap/client/client_rig.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::bruno_imap;
using test::start;

namespace {

struct Heard {
  test::Record<Client> record;
  std::string error{"no SessionDone"};
  template <class Event>
  [[nodiscard]] std::vector<Event> events() const {
    std::vector<Event> all;
    for (const auto& event : record.events)
      if (const auto* one = std::get_if<Event>(&event)) all.push_back(*one);
    return all;
  }
  [[nodiscard]] bool sent(std::string_view text) const { return record.sent.find(text) != std::string::npos; }
};

Heard hear_once(const std::string& says, Replica& replica, const ClientConfig& config, std::size_t chunk) {
  Client client(config, replica);
  Heard heard;
  test::feed<Client>(client, says, chunk, start, heard.record);
  client.receive_eof(start);
  test::drain<Client>(client, start, heard.record);
  for (const auto& done : heard.events<SessionDone>()) heard.error = done.error;
  return heard;
}

/// What the client does when a server says exactly this, whole and octet by octet, and then closes. `known`: what it
/// knew before; what it knows afterwards goes to `replica`.
Heard hear(const std::string& says, Replica& replica, const ClientConfig& config = bruno_imap()) {
  Replica other = replica;
  const Heard split = hear_once(says, other, config, 1);
  Heard whole = hear_once(says, replica, config, 0);
  CHECK(test::told(whole.record.steps) == test::told(split.record.steps));
  CHECK(whole.record.events.size() == split.record.events.size());
  CHECK(whole.error == split.error);
  return whole;
}

const std::string to_list = "* OK [CAPABILITY IMAP4rev1] hi\r\na1 OK [CAPABILITY IMAP4rev1] in\r\n";
const std::string to_select = to_list + "* LIST () \"/\" INBOX\r\na2 OK\r\n";
const std::string to_fetch = to_select + "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\na3 OK\r\n";
const std::string bye = "* BYE\r\na5 OK\r\n";
const std::string date = "INTERNALDATE \" 2-Mar-2026 09:00:00 +0000\" RFC822.SIZE 9 ";
const std::string envelope =
    "ENVELOPE (NIL \"Hi\" ((\"Anna\" NIL \"anna\" \"a.example\")) NIL NIL NIL NIL NIL NIL NIL)";

/// The mailbox with one message, whose FETCH response has these items.
struct OneMessage {
  explicit OneMessage(const std::string& items) {
    heard = hear(to_fetch + "* 1 FETCH (UID 5 " + items + ")\r\na4 OK\r\n" + bye, replica);
    CHECK(heard.error.empty());
    const auto shown = replica.shown("INBOX");
    REQUIRE(shown.size() == 1);
    message = *shown[0].message;
    flags = shown[0].flags;
  }
  Replica replica;
  Heard heard;
  CachedMessage message;
  std::set<std::string> flags;
};

/// Bruno's INBOX with message 4, which he has flagged off line.
Replica flagged_off_line() {
  Replica replica;
  replica.mailbox("INBOX").uid_validity = 7;
  replica.mailbox("INBOX").uid_next = 5;
  replica.add("INBOX", 4, {});
  replica.mark(replica.mailbox("INBOX").messages.at(4).id, {"\\Flagged"}, true);
  return replica;
}

}  // namespace

TEST_CASE(
    "IMAP client: a refusal of SELECT that may pass keeps the copy and the changes (RFC 5530 §3, RFC 4549 §4.1)") {
  for (const char* why : {"[UNAVAILABLE] later", "[INUSE] x", "[SERVERBUG] x", "[LIMIT] x", "not now"}) {
    INFO(why);
    Replica replica = flagged_off_line();
    const auto heard = hear(to_select + "a3 NO " + why + "\r\n* BYE\r\na4 OK\r\n", replica);
    CHECK(heard.error.empty());
    REQUIRE(heard.events<MailboxRefused>().size() == 1);
    CHECK(heard.events<MailboxRefused>()[0].error == "a3 NO " + std::string(why));
    CHECK(heard.events<Synchronised>().empty());
    CHECK(replica.changes().size() == 1);
    CHECK(replica.shown("INBOX").size() == 1);
    // The next session tells it.
    const auto next =
        hear(to_select + "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 5]\r\na3 OK\r\na4 OK\r\n", replica);
    CHECK(next.sent("a4 UID STORE 4 +FLAGS.SILENT (\\Flagged)\r\n"));
    CHECK(replica.changes().empty());
  }
}

TEST_CASE("IMAP client: another mailbox goes on where one is refused, and only proof that it is gone forgets it") {
  const std::string two = to_list + "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Work\r\na2 OK\r\n";
  for (const bool gone : {false, true}) {
    Replica replica;
    replica.mailbox("Work").uid_validity = 3;
    replica.add("Work", 1, {});
    const auto heard = hear(two + "a3 NO " + (gone ? "[NONEXISTENT]" : "[INUSE]") +
                                " x\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\na4 OK\r\n* BYE\r\na5 OK\r\n",
                            replica);
    CHECK(heard.sent("a3 SELECT Work\r\na4 SELECT INBOX\r\n"));
    CHECK(replica.shown("Work").size() == (gone ? 0 : 1));
  }
}

TEST_CASE("IMAP client: a refused STORE waits, ten rounds at most; what is wrong with itself is dropped") {
  const std::string to_store = to_select + "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 5]\r\na3 OK\r\n";
  const std::string rest = "* 1 FETCH (UID 4 FLAGS ())\r\na5 OK\r\n* BYE\r\na6 OK\r\n";
  Replica replica = flagged_off_line();
  for (unsigned session = 1; session <= Client::refusals_max + 1; ++session) {
    const auto heard = hear(to_store + "a4 NO not now\r\n" + rest, replica);
    const auto dropped = heard.events<ChangeDropped>();
    const bool is_last = session > Client::refusals_max;
    REQUIRE(dropped.size() == (session == 1 || is_last ? 1U : 0U));  // told the first time, and when it is given up
    if (!dropped.empty()) CHECK(dropped[0].waits == !is_last);
    CHECK(replica.changes().size() == (is_last ? 0 : 1));
  }
  for (const char* why : {"NO [NOPERM] x", "NO [CANNOT] x", "BAD x"}) {
    Replica other = flagged_off_line();
    (void)hear(to_store + "a4 " + why + "\r\n" + rest, other);
    CHECK(other.changes().empty());
  }
}

TEST_CASE("IMAP client: what may have been appended is not appended again while SEARCH is refused") {
  Replica replica;
  replica.mailbox("Sent").uid_validity = 3;
  replica.append("Sent", "Message-ID: <9@a>\r\n\r\n", {}, start);
  replica.changes().front().attempted = true;
  const auto heard = hear(to_list +
                              "* LIST () \"/\" Sent\r\na2 OK\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 3]\r\na3 OK\r\n"
                              "a4 NO not now\r\n",
                          replica);
  CHECK(heard.sent("a4 UID SEARCH"));
  CHECK_FALSE(heard.sent("APPEND"));
  REQUIRE(replica.changes().size() == 1);
  CHECK(replica.changes().front().attempted);
}

TEST_CASE("IMAP client: a missing or invalid UIDVALIDITY is no other one (RFC 3501 §2.3.1.1)") {
  for (const char* told : {"", "* OK [UIDVALIDITY 0]\r\n"}) {
    Replica replica = flagged_off_line();
    (void)hear(to_select + "* 1 EXISTS\r\n" + told + "a3 OK\r\n* BYE\r\na4 OK\r\n", replica);
    CHECK(replica.changes().size() == 1);
    CHECK(replica.shown("INBOX").size() == 1);
  }
}

TEST_CASE("IMAP client: small slips of servers are read as they are meant") {
  CHECK(OneMessage("FLAGS (\\Seen ) " + date + envelope).flags == std::set<std::string>{"\\Seen"});
  CHECK(OneMessage("FLAGS ( \\Seen  $X) " + date + envelope).flags == std::set<std::string>{"$X", "\\Seen"});
  CHECK(OneMessage("FLAGS ()  " + date + envelope).heard.events<Unreadable>().empty());
  const std::string doubled = "ENVELOPE (" + envelope.substr(9) + ")";
  CHECK(OneMessage("FLAGS () " + date + doubled).message.envelope.subject == "Hi");
  const std::string latin1 = "ENVELOPE (NIL \"caf\xe9\" NIL NIL NIL NIL NIL NIL NIL NIL)";
  CHECK(OneMessage("FLAGS () " + date + latin1).message.envelope.subject == "caf\xc3\xa9");
  CHECK(OneMessage("FLAGS () INTERNALDATE \" 2-Mar-2026 09:00:00 +0000\" RFC822.SIZE 5000000000 " + envelope)
            .message.octets == 5'000'000'000);  // RFC 9051 §9, number64
}

TEST_CASE("IMAP client: what cannot be read of a message costs that, and is told") {
  const std::string unescaped = "ENVELOPE (NIL \"say \"hi\" there\" NIL NIL NIL NIL NIL NIL NIL NIL)";
  for (const std::string& items :
       {"FLAGS () " + date + unescaped, "FLAGS () INTERNALDATE NIL RFC822.SIZE 9 " + envelope,
        "FLAGS () " + date + "X \"no end", "FLAGS NIL " + date + envelope}) {
    INFO(items);
    const OneMessage one(items);
    REQUIRE(one.heard.events<Unreadable>().size() == 1);
    CHECK(one.heard.events<Unreadable>()[0].count == 1);
  }
  CHECK(OneMessage("FLAGS () " + date + unescaped).message.octets == 9);
}

TEST_CASE("IMAP client: nesting is read as deep as our own reader of messages goes") {
  const auto nested = [](std::size_t levels) {
    return "BODYSTRUCTURE " + std::string(levels, '(') + "\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1" +
           std::string(levels, ')');
  };
  const std::size_t deepest = message::limits::nesting_max + 4;
  CHECK(OneMessage("FLAGS () " + date + envelope + " " + nested(deepest)).heard.events<Unreadable>().empty());
  CHECK(OneMessage("FLAGS () " + date + envelope + " " + nested(deepest + 1)).heard.events<Unreadable>().size() == 1);
}

TEST_CASE("IMAP client: lines that are no responses are left out, shown, and counted") {
  Replica replica;
  const auto heard = hear(to_fetch + "\r\n)\r\na9 OK what?\r\na4 MAYBE\r\n+ go on\r\n* 1 FETCH (UID 5 FLAGS () " +
                              date + envelope + ")\r\na4 OK\r\n" + bye,
                          replica);
  CHECK(heard.error.empty());
  CHECK(replica.shown("INBOX").size() == 1);
  const auto told = heard.events<Unreadable>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].count == 1);
  CHECK(told[1].count == 5);
}

TEST_CASE("IMAP client: a body with a blank line behind its literal, or with NUL, is read") {
  ClientConfig config = bruno_imap();
  config.content_octets_max = 100;
  const std::string header = to_fetch + "* 1 FETCH (UID 5 FLAGS () " + date + envelope + ")\r\na4 OK\r\n";
  for (const auto& [body, content] : {std::pair<std::string, std::string>{"{4}\r\nabcd\r\n)", "abcd"},
                                      {"{3}\r\n" + std::string("a\0b", 3) + ")", std::string("a\0b", 3)}}) {
    Replica replica;
    const auto heard =
        hear(header + "* 1 FETCH (UID 5 BODY[] " + body + "\r\na5 OK\r\n* BYE\r\na6 OK\r\n", replica, config);
    CHECK(heard.error.empty());
    CHECK(heard.events<ContentFetched>().size() == 1);
    CHECK(replica.shown("INBOX")[0].message->content == content);
  }
}

TEST_CASE(
    "IMAP client: a body that is refused is wanted still; one that does not come is given up, and both are told") {
  for (const bool refused : {true, false}) {
    Replica replica;
    replica.mailbox("INBOX").uid_validity = 7;
    replica.mailbox("INBOX").uid_next = 6;
    replica.add("INBOX", 5, {});
    const std::uint64_t id = replica.shown("INBOX")[0].message->id;
    replica.want_content(id);
    const auto heard = hear(to_select +
                                "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 6]\r\na3 OK\r\n"
                                "* 1 FETCH (UID 5 FLAGS ())\r\na4 OK\r\na5 " +
                                (refused ? "NO [SERVERBUG] x" : "OK") + "\r\n* BYE\r\na6 OK\r\n",
                            replica);
    CHECK(heard.error.empty());
    CHECK(heard.events<ContentRefused>().size() == 1);
    CHECK(replica.wanted().contains(id) == refused);
  }
}

TEST_CASE("IMAP client: {5} at the end of a status text announces nothing (RFC 3501 §9, resp-text)") {
  Replica replica;
  const auto heard =
      hear(to_select + "* OK one {5}\r\na3 NO no mailbox named x{5}\r\n* BYE {5}\r\na4 OK {5}\r\n", replica);
  CHECK(heard.error.empty());
}

TEST_CASE("IMAP client: an unreadable line of LIST forgets no mailbox") {
  Replica replica;
  replica.add("Work", 1, {});
  const auto heard = hear(to_list + "* LIST () \"/\" INBOX\r\n* LIST () \"/\" \"&AG&x\"\r\na2 OK\r\n", replica);
  CHECK(heard.events<Unreadable>().size() == 1);
  CHECK(replica.shown("Work").size() == 1);
}

TEST_CASE("IMAP client: numbers that a server tells become no memory") {
  Replica replica;
  const auto heard = hear(to_select +
                              "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7]\r\na3 OK\r\n* 4294967295 FETCH (UID "
                              "4294967295 FLAGS () " +
                              date + envelope + ")\r\n* VANISHED 1:4294967295\r\n",
                          replica);
  CHECK(heard.sent("a4 UID FETCH"));  // and the test's memory is what it was
}

TEST_CASE("IMAP client: an alert is told, and whether anybody could have written it (RFC 9051 §7.1)") {
  Replica replica;
  const auto heard =
      hear("* OK [ALERT] Down at noon\r\na1 NO [ALERT] Pay first\r\n* CAPABILITY IMAP4rev1\r\na1 OK\r\n", replica);
  const auto alerts = heard.events<Alert>();
  REQUIRE(alerts.size() == 2);
  CHECK(alerts[0].text == "Down at noon");
  CHECK_FALSE(alerts[0].is_secured);
  std::string many = to_fetch;
  for (std::size_t count = 0; count <= Client::alerts_max; ++count) many += "* OK [ALERT] x\r\n";
  CHECK(hear(many, replica).events<Alert>().size() == Client::alerts_max);
}

TEST_CASE("IMAP client: PREAUTH does not get round TLS that is required (RFC 9051 §7.1.4)") {
  for (const auto policy : {StartTlsPolicy::Required, StartTlsPolicy::Opportunistic}) {
    ClientConfig config = bruno_imap();
    config.starttls = policy;
    Replica replica;
    const auto heard = hear("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n", replica, config);
    CHECK(heard.record.sent.empty() == (policy == StartTlsPolicy::Required));
    CHECK(heard.error.starts_with("the server skips the login (PREAUTH)") == (policy == StartTlsPolicy::Required));
  }
}

TEST_CASE("IMAP client: a server that speaks TLS to a client that does not, and the like, is told in words") {
  Replica replica;
  CHECK(hear(std::string("\x15\x03\x03\x00\x02\x02\x46", 7), replica).error.starts_with("the server answers with TLS"));
  Client client(bruno_imap(), replica);
  test::Record<Client> record;
  test::drain<Client>(client, start, record);
  client.deadline_passed(*client.deadline());
  test::drain<Client>(client, start + Client::silence_max, record);
  CHECK(std::get<SessionDone>(record.events.back()).error.starts_with("the server did not greet"));
}

TEST_CASE("IMAP client: LOGOUT answered by a tagged BYE is over all the same") {
  Replica replica;
  const auto heard =
      hear(to_fetch + "* 1 FETCH (UID 5 FLAGS () " + date + envelope + ")\r\na4 OK\r\na5 BYE out\r\n", replica);
  CHECK(heard.error.empty());
}

TEST_CASE("IMAP client: with a server that always answers the same it does not run in circles") {
  ClientConfig config = bruno_imap();
  config.stay = true;
  const std::string can = "* OK [CAPABILITY IMAP4rev1 IDLE] hi\r\na1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n";
  const std::string opened = can + "* LIST () \"/\" INBOX\r\na2 OK\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\na3 OK\r\n";
  const auto count = [](const Heard& heard, std::string_view verb) {
    std::size_t times = 0;
    for (std::size_t at = heard.record.sent.find(verb); at != std::string::npos;
         at = heard.record.sent.find(verb, at + 1))
      ++times;
    return times;
  };
  std::string ends_idle = opened, grows = opened, refuses = can;
  for (int tag = 4; tag < 300; ++tag) {
    const std::string number = std::to_string(tag);
    ends_idle += "a" + number + " OK idle done\r\n";
    grows += "* " + number + " EXISTS\r\na" + number + " OK\r\n";
  }
  for (int tag = 2; tag < 300; ++tag) refuses += "a" + std::to_string(tag) + " NO never\r\n";
  Replica one, two, three, four;
  CHECK(count(hear(ends_idle, one, config), " IDLE\r\n") == Client::idles_ended_max);
  CHECK(count(hear(grows, two, config), " UID FETCH") <= Client::growths_max + 5);
  CHECK(count(hear(refuses, three, config), "\r\n") < 10);
  const auto polls = hear(opened + "a4 BAD no IDLE today\r\n", four, config);
  CHECK_FALSE(polls.sent("LOGOUT"));
  CHECK(count(polls, " IDLE\r\n") == 1);
}

TEST_CASE("IMAP client: MODIFIED for ever is put off (RFC 7162 §3.1.3)") {
  const std::string can = "CAPABILITY IMAP4rev1 ENABLE CONDSTORE";
  Replica replica = flagged_off_line();
  std::string says = "* OK [" + can + "] hi\r\na1 OK [" + can +
                     "] in\r\n* ENABLED CONDSTORE\r\na2 OK\r\na3 OK\r\n"
                     "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 5]\r\n* OK [HIGHESTMODSEQ 9]\r\na4 OK\r\n";
  for (int tag = 5; tag < 200; tag += 2) {
    const std::string fetched = "* 1 FETCH (UID 4 FLAGS () MODSEQ (8))\r\na";
    says += fetched + std::to_string(tag) + " OK [MODIFIED 4] x\r\n" + fetched + std::to_string(tag + 1) + " OK\r\n";
  }
  const auto heard = hear(says, replica);
  std::size_t stores = 0;
  for (std::size_t at = heard.record.sent.find("UID STORE"); at != std::string::npos;
       at = heard.record.sent.find("UID STORE", at + 1))
    ++stores;
  CHECK(stores == Client::conflicts_max + 2);
  CHECK(replica.changes().size() == 1);
}

TEST_CASE("IMAP client: with LF alone nothing is a line, unless the client is liberal") {
  const std::string says =
      "* OK [CAPABILITY IMAP4rev1] hi\na1 OK [CAPABILITY IMAP4rev1] in\n* LIST () \"/\" INBOX\na2 OK\n"
      "* 1 EXISTS\n* OK [UIDVALIDITY 7]\na3 OK\n* 1 FETCH (UID 5 FLAGS () " +
      date + "ENVELOPE (NIL {2}\nHi NIL NIL NIL NIL NIL NIL NIL NIL))\na4 OK\n* BYE\na5 OK\n";
  for (const auto bare : {BareLineFeed::Octet, BareLineFeed::EndsLine}) {
    ClientConfig config = bruno_imap();
    config.bare_lines = bare;
    Replica replica;
    const auto heard = hear(says, replica, config);
    CHECK(heard.error.empty() == (bare == BareLineFeed::EndsLine));
    CHECK(replica.shown("INBOX").size() == (bare == BareLineFeed::EndsLine ? 1 : 0));
  }
}

TEST_CASE("IMAP client: names are those of the personal namespace (RFC 2342 §5)") {
  const std::string can = "CAPABILITY IMAP4rev1 NAMESPACE LITERAL+";
  Replica replica;
  replica.append("Sent", "Message-ID: <9@a>\r\n\r\n", {}, start);
  const auto heard = hear(
      "* OK [" + can + "] hi\r\na1 OK [" + can +
          "] in\r\n* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\na2 OK\r\n* LIST () \".\" INBOX\r\n* LIST () \".\" "
          "\"INBOX.Work.2026\"\r\n* LIST () \".\" \"shared.Team\"\r\na3 OK\r\na4 OK\r\na5 OK\r\na6 OK\r\na7 NO x\r\n",
      replica);
  CHECK(heard.sent("a4 CREATE INBOX.Sent\r\na5 SUBSCRIBE INBOX.Sent\r\na6 APPEND INBOX.Sent ()"));
  CHECK(replica.mailboxes().contains("Work/2026"));
  CHECK(replica.mailboxes().contains("shared/Team"));
  CHECK(heard.sent("SELECT INBOX.Work.2026\r\n"));
}

TEST_CASE("names of a server and names that people see go over into each other") {
  NameSpace names;
  names.in({"INBOX.", "."});
  CHECK(names.at_server("Work/2026") == "INBOX.Work.2026");
  CHECK(names.at_server("INBOX") == "INBOX");
  CHECK(names.learn("INBOX.Work", ".") == "Work");
  CHECK(names.learn("Work", ".") == "~Work");  // that name is taken
  CHECK(names.at_server("~Work") == "Work");
  CHECK(names.at_server("Work") == "INBOX.Work");
  CHECK(names.shown("INBOX.New") == "New");
  names.in({"", ""});
  CHECK(names.at_server("a/b") == "a/b");
  const auto read = [](std::string_view rest) { return read_personal_namespace(rest, false); };
  REQUIRE(read("((\"\" \"/\")) NIL NIL"));
  CHECK(read("((\"\" \"/\")) NIL NIL")->delimiter == "/");
  CHECK(read("NIL NIL NIL")->prefix.empty());
  CHECK(read("((\"A\" NIL)) NIL NIL")->delimiter.empty());
  CHECK_FALSE(read("(\"\" \"/\")"));
}

TEST_CASE("IMAP client: after a refused mechanism the next that gives no more away (RFC 4422)") {
  ClientConfig config = bruno_imap();
  config.authentication.random = [](std::size_t octets) { return std::string(octets, 'r'); };
  const std::string can = "* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256 AUTH=CRAM-MD5 AUTH=PLAIN] hi\r\n";
  Replica replica;
  const auto heard = hear(can + "a1 NO no secrets\r\na2 NO neither\r\n* BYE\r\na3 OK\r\n", replica, config);
  const auto retried = heard.events<LoginRetried>();
  REQUIRE(retried.size() == 1);
  CHECK(retried[0].refused == "SCRAM-SHA-256");
  CHECK(retried[0].next == "CRAM-MD5");
  CHECK(heard.error == "a1 NO no secrets");
  CHECK_FALSE(heard.sent("LOGIN"));  // which would tell the password to anybody on the way
}
