// What people do off line, replayed against our server with and without each extension that helps (RFC 4549 §4.2, §5).
#include <catch2/catch_all.hpp>
#include <random>

#include "tests/protocols/imap/client/client_rig.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::bruno_imap;
using test::Connection;
using test::difference;
using test::Offered;
using test::start;

namespace {

const std::vector<std::string> extensions{
    "LITERAL+",    "ENABLE",    "IDLE",    "NAMESPACE",          "UIDPLUS",  "MOVE", "LIST-EXTENDED", "LIST-STATUS",
    "SPECIAL-USE", "CONDSTORE", "QRESYNC", "CREATE-SPECIAL-USE", "LITERAL-", "ID",   "UTF8",          "NOTIFY"};

Offered offered(std::initializer_list<std::string> some) {
  std::set<std::string> all(some);
  all.insert("IMAP4rev1");
  return all;
}

struct Device {
  Replica replica;
  Connection session(mailstore::Account& account, const Offered& with = std::nullopt,
                     ClientConfig config = bruno_imap()) {
    return Connection(std::move(config), replica, account, with);
  }
  std::string synchronise(mailstore::Account& account, const Offered& with = std::nullopt) {
    Connection connection = session(account, with);
    connection.run();
    CHECK(connection.error().empty());
    return connection.said();
  }
  std::uint64_t id(std::uint32_t uid, const std::string& mailbox = "INBOX") {
    return replica.mailbox(mailbox).messages.at(uid).id;
  }
};

const std::string with_id = "Message-ID: <7@alba.example>\r\nSubject: Mine\r\n\r\nText.\r\n";

/// A day at a device: something of everything.
void busy_day(Device& device) {
  device.replica.mark(device.id(1), {"\\Seen", "$Work"}, true);
  device.replica.mark(device.id(3), {"\\Flagged"}, false);
  device.replica.copy(device.id(1), "Work");
  device.replica.move(device.id(2), "Trash");
  device.replica.erase(device.id(3));
  device.replica.append("Sent", with_id, {"\\Seen"}, start);
}

void check_day(mailstore::Account& account) {
  REQUIRE(account.inbox().messages().size() == 1);
  CHECK(account.inbox().names(account.inbox().messages()[0].flags) == std::set<std::string>{"$Work", "\\Seen"});
  REQUIRE(account.find("Trash"));
  REQUIRE(account.find("Trash")->messages().size() == 1);
  CHECK(account.find("Trash")->messages()[0].content->octets() == test::message_two);
  CHECK(account.find("Trash")->messages()[0].flags == mailstore::Flags{mailstore::Flag::Seen});
  REQUIRE(account.find("Work"));
  CHECK(account.find("Work")->messages().size() == 1);
  REQUIRE(account.find("Sent"));
  REQUIRE(account.find("Sent")->messages().size() == 1);
  CHECK(account.find("Sent")->messages()[0].content->octets() == with_id);
}

}  // namespace

TEST_CASE("IMAP client: changes made off line are made on the server, with MOVE and UIDPLUS (RFC 6851, RFC 4315)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Device device;
  device.synchronise(account, offered({"UIDPLUS", "MOVE"}));
  const std::uint64_t second = device.id(2);
  busy_day(device);
  const std::string said = device.synchronise(account, offered({"UIDPLUS", "MOVE"}));
  check_day(account);
  CHECK(difference(device.replica, account) == "");
  CHECK(device.replica.place(second)->mailbox == "Trash");
  CHECK(said.find("a3 SELECT INBOX\na4 UID STORE 1 +FLAGS.SILENT ($Work \\Seen)\na5 UID COPY 1 Work\na6 CREATE "
                  "Work\na7 SUBSCRIBE Work\na8 UID COPY 1 Work\na9 UID MOVE 2 Trash\na10 CREATE Trash\na11 SUBSCRIBE "
                  "Trash\na12 UID MOVE 2 Trash\na13 UID STORE 3 +FLAGS.SILENT (\\Deleted)\na14 UID EXPUNGE 3\na15 "
                  "CREATE Sent\na16 SUBSCRIBE Sent\na17 APPEND Sent (\\Seen)") != std::string::npos);
}

TEST_CASE("IMAP client: without them it copies and erases, and spares what others have marked (RFC 4549 §4.2.4)") {
  mailstore::Account account("bruno");
  test::fill(account);
  account.inbox().append(start, test::message_two, {mailstore::Flag::Deleted});
  Device device;
  device.synchronise(account, offered({}));
  busy_day(device);
  const std::string said = device.synchronise(account, offered({}));
  CHECK(account.inbox().messages().size() == 2);
  CHECK(account.inbox().messages()[1].flags == mailstore::Flags{mailstore::Flag::Deleted});
  CHECK(difference(device.replica, account) == "");
  CHECK(said.find(
            "UID COPY 2 Trash\na13 UID STORE 2:3 +FLAGS.SILENT (\\Deleted)\na14 UID SEARCH DELETED\na15 UID STORE 4 "
            "-FLAGS.SILENT (\\Deleted)\na16 EXPUNGE\na17 UID STORE 4 +FLAGS.SILENT (\\Deleted)\n") !=
        std::string::npos);
}

