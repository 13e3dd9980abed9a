#include "protocols/mailstore/mailbox.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/mailstore/account.hpp"

using namespace mailscope;
using namespace mailscope::mailstore;

namespace {

constexpr Instant at(int seconds) { return Instant{std::chrono::seconds(seconds)}; }

using Ranges = std::vector<UidRange>;
using Uids = std::vector<Uid>;

}  // namespace

TEST_CASE("store: UIDs ascend and are never reused (RFC 9051 §2.3.1.1)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  CHECK(inbox.append(at(1), "one").first == Uid{1});
  CHECK(inbox.append(at(2), "two").first == Uid{2});
  CHECK(inbox.remove(Uid{2}));
  CHECK_FALSE(inbox.remove(Uid{2}));
  CHECK(inbox.uid_next() == Uid{3});
  CHECK(inbox.append(at(3), "three").first == Uid{3});
  CHECK(inbox.find({2}) == nullptr);
  CHECK(inbox.find({3})->internal_date == at(3));
}

TEST_CASE("store: messages appended together get UIDs that follow one another, or none comes (RFC 3502)") {
  Account account("bruno");
  account.set_quota({std::nullopt, 4, std::nullopt});
  Mailbox& inbox = account.inbox();
  const std::vector<NewMessage> two{{account.content("one"), {Flag::Seen}, at(7)}, {account.content("two"), {}, at(8)}};
  inbox.append(at(1), "zero");
  const Added added = inbox.append(at(9), two);
  CHECK(added.outcome == Outcome::Ok);
  CHECK(added.first == Uid{2});
  CHECK(inbox.find({3})->internal_date == at(8));
  CHECK(inbox.find({3})->save_date == at(9));  // RFC 8514 §3
  CHECK(inbox.append(at(9), two).outcome == Outcome::OverQuota);
  CHECK(inbox.messages().size() == 3);
  CHECK(inbox.uid_next() == Uid{4});
}

TEST_CASE("store: a mailbox holds messages_max messages and no more") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  const NewMessage message{account.content("x"), {}, at(0)};
  CHECK(inbox.append(at(0), std::vector(Mailbox::messages_max + 1, message)).outcome == Outcome::Limit);
  CHECK(inbox.append(at(0), std::vector(Mailbox::messages_max, message)).outcome == Outcome::Ok);
  CHECK(inbox.append(at(0), "x").outcome == Outcome::Limit);
  CHECK(copy(at(0), inbox, Uids{{1}}, inbox).outcome == Outcome::Limit);
  CHECK(move(at(0), inbox, Uids{{1}}, inbox).outcome == Outcome::Ok);
  Mailbox& other = *account.create("Other").mailbox;
  other.append(at(0), "y");
  CHECK(move(at(0), other, Uids{{1}}, inbox).outcome == Outcome::Limit);
  CHECK(other.messages().size() == 1);
}

TEST_CASE("store: every change takes the next mod-sequence, an equal set of flags takes none (RFC 7162 §3.1)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  CHECK(inbox.highest_modseq() == ModSeq{1});  // 0 is no mod-sequence
  inbox.append(at(1), "one");
  CHECK(inbox.find({1})->modseq == ModSeq{2});
  inbox.append(at(1), "two");
  CHECK(inbox.set_flags({1}, {Flag::Seen}));
  CHECK(inbox.find({1})->modseq == ModSeq{4});
  CHECK(inbox.highest_modseq() == ModSeq{4});
  CHECK(inbox.set_flags({1}, {Flag::Seen}));
  CHECK(inbox.highest_modseq() == ModSeq{4});
  CHECK_FALSE(inbox.set_flags({7}, {}));
  CHECK(inbox.changed_since({1}) == Uids{{1}, {2}});
  CHECK(inbox.changed_since({3}) == Uids{{1}});
  CHECK(inbox.changed_since({4}).empty());
  CHECK(inbox.remove(Uids{{2}, {1}, {9}, {2}}) == 2);
  CHECK(inbox.highest_modseq() == ModSeq{5});
  CHECK(inbox.vanished_since({4}) == Ranges{{{1}, {2}}});
  CHECK(inbox.vanished_since({5}).empty());
  CHECK(inbox.remove(Uids{{2}}) == 0);
  CHECK(inbox.highest_modseq() == ModSeq{5});
}

TEST_CASE("store: where removals are forgotten, every UID that is not there is told (RFC 7162 §3.2.5.2)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  const NewMessage message{account.content("x"), {}, at(0)};
  const auto many = static_cast<std::uint32_t>(History::removals_max + 1);
  inbox.append(at(0), std::vector(many + 3, message));
  inbox.remove(Uid{many + 2});
  const ModSeq before = inbox.highest_modseq();
  for (std::uint32_t uid = 1; uid < many; ++uid) inbox.remove(Uid{uid});
  CHECK(inbox.vanished_since(before) == Ranges{{{1}, {many - 1}}});
  inbox.remove(Uid{many});  // the removal of UID 1 falls out of the history
  CHECK(inbox.vanished_since(before) == Ranges{{{1}, {many}}, {{many + 2}, {many + 2}}});
  inbox.append(at(0), "last");
  inbox.remove(Uid{many + 4});
  CHECK(inbox.vanished_since(before) == Ranges{{{1}, {many}}, {{many + 2}, {many + 2}}, {{many + 4}, {many + 4}}});
}

TEST_CASE("store: the history of changes stays in proportion to the mailbox") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  inbox.append(at(0), "one");
  inbox.append(at(0), "two");
  const ModSeq before = inbox.highest_modseq();
  for (int round = 0; round < 10'000; ++round) inbox.set_flags({2}, round % 2 == 0 ? Flags{Flag::Seen} : Flags{});
  CHECK(inbox.changed_since(before) == Uids{{2}});
  CHECK(inbox.changed_since({1}) == Uids{{1}, {2}});
}

