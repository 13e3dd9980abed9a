// What is kept of an account is read again; what changes is noted.
#include "sim/live/kept_account.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "sim/live/files.hpp"

namespace mailscope::live {

namespace fs = std::filesystem;
using mailstore::Change;

namespace {

/// Mod-sequences of one run stay below the first of the next.
constexpr std::uint64_t modseq_step = std::uint64_t{1} << 32;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  if (fs::is_directory(folder))
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  return entries;
}

bool is_our_message(const fs::path& file) { return parse_maildir_file(file.filename().string()).has_value(); }

/// Written by replace_file().
bool is_unfinished(const fs::path& file) { return file.extension() == ".tmp"; }

bool is_part(const fs::path& folder) {
  return std::ranges::find(kept_name::parts, folder.filename().string()) != std::end(kept_name::parts);
}

}  // namespace

bool holds_only_ours(const fs::path& folder) {
  return std::ranges::all_of(entries_of(folder), [](const fs::path& entry) {
    const std::string name = entry.filename().string();
    if (name == kept_name::annotations)
      return std::ranges::all_of(entries_of(entry), [](const fs::path& file) {
        return file.extension() == ".json" || is_unfinished(file);
      });
    if (is_part(entry)) return std::ranges::all_of(entries_of(entry), is_our_message);
    return name == kept_name::index || (name.starts_with(kept_name::index) && is_unfinished(entry));
  });
}

KeptAccount::KeptAccount(fs::path folder, mailstore::Account& account, Instant now)
    : path_(std::move(folder)), account_(account) {
  make_private_folder(path_);
  finish_tree();
  refuse_other_programs();
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  mailstore::SavedAccount saved;
  // More than one run can have given out before this second, where none has kept how many it gave out.
  saved.last_uid_validity = static_cast<std::uint32_t>(second);
  saved.last_id = static_cast<std::uint64_t>(second) << 8;
  if (const auto kept = IndexPart::of_file(path_ / kept_name::account)) {
    saved.last_uid_validity = std::max(saved.last_uid_validity, kept->number<std::uint32_t>("uidvalidities", 0));
    saved.last_id = std::max(saved.last_id, kept->number<std::uint64_t>("ids", 0));
    for (const std::string& name : kept->texts("subscriptions")) saved.subscriptions.insert(name);
    saved.metadata = metadata_in(*kept, "metadata");
    saved.url_keys = url_keys_in(*kept, "url-keys");
  }
  load_mailbox(path_, saved);
  for (const fs::path& entry : entries_of(path_)) {
    const std::string name = entry.filename().string();
    if (name.starts_with(kept_name::gone)) gone_.push_back(entry);
    if (name.starts_with('.') && fs::is_directory(entry)) load_mailbox(entry, saved);
  }
  restore(account_, std::move(saved));
  reserve_numbers();
  for (auto& [name, mailbox] : account_.mailboxes()) {
    const auto found = folders_.find(name);
    if (found == folders_.end())  // a level above one that was kept, or a new account's INBOX
      noted_.push_back({{Change::Kind::Created, name, {}, {}, {}}, {}, mailbox->id().value, facts_of(*mailbox)});
    else
      write_index(found->second);  // with this run's mod-sequences
  }
  write();
  account_.observe(*this);
}

KeptAccount::~KeptAccount() = default;

/// Folders without an index are what a kill has left, or another program's; that one may hold mail of whoever this is.
void KeptAccount::refuse_other_programs() const {
  const auto refuse = [](const fs::path& folder) {
    throw fs::filesystem_error("another program keeps mail there, and would lose it", folder, std::error_code());
  };
  if (!fs::exists(path_ / kept_name::index))
    for (const char* part : {"new", "cur"})
      if (!std::ranges::all_of(entries_of(path_ / part), is_our_message)) refuse(path_);
  for (const fs::path& entry : entries_of(path_)) {
    const bool mailbox = entry.filename().string().starts_with('.') && fs::is_directory(entry);
    if (mailbox && !fs::exists(entry / kept_name::index) && !holds_only_ours(entry)) refuse(entry);
  }
}

/// A kill came while the tree of mailboxes was changed: whatever was begun is done.
void KeptAccount::finish_tree() {
  const auto begun = IndexPart::of_file(path_ / kept_name::tree);
  if (!begun) return;
  for (const IndexPart& change : begun->parts("changes")) apply(change);
  sync_folder(path_);
  remove_file(path_ / kept_name::tree);
  sync_folder(path_);
}

