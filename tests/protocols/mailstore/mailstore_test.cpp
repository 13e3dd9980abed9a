#include "protocols/mailstore/mailstore.hpp"

#include <catch2/catch_all.hpp>
#include <map>
#include <random>

using namespace mailscope;
using namespace mailscope::mailstore;

namespace {

constexpr Instant at(int seconds) { return Instant{std::chrono::seconds(seconds)}; }

/// The store as one would write it without a thought of speed: a list of what is there and a list of what happened.
struct Model {
  struct Entry {
    std::string content;
    std::set<std::string> flags;
  };
  std::map<std::string, std::map<std::uint32_t, Entry>> mailboxes{{"INBOX", {}}};
  std::map<std::string, std::uint32_t> next{{"INBOX", 1}};
  std::vector<std::string> log;
};

std::string told(const Change& change) {
  std::string line = std::to_string(static_cast<int>(change.kind)) + " " + change.mailbox + " " +
                     std::to_string(change.message.uid.value) + " " + *change.message.content;
  for (const auto& flag : change.message.flags) line += " " + flag;
  return line;
}

std::string told(Change::Kind kind, const std::string& mailbox, std::uint32_t uid, const Model::Entry& entry) {
  return told({kind, mailbox, {{uid}, std::make_shared<std::string>(entry.content), entry.flags, {}, 0}});
}

void check_equal(Account& account, const Model& model) {
  REQUIRE(account.mailbox_names().size() == model.mailboxes.size());
  for (const auto& [name, entries] : model.mailboxes) {
    const Mailbox* mailbox = account.find(name);
    REQUIRE(mailbox);
    REQUIRE(mailbox->messages().size() == entries.size());
    REQUIRE(mailbox->uid_next().value == model.next.at(name));
    auto found = mailbox->messages().begin();
    for (const auto& [uid, entry] : entries) {
      REQUIRE(found->uid.value == uid);
      REQUIRE(*found->content == entry.content);
      REQUIRE(found->flags == entry.flags);
      REQUIRE(mailbox->find({uid}) == &*found);
      ++found;
    }
  }
}

}  // namespace

TEST_CASE("UIDs ascend and are never reused (RFC 3501 §2.3.1.1)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  CHECK(inbox.append(at(1), "one").value == 1);
  CHECK(inbox.append(at(2), "two").value == 2);
  CHECK(inbox.remove({2}));
  CHECK_FALSE(inbox.remove({2}));
  CHECK(inbox.uid_next().value == 3);
  CHECK(inbox.append(at(3), "three").value == 3);
  CHECK(inbox.find({2}) == nullptr);
  CHECK(inbox.find({3})->internal_date == at(3));
}

TEST_CASE("INBOX always exists and its name ignores case, other names do not (RFC 3501 §5.1)") {
  Account account("bruno");
  CHECK(account.find("inBox") == &account.inbox());
  CHECK(account.create("inbox") == nullptr);
  Mailbox* sent = account.create("Sent");
  REQUIRE(sent);
  CHECK(account.find("sent") == nullptr);
  CHECK(account.create("Sent") == nullptr);
  CHECK(sent->uid_validity() != account.inbox().uid_validity());
  CHECK(sent->uid_validity() != 0);
  CHECK(account.mailbox_names() == std::vector<std::string>{"INBOX", "Sent"});
}

TEST_CASE("an account holds mailboxes_max mailboxes and no more") {
  Account account("bruno");
  for (std::size_t count = 1; count < Account::mailboxes_max; ++count)
    REQUIRE(account.create("box " + std::to_string(count)));
  CHECK(account.create("one too many") == nullptr);
}

TEST_CASE("a mailbox says when it has no room left") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  const auto content = std::make_shared<const std::string>("x");
  for (std::size_t count = 0; count < Mailbox::messages_max; ++count) {
    if (count % 10'000 == 0) REQUIRE_FALSE(inbox.has_no_room_for(1));
    inbox.append(at(0), content, {});
  }
  CHECK(inbox.has_no_room_for(1));
  CHECK_FALSE(inbox.has_no_room_for(0));
}