TEST_CASE("IMAP client: any two extensions more or less, a day off line ends in the same mailboxes") {
  for (std::size_t one = 0; one < extensions.size(); ++one)
    for (std::size_t two = one; two < extensions.size(); ++two)
      for (const bool only : {true, false}) {
        std::set<std::string> has;
        for (std::size_t at = 0; at < extensions.size(); ++at)
          if ((at == one || at == two) == only) has.insert(extensions[at]);
        has.insert("IMAP4rev1");
        CAPTURE(extensions[one], extensions[two], only);
        mailstore::Account account("bruno");
        test::fill(account);
        Device desk, phone;
        desk.synchronise(account, has);
        ClientConfig staying = bruno_imap();
        staying.stay = true;
        Connection line = phone.session(account, has, staying);
        line.run();
        busy_day(desk);
        // Without UTF8=ACCEPT the server would refuse a header in UTF-8 (RFC 6855 §4).
        const bool utf8 = has.contains("UTF8") && has.contains("ENABLE");
        desk.replica.append("Cafè & té", utf8 ? "Subject: é\r\n\r\n" : "Subject: e\r\n\r\né", {}, start);
        desk.synchronise(account, has);
        check_day(account);
        REQUIRE(account.find("Cafè & té"));
        REQUIRE(account.find("Cafè & té")->messages().size() == 1);
        desk.synchronise(account, has);
        REQUIRE(difference(desk.replica, account) == "");
        line.run();
        if (!has.contains("NOTIFY")) line.client.check();  // else it has heard of everything (RFC 5465)
        line.run();
        REQUIRE(difference(phone.replica, account) == "");
        line.client.leave();
        line.run();
        REQUIRE(line.error().empty());
      }
}

TEST_CASE("IMAP client: a message that is gone takes its changes with it, and people are told (RFC 4549 §5.1)") {
  for (const auto& with : {offered({}), offered({"UIDPLUS", "MOVE"}), Offered()}) {
    mailstore::Account account("bruno");
    test::fill(account);
    Device device;
    device.synchronise(account, with);
    device.replica.mark(device.id(1), {"\\Flagged"}, true);
    device.replica.move(device.id(2), "Trash");
    device.replica.erase(device.id(3));
    account.create("Trash");
    account.inbox().remove(mailstore::Uid{1});
    account.inbox().remove(mailstore::Uid{2});
    account.inbox().remove(mailstore::Uid{3});
    Connection session = device.session(account, with);
    session.run();
    CHECK(session.error().empty());
    const auto dropped = session.events<ChangeDropped>();
    REQUIRE(!dropped.empty());
    CHECK(std::ranges::any_of(dropped, [](const auto& each) { return each.subject == "Lunch on Friday?"; }));
    CHECK(std::ranges::none_of(dropped, [](const auto& each) { return each.kind == Change::Kind::Erase; }));
    CHECK(difference(device.replica, account) == "");
    CHECK(account.find("Trash")->messages().empty());
  }
}

TEST_CASE("IMAP client: what the server refuses is dropped, but a message that is nowhere else waits") {
  Replica replica;
  replica.append("Sent", with_id, {}, start);
  Client client(bruno_imap(), replica);
  test::Record<Client> record;
  test::feed<Client>(
      client,
      "* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\r\na1 OK [CAPABILITY IMAP4rev1 LITERAL+] in\r\n* LIST () \"/\" "
      "Sent\r\na2 OK\r\na3 NO [OVERQUOTA] full\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 3]\r\na4 OK\r\n* 0 EXISTS\r\n* OK "
      "[UIDVALIDITY 3]\r\na5 OK\r\n* BYE\r\na6 OK\r\n",
      0, start, record);
  REQUIRE(record.closed);
  const auto dropped = std::get_if<ChangeDropped>(&record.events.front());
  REQUIRE(dropped);
  CHECK(dropped->error == "a3 NO [OVERQUOTA] full");
  CHECK(dropped->waits);
  CHECK(replica.changes().size() == 1);
}

