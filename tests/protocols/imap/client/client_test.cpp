// The IMAP client's sessions: what it asks, in which order, and what it makes of the answers.
// Long because it is one list of them.
#include "protocols/imap/client/client.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "tests/protocols/imap/client/client_rig.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::bruno_imap;
using test::Connection;
using test::Offered;
using test::start;

namespace {

const Offered bare = std::set<std::string>{"IMAP4rev1"};

/// One session with our server, whole and octet by octet on two equal accounts: both must go alike.
struct Visit {
  std::string said, error;
  Replica replica;
};
Visit visit_filled(const Offered& offered, ClientConfig config = bruno_imap()) {
  Visit visits[2];
  std::vector<std::string> steps[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    test::fill(account);
    Connection connection(config, visits[chunk].replica, account, offered);
    connection.run(start, chunk);
    visits[chunk].said = connection.said();
    visits[chunk].error = connection.error();
    steps[chunk] = test::told(connection.record.steps);
    if (connection.error().empty()) CHECK(test::difference(visits[chunk].replica, account) == "");
  }
  CHECK(steps[0] == steps[1]);
  return visits[0];
}

/// What the client does when a server says exactly this, whether asked or not, and then closes.
struct Heard {
  std::string said, error{"no SessionDone"};
  std::vector<std::string> steps;
  test::Record<Client> record;
};
Heard hear(std::string_view server_says, Replica& replica, const ClientConfig& config = bruno_imap(),
           std::size_t chunk = 0) {
  Client client(config, replica);
  Heard heard;
  test::feed<Client>(client, server_says, chunk, start, heard.record);
  client.receive_eof(start);
  test::drain<Client>(client, start, heard.record);
  for (const Step& step : heard.record.steps)
    if (step.direction == Direction::Sent) heard.said += step.text + "\n";
  for (const auto& event : heard.record.events)
    if (const auto* done = std::get_if<SessionDone>(&event)) heard.error = done->error;
  heard.steps = test::told(heard.record.steps);
  CHECK(heard.record.closed);
  return heard;
}
Heard hear(std::string_view server_says) {
  Replica replica;
  return hear(server_says, replica);
}

constexpr std::string_view to_login = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
const std::string to_list = std::string(to_login) + "a1 OK [CAPABILITY IMAP4rev1] in\r\n";
const std::string to_select = to_list + "* LIST () \"/\" INBOX\r\na2 OK\r\n";
const std::string to_fetch = to_select + "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\na3 OK [READ-WRITE] done\r\n";
const std::string descriptor =
    "INTERNALDATE \" 2-Mar-2026 09:00:00 +0000\" RFC822.SIZE 9 "
    "ENVELOPE (NIL \"Hi\" ((\"Anna\" NIL \"anna\" \"alba.example\")) NIL NIL NIL NIL NIL NIL \"<1@a>\") "
    "BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1)";

const std::string asked_header = "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)";

}  // namespace

TEST_CASE("IMAP client: from a server with no extension it takes headers, and looks at all flags the next time") {
  mailstore::Account account("bruno");
  test::fill(account);
  Replica replica;
  Connection first(bruno_imap(), replica, account, bare);
  first.run();
  CHECK(first.error().empty());
  CHECK(first.said() == "a1 LOGIN bruno ginger-4\na2 LIST \"\" \"*\"\na3 SELECT INBOX\na4 UID FETCH 1:* " +
                            asked_header + "\na5 LOGOUT\n");
  CHECK(test::difference(replica, account) == "");
  const auto shown = replica.shown("INBOX");
  REQUIRE(shown.size() == 3);
  CHECK(shown[0].message->envelope.subject == "Lunch on Friday?");
  CHECK(shown[0].message->envelope.from == "Núria <nuria@alba.example>");
  CHECK_FALSE(shown[0].message->content);

  account.inbox().remove(mailstore::Uid{2});
  account.inbox().set_flags({1}, {mailstore::Flag::Flagged});
  account.inbox().append(start, test::message_two);
  Connection second(bruno_imap(), replica, account, bare);
  second.run();
  CHECK(second.said().find("a4 UID FETCH 4:* " + asked_header + "\na5 UID FETCH 1:3 (FLAGS)\na6 LOGOUT\n") !=
        std::string::npos);
  CHECK(test::difference(replica, account) == "");

  Connection third(bruno_imap(), replica, account, bare);
  third.run();
  CHECK(third.said().find("a3 SELECT INBOX\na4 UID FETCH 1:4 (FLAGS)\na5 LOGOUT\n") != std::string::npos);
}

