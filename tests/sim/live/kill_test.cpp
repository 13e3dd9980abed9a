// A kill at every single thing that is written: what stands afterwards is the old state or the new one.
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/live/files.hpp"
#include "sim/live/kept_account.hpp"
#include "tests/sim/live/scratch_folder.hpp"

using namespace mailscope;
using namespace mailscope::live;
using mailstore::Flag;
using mailstore::Uid;

namespace {

const Instant today{std::chrono::seconds(1'780'000'000)};

struct Killed {};

/// Kills at the nth thing that is written from now on.
class Killing {
 public:
  explicit Killing(std::size_t at) {
    before_each_write([this, at] {
      if (++count_ == at) throw Killed{};
    });
  }
  ~Killing() { before_each_write({}); }
  Killing(const Killing&) = delete;
  Killing& operator=(const Killing&) = delete;
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::size_t count_{};
};

/// Everything that a person sees of an account.
using Seen = std::map<std::string, std::vector<std::string>>;
Seen seen(const mailstore::Account& account) {
  Seen all;
  for (const auto& [name, mailbox] : account.mailboxes()) {
    std::vector<std::string>& messages = all[name];
    for (const mailstore::Message& message : mailbox->messages()) {
      std::string told = std::to_string(message.uid.value) + " " + message.content->octets();
      for (const std::string& flag : mailbox->names(message.flags)) told += " " + flag;
      if (message.annotations) told += " annotated";
      messages.push_back(std::move(told));
    }
    for (const mailstore::SpecialUse use : mailbox->special_uses()) messages.push_back(std::string(name_of(use)));
  }
  for (const std::string& name : account.subscriptions()) all["subscriptions"].push_back(name);
  return all;
}

void begin(mailstore::Account& account) {
  for (const char* name : {"Work/Plans/Deep", "Old", "Empty"}) account.create(name);
  for (const char* octets : {"one", "two", "three"}) account.inbox().append(today, octets);
  account.find("Work/Plans")->append(today, "four", {Flag::Seen});
  account.find("Old")->append(today, "five");
  const std::vector<Uid> first{{1}};
  account.inbox().annotate(first, "bruno", std::vector<mailstore::Annotation>{{"/comment", true, "x"}});
  account.subscribe("Old");
}

using Act = std::function<void(mailstore::Account&)>;

/// After a kill at each of what `act` writes, the account is as before or as after; what was written whole stays.
void check(const Act& act, const std::function<bool(const Seen&)>& allowed = {}) {
  Seen before, after;
  std::size_t writes = 0;
  {
    const test::ScratchFolder folder;
    mailstore::Account account("bruno");
    KeptAccount kept(folder.path, account, today);
    begin(account);
    kept.write();
    before = seen(account);
    act(account);
    after = seen(account);
    const Killing none(0);
    kept.write();
    writes = none.count();
  }
  REQUIRE(writes > 0);
  for (std::size_t at = 1; at <= writes + 1; ++at) {
    CAPTURE(at, writes);
    const test::ScratchFolder folder;
    std::uint64_t last_id{};
    std::uint32_t last_uid_validity{};
    {
      mailstore::Account account("bruno");
      KeptAccount kept(folder.path, account, today);
      begin(account);
      kept.write();
      act(account);
      const Killing killing(at);
      if (at <= writes)
        CHECK_THROWS_AS(kept.write(), Killed);
      else
        kept.write();
      last_id = account.last_id();
      last_uid_validity = account.last_uid_validity();
    }
    for (int restart = 0; restart < 2; ++restart) {
      mailstore::Account account("bruno");
      KeptAccount kept(folder.path, account, today - std::chrono::hours(24));  // the clock was set back
      const Seen now = seen(account);
      CHECK((now == before || now == after || (allowed && allowed(now))));
      if (at > writes) CHECK(now == after);
      if (at > writes) CHECK((account.last_id() >= last_id && account.last_uid_validity() >= last_uid_validity));
      while (kept.tidy()) continue;
    }
  }
}

}  // namespace

TEST_CASE("a kill at any write: the tree of mailboxes", "[live]") {
  check([](mailstore::Account& account) { account.create("New/Below/It", {mailstore::SpecialUse::Sent}); });
  check([](mailstore::Account& account) { account.remove("Old"); });
  check([](mailstore::Account& account) { account.rename(today, "Old", "Renamed"); });
  check([](mailstore::Account& account) { account.rename(today, "Work", "Home/Office"); });
  check([](mailstore::Account& account) { account.subscribe("Work"); });
  check([](mailstore::Account& account) { account.unsubscribe("Old"); });
}

TEST_CASE("a kill at any write: a name that is used again at once", "[live]") {
  check(
      [](mailstore::Account& account) {
        account.remove("Old");
        account.create("Old");
        account.rename(today, "Work/Plans/Deep", "Deep");
        account.create("Work/Plans/Deep");
      },
      [](const Seen&) { return false; });
}

TEST_CASE("a kill at any write: one message", "[live]") {
  check([](mailstore::Account& account) { account.inbox().append(today, "new", {Flag::Flagged}); });
  check([](mailstore::Account& account) { account.inbox().remove(Uid{2}); });
  check([](mailstore::Account& account) { account.inbox().set_flags({2}, {Flag::Seen}); });
  check([](mailstore::Account& account) {
    const std::vector<Uid> one{{2}};
    move(today, account.inbox(), one, *account.find("Old"));
  });
  check([](mailstore::Account& account) {
    const std::vector<Uid> one{{2}};
    copy(today, account.inbox(), one, *account.find("Old"));
  });
}

TEST_CASE("a kill at any write: of several messages each is moved or not, and none is lost (RFC 6851 §3.3)", "[live]") {
  check(
      [](mailstore::Account& account) {
        const std::vector<Uid> all{{1}, {2}, {3}};
        move(today, account.inbox(), all, *account.find("Old"));
      },
      [](const Seen& now) {
        const std::vector<std::string>&inbox = now.at("INBOX"), &old = now.at("Old");
        return inbox.size() + old.size() == 4 && now.size() == 7;
      });
}
