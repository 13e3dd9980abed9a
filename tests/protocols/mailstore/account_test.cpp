#include "protocols/mailstore/account.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/mailstore/store.hpp"

using namespace mailscope;
using namespace mailscope::mailstore;

namespace {

constexpr Instant at(int seconds) { return Instant{std::chrono::seconds(seconds)}; }

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("store: INBOX always exists and its name ignores case, other names do not (RFC 9051 §5.1)") {
  Account account("bruno");
  CHECK(account.find("inBox") == &account.inbox());
  CHECK(account.create("inbox").outcome == Outcome::AlreadyExists);
  Mailbox* sent = account.create("Sent").mailbox;
  REQUIRE(sent);
  CHECK(account.find("sent") == nullptr);
  CHECK(account.create("Sent").outcome == Outcome::AlreadyExists);
  CHECK(sent->uid_validity() != account.inbox().uid_validity());
  CHECK(sent->uid_validity() != 0);
  CHECK(account.create("inbox/Work").mailbox->name() == "INBOX/Work");
  CHECK(account.mailbox_names() == Names{"INBOX", "INBOX/Work", "Sent"});
  CHECK(account.remove("Inbox") == Outcome::Cannot);
}

TEST_CASE("store: a name is UTF-8 without wildcards, controls and empty levels (RFC 9051 §5.1)") {
  Account account("bruno");
  for (const std::string& name :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("a*"), std::string("a\r"),
        std::string("a\x7f"), std::string("\xff"), std::string(mailbox_name_octets_max + 1, 'x')})
    CHECK(account.create(name).outcome == Outcome::Cannot);
  CHECK(account.create("Enviats a la Núria").outcome == Outcome::Ok);
  CHECK(account.create(std::string(mailbox_name_octets_max, 'x')).outcome == Outcome::Ok);
}

TEST_CASE("store: CREATE makes the levels above too, within the limits (RFC 9051 §6.3.4)") {
  Account account("bruno");
  CHECK(account.create("a/b/c").outcome == Outcome::Ok);
  CHECK(account.mailbox_names() == Names{"INBOX", "a", "a/b", "a/b/c"});
  account.set_quota({std::nullopt, std::nullopt, 5});
  CHECK(account.create("x/y").outcome == Outcome::OverQuota);
  CHECK(account.find("x") == nullptr);
  CHECK(account.create("x").outcome == Outcome::Ok);
  account.set_quota({});
  for (std::size_t count = account.mailboxes().size(); count < Account::mailboxes_max; ++count)
    REQUIRE(account.create("box " + std::to_string(count)).mailbox);
  CHECK(account.create("one too many").outcome == Outcome::Limit);
  CHECK(account.rename(at(0), "x", "new level/x") == Outcome::Limit);
}

TEST_CASE("store: DELETE keeps what is below; such a name alone cannot be deleted (RFC 9051 §6.3.5)") {
  Account account("bruno");
  account.create("a/b");
  Mailbox& a = *account.find("a");
  const auto kept = a.shared_from_this();
  const std::uint32_t validity = a.uid_validity();
  a.append(at(0), "one");
  CHECK(account.remove("a") == Outcome::Ok);
  CHECK(a.is_deleted());
  CHECK(a.append(at(0), "two").outcome == Outcome::NonExistent);
  CHECK(account.usage().messages == 0);
  CHECK(account.find("a") == nullptr);
  CHECK(account.has_children("a"));
  CHECK(account.remove("a") == Outcome::HasChildren);
  CHECK(account.remove("nowhere") == Outcome::NonExistent);
  CHECK(account.create("a").mailbox->uid_validity() > validity);
  CHECK(account.remove("a/b") == Outcome::Ok);
  CHECK_FALSE(account.has_children("a"));
}