TEST_CASE("IMAP client: it asks once for ENABLE, ID and NAMESPACE, and LIST tells uses and subscriptions (RFC 6154)") {
  const auto visit =
      visit_filled(std::set<std::string>{"IMAP4rev1", "ID", "NAMESPACE", "LIST-EXTENDED", "SPECIAL-USE", "ENABLE"});
  CHECK(visit.error.empty());
  CHECK(visit.said.find("ID (\"name\" \"Mailscope\")\na3 NAMESPACE\na4 LIST \"\" \"*\" RETURN (SUBSCRIBED "
                        "SPECIAL-USE)\n") != std::string::npos);
}

TEST_CASE("IMAP client: an empty mailbox is listed without asking") {
  mailstore::Account account("bruno");
  Replica replica;
  Connection connection(bruno_imap(), replica, account, bare);
  connection.run();
  CHECK(connection.said().find("FETCH") == std::string::npos);
  REQUIRE(connection.events<Synchronised>().size() == 1);
  CHECK(connection.events<Synchronised>()[0].messages == 0);
}

TEST_CASE("IMAP client: the body of a wanted message comes by PEEK, and small ones unasked where that is wished") {
  mailstore::Account account("bruno");
  test::fill(account);
  Replica replica;
  Connection(bruno_imap(), replica, account, bare).run();
  replica.want_content(replica.shown("INBOX")[0].message->id);
  Connection one(bruno_imap(), replica, account, bare);
  one.run();
  CHECK(one.said().find("UID FETCH 1 (BODY.PEEK[])\n") != std::string::npos);
  CHECK(one.events<ContentFetched>().size() == 1);
  CHECK(replica.shown("INBOX")[0].message->content == test::message_one);
  CHECK(account.inbox().find({1})->flags == mailstore::Flags{});
  ClientConfig config = bruno_imap();
  config.content_octets_max = test::message_two.size();
  Connection small(config, replica, account, bare);
  small.run();
  CHECK(replica.shown("INBOX")[1].message->content == test::message_two);
  CHECK(replica.shown("INBOX")[2].message->content == test::message_three);
  CHECK(test::difference(replica, account) == "");
}

TEST_CASE("IMAP client: QRESYNC tells all changes of old messages with SELECT (RFC 7162 §3.2.5)") {
  Replica replica;
  const std::string set_up =
      "* OK [CAPABILITY IMAP4rev1 ENABLE QRESYNC] ready\r\na1 OK [CAPABILITY IMAP4rev1 ENABLE QRESYNC] in\r\n"
      "* ENABLED QRESYNC\r\na2 OK\r\n* LIST () \"/\" INBOX\r\na3 OK\r\n";
  const auto fetch = [](int number, int uid, int modseq) {
    return "* " + std::to_string(number) + " FETCH (UID " + std::to_string(uid) + " FLAGS () MODSEQ (" +
           std::to_string(modseq) + ") " + descriptor + ")\r\n";
  };
  const auto first = hear(
      set_up + "* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 9]\r\n* OK [HIGHESTMODSEQ 20]\r\na4 OK done\r\n" +
          fetch(1, 3, 11) + fetch(2, 5, 12) + fetch(3, 8, 20) + "a5 OK\r\n* BYE\r\na6 OK\r\n",
      replica);
  CHECK(first.error.empty());
  CHECK(first.said.find("a2 ENABLE QRESYNC\n") != std::string::npos);
  CHECK(first.said.find("a4 SELECT INBOX (CONDSTORE)\n") != std::string::npos);
  CHECK(replica.mailbox("INBOX").modseq == 20);
  const std::uint64_t id = replica.mailbox("INBOX").messages.at(8).id;

  replica.mark(replica.mailbox("INBOX").messages.at(5).id, {"\\Flagged"}, true);
  const auto second = hear(set_up +
                               "* 2 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 9]\r\n* OK [HIGHESTMODSEQ 25]\r\n"
                               "* VANISHED (EARLIER) 1:2,5\r\n* 2 FETCH (UID 8 FLAGS (\\Seen) MODSEQ (24))\r\n"
                               "a4 OK done\r\n* BYE\r\na5 OK\r\n",
                           replica);
  CHECK(second.error.empty());
  CHECK(second.said.find("a4 SELECT INBOX (QRESYNC (7 20 1:8))\na5 LOGOUT\n") != std::string::npos);
  CHECK(replica.mailbox("INBOX").modseq == 25);
  CHECK(replica.mailbox("INBOX").messages.size() == 2);
  CHECK(replica.mailbox("INBOX").messages.at(8).id == id);
  CHECK(replica.mailbox("INBOX").messages.at(8).flags == std::set<std::string>{"\\Seen"});
  CHECK(replica.changes().empty());
  const auto dropped = std::get_if<ChangeDropped>(&second.record.events.front());
  REQUIRE(dropped);
  CHECK(dropped->subject == "Hi");

  const auto third = hear(set_up +
                              "* 1 EXISTS\r\n* OK [UIDVALIDITY 8]\r\n* OK [UIDNEXT 2]\r\n* OK [HIGHESTMODSEQ 2]\r\n"
                              "a4 OK done\r\n" +
                              fetch(1, 1, 2) + "a5 OK\r\n* BYE\r\na6 OK\r\n",
                          replica);
  CHECK(third.said.find("a5 UID FETCH 1:* " + asked_header) != std::string::npos);
  REQUIRE(replica.mailbox("INBOX").messages.size() == 1);
  CHECK(replica.mailbox("INBOX").messages.at(1).id != id);
  const auto forgets = hear(set_up +
                                "* 1 EXISTS\r\n* OK [UIDVALIDITY 8]\r\n* OK [UIDNEXT 2]\r\n* OK [NOMODSEQ]\r\n"
                                "a4 OK done\r\n* 1 FETCH (UID 1 FLAGS (\\Draft))\r\na5 OK\r\n* BYE\r\na6 OK\r\n",
                            replica);
  CHECK(forgets.said.find("a5 UID FETCH 1:1 (FLAGS)\n") != std::string::npos);
  CHECK(replica.mailbox("INBOX").modseq == 0);
}

