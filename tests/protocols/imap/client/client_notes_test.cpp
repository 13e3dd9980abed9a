// Notes that people write on messages, from one device to the others over the server (RFC 5257).
#include <catch2/catch_all.hpp>

#include "tests/protocols/imap/client/client_rig.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::bruno_imap;
using test::Connection;
using test::Offered;
using test::start;

namespace {

struct Device {
  Replica replica;
  Connection session(mailstore::Account& account, const Offered& with = std::nullopt, bool stay = false) {
    ClientConfig config = bruno_imap();
    config.notes = true;
    config.stay = stay;
    return Connection(std::move(config), replica, account, with);
  }
  std::string synchronise(mailstore::Account& account, const Offered& with = std::nullopt) {
    Connection connection = session(account, with);
    connection.run();
    CHECK(connection.error().empty());
    CHECK(replica.changes().empty());
    return connection.said();
  }
  void write(std::uint32_t uid, const std::string& note) {
    CHECK(replica.annotate(replica.mailbox("INBOX").messages.at(uid).id, note));
  }
  std::string note(std::uint32_t uid, const std::string& mailbox = "INBOX") {
    return replica.mailbox(mailbox).messages.at(uid).note;
  }
};

std::string kept_on(const mailstore::Account& account, std::uint32_t uid) {
  const auto* note = annotations_of(account.find("INBOX")->find({uid})->annotations).find("bruno", "/comment");
  return note ? *note : "none";
}

const std::string annotate = "ANNOTATE-EXPERIMENT-1";

}  // namespace

TEST_CASE("IMAP client: a note reaches the account's other devices, however they synchronise (RFC 5257 §4)") {
  const std::set<std::string> least{"IMAP4rev1", annotate};
  std::set<std::string> condstore = least, qresync = least;
  condstore.insert("CONDSTORE");
  qresync.insert({"CONDSTORE", "QRESYNC", "ENABLE"});
  for (const Offered& offered : {Offered(), Offered(least), Offered(condstore), Offered(qresync)}) {
    mailstore::Account account("bruno");
    test::fill(account);
    Device desk, phone;
    desk.synchronise(account, offered);
    phone.synchronise(account, offered);
    desk.write(1, "Ask Anna");
    desk.write(2, "Pedir la caña");
    CHECK(desk.replica.shown("INBOX")[0].note == "Ask Anna");
    desk.synchronise(account, offered);
    CHECK(kept_on(account, 1) == "Ask Anna");
    phone.synchronise(account, offered);
    CHECK(phone.note(1) == "Ask Anna");
    CHECK(phone.note(2) == "Pedir la caña");
    CHECK(phone.note(3).empty());
    phone.write(1, "");
    phone.synchronise(account, offered);
    CHECK(kept_on(account, 1) == "none");
    desk.synchronise(account, offered);
    CHECK(desk.note(1).empty());
    CHECK(desk.note(2) == "Pedir la caña");
    Device tablet;
    tablet.synchronise(account, offered);
    CHECK(tablet.note(2) == "Pedir la caña");
  }
}

TEST_CASE("IMAP client: what it says of notes (RFC 5257 §4.2 to §4.5)") {
  mailstore::Account account("bruno");
  test::fill(account);
  Device device;
  const std::string first = device.synchronise(account);
  CHECK(first.find("SELECT INBOX (ANNOTATE CONDSTORE)\n") != std::string::npos);
  CHECK(first.find(" UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE ANNOTATION (/comment "
                   "value.priv))\n") != std::string::npos);
  device.write(1, "Ask \"Anna\"");
  device.write(2, "mañana");
  const std::string second = device.synchronise(account);
  CHECK(second.find("SELECT INBOX (ANNOTATE QRESYNC (1 4 1:3))\n") != std::string::npos);
  CHECK(second.find(" UID STORE 1 ANNOTATION (/comment (value.priv \"Ask \\\"Anna\\\"\"))\n") != std::string::npos);
  CHECK(second.find(" UID STORE 2 ANNOTATION (/comment (value.priv {7+}\nmañana))\n") != std::string::npos);
  account.inbox().set_flags({3}, {});
  CHECK(device.synchronise(account).find(" UID FETCH 1:3 (ANNOTATION (/comment value.priv)) (CHANGEDSINCE ") !=
        std::string::npos);
  device.replica.append("Sent", "Subject: Mine\r\n\r\n", {"\\Seen"}, start);
  CHECK(device.replica.annotate(device.replica.changes().front().draft.id, "Answer by Friday"));
  CHECK(device.synchronise(account).find("+0000\" ANNOTATION (/comment (value.priv \"Answer by Friday\")) {") !=
        std::string::npos);
  CHECK(device.note(1, "Sent") == "Answer by Friday");
}

