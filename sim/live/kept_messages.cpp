// Messages on disk: a file each, in one or more mailboxes' folders.
#include <algorithm>
#include <utility>

#include "sim/live/files.hpp"
#include "sim/live/kept_account.hpp"

namespace mailscope::live {

namespace fs = std::filesystem;
using mailstore::Change;

KeptAccount::Folder* KeptAccount::folder_of(std::uint64_t mailbox) const {
  const auto found = by_id_.find(mailbox);
  return found == by_id_.end() ? nullptr : found->second;
}

/// Writes the contents that are new here, all together; no mailbox has them yet.
void KeptAccount::stage_contents() {
  leaving_.clear();
  for (const Noted& noted : noted_)
    if (noted.change.kind == Change::Kind::Removed)
      leaving_[noted.change.message->content->email().value] = {noted.mailbox, noted.change.message->uid.value};
  std::vector<NewFile> files;
  for (const Noted& noted : noted_) {
    if (noted.change.kind != Change::Kind::Added) continue;
    const mailstore::Message& message = *noted.change.message;
    const mailstore::ObjectId email = message.content->email();
    if (staged_.contains(email.value) || file_of(email)) continue;
    const MaildirName name{message.uid, email, message.content->thread(), message.internal_date, message.save_date};
    const fs::path file = path_ / "tmp" / name.text();
    staged_.emplace(email.value, file);
    files.push_back({file, [content = message.content] { return std::string_view(content->octets()); }});
  }
  if (!files.empty()) write_synced(files, mode_private);
}

void KeptAccount::write(const Noted& noted) {
  const Change& change = noted.change;
  using Kind = Change::Kind;
  switch (change.kind) {
    case Kind::Subscribed:
    case Kind::Unsubscribed:
    case Kind::UrlKeys:
      account_changed_ = true;
      return;
    case Kind::Metadata:
      if (change.mailbox.empty()) {
        account_changed_ = true;
        return;
      }
      [[fallthrough]];
    case Kind::SpecialUse:
    case Kind::Rights:
      if (Folder* folder = folder_of(noted.mailbox)) folder->facts = noted.facts;
      to_index_.insert(change.mailbox);
      return;
    default:
      if (Folder* folder = folder_of(noted.mailbox)) add(*folder, noted);
  }
}

/// A message came, has other flags or annotations, or went.
void KeptAccount::add(Folder& folder, const Noted& noted) {
  const mailstore::Message& message = *noted.change.message;
  const std::uint32_t uid = message.uid.value;
  if (noted.change.kind == Change::Kind::Removed) return remove(folder, message);
  const auto old = folder.files.find(uid);
  if (noted.change.kind == Change::Kind::Annotated || (old == folder.files.end() && message.annotations))
    write_annotations(folder, message);  // before a new message's file, so that none is there without them
  if (noted.change.kind == Change::Kind::Annotated) return;
  make_letters(folder, noted.flags);
  const MaildirName name{message.uid, message.content->email(), message.content->thread(), message.internal_date,
                         message.save_date};
  const std::string letters = folder.letters.encode(noted.flags);
  const std::string file = (letters.empty() ? "new/" : "cur/") + name.text() + (letters.empty() ? "" : ":2," + letters);
  if (old != folder.files.end()) {
    if (old->second == file) return;
    move_file(folder.path / old->second, folder.path / file);
    touched((folder.path / old->second).parent_path());
    old->second = file;
  } else {
    place(message, folder.path / file);
    folder.files.emplace(uid, file);
    folder.last_uid = std::max(folder.last_uid, message.uid);
    contents_[message.content->email().value] = {folder.id, uid};
  }
  touched((folder.path / file).parent_path());
}

void KeptAccount::remove(Folder& folder, const mailstore::Message& message) {
  const auto old = folder.files.find(message.uid.value);
  if (old == folder.files.end()) return;
  keep_uid_next(folder);
  // Out of the mailbox at once; what the file takes is freed later.
  gone_.push_back(folder.path / "tmp" / fs::path(old->second).filename());
  move_file(folder.path / old->second, gone_.back());
  touched((folder.path / old->second).parent_path());
  folder.files.erase(old);
  if (message.annotations) remove_file(annotations_file(folder, message.uid));
}

/// The message's file comes there: from the mailbox that it leaves by the same write(), as another name of one that is
/// there, or as it was staged.
void KeptAccount::place(const mailstore::Message& message, const fs::path& target) {
  if (move_leaving(message, target)) return;
  const mailstore::ObjectId email = message.content->email();
  const auto there = file_of(email);
  if (there && link_file(*there, target)) return;
  auto staged = staged_.extract(email.value);
  if (!staged.empty()) return move_file(staged.mapped(), target);
  const fs::path fresh = path_ / "tmp" / target.filename();
  write_synced(fresh, message.content->octets(), mode_private);
  move_file(fresh, target);
}

/// In one step: it is in the one mailbox or in the other.
bool KeptAccount::move_leaving(const mailstore::Message& message, const fs::path& target) {
  const auto leaving = leaving_.extract(message.content->email().value);
  Folder* from = leaving.empty() ? nullptr : folder_of(leaving.mapped().mailbox);
  const auto file = from ? from->files.find(leaving.mapped().uid) : decltype(from->files.end()){};
  if (!from || file == from->files.end()) return false;
  keep_uid_next(*from);
  move_file(from->path / file->second, target);
  touched((from->path / file->second).parent_path());
  const mailstore::Uid uid{file->first};
  from->files.erase(file);
  if (message.annotations) remove_file(annotations_file(*from, uid));
  return true;
}

std::optional<fs::path> KeptAccount::file_of(mailstore::ObjectId email) const {
  const auto known = contents_.find(email.value);
  const Folder* folder = known == contents_.end() ? nullptr : folder_of(known->second.mailbox);
  if (!folder) return std::nullopt;
  const auto file = folder->files.find(known->second.uid);
  return file == folder->files.end() ? std::nullopt : std::optional(folder->path / file->second);
}

/// The next run must not give a UID to another message: the index says so before its file goes.
void KeptAccount::keep_uid_next(Folder& folder) {
  if (folder.uid_next <= folder.last_uid) write_index(folder);
}

fs::path KeptAccount::annotations_file(const Folder& folder, mailstore::Uid uid) {
  return folder.path / kept_name::annotations / (std::to_string(uid.value) + ".json");
}

void KeptAccount::write_annotations(const Folder& folder, const mailstore::Message& message) {
  const fs::path file = annotations_file(folder, message.uid);
  if (message.annotations) {
    if (!fs::is_directory(file.parent_path())) {
      make_private_folder(file.parent_path());
      sync_folder(folder.path);
    }
    replace_file(file, text_of(json_of(*message.annotations)), mode_private);
  } else if (remove_file(file)) {
    sync_folder(file.parent_path());
  }
}

/// A letter is in the index before a file's name has it.
void KeptAccount::make_letters(Folder& folder, const std::set<std::string>& flags) {
  std::set<std::string> in_use = flags;
  if (const mailstore::Mailbox* mailbox = account_.find(folder.facts.value("name", std::string())))
    for (const std::string& keyword : mailbox->keywords().names()) in_use.insert(keyword);
  if (folder.letters.learn(flags, in_use)) write_index(folder);
}

}  // namespace mailscope::live