TEST_CASE("IMAP client: by CONDSTORE it asks for changed flags, and for what is gone only if the number shows it") {
  Replica replica;
  const std::string set_up =
      "* OK [CAPABILITY IMAP4rev1 ENABLE CONDSTORE] ready\r\na1 OK [CAPABILITY IMAP4rev1 ENABLE CONDSTORE] in\r\n"
      "* ENABLED CONDSTORE\r\na2 OK\r\n* LIST () \"/\" INBOX\r\na3 OK\r\n";
  const auto selected = [](int messages, int modseq) {
    return "* " + std::to_string(messages) +
           " EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 9]\r\n* OK [HIGHESTMODSEQ " + std::to_string(modseq) +
           "]\r\na4 OK done\r\n";
  };
  const std::string end = "* BYE\r\n";
  hear(set_up + selected(2, 20) + "* 1 FETCH (UID 3 FLAGS () MODSEQ (11) " + descriptor +
           ")\r\n* 2 FETCH (UID 8 FLAGS () MODSEQ (20) " + descriptor + ")\r\na5 OK\r\n* BYE\r\na6 OK\r\n",
       replica);
  REQUIRE(replica.mailbox("INBOX").messages.size() == 2);
  const auto same = hear(set_up + selected(2, 20) + "* BYE\r\na5 OK\r\n", replica);
  CHECK(same.said.find("a4 SELECT INBOX (CONDSTORE)\na5 LOGOUT\n") != std::string::npos);
  const auto flags =
      hear(set_up + selected(2, 22) + "* 2 FETCH (UID 8 FLAGS (\\Seen) MODSEQ (22))\r\na5 OK\r\n* BYE\r\na6 OK\r\n",
           replica);
  CHECK(flags.said.find("a5 UID FETCH 1:8 (FLAGS) (CHANGEDSINCE 20)\na6 LOGOUT\n") != std::string::npos);
  CHECK(replica.mailbox("INBOX").messages.at(8).flags == std::set<std::string>{"\\Seen"});
  const auto gone = hear(set_up + selected(1, 22) + "* SEARCH 8\r\na5 OK\r\n* BYE\r\na6 OK\r\n", replica);
  CHECK(gone.said.find("a5 UID SEARCH ALL\na6 LOGOUT\n") != std::string::npos);
  CHECK(replica.mailbox("INBOX").messages.size() == 1);
}