TEST_CASE("store: keywords ignore case and keep their first spelling (RFC 9051 §2.3.2)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  CHECK(inbox.flag("\\seen") == Flag::Seen);
  REQUIRE(inbox.flag("$Forwarded"));
  CHECK(inbox.flag("$forwarded") == inbox.flag("$Forwarded"));
  CHECK(inbox.keywords().names() == std::vector<std::string>{"$Forwarded"});
  CHECK(inbox.names(inbox.flags({"$FORWARDED", "\\DRAFT"})) == std::set<std::string>{"$Forwarded", "\\Draft"});
  for (const std::string& name : {std::string("\\Recent"), std::string("\\Other"), std::string(), std::string("a b"),
                                  std::string("a]"), std::string("\xc3\xb1"), std::string(keyword_octets_max + 1, 'x')})
    CHECK_FALSE(inbox.flag(name));
  CHECK(inbox.flag(std::string(keyword_octets_max, 'x')));
}

TEST_CASE("store: a mailbox has keywords_max keywords, and unused ones make room") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  inbox.append(at(0), "one");
  for (std::size_t number = 0; number < keywords_max; ++number) {
    Flags flags = inbox.find({1})->flags;
    flags.insert(inbox.flag("k" + std::to_string(number)).value());
    inbox.set_flags({1}, flags);
  }
  CHECK_FALSE(inbox.flag("more"));
  CHECK(inbox.flag("k3"));
  Flags fewer = inbox.find({1})->flags;
  fewer.erase(*inbox.flag("k3"));
  inbox.set_flags({1}, fewer);
  const auto more = inbox.flag("more");
  REQUIRE(more);
  CHECK_FALSE(inbox.find({1})->flags.contains(*more));
  CHECK(inbox.names({*more}) == std::set<std::string>{"more"});
  CHECK(inbox.names(inbox.find({1})->flags).size() == keywords_max - 1);
}

TEST_CASE("store: a copy keeps flags, internal date and content, and gets its own UID and date (RFC 9051 §6.4.7)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  Mailbox& archive = *account.create("Archive").mailbox;
  CHECK(archive.flag("Other"));  // so that the same keyword has another number there
  inbox.append(at(1), "one", inbox.flags({"Work", "\\Seen"}));
  inbox.append(at(2), "two");
  inbox.append(at(3), "three");
  const Copied copied = copy(at(9), inbox, Uids{{3}, {7}, {1}}, archive);
  CHECK(copied.outcome == Outcome::Ok);
  CHECK(copied.from == Uids{{1}, {3}});
  CHECK(copied.first == Uid{1});
  const Message& first = archive.messages().at(0);
  CHECK(first.content == inbox.find({1})->content);
  CHECK(first.internal_date == at(1));
  CHECK(first.save_date == at(9));
  CHECK(archive.names(first.flags) == std::set<std::string>{"Work", "\\Seen"});
  CHECK(first.content->email() == inbox.find({1})->content->email());  // RFC 8474 §5.1
  CHECK(inbox.messages().size() == 3);
}

TEST_CASE("store: a move leaves nothing behind and takes no quota (RFC 6851 §3)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  Mailbox& archive = *account.create("Archive").mailbox;
  inbox.append(at(1), "one");
  inbox.append(at(2), "two");
  account.set_quota({std::nullopt, 2, std::nullopt});
  CHECK(copy(at(3), inbox, Uids{{2}}, archive).outcome == Outcome::OverQuota);
  const Copied moved = move(at(3), inbox, Uids{{2}}, archive);
  CHECK(moved.outcome == Outcome::Ok);
  CHECK(moved.first == Uid{1});
  CHECK(inbox.messages().size() == 1);
  CHECK(account.usage().messages == 2);
  const Copied within = move(at(3), inbox, Uids{{1}}, inbox);
  CHECK(within.first == Uid{3});
  CHECK(inbox.messages().size() == 1);
  Account other("anna");
  other.set_quota({std::nullopt, 0, std::nullopt});
  CHECK(move(at(3), inbox, Uids{{3}}, other.inbox()).outcome == Outcome::OverQuota);
  CHECK(inbox.messages().size() == 1);
}

TEST_CASE("store: messages are recent until a session has been told of them (RFC 3501 §2.3.2)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  inbox.append(at(1), "one");
  CHECK(inbox.first_recent() == Uid{1});
  inbox.claim_recent();
  inbox.append(at(2), "two");
  CHECK(inbox.first_recent() == Uid{2});
}

TEST_CASE("store: a content keeps what was worked out from it, as long as there is room") {
  struct Length final : Memo {
    explicit Length(std::size_t size) : length(size) {}
    [[nodiscard]] std::size_t octets() const override { return Memos::octets_max / 100; }
    std::size_t length;
  };
  Account account("bruno");
  int made = 0;
  const auto length = [&made](const std::string& octets) {
    ++made;
    return Length(octets.size());
  };
  const ContentPointer first = account.content("one");
  CHECK(account.memos().get<Length>(first, length)->length == 3);
  CHECK(account.memos().get<Length>(first, length)->length == 3);
  CHECK(made == 1);
  std::vector<ContentPointer> others;
  for (std::size_t count = 0; count < 100; ++count) {
    others.push_back(account.content("x"));
    CHECK(account.memos().get<Length>(others.back(), length)->length == 1);
  }
  made = 0;
  CHECK(account.memos().get<Length>(others.back(), length)->length == 1);
  CHECK(made == 0);
  CHECK(account.memos().get<Length>(first, length)->length == 3);
  CHECK(made == 1);
}