TEST_CASE("one session at a time locks the maildrop (RFC 1939 §4)") {
  Account account("bruno");
  CHECK(account.lock_maildrop());
  CHECK_FALSE(account.lock_maildrop());
  account.unlock_maildrop();
  CHECK(account.lock_maildrop());
}

TEST_CASE("a change moves the modification counter, an equal set of flags does not") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  const auto none = inbox.modification();
  inbox.append(at(1), "one");
  const auto added = inbox.modification();
  CHECK(added > none);
  CHECK(inbox.set_flags({1}, {"\\Seen"}));
  const auto flagged = inbox.modification();
  CHECK(flagged > added);
  CHECK(inbox.find({1})->modification == flagged);
  CHECK(inbox.set_flags({1}, {"\\Seen"}));
  CHECK(inbox.modification() == flagged);
  CHECK_FALSE(inbox.set_flags({7}, {}));
  CHECK(inbox.remove({1}));
  CHECK(inbox.modification() > flagged);
  const auto changes = account.take_changes();
  REQUIRE(changes.size() == 3);
  CHECK(told(changes[2]) == "2 INBOX 1 one \\Seen");
  CHECK(account.take_changes().empty());
}

TEST_CASE("messages are recent until a session has been told of them (RFC 3501 §2.3.2)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  inbox.append(at(1), "one");
  CHECK(inbox.first_recent().value == 1);
  inbox.claim_recent();
  inbox.append(at(2), "two");
  CHECK(inbox.first_recent().value == 2);
}

TEST_CASE("any interleaving of changes leaves what the naive model has") {
  const auto seed = GENERATE(take(40, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&random](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  static const std::vector<std::string> names{"INBOX", "Sent", "Archive"};
  static const std::vector<std::string> flags{"\\Seen", "\\Deleted", "\\Flagged"};

  Account account("bruno");
  Model model;
  std::vector<std::string> journal;
  std::map<std::string, std::uint64_t> last_modification;
  for (int round = 0; round < 300; ++round) {
    const std::string& name = names[below(3)];
    Mailbox* mailbox = account.find(name);
    REQUIRE((mailbox != nullptr) == model.mailboxes.contains(name));
    if (!mailbox) {
      REQUIRE(account.create(name));
      model.mailboxes[name];
      model.next[name] = 1;
      continue;
    }
    auto& entries = model.mailboxes[name];
    const std::uint32_t uid = 1 + below(model.next[name]);
    std::set<std::string> chosen;
    for (const auto& flag : flags)
      if (below(2) != 0) chosen.insert(flag);
    switch (below(4)) {
      case 0:
      case 1: {
        const Model::Entry entry{"m" + std::to_string(round), chosen};
        REQUIRE(mailbox->append(at(round), entry.content, entry.flags).value == model.next[name]);
        entries[model.next[name]] = entry;
        model.log.push_back(told(Change::Kind::Added, name, model.next[name]++, entry));
        break;
      }
      case 2: {
        REQUIRE(mailbox->set_flags({uid}, chosen) == entries.contains(uid));
        if (!entries.contains(uid) || entries[uid].flags == chosen) break;
        entries[uid].flags = chosen;
        model.log.push_back(told(Change::Kind::Flagged, name, uid, entries[uid]));
        break;
      }
      case 3: {
        REQUIRE(mailbox->remove({uid}) == entries.contains(uid));
        if (!entries.contains(uid)) break;
        model.log.push_back(told(Change::Kind::Removed, name, uid, entries[uid]));
        entries.erase(uid);
        break;
      }
    }
    REQUIRE(mailbox->modification() >= last_modification[name]);
    last_modification[name] = mailbox->modification();
    if (below(5) == 0)
      for (const auto& change : account.take_changes()) journal.push_back(told(change));
    check_equal(account, model);
  }
  for (const auto& change : account.take_changes()) journal.push_back(told(change));
  CHECK(journal == model.log);
}