TEST_CASE("store: RENAME takes what is below along and keeps ids, rights and messages (RFC 9051 §6.3.6)") {
  Account account("bruno");
  account.create("a/b/c");
  account.create("ab");
  Mailbox& b = *account.find("a/b");
  b.append(at(0), "one");
  const ObjectId id = b.id();
  CHECK(account.rename(at(1), "a", "z/y") == Outcome::Ok);
  CHECK(account.mailbox_names() == Names{"INBOX", "ab", "z", "z/y", "z/y/b", "z/y/b/c"});
  CHECK(account.find("z/y/b") == &b);
  CHECK(b.name() == "z/y/b");
  CHECK(b.id() == id);  // RFC 8474 §4.1
  CHECK(b.messages().size() == 1);
  CHECK(account.rename(at(1), "nowhere", "x") == Outcome::NonExistent);
  CHECK(account.rename(at(1), "ab", "z") == Outcome::AlreadyExists);
  CHECK(account.rename(at(1), "ab", "inbox") == Outcome::AlreadyExists);
  CHECK(account.rename(at(1), "z", "z/below itself") == Outcome::Cannot);
  CHECK(account.rename(at(1), "z", std::string(mailbox_name_octets_max - 1, 'x')) == Outcome::Cannot);
  account.remove("z/y");
  CHECK(account.rename(at(1), "z/y", "w") == Outcome::Ok);  // no mailbox itself, but a level above some
  CHECK(account.mailbox_names() == Names{"INBOX", "ab", "w/b", "w/b/c", "z"});
}

TEST_CASE("store: RENAME of INBOX moves its messages and leaves it and what is below (RFC 9051 §6.3.6)") {
  Account account("bruno");
  account.create("INBOX/Work");
  account.inbox().append(at(1), "one", {Flag::Flagged});
  const ObjectId id = account.inbox().id();
  CHECK(account.rename(at(2), "inbox", "Old") == Outcome::Ok);
  CHECK(account.inbox().messages().empty());
  CHECK(account.inbox().id() == id);
  CHECK(account.inbox().uid_next() == Uid{2});
  const Message& moved = account.find("Old")->messages().at(0);
  CHECK(moved.flags == Flags{Flag::Flagged});
  CHECK(moved.internal_date == at(1));
  CHECK(account.mailbox_names() == Names{"INBOX", "INBOX/Work", "Old"});
}

TEST_CASE("store: subscriptions outlive their mailboxes, up to subscriptions_max (RFC 9051 §6.3.7)") {
  Account account("bruno");
  account.create("Sent");
  CHECK(account.subscribe("Sent") == Outcome::Ok);
  CHECK(account.subscribe("never there") == Outcome::Ok);
  account.remove("Sent");
  CHECK(account.subscriptions().contains("Sent"));
  CHECK(account.subscribe("a//b") == Outcome::Cannot);
  account.unsubscribe("Sent");
  CHECK(account.subscriptions().size() == 1);
  for (std::size_t count = 1; count < Account::subscriptions_max; ++count)
    REQUIRE(account.subscribe("box " + std::to_string(count)) == Outcome::Ok);
  CHECK(account.subscribe("more") == Outcome::Limit);
  CHECK(account.subscribe("box 1") == Outcome::Ok);
}

TEST_CASE("store: each special use belongs to one mailbox (RFC 6154 §3)") {
  Account account("bruno");
  CHECK(account.create("Sent", {SpecialUse::Sent}).outcome == Outcome::Ok);
  CHECK(account.create("Enviats", {SpecialUse::Sent}).outcome == Outcome::UseTaken);
  CHECK(account.find("Enviats") == nullptr);
  Mailbox& other = *account.create("Paperera").mailbox;
  CHECK(account.set_special_uses(other, {SpecialUse::Sent}) == Outcome::UseTaken);
  CHECK(account.set_special_uses(other, {special_use("\\TRASH").value()}) == Outcome::Ok);
  CHECK(account.set_special_uses(other, {SpecialUse::Trash}) == Outcome::Ok);
  CHECK_FALSE(special_use("\\Seen"));
  CHECK(name_of(SpecialUse::Junk) == "\\Junk");
  account.rename(at(0), "Paperera", "Bin");
  CHECK(account.find("Bin")->special_uses() == SpecialUses{SpecialUse::Trash});
}

