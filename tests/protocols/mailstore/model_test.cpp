// The store against a naive one, and the memories of sessions that synchronise at any time, under random doings.
#include <catch2/catch_all.hpp>
#include <map>
#include <random>

#include "protocols/mailstore/store.hpp"

using namespace mailscope;
using namespace mailscope::mailstore;

namespace {

struct Entry {
  std::string content;
  std::set<std::string> flags;
  std::map<Annotations::Key, std::string> annotations{};
  friend bool operator==(const Entry&, const Entry&) = default;
};
using Entries = std::map<std::uint32_t, Entry>;

/// The store as one would write it without a thought of speed.
struct Model {
  std::map<std::string, Entries> mailboxes{{"INBOX", {}}};
  std::map<std::string, std::uint32_t> next{{"INBOX", 1}};

  void add(const std::string& mailbox, const Entry& entry) { mailboxes[mailbox][next.at(mailbox)++] = entry; }
  void create(const std::string& mailbox) {
    mailboxes[mailbox];
    next[mailbox] = 1;
  }
};

Entry entry_of(const Mailbox& mailbox, const Message& message) {
  Entry entry{message.content->octets(), mailbox.names(message.flags)};
  for (const auto& [key, value] : annotations_of(message.annotations).values()) entry.annotations[key] = *value;
  return entry;
}

Entries entries_of(const Mailbox& mailbox) {
  Entries entries;
  for (const Message& message : mailbox.messages()) entries[message.uid.value] = entry_of(mailbox, message);
  return entries;
}

/// What a client remembers of a mailbox between two synchronisations (RFC 7162 §3.2.5).
struct Memory {
  std::shared_ptr<Mailbox> mailbox;
  ModSeq known;
  Entries entries;

  void synchronise() {
    REQUIRE(mailbox->highest_modseq() >= known);
    for (const UidRange& range : mailbox->vanished_since(known))
      for (std::uint32_t uid = range.first.value; uid <= range.last.value; ++uid) entries.erase(uid);
    for (const Uid uid : mailbox->changed_since(known)) {
      const Message* message = mailbox->find(uid);
      REQUIRE(message);
      REQUIRE(message->modseq > known);
      REQUIRE(message->modseq == std::max(message->flags_changed, message->annotations_changed));
      entries[uid.value] = entry_of(*mailbox, *message);
    }
    known = mailbox->highest_modseq();
    REQUIRE(entries == entries_of(*mailbox));
  }
};

/// Repeats what it is told: another way to the same contents.
struct Echo final : Observer {
  std::map<std::string, Entries> mailboxes{{"INBOX", {}}};
  Account* account{};

  void changed(const Change& change) override {
    const Mailbox* mailbox = account->find(change.mailbox);
    if (change.kind == Change::Kind::Created) mailboxes[change.mailbox];
    if (change.kind == Change::Kind::Deleted) {
      REQUIRE(mailboxes.at(change.mailbox).empty());
      mailboxes.erase(change.mailbox);
    }
    if (change.kind == Change::Kind::Renamed) {
      auto node = mailboxes.extract(change.old_name);
      node.key() = change.mailbox;
      REQUIRE(mailboxes.insert(std::move(node)).inserted);
    }
    if (!is_message_change(change.kind)) return;
    Entries& entries = mailboxes.at(change.mailbox);
    const std::uint32_t uid = change.message->uid.value;
    REQUIRE(entries.contains(uid) == (change.kind != Change::Kind::Added));
    if (change.kind == Change::Kind::Removed) {
      entries.erase(uid);
    } else {
      entries[uid] = entry_of(*mailbox, *change.message);
    }
  }
};

class Doings {
 public:
  explicit Doings(unsigned seed) : random_(seed) {
    echo_.account = &account_;
    account_.observe(echo_);
  }