TEST_CASE("IMAP client: a message travels once to a mailbox that has to be created, or that shows itself to nobody") {
  for (const char* created : {"a2 OK\r\na3 OK\r\na4 OK\r\n", "a2 NO [ALREADYEXISTS] x\r\na3 OK\r\na4 OK\r\n",
                              "a2 NO you may not\r\na3 OK\r\n"}) {
    INFO(created);
    Replica replica;
    replica.append("Sent", with_id, {}, start);
    Client client(bruno_imap(), replica);
    test::Record<Client> record;
    test::feed<Client>(client, "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\na1 OK\r\n" + std::string(created), 0,
                       start, record);
    CHECK(record.sent.find("a2 CREATE Sent\r\n") != std::string::npos);
    const std::size_t append = record.sent.find("APPEND Sent");
    REQUIRE(append != std::string::npos);
    CHECK(record.sent.find("APPEND", append + 1) == std::string::npos);
    CHECK(replica.changes().empty());
  }
}

TEST_CASE("IMAP client: UNCHANGEDSINCE finds another device's change, which is looked at before it is tried again") {
  const std::string can = "CAPABILITY IMAP4rev1 ENABLE CONDSTORE";
  Replica replica;
  replica.mailbox("INBOX").uid_validity = 3;
  replica.mailbox("INBOX").uid_next = 6;
  replica.mailbox("INBOX").modseq = 40;
  for (const std::uint32_t uid : {4U, 5U}) replica.add("INBOX", uid, {});
  replica.mark(replica.mailbox("INBOX").messages.at(4).id, {"\\Flagged"}, true);
  replica.mark(replica.mailbox("INBOX").messages.at(5).id, {"\\Flagged"}, true);
  Client client(bruno_imap(), replica);
  test::Record<Client> record;
  test::feed<Client>(client,
                     "* OK [" + can + "] hi\r\na1 OK [" + can +
                         "] in\r\n* ENABLED CONDSTORE\r\na2 OK\r\na3 OK\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 3]\r\n* OK "
                         "[UIDNEXT 6]\r\n* OK [HIGHESTMODSEQ 47]\r\na4 OK\r\n* 1 FETCH (UID 4 MODSEQ (48))\r\n"
                         "a5 OK [MODIFIED 5] done\r\n* 2 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (47))\r\na6 OK\r\n"
                         "* 2 FETCH (UID 5 MODSEQ (49))\r\na7 OK done\r\na8 OK\r\n* BYE\r\na9 OK\r\n",
                     0, start, record);
  CHECK(record.closed);
  CHECK(record.sent.find("a5 UID STORE 4:5 (UNCHANGEDSINCE 40) +FLAGS.SILENT (\\Flagged)\r\na6 UID FETCH 5 (FLAGS "
                         "MODSEQ)\r\na7 UID STORE 5 (UNCHANGEDSINCE 47) +FLAGS.SILENT (\\Flagged)\r\na8 UID FETCH 1:5 "
                         "(FLAGS) (CHANGEDSINCE 40)\r\n") != std::string::npos);
  CHECK(std::holds_alternative<ChangeContested>(record.events.front()));
  CHECK(replica.changes().empty());
  CHECK(replica.mailbox("INBOX").messages.at(5).flags == std::set<std::string>{"\\Flagged", "\\Seen"});
}

TEST_CASE("IMAP client: under another UIDVALIDITY changes of old UIDs are void, but not what is to be appended") {
  Replica replica;
  replica.mailbox("INBOX").uid_validity = 3;
  replica.add("INBOX", 4, {});
  replica.mark(replica.mailbox("INBOX").messages.at(4).id, {"\\Flagged"}, true);
  replica.append("INBOX", with_id, {}, start);
  Client client(bruno_imap(), replica);
  test::Record<Client> record;
  const std::string can = "CAPABILITY IMAP4rev1 LITERAL+";
  test::feed<Client>(client,
                     "* OK [" + can + "] hi\r\na1 OK [" + can +
                         "] in\r\na2 OK\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 9]\r\n* OK [UIDNEXT 1]\r\na3 OK\r\n* 1 "
                         "EXISTS\r\na4 OK [APPENDUID 9 1] done\r\n",
                     0, start, record);
  CHECK(record.sent.find("STORE") == std::string::npos);
  CHECK(record.sent.find("a4 APPEND INBOX ()") != std::string::npos);
  CHECK(replica.changes().empty());
  CHECK(replica.shown("INBOX").size() == 1);
}