void KeptAccount::load_mailbox(const fs::path& path, mailstore::SavedAccount& saved) {
  const auto index = IndexPart::of_file(path / kept_name::index);
  if (!index) return;  // nobody was told that it is there
  mailstore::SavedMailbox mailbox;
  mailbox.name = index->text("name");
  mailbox.id = {index->number<std::uint64_t>("id", 0)};
  mailbox.uid_validity = index->number<std::uint32_t>("uidvalidity", 0, 1);
  if (mailbox.uid_validity == 0) index->fail("uidvalidity", "there");
  mailbox.uid_next = {index->number<std::uint32_t>("uidnext", 1, 1)};
  mailbox.modseq = {index->number<std::uint64_t>("modseq", 0) + modseq_step};
  if (folders_.contains(mailbox.name)) index->fail("name", "another mailbox's");
  read_facts(*index, mailbox.special_uses, mailbox.acl);
  mailbox.metadata = metadata_in(*index, "metadata");
  Json facts = index->json();
  for (const char* key : {"uidnext", "modseq", "keywords"}) facts.erase(key);
  Folder& folder = folders_[mailbox.name] = {path,
                                             std::move(facts),
                                             mailbox.id.value,
                                             FlagLetters(index->texts("keywords")),
                                             mailbox.modseq.value,
                                             mailbox.uid_next,
                                             {},
                                             {}};
  by_id_[folder.id] = &folder;
  load_messages(folder, mailbox);
  saved.mailboxes.push_back(std::move(mailbox));
}

void KeptAccount::load_messages(Folder& folder, mailstore::SavedMailbox& mailbox) {
  for (const char* part : kept_name::parts) fs::create_directory(folder.path / part);
  for (const fs::path& file : entries_of(folder.path / "tmp"))
    if (is_our_message(file)) gone_.push_back(file);  // never promised to anybody, or gone
  const bool annotated = fs::is_directory(folder.path / kept_name::annotations);
  for (const char* part : {"new", "cur"})
    for (const fs::path& entry : entries_of(folder.path / part)) {
      const std::string name = entry.filename().string();
      const auto file = parse_maildir_file(name);
      if (!file || folder.files.contains(file->name.uid.value)) continue;
      auto octets = read_whole(entry);
      if (!octets) continue;
      folder.files.emplace(file->name.uid.value, std::string(part) + "/" + name);
      folder.last_uid = std::max(folder.last_uid, file->name.uid);
      contents_[file->name.email.value] = {folder.id, file->name.uid.value};
      const auto kept = annotated ? IndexPart::of_file(annotations_file(folder, file->name.uid)) : std::nullopt;
      mailbox.messages.push_back({file->name.uid, folder.letters.decode(file->letters), file->name.internal_date,
                                  file->name.save_date, file->name.email, file->name.thread, *std::move(octets),
                                  kept ? annotations_in(*kept) : nullptr});
    }
  if (annotated) forget_annotations_of_none(folder);
}

/// Else a message that gets such a UID would have them.
void KeptAccount::forget_annotations_of_none(const Folder& folder) const {
  for (const fs::path& entry : entries_of(folder.path / kept_name::annotations)) {
    const auto uid = ascii::number<std::uint32_t>(entry.stem().string());
    if (!uid || !folder.files.contains(*uid)) remove_file(entry);
  }
}

void KeptAccount::changed(const Change& change) {
  Noted noted{change, {}, 0, {}};
  const mailstore::Mailbox* mailbox = account_.find(change.mailbox);
  if (mailbox) noted.mailbox = mailbox->id().value;
  if (mailbox && change.message) noted.flags = mailbox->names(change.message->flags);
  if (mailbox && !is_message_change(change.kind)) noted.facts = facts_of(*mailbox);
  // A mailbox that is made with a special use is never there without it.
  const bool completes = change.kind == Change::Kind::SpecialUse && !noted_.empty() &&
                         noted_.back().change.kind == Change::Kind::Created &&
                         noted_.back().change.mailbox == change.mailbox;
  if (completes) {
    noted_.back().facts = std::move(noted.facts);
    return;
  }
  // With a mailbox go its messages, all at once.
  if (change.kind == Change::Kind::Deleted)
    while (!noted_.empty() && noted_.back().change.kind == Change::Kind::Removed &&
           noted_.back().change.mailbox == change.mailbox)
      noted_.pop_back();
  noted_.push_back(std::move(noted));
}

void KeptAccount::write() {
  if (noted_.empty()) return;
  reserve_numbers();
  stage_contents();
  for (std::size_t at = 0; at < noted_.size();) {
    const Change::Kind kind = noted_[at].change.kind;
    const bool tree =
        kind == Change::Kind::Created || kind == Change::Kind::Renamed || kind == Change::Kind::Deleted;
    if (tree)
      at = change_tree(at);
    else
      write(noted_[at++]);
  }
  noted_.clear();
  for (const std::string& mailbox : to_index_)
    if (const auto folder = folders_.find(mailbox); folder != folders_.end()) write_index(folder->second);
  to_index_.clear();
  if (std::exchange(account_changed_, false)) write_account();
  for (const fs::path& folder : to_sync_) sync_folder(folder);
  to_sync_.clear();
}

bool KeptAccount::tidy() {
  constexpr int files_at_a_time = 2;
  for (int count = 0; count < files_at_a_time && !gone_.empty(); ++count) {
    const fs::path gone = gone_.front();
    if (!fs::is_directory(gone)) {
      fs::remove(gone);
      gone_.pop_front();
      continue;
    }
    // One file of it; the folder itself at last.
    fs::path inner = gone;
    while (fs::is_directory(inner) && !fs::is_empty(inner)) inner = fs::directory_iterator(inner)->path();
    fs::remove(inner);
    if (inner == gone) gone_.pop_front();
  }
  return !gone_.empty();
}

}  // namespace mailscope::live
