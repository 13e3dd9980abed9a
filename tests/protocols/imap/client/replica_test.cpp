// What a device shows of an account while changes wait (RFC 4549 §3).
#include "protocols/imap/client/replica.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/drive.hpp"

using namespace mailscope;
using namespace mailscope::imap;
using test::start;

namespace {

/// A replica with messages 3, 5 and 9 in INBOX, told by a server.
struct Filled : Replica {
  Filled() {
    for (const std::uint32_t uid : {3U, 5U, 9U}) {
      CachedMessage message;
      message.envelope.subject = "number " + std::to_string(uid);
      add("INBOX", uid, std::move(message));
    }
  }
  std::uint64_t id(std::uint32_t uid) { return mailbox("INBOX").messages.at(uid).id; }
};

/// "3[\Seen] 5[]"; "0" for a message without UID.
std::string list(const Replica& replica, const std::string& mailbox) {
  std::string text;
  for (const auto& each : replica.shown(mailbox)) {
    text += (text.empty() ? "" : " ") + std::to_string(each.uid) + "[";
    for (const auto& flag : each.flags) text += flag;
    text += "]";
  }
  return text;
}

std::string kinds(const Replica& replica) {
  std::string text;
  for (const Change& change : replica.changes()) text += "+-nmcea"[static_cast<std::size_t>(change.kind)];
  return text;
}

}  // namespace

TEST_CASE("replica: a change is shown at once, and waits for the server") {
  Filled replica;
  const auto before = replica.revision();
  CHECK(replica.mark(replica.id(5), {"\\Seen"}, true));
  CHECK(replica.revision() > before);
  CHECK(list(replica, "INBOX") == "3[] 5[\\Seen] 9[]");
  CHECK(replica.mailbox("INBOX").messages.at(5).flags.empty());
  CHECK(replica.move(replica.id(9), "Trash"));
  CHECK(list(replica, "INBOX") == "3[] 5[\\Seen]");
  CHECK(list(replica, "Trash") == "0[]");
  CHECK(replica.mailbox_names() == std::set<std::string>{"INBOX", "Trash"});
  CHECK(replica.erase(replica.id(3)));
  CHECK(list(replica, "INBOX") == "5[\\Seen]");
  CHECK(replica.copy(replica.id(5), "Work"));
  CHECK(list(replica, "Work") == "0[\\Seen]");
  CHECK(replica.append("Sent", "Subject: mine\r\n\r\n", {"\\Seen"}, start));
  CHECK(replica.shown("Sent").at(0).message->envelope.subject == "mine");
  CHECK(kinds(replica) == "+meca");
}

TEST_CASE("replica: what takes back a change that the server has not heard of needs not be told") {
  Filled replica;
  replica.mark(replica.id(5), {"\\Seen"}, true);
  replica.mark(replica.id(5), {"\\Seen"}, true);
  CHECK(kinds(replica) == "+");
  replica.mark(replica.id(5), {"\\Seen", "\\Flagged"}, false);
  CHECK(kinds(replica).empty());
  replica.move(replica.id(5), "Trash");
  replica.move(replica.id(5), "Work");
  CHECK(kinds(replica) == "m");
  CHECK(list(replica, "Trash").empty());
  replica.move(replica.id(5), "INBOX");
  CHECK(kinds(replica).empty());
  replica.mark(replica.id(5), {"\\Seen"}, true);
  replica.move(replica.id(5), "Trash");
  replica.erase(replica.id(5));
  CHECK(kinds(replica) == "e");
  replica.append("Sent", "x", {}, start);
  const std::uint64_t draft = replica.shown("Sent")[0].message->id;
  replica.mark(draft, {"\\Seen"}, true);
  replica.move(draft, "Drafts");
  CHECK(list(replica, "Drafts") == "0[\\Seen]");
  CHECK(kinds(replica) == "ea");
  replica.erase(draft);
  CHECK(kinds(replica) == "e");
  replica.copy(replica.id(3), "Work");
  replica.erase(replica.shown("Work")[0].message->id);
  CHECK(kinds(replica) == "e");
}

TEST_CASE("replica: what was sent is not taken back: its contrary follows it") {
  Filled replica;
  replica.mark(replica.id(5), {"\\Seen"}, true);
  replica.changes().front().attempted = true;
  replica.mark(replica.id(5), {"\\Seen"}, false);
  CHECK(kinds(replica) == "+-");
  CHECK(list(replica, "INBOX") == "3[] 5[] 9[]");
}

TEST_CASE("replica: flags of a message that waits to be moved are changed before, while its UID is known") {
  Filled replica;
  replica.move(replica.id(5), "Trash");
  replica.mark(replica.id(5), {"\\Seen"}, true);
  CHECK(kinds(replica) == "+m");
  CHECK(list(replica, "Trash") == "0[\\Seen]");
}

TEST_CASE("replica: a message that the server has moved keeps its identity, and one that is gone takes its changes") {
  Filled replica;
  const std::uint64_t id = replica.id(5);
  replica.moved({"INBOX", 5}, "Trash", 12);
  CHECK(replica.place(id)->mailbox == "Trash");
  CHECK(replica.place(id)->uid == 12);
  const std::uint64_t nine = replica.id(9);
  const std::uint64_t left = replica.moved_by_copy({"INBOX", 9}, "Trash", 13);
  CHECK(replica.place(nine)->uid == 13);
  CHECK(replica.place(left)->mailbox == "INBOX");
  replica.mark(id, {"\\Seen"}, true);
  replica.move(id, "INBOX");
  replica.append("Trash", "x", {}, start);
  CHECK(replica.remove("Trash", 12).size() == 2);
  CHECK(kinds(replica) == "a");
  CHECK(replica.remove("Trash", 12).empty());
  replica.mark(nine, {"\\Seen"}, true);
  CHECK(replica.forget("Trash").size() == 1);
  CHECK(kinds(replica) == "a");
  CHECK(replica.mailbox_names() == std::set<std::string>{"INBOX", "Trash"});
  CHECK(replica.forget("INBOX").empty());
  CHECK(replica.mailboxes().contains("INBOX"));
}

TEST_CASE("replica: more changes than a person makes are refused") {
  Filled replica;
  for (std::size_t i = 0; i < Replica::changes_max; ++i) REQUIRE(replica.copy(replica.id(3), "Work"));
  CHECK_FALSE(replica.copy(replica.id(3), "Work"));
  CHECK_FALSE(replica.mark(replica.id(5), {"\\Seen"}, true));
  CHECK_FALSE(replica.move(replica.id(5), "Work"));
  CHECK_FALSE(replica.erase(replica.id(5)));
  CHECK_FALSE(replica.append("Sent", "x", {}, start));
}