TEST_CASE("IMAP client: what was sent when the connection broke is not done twice (RFC 4549 §5.1)") {
  for (const auto& with : {offered({}), offered({"UIDPLUS"}), offered({"UIDPLUS", "MOVE"}), Offered()})
    for (std::size_t steps = 1; steps < 60; ++steps) {
      CAPTURE(steps);
      mailstore::Account account("bruno");
      account.inbox().append(start, with_id);
      account.inbox().append(start, "Message-ID: <8@a>\r\n\r\n");
      Device device;
      device.synchronise(account, with);
      device.replica.move(device.id(1), "Trash");
      device.replica.append("Sent", "Message-ID: <9@a>\r\n\r\n", {}, start);
      device.replica.copy(device.id(2), "Work");
      Connection session = device.session(account, with);
      std::size_t step = 0;
      while (step++ < steps && session.step(start)) continue;
      session.cut(start);
      device.synchronise(account, with);
      REQUIRE(difference(device.replica, account) == "");
      CHECK(account.inbox().messages().size() == 1);
      for (const char* mailbox : {"Trash", "Sent", "Work"}) CHECK(account.find(mailbox)->messages().size() == 1);
    }
}

namespace {

/// Three devices, whatever they do and however often their connections break, then twice on line to the end.
void busy_devices(unsigned seed) {
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  mailstore::Account account("bruno");
  std::size_t messages = 0;
  const auto new_message = [&messages] {
    const std::string number = std::to_string(++messages);
    return "Message-ID: <" + number + "@a>\r\nSubject: " + number + "\r\n\r\n";
  };
  struct Desk : Device {
    std::unique_ptr<Connection> connection;
    Offered with;
    bool stays{};
  };
  std::vector<Desk> desks(3);
  const bool all_move = pick(2) == 0;
  for (Desk& desk : desks) {
    desk.stays = pick(2) == 0;
    std::set<std::string> has{"IMAP4rev1"};
    for (const std::string& extension : extensions)
      if (pick(3) != 0 || (extension == "MOVE" && all_move)) has.insert(extension);
    desk.with = has;
  }
  const std::vector<std::string> names{"INBOX", "Work", "Trash"};
  const auto connect = [&](Desk& desk, bool stays) {
    ClientConfig config = bruno_imap();
    config.stay = stays;
    config.content_octets_max = pick(2) == 0 ? 1000 : 0;
    desk.connection = std::make_unique<Connection>(config, desk.replica, account, desk.with);
  };
  std::size_t erased = 0;
  for (int turn = 0; turn < 400; ++turn) {
    Desk& desk = desks[pick(desks.size())];
    const auto shown = desk.replica.shown(names[pick(names.size())]);
    const std::uint64_t id = shown.empty() ? 0 : shown[pick(shown.size())].message->id;
    switch (pick(14)) {
      case 0:
        account.inbox().append(start, new_message());
        break;
      case 1:
        if (!desk.connection) connect(desk, desk.stays);
        break;
      case 2:
        if (desk.connection && pick(4) == 0) {
          desk.connection->cut(start);
          desk.connection.reset();
        }
        break;
      case 3:
        if (id != 0) desk.replica.mark(id, {pick(2) == 0 ? "\\Flagged" : "$Work"}, pick(2) == 0);
        break;
      case 4:
        if (id != 0) desk.replica.move(id, names[pick(names.size())]);
        break;
      case 5:
        if (pick(6) == 0) desk.replica.append(names[pick(names.size())], new_message(), {"\\Seen"}, start);
        break;
      case 6:
        if (id != 0 && pick(6) == 0) {
          desk.replica.erase(id);
          ++erased;
        }
        break;
      default:
        for (std::size_t steps = pick(6); steps > 0 && desk.connection; --steps)
          desk.connection->step(start, pick(3) * 50);
        if (desk.connection && desk.connection->record.closed) desk.connection.reset();
    }
  }
  // All go on line; twice, so that each hears of what the others do last.
  for (Desk& desk : desks)
    if (desk.connection) desk.connection->cut(start);
  // A connection that broke between CREATE and SUBSCRIBE has left a mailbox that nobody looks at.
  for (const auto& [name, mailbox] : account.mailboxes()) account.subscribe(name);
  for (int round = 0; round < 2; ++round)
    for (Desk& desk : desks) {
      connect(desk, false);
      desk.connection->run();
      REQUIRE(desk.connection->error().empty());
    }
  for (const Desk& desk : desks) REQUIRE(difference(desk.replica, account) == "");
  std::map<std::string, int> there;
  for (const auto& [name, mailbox] : account.mailboxes())
    for (const auto& message : mailbox->messages()) ++there[message.content->octets()];
  // Two that copy and then erase at the same time make two of one: what MOVE is for (RFC 6851 §1).
  for (const auto& [content, times] : there) CHECK((times == 1 || !all_move));
  CHECK(there.size() + erased >= messages);
}

}  // namespace

TEST_CASE("IMAP client: whatever devices do at once, and however often connections break, nothing is lost or doubled") {
  busy_devices(GENERATE(range(1U, 65U)));
}