TEST_CASE("IMAP client: mailboxes whose STATUS says that nothing has changed are not opened (RFC 5819, RFC 7162)") {
  Replica replica;
  const std::string can = "CAPABILITY IMAP4rev1 ENABLE CONDSTORE LIST-EXTENDED LIST-STATUS SPECIAL-USE";
  const std::string set_up = "* OK [" + can + "] ready\r\na1 OK [" + can +
                             "] in\r\n* ENABLED CONDSTORE\r\na2 OK\r\n* LIST (\\Subscribed) \"/\" INBOX\r\n"
                             "* LIST (\\Trash) \"/\" \"Bin\"\r\n* LIST () \"/\" Other\r\n* LIST (\\All) \"/\" All\r\n"
                             "* LIST (\\Noselect) \"/\" Level\r\n";
  const auto status = [](int modseq) {
    return "* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7 HIGHESTMODSEQ " + std::to_string(modseq) +
           ")\r\n* STATUS Bin (MESSAGES 0 UIDNEXT 4 UIDVALIDITY 8 HIGHESTMODSEQ 6)\r\na3 OK\r\n";
  };
  const std::string opened_bin =
      "* 0 EXISTS\r\n* OK [UIDVALIDITY 8]\r\n* OK [UIDNEXT 4]\r\n* OK [HIGHESTMODSEQ 6]\r\na4 OK\r\n";
  const auto opened_inbox = [](const std::string& tag, int modseq) {
    return "* OK [CLOSED]\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 1]\r\n* OK [HIGHESTMODSEQ " +
           std::to_string(modseq) + "]\r\n" + tag + " OK\r\n";
  };
  const auto first = hear(set_up + status(3) + opened_bin + opened_inbox("a5", 3) + "* BYE\r\na6 OK\r\n", replica);
  CHECK(first.error.empty());
  CHECK(first.said.find("a3 LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY "
                        "HIGHESTMODSEQ))\na4 SELECT Bin (CONDSTORE)\na5 SELECT INBOX (CONDSTORE)\na6 LOGOUT\n") !=
        std::string::npos);
  CHECK(replica.mailbox_for(mailstore::SpecialUse::Trash) == "Bin");
  CHECK(replica.mailbox_names() == std::set<std::string>{"Bin", "INBOX", "Other"});
  const auto quiet = hear(set_up + status(3) + "* BYE\r\na4 OK\r\n", replica);
  CHECK(quiet.said.find("SELECT") == std::string::npos);
  const auto news = hear(set_up + status(4) + opened_inbox("a4", 4) + "* BYE\r\na5 OK\r\n", replica);
  CHECK(news.said.find("a4 SELECT INBOX (CONDSTORE)\na5 LOGOUT\n") != std::string::npos);
}

TEST_CASE("IMAP client: a server of IMAP4rev2 alone is spoken to in its language (RFC 9051)") {
  Replica replica;
  replica.append("Añejo", "Subject: x\r\n\r\n", {"\\Seen"}, start);
  const auto heard = hear(
      "* OK [CAPABILITY IMAP4rev2] ready\r\na1 OK [CAPABILITY IMAP4rev2] in\r\na2 OK\r\n* LIST () \"/\" \"INBOX\"\r\n"
      "* LIST () \"/\" {6}\r\nAñejo\r\na3 OK\r\na4 OK [APPENDUID 9 1] done\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 9]\r\n"
      "* OK [UIDNEXT 2]\r\na5 OK\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\na6 OK\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n"
      "a7 OK\r\n* BYE\r\na8 OK\r\n",
      replica);
  CHECK(heard.error.empty());
  CHECK(heard.said.find(
            "a2 NAMESPACE\na3 LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE)\na4 APPEND \"Añejo\" (\\Seen) "
            "\" 2-Mar-2026 09:00:00 +0000\" {14+}\nSubject: x\n\n\na5 SELECT \"Añejo\"\n") != std::string::npos);
  CHECK(replica.shown("Añejo").size() == 1);
}

