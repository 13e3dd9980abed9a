#include "protocols/imap/client/replica.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/imap/data/envelope.hpp"
#include "protocols/mailstore/mailbox_name.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::imap {

namespace {

using mailstore::SpecialUse;

/// What people's programs call them where the server names none.
constexpr std::pair<SpecialUse, std::string_view> usual_names[] = {
    {SpecialUse::Archive, "Archive"}, {SpecialUse::Drafts, "Drafts"}, {SpecialUse::Junk, "Junk"},
    {SpecialUse::Sent, "Sent"},       {SpecialUse::Trash, "Trash"},
};

}  // namespace

Replica::Replica() { mailboxes_[std::string(mailstore::inbox_name)]; }

std::optional<Replica::Place> Replica::place(std::uint64_t id) const {
  for (const auto& [name, mailbox] : mailboxes_)
    for (const auto& [uid, message] : mailbox.messages)
      if (message.id == id) return Place{name, uid};
  return std::nullopt;
}

const CachedMessage* Replica::find(std::uint64_t id) const {
  if (const auto at = place(id)) return &mailboxes_.at(at->mailbox).messages.at(at->uid);
  for (const Change& change : changes_)
    if (change.draft.id == id) return &change.draft;
  return nullptr;
}

std::set<std::string> Replica::with_changes(std::uint64_t id, std::set<std::string> flags) const {
  for (const Change& change : changes_) {
    if (change.message != id) continue;
    if (change.kind == Change::Kind::AddFlags) flags.insert(change.flags.begin(), change.flags.end());
    if (change.kind == Change::Kind::RemoveFlags)
      for (const std::string& flag : change.flags) flags.erase(flag);
  }
  return flags;
}

/// With the changes that wait.
std::string Replica::note_of(const CachedMessage& message) const {
  std::string note = message.note;
  for (const Change& change : changes_)
    if (change.kind == Change::Kind::Note && change.message == message.id) note = change.note;
  return note;
}

std::vector<Replica::Shown> Replica::shown(std::string_view mailbox) const {
  std::set<std::uint64_t> gone, changed;
  for (const Change& change : changes_) {
    changed.insert(change.message);
    if (change.kind == Change::Kind::Move || change.kind == Change::Kind::Erase) gone.insert(change.message);
  }
  const auto flags = [&](const CachedMessage& message) {
    return changed.contains(message.id) ? with_changes(message.id, message.flags) : message.flags;
  };
  const auto note = [&](const CachedMessage& message) {
    return changed.contains(message.id) ? note_of(message) : message.note;
  };
  std::vector<Shown> all;
  if (const auto found = mailboxes_.find(std::string(mailbox)); found != mailboxes_.end())
    for (const auto& [uid, message] : found->second.messages)
      if (!gone.contains(message.id)) all.push_back({&message, uid, flags(message), note(message)});
  for (const Change& change : changes_) {
    if (change.target != mailbox) continue;
    const CachedMessage* message = change.kind == Change::Kind::Move ? find(change.message) : &change.draft;
    if (message) all.push_back({message, 0, flags(*message), note(*message)});
  }
  return all;
}

std::set<std::string> Replica::mailbox_names() const {
  std::set<std::string> names;
  for (const auto& [name, mailbox] : mailboxes_) names.insert(name);
  for (const Change& change : changes_)
    if (!change.target.empty()) names.insert(change.target);
  return names;
}

std::string Replica::mailbox_for(SpecialUse use) const {
  for (const auto& [name, mailbox] : mailboxes_)
    if (mailbox.uses.contains(use)) return name;
  for (const auto& [each, name] : usual_names)
    if (each == use) return std::string(name);
  return std::string(mailstore::inbox_name);
}