TEST_CASE("IMAP client: a client that stays is told whose notes have changed, and asks for them (RFC 5257 §4.4)") {
  for (const bool notify : {true, false}) {
    mailstore::Account account("bruno");
    test::fill(account);
    account.create("Work");
    account.find("Work")->append(start, test::message_one);
    Device desk, phone;
    desk.synchronise(account);
    Offered offered;
    if (!notify) offered = {"IMAP4rev1", "IDLE", "CONDSTORE", "QRESYNC", "ENABLE", annotate};
    Connection staying = phone.session(account, offered, true);
    staying.run();
    REQUIRE(staying.client.resting());
    desk.write(2, "Ask Anna");
    desk.synchronise(account);
    staying.run();
    CHECK(phone.note(2) == "Ask Anna");
    CHECK(staying.said().find(" UID FETCH 2 (ANNOTATION (/comment value.priv))\n") != std::string::npos);
    CHECK((staying.said().find("AnnotationChange") != std::string::npos) == notify);
    CHECK(staying.client.resting());
    // In another mailbox NOTIFY tells that something has changed (RFC 5465 §5.1).
    desk.replica.annotate(desk.replica.mailbox("Work").messages.at(1).id, "Plan");
    desk.synchronise(account);
    staying.run();
    CHECK((phone.note(1, "Work") == "Plan") == notify);
  }
}

TEST_CASE("IMAP client: a note that the server cannot keep stays on the device, one that it puts off waits") {
  mailstore::Account account("bruno");
  test::fill(account);
  Device device;
  const Offered none = {{"IMAP4rev1", "CONDSTORE"}};
  device.synchronise(account, none);
  device.write(1, "Mine alone");
  CHECK(device.synchronise(account, none).find("ANNOTATION") == std::string::npos);
  CHECK(device.note(1) == "Mine alone");
  CHECK(kept_on(account, 1) == "none");

  account.set_quota({{}, {}, {}, 0});
  device.write(2, "Too much");
  Connection connection = device.session(account);
  connection.run();
  const auto dropped = connection.events<ChangeDropped>();
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].kind == Change::Kind::Note);
  CHECK(dropped[0].error.find("NO [OVERQUOTA]") != std::string::npos);
  CHECK(dropped[0].waits);
  CHECK(device.replica.shown("INBOX")[1].note == "Too much");
  CHECK(device.replica.changes().size() == 1);
}

TEST_CASE("replica: of several notes the last one counts, and one that is as it was needs not be told") {
  mailstore::Account account("bruno");
  test::fill(account);
  Device device;
  device.synchronise(account);
  device.write(1, "one");
  device.write(1, "two");
  REQUIRE(device.replica.changes().size() == 1);
  CHECK(device.replica.shown("INBOX")[0].note == "two");
  device.write(1, "");
  CHECK(device.replica.changes().empty());
  device.replica.move(device.replica.mailbox("INBOX").messages.at(1).id, "Work");
  device.write(1, "before it goes");
  device.replica.copy(device.replica.mailbox("INBOX").messages.at(1).id, "Copies");
  CHECK(device.replica.changes().front().kind == Change::Kind::Note);
  device.synchronise(account);
  CHECK(device.note(1, "Work") == "before it goes");
}

TEST_CASE("IMAP client: how FETCH tells of notes, and what is no such response (RFC 5257 §4.4, §5)") {
  const auto read = [](const std::string& annotation) { return read_fetch("(UID 5 ANNOTATION " + annotation + ")"); };
  CHECK(read("(/comment (value.priv \"x\" value.shared NIL size.priv \"1\") /altsubject (value.priv \"y\"))").note ==
        "x");
  CHECK(read("(/comment (value.priv NIL))").note == "");
  CHECK(read("(/comment (value.priv ~{2}\r\n\xff\xfe))").note == "\xff\xfe");
  CHECK_FALSE(read("(/comment (value.shared \"x\"))").note);
  CHECK(read("(/altsubject /comment)").note_changed);
  CHECK_FALSE(read("(/altsubject)").note_changed);
  for (const std::string wrong :
       {"", "NIL", "()", "(/comment ())", "(/comment (value.priv))", "(/comment (value.priv x))",
        "(/comment (value.priv \"x\")", "(/comment (value.priv \"x\") )"})
    CHECK_FALSE(read(wrong).unread.empty());
}