TEST_CASE("IMAP client: with UTF8=ACCEPT names, searches and headers travel in UTF-8 (RFC 6855 §3, §4)") {
  mailstore::Account account("bruno");
  account.create("Cafè");
  account.subscribe("Cafè");
  account.find("Cafè")->append(start, "Subject: té\r\n\r\nx\r\n");
  const std::string message = "Subject: ñ\r\n\r\n";
  for (const std::string enabler : {"ENABLE", "UTF8"}) {  // one of the two is not enough
    Replica replica;
    replica.append("Añejo", "Subject: n\r\n\r\nñ", {}, start);
    Connection without(bruno_imap(), replica, account, std::set<std::string>{"IMAP4rev1", "LITERAL+", enabler});
    without.client.search("Cafè", "té");
    without.run();
    CHECK(without.error().empty());
    CHECK(without.said().find("APPEND A&APE-ejo () ") != std::string::npos);
    CHECK(without.said().find("UID SEARCH CHARSET UTF-8 TEXT {3+}\nté\n") != std::string::npos);
    CHECK(replica.shown("Cafè").at(0).message->envelope.subject == "té");  // encoded by the server (RFC 6858 §2.3)
    CHECK(test::difference(replica, account) == "");
  }
  Replica replica;
  replica.append("Añejo", message, {}, start);
  Connection with(bruno_imap(), replica, account, std::nullopt);
  with.client.search("Cafè", "té");
  with.run();
  CHECK(with.error().empty());
  CHECK(with.said().find(" ENABLE QRESYNC UTF8=ACCEPT\n") != std::string::npos);
  CHECK(with.said().find("APPEND \"Añejo\" () \" 2-Mar-2026 09:00:00 +0000\" UTF8 (~{15+}\nSubject: ñ\n\n)\n") !=
        std::string::npos);
  CHECK(with.said().find("SELECT \"Cafè\" ") != std::string::npos);
  CHECK(with.said().find("UID SEARCH TEXT {3+}\nté\n") != std::string::npos);
  CHECK(with.events<SearchDone>().at(0).ids.size() == 1);
  CHECK(test::difference(replica, account) == "");
  CHECK(account.find("Añejo")->messages().back().content->octets() == message);
  const auto only = hear(
      "* OK [CAPABILITY IMAP4rev1 ENABLE UTF8=ONLY] hi\r\na1 OK [CAPABILITY IMAP4rev1 ENABLE UTF8=ONLY] in\r\n"
      "* ENABLED UTF8=ACCEPT\r\na2 OK\r\n");
  CHECK(only.said.find("a2 ENABLE UTF8=ACCEPT\n") != std::string::npos);  // RFC 6855 §6
}

TEST_CASE("IMAP client: with NOTIFY a client that stays hears of every mailbox (RFC 5465 §3.1, §4)") {
  ClientConfig staying = bruno_imap();
  staying.stay = true;
  const std::string asked =
      " NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge "
      "FlagChange MailboxName SubscriptionChange))\n";
  for (const bool condstore : {true, false}) {
    std::set<std::string> has{"IMAP4rev1", "IDLE", "NOTIFY", "LITERAL+", "LIST-EXTENDED", "LIST-STATUS", "ENABLE"};
    if (condstore) has.insert("CONDSTORE");
    mailstore::Account account("bruno");
    mailstore::Mailbox* work = account.create("Work").mailbox;
    account.subscribe("Work");
    account.create("Unread");  // nobody looks at it: not subscribed
    Replica replica;
    Connection connection(staying, replica, account, has);
    connection.run();
    CHECK(connection.said().find(asked) != std::string::npos);
    CHECK(connection.said().ends_with(" IDLE\n"));
    auto heard = [&, before = connection.said().size()]() mutable {
      connection.run();
      const std::string said = connection.said();
      return said.substr(std::exchange(before, said.size()));
    };
    work->append(start, test::message_two);
    CHECK(heard().find("DONE\n") == 0);
    CHECK(replica.shown("Work").size() == 1);
    CHECK(connection.said().ends_with(" IDLE\n"));  // and INBOX is open again
    work->set_flags({1}, {mailstore::Flag::Seen});
    heard();
    CHECK(replica.shown("Work").at(0).flags == std::set<std::string>{"\\Seen"});
    work->remove({1});
    heard();
    CHECK(replica.shown("Work").empty());
    account.find("Unread")->append(start, test::message_two);
    CHECK(heard().empty());
    account.create("Lists");
    account.subscribe("Lists");
    CHECK(heard().find(" LIST ") != std::string::npos);
    CHECK(replica.mailbox_names().contains("Lists"));
    account.inbox().append(start, test::message_two);
    CHECK(heard().find("LIST") == std::string::npos);
    CHECK(replica.shown("INBOX").size() == 1);
    connection.client.leave();
    heard();
    CHECK(connection.error().empty());
  }
  Replica replica;  // a server that has it and refuses it: INBOX alone is watched
  const auto refused = hear(
      "* OK [CAPABILITY IMAP4rev1 NOTIFY IDLE] hi\r\na1 OK [CAPABILITY IMAP4rev1 NOTIFY IDLE] in\r\n"
      "a2 NO [NOTIFICATIONOVERFLOW] no\r\n* LIST () \"/\" INBOX\r\na3 OK\r\n* 0 EXISTS\r\na4 OK\r\n",
      replica, staying);
  CHECK(refused.said.ends_with("a3 LIST \"\" \"*\"\na4 SELECT INBOX\na5 IDLE\n"));
  const auto leaving =
      hear("* OK [CAPABILITY IMAP4rev1 NOTIFY] hi\r\na1 OK [CAPABILITY IMAP4rev1 NOTIFY] in\r\n", replica);
  CHECK(leaving.said.find("NOTIFY") == std::string::npos);  // who leaves at once needs none
}