TEST_CASE("store: the quota counts octets in units of 1024, messages and mailboxes (RFC 9208 §5)") {
  Account account("bruno");
  account.set_quota({2, std::nullopt, std::nullopt});
  account.inbox().append(at(0), std::string(1500, 'x'));
  CHECK(account.usage().storage() == 2);
  CHECK(account.inbox().append(at(0), std::string(549, 'x')).outcome == Outcome::OverQuota);
  CHECK(account.inbox().append(at(0), std::string(548, 'x')).outcome == Outcome::Ok);
  account.set_quota({1, std::nullopt, std::nullopt});  // below what is there: nothing goes, nothing comes (§5)
  CHECK(account.usage().messages == 2);
  CHECK(account.inbox().append(at(0), "x").outcome == Outcome::OverQuota);
  account.inbox().remove(Uid{1});
  CHECK(account.usage().octets == 548);
  CHECK(account.inbox().octets() == 548);
  CHECK(account.inbox().append(at(0), "x").outcome == Outcome::Ok);
}

TEST_CASE("store: rights are one's own and anyone's, less the negative ones (RFC 4314 §2)") {
  Account account("bruno");
  Mailbox& work = *account.create("Work").mailbox;
  CHECK(work.acl().rights_of("bruno") == Rights::all());
  CHECK(work.acl().rights_of("anna").empty());
  CHECK(account.set_rights(work, "anna", Rights::of("wsl").value()) == Outcome::Ok);
  CHECK(account.set_rights(work, "anyone", Rights::of("lr").value()) == Outcome::Ok);
  CHECK(account.set_rights(work, "-anna", Rights::of("w").value()) == Outcome::Ok);
  CHECK(work.acl().rights_of("anna").text() == "lrs");
  CHECK(work.acl().rights_of("marc").text() == "lr");
  CHECK(account.set_rights(work, "anna", {}) == Outcome::Ok);
  CHECK(work.acl().rights_of("anna").text() == "lr");
  CHECK_FALSE(Rights::of("lz"));
  CHECK(account.create("Work/Deep").mailbox->acl().rights_of("marc").text() == "lr");  // as the one above
  CHECK(account.set_rights(work, "", Rights::all()) == Outcome::Cannot);
  CHECK(account.set_rights(work, std::string(Acl::identifier_octets_max + 1, 'x'), Rights::all()) == Outcome::Cannot);
  for (std::size_t count = work.acl().entries().size(); count < Acl::identifiers_max; ++count)
    REQUIRE(account.set_rights(work, "user " + std::to_string(count), Rights::all()) == Outcome::Ok);
  CHECK(account.set_rights(work, "more", Rights::all()) == Outcome::Limit);
}

TEST_CASE("store: private annotations are one user's, shared ones everybody's (RFC 5464 §3)") {
  Account account("bruno");
  Mailbox& inbox = account.inbox();
  CHECK(account.set_metadata(&inbox, "bruno", "/private/Comment", "mine") == Outcome::Ok);
  CHECK(account.set_metadata(&inbox, "bruno", "/shared/comment", "ours") == Outcome::Ok);
  CHECK(*inbox.metadata().find("bruno", "/PRIVATE/comment") == "mine");
  CHECK(inbox.metadata().find("anna", "/private/comment") == nullptr);
  CHECK(*inbox.metadata().find("anna", "/shared/comment") == "ours");
  CHECK(account.metadata().find("anna", "/shared/comment") == nullptr);
  CHECK(account.set_metadata(nullptr, "bruno", "/shared/admin", "x") == Outcome::Ok);
  CHECK(*account.metadata().find("anna", "/shared/admin") == "x");
  CHECK(account.set_metadata(&inbox, "bruno", "/comment", "x") == Outcome::Cannot);
  CHECK(account.set_metadata(&inbox, "bruno", "/shared/" + std::string(Metadata::entry_octets_max, 'x'), "x") ==
        Outcome::Cannot);
  CHECK(account.set_metadata(&inbox, "bruno", "/shared/x", std::string(Metadata::value_octets_max + 1, 'x')) ==
        Outcome::OverQuota);
  CHECK(account.set_metadata(&inbox, "bruno", "/private/comment", std::nullopt) == Outcome::Ok);
  CHECK(inbox.metadata().find("bruno", "/private/comment") == nullptr);
  for (std::size_t count = inbox.metadata().entries().size(); count < Metadata::entries_max; ++count)
    REQUIRE(account.set_metadata(&inbox, "bruno", "/shared/" + std::to_string(count), "x") == Outcome::Ok);
  CHECK(account.set_metadata(&inbox, "bruno", "/shared/more", "x") == Outcome::Limit);
  CHECK(account.set_metadata(&inbox, "bruno", "/shared/comment", "x") == Outcome::Ok);
}

