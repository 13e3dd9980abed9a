// What is kept on disk of accounts and queues, and comes back from there.
#include <catch2/catch_all.hpp>
#include <filesystem>

#include "sim/live/files.hpp"
#include "sim/live/kept_account.hpp"
#include "sim/live/kept_queue.hpp"
#include "tests/sim/live/scratch_folder.hpp"

using namespace mailscope;
using namespace mailscope::live;
namespace fs = std::filesystem;
using mailstore::Flag;

namespace {

const Instant today{std::chrono::seconds(1'780'000'000) + std::chrono::microseconds(42)};

std::string octets_of(const mailstore::Mailbox& mailbox, std::uint32_t uid) {
  const mailstore::Message* message = mailbox.find({uid});
  return message ? message->content->octets() : "none";
}

/// The account as it comes back after a kill.
struct Again {
  explicit Again(const fs::path& folder) : kept(folder, account, today + std::chrono::hours(1)) {}
  mailstore::Account account{"bruno"};
  KeptAccount kept;
};

}  // namespace

TEST_CASE("a file's name says all of a message but its content, and nothing is read from other names", "[live]") {
  const MaildirName name{{7}, {5}, {6}, today, today + std::chrono::seconds(1)};
  CHECK(name.text() == "1780000000.M42U7E5T6D1780000001.mailscope");
  const auto read = parse_maildir_file(name.text() + ":2,FSab");
  REQUIRE(read);
  CHECK(read->letters == "FSab");
  CHECK(read->name.uid == name.uid);
  CHECK(read->name.email == name.email);
  CHECK(read->name.thread == name.thread);
  CHECK(read->name.internal_date == today);
  CHECK(parse_maildir_file(name.text())->letters.empty());
  for (const char* other :
       {"", "1780000000.M42P7.host:2,S", "1.M1U4294967296E1T1D1.mailscope", "1.M1U1E1T1D1.mailscopes",
        "1.M1000000U1E1T1D1.mailscope", "-1.M1U1E1T1D1.mailscope", "999999999999.M1U1E1T1D1.mailscope"})
    CHECK_FALSE(parse_maildir_file(other));
}

TEST_CASE("each keyword has a letter of its own, and letters that nobody uses are given again", "[live]") {
  FlagLetters letters;
  CHECK(letters.learn({"\\Seen", "Holiday"}, {}));
  CHECK_FALSE(letters.learn({"Holiday"}, {}));
  CHECK(letters.encode({"\\Seen", "\\Draft", "Holiday"}) == "DSa");
  CHECK(letters.decode("DSab") == std::set<std::string>{"\\Draft", "\\Seen", "Holiday"});
  std::set<std::string> in_use;
  for (std::size_t i = 1; i < FlagLetters::letters.size(); ++i) in_use.insert("key" + std::to_string(i));
  CHECK(letters.learn(in_use, in_use));
  CHECK(letters.learn({"New"}, in_use));  // Holiday's
  CHECK(letters.decode(letters.encode({"New"})) == std::set<std::string>{"New"});
  CHECK(letters.encode({"Holiday"}).empty());
  for (const std::string& keyword : in_use) CHECK(letters.decode(letters.encode({keyword})).contains(keyword));
}

TEST_CASE("folders of mailboxes have names that no other mailbox has, and none leads elsewhere", "[live]") {
  CHECK(maildir_folder("INBOX", {1}).empty());
  CHECK(maildir_folder("Work/Plans", {1}) == ".Work.Plans");
  CHECK(maildir_folder("Work.Plans", {1}) == ".Work%2EPlans");
  CHECK(maildir_folder("..", {1}) == ".%2E%2E");
  CHECK(maildir_folder("Réunions", {1}) == ".Réunions");
  CHECK(maildir_folder(std::string(255, '.'), {9}) == ".~9");
}

TEST_CASE("an account comes back with its mailboxes, UIDs, flags, rights and annotations", "[live]") {
  const test::ScratchFolder folder;
  std::uint32_t validity{}, work_validity{};
  mailstore::ObjectId email;
  mailstore::ModSeq modseq;
  {
    mailstore::Account account("bruno");
    KeptAccount kept(folder.path, account, today);
    account.inbox().append(today, "first");
    account.inbox().append(today, "second");
    mailstore::Mailbox& work = *account.create("Work/Plans", {mailstore::SpecialUse::Archive}).mailbox;
    work.append(today, "third", {Flag::Seen});
    account.subscribe("Work/Plans");
    account.set_rights(work, "anna", *mailstore::Rights::of("lr"));
    account.set_metadata(&work, "bruno", "/private/comment", std::string("\0\xff", 2));
    account.set_metadata(nullptr, "", "/shared/motd", "hello");
    account.inbox().set_flags({1}, account.inbox().flags({"\\Flagged", "Holiday"}));
    account.inbox().remove(mailstore::Uid{2});
    account.create("Gone");
    account.find("Gone")->append(today, "lost");
    account.remove("Gone");
    account.create("Old");
    account.find("Old")->append(today, "kept");
    account.rename(today, "Old", "New");
    const std::vector<mailstore::Uid> third{{1}};
    work.annotate(third, "bruno",
                  std::vector<mailstore::Annotation>{{"/comment", false, std::string("\0\xff", 2)},
                                                     {"/1/flags/seen", true, "1"}});
    account.set_url_key(work, std::string(mailstore::UrlKeys::key_octets, '\xfe'), true);
    kept.write();
    validity = account.inbox().uid_validity();
    work_validity = work.uid_validity();
    email = work.messages().front().content->email();
    modseq = account.inbox().highest_modseq();
    account.inbox().append(today, "never written");  // and so nobody was told
  }
  Again again(folder.path);
  const mailstore::Account& account = again.account;
  CHECK(account.mailbox_names() == std::vector<std::string>{"INBOX", "New", "Work", "Work/Plans"});
  const mailstore::Mailbox& inbox = *account.find("INBOX");
  REQUIRE(inbox.messages().size() == 1);
  CHECK(octets_of(inbox, 1) == "first");
  CHECK(inbox.names(inbox.find({1})->flags) == std::set<std::string>{"\\Flagged", "Holiday"});
  CHECK(inbox.find({1})->internal_date == today);
  CHECK(inbox.uid_next() == mailstore::Uid{3});  // the UID of what was removed does not come back
  CHECK(inbox.uid_validity() == validity);
  CHECK(inbox.highest_modseq() > modseq);
  CHECK(account.usage().messages == 3);
  const mailstore::Mailbox& work = *account.find("Work/Plans");
  CHECK(octets_of(work, 1) == "third");
  CHECK(work.uid_validity() == work_validity);
  CHECK(work.messages().front().content->email() == email);
  CHECK(work.messages().front().flags.contains(Flag::Seen));
  CHECK(work.special_uses() == mailstore::SpecialUses{mailstore::SpecialUse::Archive});
  CHECK(work.acl().listed("anna").text() == "lr");
  REQUIRE(work.metadata().find("bruno", "/private/comment"));
  CHECK(*work.metadata().find("bruno", "/private/comment") == std::string("\0\xff", 2));
  CHECK(*account.metadata().find("bruno", "/shared/motd") == "hello");
  const auto& annotations = annotations_of(work.messages().front().annotations);
  CHECK(annotations.values().size() == 2);
  REQUIRE(annotations.find("bruno", "/comment"));
  CHECK(*annotations.find("bruno", "/comment") == std::string("\0\xff", 2));
  REQUIRE(annotations.find("", "/1/flags/seen"));
  CHECK(*annotations.find("", "/1/flags/seen") == "1");
  CHECK(account.usage().annotation_octets == annotations.octets());
  CHECK(account.subscriptions().contains("Work/Plans"));
  CHECK(octets_of(*account.find("New"), 1) == "kept");
  REQUIRE(account.url_keys().find(work.id()));
  CHECK(account.url_keys().find(work.id())->octets == std::string(mailstore::UrlKeys::key_octets, '\xfe'));
  CHECK(again.account.create("Later").mailbox->uid_validity() > work_validity);
}

TEST_CASE("annotations come and go with their messages, and stay with no other (RFC 5257 §1)", "[live]") {
  const test::ScratchFolder folder;
  const fs::path kept_in = folder.path / "annotations";
  const std::vector<mailstore::Uid> first{{1}}, second{{2}};
  const auto comment = [](const std::optional<std::string>& value) {
    return std::vector<mailstore::Annotation>{{"/comment", true, value}};
  };
  {
    mailstore::Account account("bruno");
    KeptAccount kept(folder.path, account, today);
    mailstore::Mailbox& inbox = account.inbox();
    for (const char* octets : {"first", "second"}) inbox.append(today, octets);
    inbox.annotate(first, "bruno", comment("one"));
    inbox.annotate(second, "bruno", comment("two"));
    kept.write();
    CHECK(fs::exists(kept_in / "1.json"));
    inbox.annotate(first, "bruno", comment({}));
    copy(today, inbox, second, *account.create("Copies").mailbox);
    inbox.remove(mailstore::Uid{2});
    kept.write();
    CHECK(fs::is_empty(kept_in));
  }
  // A kill came before the message that these are of; another one's file was being written.
  write_synced(kept_in / "3.json", R"({"annotations": [{"entry": "/comment", "user": "", "value": "eA=="}]})",
               mode_private);
  write_synced(kept_in / "1.json.77.tmp", "{", mode_private);
  Again again(folder.path);
  CHECK(fs::is_empty(kept_in));
  CHECK_FALSE(again.account.inbox().find({1})->annotations);
  again.account.inbox().append(today, "third");
  CHECK_FALSE(again.account.inbox().find({3})->annotations);
  REQUIRE(again.account.find("Copies")->find({1})->annotations);
  CHECK(*again.account.find("Copies")->find({1})->annotations->find("", "/comment") == "two");
}

TEST_CASE("what a kill leaves half done does no harm", "[live]") {
  const test::ScratchFolder folder;
  {
    mailstore::Account account("bruno");
    KeptAccount kept(folder.path, account, today);
    account.inbox().append(today, "first");
    kept.write();
  }
  const MaildirName name{{2}, {5}, {5}, today, today};
  write_synced(folder.path / "tmp" / name.text(), "half a mess", mode_private);
  write_synced(folder.path / "cur" / "1.other.host:2,S", "another program's", mode_private);
  fs::create_directories(folder.path / ".Half" / "cur");  // made, but its index was not
  write_synced(folder.path / ".Half" / "cur" / name.text(), "x", mode_private);
  Again again(folder.path);
  CHECK(again.account.mailbox_names() == std::vector<std::string>{"INBOX"});
  CHECK(again.account.inbox().messages().size() == 1);
  while (again.kept.tidy()) continue;
  CHECK_FALSE(fs::exists(folder.path / "tmp" / name.text()));
  CHECK(fs::exists(folder.path / "cur" / "1.other.host:2,S"));
  again.account.create("Half");
  again.kept.write();
  CHECK(Again(folder.path).account.find("Half")->messages().empty());
  replace_file(folder.path / "mailscope.json", "{", mode_private);
  CHECK_THROWS_AS(Again(folder.path), fs::filesystem_error);
}

TEST_CASE("a folder with another program's mail is refused, and nothing there is touched", "[live]") {
  const test::ScratchFolder folder;
  for (const char* place : {"cur", ".Sent/cur"}) {
    const fs::path account = folder.path / (place[0] == '.' ? "b" : "a");
    fs::create_directories(account / place);
    write_synced(account / place / "1780000000.M1P2.host:2,S", "theirs", mode_private);
    CHECK_THROWS_WITH(Again(account), Catch::Matchers::ContainsSubstring("another program keeps mail there"));
    CHECK(read_whole(account / place / "1780000000.M1P2.host:2,S") == "theirs");
    CHECK_FALSE(fs::exists(account / "mailscope.json"));
  }
}

TEST_CASE("no folder goes that holds a file of another program", "[live]") {
  const test::ScratchFolder folder;
  Again kept(folder.path);
  kept.account.create("Mine");
  kept.account.find("Mine")->append(today, "ours");
  kept.kept.write();
  // Another program comes while this one serves.
  write_synced(folder.path / ".Mine" / "cur" / "1.theirs:2,S", "theirs", mode_private);
  fs::create_directories(folder.path / ".Sent" / "new");
  write_synced(folder.path / ".Sent" / "new" / "2.theirs", "theirs too", mode_private);
  kept.account.remove("Mine");
  kept.account.create("Sent");
  kept.account.find("Sent")->append(today, "sent");
  kept.kept.write();
  while (kept.kept.tidy()) continue;
  CHECK(read_whole(folder.path / ".Mine" / "cur" / "1.theirs:2,S") == "theirs");
  CHECK(read_whole(folder.path / ".Sent" / "new" / "2.theirs") == "theirs too");
  CHECK_FALSE(fs::exists(folder.path / ".Mine" / "mailscope.json"));
  CHECK_FALSE(fs::exists(folder.path / ".Sent" / "mailscope.json"));
}

TEST_CASE("an index with a value of a wrong type is refused with file and place", "[live]") {
  const test::ScratchFolder folder;
  { Again kept(folder.path); }
  const std::string whole = *read_whole(folder.path / "mailscope.json");
  const std::pair<const char*, const char*> faults[] = {{"\"uidvalidity\": ", "\"uidvalidity\": -"},
                                                        {"\"uidnext\": ", "\"uidnext\": 99999999999"},
                                                        {"\"keywords\": ", "\"keywords\": 1, \"x\": "},
                                                        {"\"acl\": ", "\"acl\": [], \"x\": "},
                                                        {"\"special-use\": ", "\"special-use\": [1], \"x\": "},
                                                        {"\"metadata\": ", "\"metadata\": [{\"entry\": 1}], \"x\": "}};
  for (const auto& [from, to] : faults) {
    std::string broken = whole;
    broken.replace(broken.find(from), std::string_view(from).size(), to);
    replace_file(folder.path / "mailscope.json", broken, mode_private);
    const std::string key = std::string(from).substr(1, std::string(from).find('"', 1) - 1);
    CHECK_THROWS_WITH(Again(folder.path), Catch::Matchers::ContainsSubstring("mailscope.json") &&
                                              Catch::Matchers::ContainsSubstring(key));
  }
  replace_file(folder.path / "mailscope.json", whole, mode_private);
  CHECK_NOTHROW(Again(folder.path));
}

TEST_CASE("a copy is one more name of the file, and a moved message's file goes where it goes", "[live]") {
  const test::ScratchFolder folder;
  Again kept(folder.path);
  mailstore::Mailbox& other = *kept.account.create("Other").mailbox;
  kept.account.inbox().append(today, "content");
  kept.kept.write();
  const std::vector<mailstore::Uid> first{{1}};
  copy(today, kept.account.inbox(), first, other);
  kept.kept.write();
  const auto files = [&folder](const char* part) {
    std::vector<fs::path> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder.path / part)) found.push_back(entry.path());
    return found;
  };
  REQUIRE(files(".Other/new").size() == 1);
  CHECK(fs::hard_link_count(files(".Other/new").front()) == 2);
  move(today, kept.account.inbox(), first, other);
  kept.kept.write();
  CHECK(files("new").empty());
  CHECK(files(".Other/new").size() == 2);
  CHECK(kept.account.create("Third").outcome == mailstore::Outcome::Ok);
  CHECK(Again(folder.path).account.find("Other")->messages().size() == 2);
}