TEST_CASE("IMAP client: a wrong password ends with LOGOUT and the server's line") {
  auto config = bruno_imap();
  config.password = "wrong";
  const auto refused = visit_filled(std::nullopt, config);
  CHECK(refused.error == "a1 NO [AUTHENTICATIONFAILED] invalid user name or password");
  CHECK(refused.said.ends_with("a2 LOGOUT\n"));
}

TEST_CASE("IMAP client: user names and passwords travel quoted or as literals where they must (RFC 3501 §4.3)") {
  const auto attempt = [](const std::string& password, const Offered& offered = std::nullopt) {
    auto config = bruno_imap();
    config.password = password;
    return visit_filled(offered, config);
  };
  CHECK(attempt("two words").said.starts_with("a1 LOGIN bruno \"two words\"\n"));
  CHECK(attempt("q\"\\").said.starts_with("a1 LOGIN bruno \"q\\\"\\\\\"\n"));
  CHECK(attempt("").said.starts_with("a1 LOGIN bruno \"\"\n"));
  const std::string odd = "se\xc3\xb1or\r\na9 DELETE}\r\n";
  CHECK(attempt(odd).said.starts_with("a1 LOGIN bruno {20+}\nse\xc3\xb1or\na9 DELETE}\n\n"));
  for (const std::size_t octets : {4096U, 4097U}) {  // RFC 7888 §5
    auto config = bruno_imap();
    config.password = std::string(octets, '\n');
    Replica replica;
    const auto minus =
        hear("* OK [CAPABILITY IMAP4rev1 LITERAL-] hi\r\na1 NO no\r\n* BYE\r\na2 OK\r\n", replica, config);
    CHECK(minus.said.starts_with("a1 LOGIN bruno {" + std::to_string(octets) + (octets == 4096 ? "+}\n" : "}\n")));
  }
  const auto waiting = attempt(odd, bare);
  CHECK(waiting.said.starts_with("a1 LOGIN bruno {20}\nse\xc3\xb1or\na9 DELETE}\n\n"));
  CHECK(waiting.error == "a1 NO [AUTHENTICATIONFAILED] invalid user name or password");
  CHECK(attempt(std::string("a\0b", 3)).error == "user name or password cannot be sent in an IMAP command");
  CHECK(attempt(std::string(Server::login_octets_max, '\n'), bare).error == "a1 BAD literal too large");
}

TEST_CASE("IMAP client: asks for capabilities that the greeting did not give (RFC 3501 §6.1.1)") {
  const auto heard = hear(
      "* OK ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK\r\na2 OK\r\n* CAPABILITY IMAP4rev1\r\na3 "
      "OK\r\na4 OK\r\n* 0 EXISTS\r\na5 OK\r\n* BYE\r\na6 OK\r\n");
  CHECK(heard.error.empty());
  CHECK(heard.said.starts_with("a1 CAPABILITY\na2 LOGIN bruno ginger-4\na3 CAPABILITY\n"));
  CHECK(hear("* OK hi\r\n* CAPABILITY IMAP2\r\na1 OK\r\n* BYE\r\na2 OK\r\n").error ==
        "the server does not speak IMAP4");
  CHECK(hear("* PREAUTH hi\r\n* CAPABILITY IMAP4rev1\r\na1 OK\r\na2 OK\r\n* 0 EXISTS\r\na3 OK\r\n* BYE\r\na4 OK\r\n")
            .error.empty());
}