TEST_CASE("store: messages that name each other's Message-ID are one thread (RFC 8474 §5.2)") {
  Account account("bruno");
  const auto thread = [&account](const char* header) {
    return account.content(std::string(header) + "\r\n\r\n")->thread();
  };
  const ObjectId first = thread("Message-ID: <1@x>");
  CHECK(thread("Message-ID: <2@x>") != first);
  CHECK(thread("Message-ID: <3@x>\r\nIn-Reply-To: <1@x>") == first);
  CHECK(thread("Message-ID: <4@x>\r\nReferences: <0@x>\r\n <3@x>") == first);
  CHECK(thread("Message-ID: <0@x>") == first);  // came late
  CHECK(thread("Subject: none") != thread("Subject: none"));
  const ContentPointer content = account.content("");
  CHECK(content->email().text('M').starts_with("M"));
}

TEST_CASE("store: a session asks for the changes of names, and learns when it missed too many (RFC 5465)") {
  Account account("bruno");
  const std::uint64_t begin = account.change_count();
  const std::uint64_t modification = account.modification();
  account.inbox().append(at(0), "one");
  CHECK(account.modification() > modification);
  CHECK(account.changes_since(begin)->empty());
  account.create("a");
  account.rename(at(0), "a", "b");
  account.subscribe("b");
  account.set_metadata(nullptr, "bruno", "/shared/x", "y");
  account.remove("b");
  account.unsubscribe("b");
  using Kind = Change::Kind;
  std::vector<Kind> kinds;
  const auto changes = account.changes_since(begin).value();
  for (const Change& change : changes) kinds.push_back(change.kind);
  CHECK(kinds ==
        std::vector{Kind::Created, Kind::Renamed, Kind::Subscribed, Kind::Metadata, Kind::Deleted, Kind::Unsubscribed});
  CHECK(changes.at(1).old_name == "a");
  CHECK(account.changes_since(account.change_count())->empty());
  for (std::size_t count = 0; count < Account::changes_max; ++count)
    count % 2 == 0 ? static_cast<void>(account.subscribe("b")) : account.unsubscribe("b");
  CHECK_FALSE(account.changes_since(begin));
}

TEST_CASE("store: one session at a time locks the maildrop (RFC 1939 §4)") {
  Account account("bruno");
  CHECK(account.lock_maildrop());
  CHECK_FALSE(account.lock_maildrop());
  account.unlock_maildrop();
  CHECK(account.lock_maildrop());
}

TEST_CASE("store: other users' and shared mailboxes have names of their own (RFC 2342 §5)") {
  Store store;
  Account& bruno = store.add("bruno");
  Account& anna = store.add("Anna");
  CHECK(&store.add("ANNA") == &anna);
  CHECK(store.find("nobody") == nullptr);
  CHECK(bruno.content("")->email() != anna.content("")->email());
  const auto own = locate(bruno, "inbox");
  REQUIRE(own);
  CHECK(own->account == &bruno);
  CHECK(own->mailbox == "INBOX");
  const auto other = locate(bruno, "Other Users/anna/Work/x");
  REQUIRE(other);
  CHECK(other->account == &anna);
  CHECK(other->mailbox == "Work/x");
  CHECK(Store::name_for(bruno, anna, "Work/x") == "Other Users/Anna/Work/x");
  CHECK(Store::name_for(bruno, bruno, "INBOX") == "INBOX");
  const auto shared = locate(bruno, "Shared/Notices");
  REQUIRE(shared);
  CHECK(shared->account == &store.shared());
  CHECK(Store::name_for(bruno, store.shared(), "Notices") == "Shared/Notices");
  for (const char* nothing : {"Other Users/anna", "Other Users/bruno/INBOX", "Other Users/nobody/x", "Shared/INBOX"})
    CHECK_FALSE(locate(bruno, nothing));
  Account alone("marc");
  CHECK(locate(alone, "Shared/x")->account == &alone);
}