TEST_CASE("a letter's file has its envelope whole", "[live]") {
  smtp::Envelope envelope = smtp::envelope("anna\xff@alba.example", {"bruno@llevant.example"});
  envelope.recipients[0].notify = {false, true, false, true};
  envelope.recipients[0].original = {{"rfc822", "b@x.example"}};
  envelope.size = 7;
  envelope.body = smtp::Body::BinaryMime;
  envelope.utf8 = envelope.require_tls = true;
  envelope.auth = "";
  envelope.returned = smtp::Return::Headers;
  envelope.id = "id\n";
  envelope.by = smtp::DeliverBy{std::chrono::seconds(-5), false, true};
  envelope.priority = static_cast<std::int8_t>(-9);
  envelope.hold = std::chrono::seconds(60);
  for (const smtp::Envelope& given : {envelope, smtp::envelope("", {"postmaster"})}) {
    const Letter letter{given, std::make_shared<const std::string>("a\r\n\nb"), today, smtp::Hold{today}};
    const MailQueue::Progress progress{.next_try = today + std::chrono::hours(1),
                                       .since = today + std::chrono::hours(2),
                                       .tries = 3,
                                       .held = given.hold.has_value(),
                                       .warned = true,
                                       .told_late = true};
    const auto read = read_letter(letter_text(letter, progress));
    REQUIRE(read);
    CHECK(read->letter.envelope == given);
    CHECK(*read->letter.content == "a\r\n\nb");
    CHECK(read->letter.accepted == today);
    CHECK(read->progress.next_try == today + std::chrono::hours(1));
    CHECK(read->progress.tries == 3);
    CHECK(read->progress.warned);
    CHECK(read->progress.since == progress.since);
    CHECK(read->progress.held == progress.held);
    CHECK(read->progress.told_late);
    CHECK(read->letter.held == letter.held);
    const std::string text = letter_text(letter, {});
    for (std::size_t octets = 0; octets < text.find('\n'); octets += 7)
      CHECK_FALSE(read_letter(text.substr(0, octets)));
  }
  const std::string text = letter_text(Letter{envelope, std::make_shared<const std::string>(""), today}, {});
  REQUIRE(read_letter(text));
  const auto with = [&text](const std::string& key, const std::string& value) {
    const std::size_t begin = text.find('"' + key + "\":") + key.size() + 3;
    return std::string(text).replace(begin, text.find_first_of(",}", begin) - begin, value);
  };
  CHECK(read_letter(with("tries", "4")));
  for (const std::string key : {"accepted", "next-try", "since", "tries", "body", "returned"})
    for (const std::string number :
         {"1.7e20", "-1.7e20", "2.5", "18446744073709551615", "-9223372036854775808", "null"})
      CHECK_FALSE(read_letter(with(key, number)));
  CHECK_FALSE(read_letter("{}\n"));
  CHECK_FALSE(read_letter("{\"envelope\":{\"from\":7}}\n"));
}

TEST_CASE("a folder has one holder", "[live]") {
  const test::ScratchFolder folder;
  {
    const FolderLock first(folder.path);
    CHECK_THROWS_AS(FolderLock(folder.path), fs::filesystem_error);
  }
  CHECK_NOTHROW(FolderLock(folder.path));
}