  void one(int round) {
    const std::string name = any_mailbox(), other = any_mailbox();
    Mailbox& mailbox = *account_.find(name);
    Entries& entries = model_.mailboxes[name];
    switch (below(11)) {
      case 0:
      case 1:
      case 2: {
        const Entry entry{"m" + std::to_string(round), any_flags()};
        REQUIRE(mailbox.append(at(round), entry.content, mailbox.flags(entry.flags)).first.value == model_.next[name]);
        model_.add(name, entry);
        return;
      }
      case 3: {
        const std::uint32_t uid = any_uid(name);
        const auto flags = any_flags();
        REQUIRE(mailbox.set_flags({uid}, mailbox.flags(flags)) == entries.contains(uid));
        if (entries.contains(uid)) entries[uid].flags = flags;
        return;
      }
      case 4: {
        const std::vector<Uid> uids = any_uids(name);
        mailbox.remove(uids);
        for (const Uid uid : uids) entries.erase(uid.value);
        return;
      }
      case 5:
      case 6:
        return transfer(round, name, other, below(2) == 0);
      case 7:
      case 8:
        return annotate(mailbox, entries);
      case 9:
        return rename(round, name, "box " + std::to_string(below(6)));
      default:
        return create_or_remove("box " + std::to_string(below(6)));
    }
  }

