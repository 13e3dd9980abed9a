// The tree of mailboxes on disk. A change of one folder is one step; of more changes that one command makes, a journal
// says first what they will be.
#include <algorithm>
#include <utility>

#include "sim/live/files.hpp"
#include "sim/live/kept_account.hpp"

namespace mailscope::live {

namespace fs = std::filesystem;
using mailstore::Change;

/// The changes from `first` on that belong together. Gives the place behind them.
std::size_t KeptAccount::change_tree(std::size_t first) {
  Json changes = Json::array();
  std::size_t at = first;
  for (; at < noted_.size(); ++at) {
    const Noted& noted = noted_[at];
    Json change;
    if (noted.change.kind == Change::Kind::Created)
      change = create(noted);
    else if (noted.change.kind == Change::Kind::Renamed)
      change = rename(noted);
    else if (noted.change.kind == Change::Kind::Deleted)
      change = remove(noted.change.mailbox);
    else
      break;
    if (!change.is_null()) changes.push_back(std::move(change));
  }
  const bool several = changes.size() > 1;
  const fs::path journal = path_ / kept_name::tree;
  const Json whole{{"changes", std::move(changes)}};
  if (several) replace_file(journal, text_of(whole), mode_private);
  for (const IndexPart& change : IndexPart(whole, journal).parts("changes")) apply(change);
  sync_folder(path_);
  if (several) {
    remove_file(journal);
    sync_folder(path_);
  }
  return at;
}

// What these give can be apply()ed more than once.

Json KeptAccount::create(const Noted& noted) {
  const fs::path place = place_for(noted.change.mailbox, noted.facts);
  Folder& folder = folders_[noted.change.mailbox] = {place, noted.facts, noted.mailbox, FlagLetters(), 1, {1}, {}, {}};
  by_id_[folder.id] = &folder;
  return {{"make", place.lexically_relative(path_).string()}, {"index", index_of(folder)}};
}

Json KeptAccount::rename(const Noted& noted) {
  auto node = folders_.extract(noted.change.old_name);
  if (node.empty()) return {};
  node.key() = noted.change.mailbox;
  Folder& folder = node.mapped();
  folder.facts = noted.facts;
  const fs::path from = std::exchange(folder.path, place_for(noted.change.mailbox, noted.facts));
  folder.uid_next = std::max(folder.uid_next, mailstore::Uid{folder.last_uid.value + 1});
  const Json index = index_of(folder);
  for (const char* part : kept_name::parts)
    if (to_sync_.erase(from / part) > 0) touched(folder.path / part);
  const std::string to = folder.path.lexically_relative(path_).string();
  folders_.insert(std::move(node));
  return {{"move", from.lexically_relative(path_).string()}, {"to", to}, {"index", index}};
}

Json KeptAccount::remove(const std::string& mailbox) {
  const auto gone = folders_.find(mailbox);
  if (gone == folders_.end()) return {};
  const fs::path path = gone->second.path;
  for (const char* part : kept_name::parts) to_sync_.erase(path / part);
  by_id_.erase(gone->second.id);
  folders_.erase(gone);
  return {{"remove", path.lexically_relative(path_).string()}};
}

/// One change. Whatever of it was done before is not done again.
void KeptAccount::apply(const IndexPart& change) {
  if (const std::string gone = change.text("remove"); !gone.empty()) {
    if (fs::exists(path_ / gone)) discard(path_ / gone);
    return;
  }
  const std::string from = change.text("move");
  const fs::path folder = path_ / change.text(from.empty() ? "make" : "to");
  const std::string index = text_of(change.part("index").json());
  if (!from.empty()) {
    if (!fs::exists(path_ / from / kept_name::index)) return;
    replace_file(path_ / from / kept_name::index, index, mode_private);  // what it says counts, not the folder's name
    if (path_ / from != folder) move_file(path_ / from, folder);
    return;
  }
  make_private_folder(folder);
  for (const char* part : kept_name::parts) make_private_folder(folder / part);
  replace_file(folder / kept_name::index, index, mode_private);  // from now on it is a mailbox
}

/// The folder is no mailbox afterwards. What another program has put into it stays.
void KeptAccount::discard(const fs::path& folder) {
  if (holds_only_ours(folder)) {
    std::uint64_t number = 0;
    fs::path name;
    do name = path_ / (kept_name::gone + std::to_string(number++));
    while (fs::exists(name));
    move_file(folder, name);
    gone_.push_back(std::move(name));
    return;
  }
  remove_file(folder / kept_name::index);
  sync_folder(folder);
  for (const char* part : kept_name::parts)
    if (fs::is_directory(folder / part))
      for (const fs::directory_entry& entry : fs::directory_iterator(folder / part))
        if (parse_maildir_file(entry.path().filename().string())) gone_.push_back(entry.path());
}

/// Where the mailbox goes: no other has that folder, and no other program.
fs::path KeptAccount::place_for(const std::string& mailbox, const Json& facts) {
  const mailstore::ObjectId id{facts.value("id", std::uint64_t{})};
  const std::string below = maildir_folder(mailbox, id);
  if (below.empty()) return path_;
  const fs::path place = path_ / below;
  const auto here = [&place](const auto& folder) { return folder.second.path == place; };
  if (std::ranges::none_of(folders_, here)) {
    if (!fs::exists(place)) return place;
    // What a kill left of a mailbox that was never told of, or one that goes by these changes, or another program's.
    if (!fs::exists(place / kept_name::index) && holds_only_ours(place)) {
      discard(place);
      return place;
    }
  }
  return path_ / maildir_folder(std::string(256, 'x'), id);
}

Json KeptAccount::index_of(const Folder& folder) {
  Json index = folder.facts;
  index["uidnext"] = folder.uid_next.value;
  index["modseq"] = folder.modseq;
  index["keywords"] = folder.letters.keywords();
  return index;
}

void KeptAccount::write_index(Folder& folder) {
  folder.uid_next = std::max(folder.uid_next, mailstore::Uid{folder.last_uid.value + 1});
  replace_file(folder.path / kept_name::index, text_of(index_of(folder)), mode_private);
}

/// What is given out from now on is on the disk as given out.
void KeptAccount::reserve_numbers() {
  if (account_.last_id() < ids_kept_ && account_.last_uid_validity() < uid_validities_kept_) return;
  ids_kept_ = account_.last_id() + ids_reserved;
  uid_validities_kept_ = account_.last_uid_validity() + uid_validities_reserved;
  write_account();
}

void KeptAccount::write_account() const {
  const Json account{{"ids", ids_kept_},
                     {"uidvalidities", uid_validities_kept_},
                     {"subscriptions", account_.subscriptions()},
                     {"metadata", json_of(account_.metadata())},
                     {"url-keys", json_of(account_.url_keys())}};
  replace_file(path_ / kept_name::account, text_of(account), mode_private);
}

}  // namespace mailscope::live