Change* Replica::waiting(std::uint64_t id, Change::Kind kind) {
  const bool by_draft = kind == Change::Kind::Append || kind == Change::Kind::Copy;
  const auto found = std::ranges::find_if(changes_, [&](const Change& change) {
    return change.kind == kind && !change.attempted && (by_draft ? change.draft.id : change.message) == id;
  });
  return found == changes_.end() ? nullptr : &*found;
}

bool Replica::queue(Change change) {
  if (changes_.size() >= changes_max) return false;
  change.number = ++last_change_;
  if (const CachedMessage* message = find(change.message)) change.subject = message->envelope.subject;
  touch();
  // What is done to a message that waits to be moved is done before that: afterwards it has another UID.
  const Change* move = change.kind <= Change::Kind::Note ? waiting(change.message, Change::Kind::Move) : nullptr;
  const auto at = std::ranges::find_if(changes_, [move](const Change& each) { return &each == move; });
  changes_.insert(at, std::move(change));
  return true;
}

void Replica::erase_change(const Change& change) {
  std::erase_if(changes_, [number = change.number](const Change& each) { return each.number == number; });
  touch();
}

bool Replica::mark(std::uint64_t id, const std::set<std::string>& flags, bool on) {
  const CachedMessage* message = find(id);
  if (!message) return true;
  if (Change* append = waiting(id, Change::Kind::Append)) {
    for (const std::string& flag : flags)
      on ? (void)append->draft.flags.insert(flag) : (void)append->draft.flags.erase(flag);
    touch();
    return true;
  }
  const std::set<std::string> now = with_changes(id, message->flags);
  std::set<std::string> wanted;
  std::ranges::copy_if(flags, std::inserter(wanted, wanted.end()),
                       [&](const std::string& flag) { return now.contains(flag) != on; });
  // What takes back a change that the server has not heard of needs not be told to it.
  const auto opposite = on ? Change::Kind::RemoveFlags : Change::Kind::AddFlags;
  for (Change& change : changes_)
    if (change.kind == opposite && change.message == id && !change.attempted)
      std::erase_if(wanted, [&](const std::string& flag) { return change.flags.erase(flag) > 0; });
  std::erase_if(changes_,
                [](const Change& change) { return change.kind <= Change::Kind::RemoveFlags && change.flags.empty(); });
  touch();
  if (wanted.empty()) return true;
  Change change;
  change.kind = on ? Change::Kind::AddFlags : Change::Kind::RemoveFlags;
  change.message = id;
  change.flags = std::move(wanted);
  return queue(std::move(change));
}

bool Replica::annotate(std::uint64_t id, const std::string& note) {
  const CachedMessage* message = find(id);
  if (!message) return true;
  if (Change* append = waiting(id, Change::Kind::Append)) {
    append->draft.note = note;
    touch();
    return true;
  }
  // The last one counts; those before it need not be told to the server.
  std::erase_if(changes_, [id](const Change& change) {
    return change.kind == Change::Kind::Note && change.message == id && !change.attempted;
  });
  touch();
  if (note_of(*message) == note) return true;
  Change change;
  change.kind = Change::Kind::Note;
  change.message = id;
  change.note = note;
  return queue(std::move(change));
}

bool Replica::move(std::uint64_t id, const std::string& target) {
  for (const auto kind : {Change::Kind::Append, Change::Kind::Copy, Change::Kind::Move}) {
    Change* change = waiting(id, kind);
    if (!change) continue;
    change->target = target;
    const auto at = place(id);
    if (kind == Change::Kind::Move && at && at->mailbox == target) erase_change(*change);
    touch();
    return true;
  }
  if (const auto at = place(id); at && at->mailbox == target) return true;
  Change change;
  change.kind = Change::Kind::Move;
  change.message = id;
  change.target = target;
  return queue(std::move(change));
}

bool Replica::copy(std::uint64_t id, const std::string& target) {
  const CachedMessage* message = find(id);
  if (!message) return true;
  Change change;
  change.kind = Change::Kind::Copy;
  change.message = id;
  change.target = target;
  change.draft = *message;
  change.draft.flags = with_changes(id, message->flags);
  change.draft.note = note_of(*message);
  change.draft.id = new_id();
  return queue(std::move(change));
}