  /// A session begins, synchronises or ends.
  void session() {
    if (memories_.size() < 5) {
      memories_.push_back({account_.find(any_mailbox())->shared_from_this(), {}, {}});
      return;
    }
    const std::size_t which = below(5);
    memories_[which].synchronise();
    if (below(8) == 0) memories_.erase(memories_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  void check() {
    REQUIRE(account_.mailboxes().size() == model_.mailboxes.size());
    REQUIRE(echo_.mailboxes == model_.mailboxes);
    Usage usage;
    for (const auto& [name, entries] : model_.mailboxes) {
      const Mailbox* mailbox = account_.find(name);
      REQUIRE(mailbox);
      REQUIRE(entries_of(*mailbox) == entries);
      REQUIRE(mailbox->uid_next().value == model_.next[name]);
      REQUIRE(highest_[mailbox->uid_validity()] <= mailbox->highest_modseq());
      highest_[mailbox->uid_validity()] = mailbox->highest_modseq();
      std::set<std::uint64_t> modseqs;
      std::size_t unseen = 0, to_delete = 0;
      std::uint64_t octets = 0;
      for (const auto& [uid, entry] : entries)
        for (const auto& [key, value] : entry.annotations) usage.annotation_octets += key.entry.size() + value.size();
      for (const Message& message : mailbox->messages()) {
        REQUIRE(modseqs.insert(message.modseq.value).second);
        REQUIRE(mailbox->find(message.uid) == &message);
        unseen += message.flags.contains(Flag::Seen) ? 0U : 1U;
        to_delete += message.flags.contains(Flag::Deleted) ? 1U : 0U;
        octets += message.content->octets().size();
      }
      REQUIRE(mailbox->unseen() == unseen);
      REQUIRE(mailbox->marked_deleted() == to_delete);
      REQUIRE(mailbox->octets() == octets);
      usage.octets += octets;
      usage.messages += entries.size();
    }
    REQUIRE(account_.usage().octets == usage.octets);
    REQUIRE(account_.usage().messages == usage.messages);
    REQUIRE(account_.usage().annotation_octets == usage.annotation_octets);
  }

  void synchronise_all() {
    for (Memory& memory : memories_) memory.synchronise();
  }

 private:
  static constexpr Instant at(int round) { return Instant{std::chrono::seconds(round)}; }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  std::string any_mailbox() {
    const auto names = account_.mailbox_names();
    return names[below(static_cast<std::uint32_t>(names.size()))];
  }
  std::uint32_t any_uid(const std::string& mailbox) { return 1 + below(model_.next[mailbox]); }
  std::vector<Uid> any_uids(const std::string& mailbox) {
    std::vector<Uid> uids;
    for (std::uint32_t count = below(4); count > 0; --count) uids.push_back({any_uid(mailbox)});
    return uids;
  }
  std::set<std::string> any_flags() {
    std::set<std::string> chosen;
    for (const char* flag : {"\\Seen", "\\Deleted", "\\Flagged", "Work", "$Junk", "Home"})
      if (below(3) == 0) chosen.insert(flag);
    return chosen;
  }

  /// All of those messages, or none: a user may have values_max values.
  void annotate(Mailbox& mailbox, Entries& entries) {
    const std::string user = below(2) == 0 ? "anna" : "bruno";
    std::vector<Annotation> wanted;
    for (std::uint32_t count = below(3) + 1; count > 0; --count)
      wanted.push_back({"/vendor/x/" + std::to_string(below(4)), below(2) == 0,
                        below(3) == 0 ? std::nullopt : std::optional(std::string(below(9), 'v'))});
    const std::vector<Uid> uids = any_uids(mailbox.name());
    REQUIRE(mailbox.annotate(uids, user, wanted) == Outcome::Ok);
    for (const Uid uid : uids) {
      if (!entries.contains(uid.value)) continue;
      for (const Annotation& one : wanted) {
        const Annotations::Key key{one.entry, one.shared ? "" : user};
        one.value ? (void)(entries[uid.value].annotations[key] = *one.value)
                  : (void)entries[uid.value].annotations.erase(key);
      }
    }
  }

  void transfer(int round, const std::string& from, const std::string& to, bool moving) {
    const std::vector<Uid> uids = any_uids(from);
    Mailbox &source = *account_.find(from), &target = *account_.find(to);
    const std::string loses = below(2) == 0 ? "anna" : "nobody";
    const auto keep = [&loses](const Annotations::Key& key) { return key.user != loses; };
    const Copied done =
        moving ? move(at(round), source, uids, target, keep) : copy(at(round), source, uids, target, keep);
    REQUIRE(done.outcome == Outcome::Ok);
    REQUIRE(done.first.value == model_.next[to]);
    REQUIRE(std::ranges::is_sorted(done.from));
    for (const Uid uid : done.from) {
      Entry entry = model_.mailboxes[from].at(uid.value);
      std::erase_if(entry.annotations, [&loses](const auto& one) { return one.first.user == loses; });
      model_.add(to, entry);
      if (moving) model_.mailboxes[from].erase(uid.value);
    }
  }

  void rename(int round, const std::string& from, const std::string& to) {
    const Outcome outcome = account_.rename(at(round), from, to);
    REQUIRE(outcome == (model_.mailboxes.contains(to) ? Outcome::AlreadyExists : Outcome::Ok));
    if (outcome != Outcome::Ok) return;
    if (from != "INBOX") {
      model_.mailboxes[to] = std::move(model_.mailboxes[from]);
      model_.next[to] = model_.next[from];
      model_.mailboxes.erase(from);
      return;
    }
    model_.create(to);
    for (const auto& [uid, entry] : model_.mailboxes["INBOX"]) model_.add(to, entry);
    model_.mailboxes["INBOX"].clear();
  }

  void create_or_remove(const std::string& name) {
    if (below(2) == 0) {
      REQUIRE((account_.create(name).mailbox == nullptr) == model_.mailboxes.contains(name));
      if (!model_.mailboxes.contains(name)) model_.create(name);
    } else if (below(3) == 0) {
      REQUIRE((account_.remove(name) == Outcome::Ok) == model_.mailboxes.contains(name));
      model_.mailboxes.erase(name);
    }
  }

  std::mt19937 random_;
  Account account_{"bruno"};
  Echo echo_;
  Model model_;
  std::vector<Memory> memories_;
  std::map<std::uint32_t, ModSeq> highest_;  ///< by UIDVALIDITY, which no two mailboxes share
};

}  // namespace

TEST_CASE("store: whatever is done, no message is lost or doubled, and every session comes to know all (RFC 7162 §3)") {
  const auto seed = GENERATE(take(30, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  Doings doings(seed);
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    doings.one(round);
    doings.session();
    doings.check();
  }
  doings.synchronise_all();
}