TEST_CASE("IMAP client: what it did not ask for is skipped, whatever its shape (RFC 3501 §7)") {
  Replica replica;
  const auto heard =
      hear(to_fetch + "* 1 FETCH (X-THING (1 (\\a) b (\"d\" {1}\r\nc)) UID 5 FLAGS (\\Seen $Junk \\X \\Recent) " +
               descriptor +
               " BODY[TEXT]<0> NIL)\r\n"
               "* 3 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* XLIST (a) b\r\n* 2 EXPUNGE\r\n* 2 EXPUNGE\r\n* SEARCH\r\n"
               "* NO disk nearly full\r\na4 OK\r\na5 OK\r\n* SEARCH 5\r\na6 OK\r\n* BYE\r\na7 OK bye\r\n",
           replica);
  CHECK(heard.error.empty());
  REQUIRE(replica.shown("INBOX").size() == 1);
  CHECK(replica.shown("INBOX")[0].uid == 5);
  CHECK(replica.shown("INBOX")[0].flags == std::set<std::string>{"\\Seen"});
  CHECK(replica.shown("INBOX")[0].message->envelope.from == "Anna <anna@alba.example>");
}

TEST_CASE("IMAP client: BYE, a foreign greeting, floods and a lost connection end the session (RFC 3501 §7.1.5)") {
  CHECK(hear("* BYE busy\r\n").error == "* BYE busy");
  CHECK(hear("220 smtp.example\r\n").error == "not an IMAP response: 220 smtp.example");
  CHECK(hear("+ hello\r\n").error.starts_with("not an IMAP response: + hello"));
  CHECK(hear("\r\n").error.starts_with("not an IMAP response: "));
  CHECK(hear("").error == "the server closed the connection");
  CHECK(hear(std::string(to_login) + "* BYE overloaded\r\n").error == "* BYE overloaded");
  CHECK(hear(to_fetch + "* 1 FETCH (BODY[] {99999999999}\r\n").error == "the answer to UID FETCH is too large");
  CHECK(hear(to_fetch + "* 1 FETCH (BODY[] {" + std::to_string(Client::response_octets_max) + "}\r\n").error ==
        "the answer to UID FETCH is too large");
  CHECK(hear(to_fetch + "* 1 FETCH (BODY[] {100}\r\nabc").error == "the server closed the connection");
  std::string garbage = to_fetch;
  for (std::size_t lines = 0; lines < Client::unreadable_max; ++lines) garbage += "what?\r\n";
  CHECK(hear(garbage).error == "the server closed the connection");
  CHECK(hear(garbage + "what?\r\n").error.starts_with("not an IMAP response: what?"));
}

TEST_CASE("IMAP client: a silent server is given up after two minutes") {
  Replica replica;
  Client client(bruno_imap(), replica);
  test::Record<Client> record;
  CHECK_FALSE(client.deadline());
  test::drain<Client>(client, start, record);
  CHECK(client.deadline() == start + Client::silence_max);
  test::feed<Client>(client, to_login, 0, start + std::chrono::minutes(1), record);
  client.deadline_passed(start + Client::silence_max);
  test::drain<Client>(client, start + Client::silence_max, record);
  CHECK_FALSE(record.closed);
  client.deadline_passed(*client.deadline());
  test::drain<Client>(client, start + std::chrono::minutes(3), record);
  CHECK(std::get<SessionDone>(record.events.back()).error == "the server did not answer LOGIN in time");
}

TEST_CASE("IMAP client: whatever a server says, the session ends, and any split of it gives the same") {
  const auto seed = GENERATE(take(80, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::string says = to_fetch + "* 1 FETCH (UID 5 FLAGS (\\Seen) " + descriptor +
                     ")\r\na4 OK\r\n* 1 FETCH (UID 5 FLAGS () BODY[] {6}\r\nA: b\r\n)\r\na5 OK\r\n* BYE\r\na6 OK\r\n";
  for (auto mutations = random() % 5; mutations > 0; --mutations)
    says[random() % says.size()] =
        random() % 2 != 0 ? static_cast<char>(random() % 256) : "{}()[]\"*+a19 \r\n"[random() % 15];
  ClientConfig config = bruno_imap();
  config.content_octets_max = 100;
  Replica one, other;
  const auto whole = hear(says, one, config);
  const auto split = hear(says, other, config, 1 + random() % 7);
  CHECK(whole.steps == split.steps);
  CHECK(whole.record.events.size() == split.record.events.size());
  CHECK(whole.error == split.error);
}