bool Replica::erase(std::uint64_t id) {
  for (const auto kind : {Change::Kind::Append, Change::Kind::Copy})
    if (const Change* change = waiting(id, kind)) {
      erase_change(*change);
      return true;
    }
  std::erase_if(changes_, [id](const Change& change) {
    return change.message == id && !change.attempted && change.kind <= Change::Kind::Move;
  });
  Change change;
  change.kind = Change::Kind::Erase;
  change.message = id;
  return queue(std::move(change));
}

std::uint64_t Replica::append(const std::string& target, std::string content, std::set<std::string> flags,
                              Instant date) {
  Change change;
  change.kind = Change::Kind::Append;
  change.target = target;
  const message::Part root = message::parse_structure(content).root;
  CachedMessage& draft = change.draft;
  draft.id = new_id();
  draft.flags = std::move(flags);
  draft.internal_date = date;
  draft.octets = content.size();
  if (auto read = read_envelope(envelope(content, root))) draft.envelope = std::move(*read);
  draft.content = std::move(content);
  change.message = draft.id;
  change.subject = draft.envelope.subject;
  const std::uint64_t id = draft.id;
  return queue(std::move(change)) ? id : 0;
}

std::vector<Change> Replica::drop_changes(std::uint64_t id, const std::set<std::uint64_t>& in_flight) {
  std::vector<Change> dropped;
  std::erase_if(changes_, [&](const Change& change) {
    if (change.message != id || in_flight.contains(change.number)) return false;
    dropped.push_back(change);
    return true;
  });
  wanted_.erase(id);
  touch();
  return dropped;
}

std::vector<Change> Replica::forget_messages(const std::string& name) {
  std::vector<Change> dropped;
  CachedMailbox& mailbox = mailboxes_[name];
  for (const auto& [uid, message] : mailbox.messages)
    for (Change& change : drop_changes(message.id, {})) dropped.push_back(std::move(change));
  const mailstore::SpecialUses uses = mailbox.uses;
  mailbox = {};
  mailbox.uses = uses;
  touch();
  return dropped;
}

std::vector<Change> Replica::forget(const std::string& name) {
  auto dropped = forget_messages(name);
  if (name != mailstore::inbox_name) mailboxes_.erase(name);
  return dropped;
}

void Replica::add(const std::string& mailbox, std::uint32_t uid, CachedMessage message) {
  CachedMailbox& box = mailboxes_[mailbox];
  if (box.messages.size() >= messages_max) return;
  if (message.id == 0) message.id = new_id();
  box.messages.insert_or_assign(uid, std::move(message));
  touch();
}

std::vector<Change> Replica::remove(const std::string& mailbox, std::uint32_t uid,
                                    const std::set<std::uint64_t>& in_flight) {
  CachedMailbox& box = mailboxes_[mailbox];
  const auto found = box.messages.find(uid);
  if (found == box.messages.end()) return {};
  auto dropped = drop_changes(found->second.id, in_flight);
  box.messages.erase(found);
  return dropped;
}

void Replica::moved(const Place& from, const std::string& to, std::uint32_t uid) {
  auto node = mailboxes_[from.mailbox].messages.extract(from.uid);
  if (node.empty()) return;
  node.mapped().modseq = 0;  // that of another mailbox means nothing here
  add(to, uid, std::move(node.mapped()));
}

std::uint64_t Replica::moved_by_copy(const Place& from, const std::string& to, std::uint32_t uid) {
  CachedMessage& source = mailboxes_[from.mailbox].messages.at(from.uid);
  CachedMessage copy = source;
  copy.modseq = 0;
  source.id = new_id();
  const std::uint64_t left = source.id;
  add(to, uid, std::move(copy));
  return left;
}

}  // namespace mailscope::imap
