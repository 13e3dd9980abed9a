#include "sim/live/kept_account.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "sim/live/files.hpp"

namespace mailscope::live {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using mailstore::Change;

namespace {

constexpr const char* index_name = "mailscope.json";
constexpr const char* account_name = "account.json";
constexpr const char* parts[] = {"tmp", "new", "cur"};
/// Holds a file for each message that has annotations, by its UID. It belongs to no message where a kill came between
/// the two files; the message is the one that counts.
constexpr const char* annotations_name = "annotations";
/// Mod-sequences of one run stay below the first of the next.
constexpr std::uint64_t modseq_step = std::uint64_t{1} << 32;

/// As Json::value(), and also where json[key] is of another type.
template <class Value>
Value value_in(const Json& json, const char* key, Value otherwise) {
  const auto found = json.find(key);
  if (found == json.end()) return otherwise;
  if constexpr (std::is_same_v<Value, std::string>)
    return found->is_string() ? found->get<Value>() : otherwise;
  else
    return found->is_number_unsigned() ? found->get<Value>() : otherwise;
}

/// `key` says what is annotated, and whose that is.
Json json_of(const auto& key, const std::string& value) {
  return {{"entry", key.entry}, {"user", key.user}, {"value", base64_encode(value)}};
}

Json json_of(const mailstore::Metadata& metadata) {
  Json entries = Json::array();
  for (const auto& [key, value] : metadata.entries()) entries.push_back(json_of(key, value));
  return entries;
}

mailstore::Metadata metadata_of(const Json& entries) {
  mailstore::Metadata metadata;
  for (const Json& entry : entries)
    metadata.set(value_in(entry, "user", std::string()), value_in(entry, "entry", std::string()),
                 base64_decode(value_in(entry, "value", std::string())));
  return metadata;
}

Json json_of(const mailstore::Annotations& annotations) {
  Json values = Json::array();
  for (const auto& [key, value] : annotations.values()) values.push_back(json_of(key, *value));
  return {{"annotations", std::move(values)}};
}

mailstore::AnnotationsPointer annotations_in(const Json& values) {
  mailstore::Annotations annotations;
  for (const Json& value : values) {
    const std::string user = value_in(value, "user", std::string());
    annotations.set(user, {value_in(value, "entry", std::string()), user.empty(),
                           base64_decode(value_in(value, "value", std::string()))});
  }
  return pointer_to(std::move(annotations));
}

Json json_of(const mailstore::UrlKeys& keys) {
  Json entries = Json::array();
  for (const auto& [mailbox, key] : keys.entries())
    entries.push_back({{"mailbox", mailbox.value}, {"key", base64_encode(key.octets)}});
  return entries;
}

mailstore::UrlKeys url_keys_of(const Json& entries) {
  mailstore::UrlKeys keys;
  for (const Json& entry : entries) {
    auto octets = base64_decode(value_in(entry, "key", std::string()));
    if (octets && octets->size() == mailstore::UrlKeys::key_octets)
      keys.set({value_in(entry, "mailbox", std::uint64_t{})}, std::move(*octets), false);
  }
  return keys;
}

/// What an index says but for what the files' names and the mailbox's messages decide.
Json facts_of(const mailstore::Mailbox& mailbox) {
  Json uses = Json::array(), acl = Json::object();
  for (const mailstore::SpecialUse use : mailbox.special_uses()) uses.push_back(name_of(use));
  for (const auto& [identifier, rights] : mailbox.acl().entries()) acl[identifier] = rights.text();
  return {{"name", mailbox.name()},         {"id", mailbox.id().value}, {"uidvalidity", mailbox.uid_validity()},
          {"special-use", std::move(uses)}, {"acl", std::move(acl)},    {"metadata", json_of(mailbox.metadata())}};
}

/// Text that is not UTF-8 loses what is not.
std::string text_of(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n'; }

/// Null where there is no such file. A file that somebody has broken stops the program rather than lose what it said.
Json read_json(const fs::path& file) {
  const auto text = read_whole(file);
  if (!text) return {};
  Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) throw fs::filesystem_error("cannot be understood", file, std::error_code());
  return json;
}

/// json[key], where it is a list.
Json list_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_array() ? *found : Json::array();
}

}  // namespace

/// A change with what must be known of it later, when the mailbox may have gone on.
struct KeptAccount::Noted {
  Change change;
  std::set<std::string> flags;  ///< of its message
  Json facts;                   ///< of its mailbox, where they changed
};

struct KeptAccount::Folder {
  fs::path path;
  Json facts;
  FlagLetters letters;
  std::uint64_t modseq{1};
  mailstore::Uid uid_next{1};                    ///< that the index says
  mailstore::Uid last_uid{};                     ///< that a file has or had
  std::map<std::uint32_t, std::string> files{};  ///< by UID: "new/…" or "cur/…"
};

KeptAccount::KeptAccount(fs::path folder, mailstore::Account& account, Instant now)
    : path_(std::move(folder)), account_(account) {
  make_private_folder(path_);
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  mailstore::SavedAccount saved;
  // More than one run can have given out before this second, removed or not.
  saved.last_uid_validity = static_cast<std::uint32_t>(second);
  saved.last_id = static_cast<std::uint64_t>(second) << 8;
  const Json kept = read_json(path_ / account_name);
  for (const Json& name : list_in(kept, "subscriptions"))
    if (name.is_string()) saved.subscriptions.insert(name.get<std::string>());
  saved.metadata = metadata_of(list_in(kept, "metadata"));
  saved.url_keys = url_keys_of(list_in(kept, "url-keys"));
  load_mailbox(path_, saved);
  for (const fs::directory_entry& entry : fs::directory_iterator(path_))
    if (entry.is_directory() && entry.path().filename().string().starts_with('.')) load_mailbox(entry.path(), saved);
  restore(account_, std::move(saved));
  for (auto& [name, mailbox] : account_.mailboxes()) {
    const auto found = folders_.find(name);
    if (found == folders_.end()) {  // a level above one that was kept, or a new account's INBOX
      create({{Change::Kind::Created, name, {}, {}, {}}, {}, facts_of(*mailbox)});
    } else {
      write_index(found->second);  // with this run's mod-sequences
    }
  }
  account_.observe(*this);
}

KeptAccount::~KeptAccount() = default;

void KeptAccount::load_mailbox(const fs::path& path, mailstore::SavedAccount& saved) {
  const Json index = read_json(path / index_name);
  if (index.is_null()) return;  // nobody was told that it is there
  mailstore::SavedMailbox mailbox;
  mailbox.name = value_in(index, "name", std::string());
  mailbox.id = {value_in(index, "id", std::uint64_t{})};
  mailbox.uid_validity = value_in(index, "uidvalidity", std::uint32_t{});
  mailbox.uid_next = {value_in(index, "uidnext", std::uint32_t{1})};
  mailbox.modseq = {value_in(index, "modseq", std::uint64_t{}) + modseq_step};
  if (mailbox.uid_validity == 0 || folders_.contains(mailbox.name)) return;
  for (const Json& use : list_in(index, "special-use"))
    if (const auto known = use.is_string() ? mailstore::special_use(use.get<std::string>()) : std::nullopt)
      mailbox.special_uses.insert(*known);
  if (const auto acl = index.find("acl"); acl != index.end() && acl->is_object())
    for (const auto& [identifier, rights] : acl->items())
      if (const auto known = rights.is_string() ? mailstore::Rights::of(rights.get<std::string>()) : std::nullopt)
        mailbox.acl.set(identifier, *known);
  mailbox.metadata = metadata_of(list_in(index, "metadata"));
  std::vector<std::string> keywords;
  for (const Json& keyword : list_in(index, "keywords"))
    keywords.push_back(keyword.is_string() ? keyword.get<std::string>() : "");
  Json facts = index;
  for (const char* key : {"uidnext", "modseq", "keywords"}) facts.erase(key);
  Folder& folder = folders_[mailbox.name] = {
      path, std::move(facts), FlagLetters(std::move(keywords)), mailbox.modseq.value, mailbox.uid_next, {}, {}};
  load_messages(folder, mailbox);
  saved.mailboxes.push_back(std::move(mailbox));
}

void KeptAccount::load_messages(Folder& folder, mailstore::SavedMailbox& mailbox) {
  for (const char* part : parts) fs::create_directory(folder.path / part);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path / "tmp"))
    if (parse_maildir_file(entry.path().filename().string())) fs::remove(entry.path());  // never promised to anybody
  const bool annotated = fs::is_directory(folder.path / annotations_name);
  for (const char* part : {"new", "cur"})
    for (const fs::directory_entry& entry : fs::directory_iterator(folder.path / part)) {
      const std::string name = entry.path().filename().string();
      const auto file = parse_maildir_file(name);
      if (!file || folder.files.contains(file->name.uid.value)) continue;
      auto octets = read_whole(entry.path());
      if (!octets) continue;
      folder.files.emplace(file->name.uid.value, std::string(part) + "/" + name);
      folder.last_uid = std::max(folder.last_uid, file->name.uid);
      const Json kept = annotated ? read_json(annotations_file(folder, file->name.uid)) : Json();
      mailbox.messages.push_back({file->name.uid, folder.letters.decode(file->letters), file->name.internal_date,
                                  file->name.save_date, file->name.email, file->name.thread, *std::move(octets),
                                  annotations_in(list_in(kept, "annotations"))});
    }
  if (annotated) forget_annotations_of_none(folder);
}

/// Else a message that gets such a UID would have them.
void KeptAccount::forget_annotations_of_none(const Folder& folder) const {
  const std::vector<fs::directory_entry> entries{fs::directory_iterator(folder.path / annotations_name), {}};
  for (const fs::directory_entry& entry : entries) {
    const auto uid = ascii::number<std::uint32_t>(entry.path().stem().string());
    if (!uid || !folder.files.contains(*uid)) fs::remove(entry.path());
  }
}

fs::path KeptAccount::annotations_file(const Folder& folder, mailstore::Uid uid) {
  return folder.path / annotations_name / (std::to_string(uid.value) + ".json");
}

void KeptAccount::write_annotations(const Folder& folder, const mailstore::Message& message) {
  const fs::path file = annotations_file(folder, message.uid);
  if (message.annotations) {
    if (!fs::is_directory(file.parent_path())) {
      make_private_folder(file.parent_path());
      sync_folder(folder.path);
    }
    replace_file(file, text_of(json_of(*message.annotations)), mode_private);
  } else if (fs::remove(file)) {
    sync_folder(file.parent_path());
  }
}

void KeptAccount::changed(const Change& change) {
  Noted noted{change, {}, {}};
  const mailstore::Mailbox* mailbox = account_.find(change.mailbox);
  if (mailbox && change.message) noted.flags = mailbox->names(change.message->flags);
  if (mailbox && !is_message_change(change.kind)) noted.facts = facts_of(*mailbox);
  noted_.push_back(std::move(noted));
}

void KeptAccount::write() {
  for (const Noted& noted : noted_) write(noted);
  noted_.clear();
  for (const fs::path& folder : to_sync_) sync_folder(folder);
  to_sync_.clear();
}

void KeptAccount::write(const Noted& noted) {
  const Change& change = noted.change;
  using Kind = Change::Kind;
  switch (change.kind) {
    case Kind::Created:
      return create(noted);
    case Kind::Renamed:
      return rename(noted);
    case Kind::Deleted:
      return remove(change.mailbox);
    case Kind::Subscribed:
    case Kind::Unsubscribed:
    case Kind::UrlKeys:
      return write_account();
    case Kind::Metadata:
      if (change.mailbox.empty()) return write_account();
      [[fallthrough]];
    case Kind::SpecialUse:
    case Kind::Rights: {
      Folder& folder = folders_.at(change.mailbox);
      folder.facts = noted.facts;
      return write_index(folder);
    }
    default:
      return add(folders_.at(change.mailbox), noted);
  }
}

/// A message came, has other flags or annotations, or went.
void KeptAccount::add(Folder& folder, const Noted& noted) {
  const mailstore::Message& message = *noted.change.message;
  const std::uint32_t uid = message.uid.value;
  const auto old = folder.files.find(uid);
  if (noted.change.kind == Change::Kind::Removed) {
    if (old == folder.files.end()) return;
    // The next run must not give its UID to another: the index says so before the file goes.
    if (folder.uid_next <= folder.last_uid) write_index(folder);
    fs::remove(folder.path / old->second);
    touched((folder.path / old->second).parent_path());
    folder.files.erase(old);
    if (message.annotations) fs::remove(annotations_file(folder, message.uid));
    return;
  }
  if (noted.change.kind == Change::Kind::Annotated || (old == folder.files.end() && message.annotations))
    write_annotations(folder, message);  // before a new message's file, so that none is there without them
  if (noted.change.kind == Change::Kind::Annotated) return;
  make_letters(folder, noted.flags);
  const MaildirName name{message.uid, message.content->email(), message.content->thread(), message.internal_date,
                         message.save_date};
  const std::string letters = folder.letters.encode(noted.flags);
  const std::string file = (letters.empty() ? "new/" : "cur/") + name.text() + (letters.empty() ? "" : ":2," + letters);
  if (old != folder.files.end()) {
    fs::rename(folder.path / old->second, folder.path / file);
    touched((folder.path / old->second).parent_path());
    old->second = file;
  } else {
    const fs::path fresh = folder.path / "tmp" / name.text();
    write_synced(fresh, message.content->octets(), mode_private);
    fs::rename(fresh, folder.path / file);
    folder.files.emplace(uid, file);
    folder.last_uid = std::max(folder.last_uid, message.uid);
  }
  touched((folder.path / file).parent_path());
}

/// A letter is in the index before a file's name has it.
void KeptAccount::make_letters(Folder& folder, const std::set<std::string>& flags) {
  std::set<std::string> in_use = flags;
  if (const mailstore::Mailbox* mailbox = account_.find(value_in(folder.facts, "name", std::string())))
    for (const std::string& keyword : mailbox->keywords().names()) in_use.insert(keyword);
  if (folder.letters.learn(flags, in_use)) write_index(folder);
}

fs::path KeptAccount::place_for(const Noted& noted) const {
  const mailstore::ObjectId id{value_in(noted.facts, "id", std::uint64_t{})};
  const std::string below = maildir_folder(noted.change.mailbox, id);
  if (below.empty()) return path_;
  const auto here = [&](const auto& folder) { return folder.second.path == path_ / below; };
  return path_ / (std::ranges::any_of(folders_, here) ? maildir_folder(std::string(256, 'x'), id) : below);
}

void KeptAccount::create(const Noted& noted) {
  const fs::path place = place_for(noted);
  if (place != path_) fs::remove_all(place);  // what a kill left of a mailbox that was deleted
  Folder& folder = folders_[noted.change.mailbox] = {place, noted.facts, FlagLetters(), 1, {1}, {}, {}};
  make_private_folder(folder.path);
  for (const char* part : parts) make_private_folder(folder.path / part);
  write_index(folder);
  touched(path_);
}

void KeptAccount::rename(const Noted& noted) {
  auto node = folders_.extract(noted.change.old_name);
  if (node.empty()) return;
  node.key() = noted.change.mailbox;
  Folder& folder = node.mapped();
  folder.facts = noted.facts;
  const fs::path place = place_for(noted);
  write_index(folder);  // what the index says counts, not the folder's name
  for (const char* part : parts)
    if (to_sync_.erase(folder.path / part) > 0) sync_folder(folder.path / part);
  fs::remove_all(place);  // what a kill left of a mailbox that was deleted
  fs::rename(folder.path, place);
  folder.path = place;
  folders_.insert(std::move(node));
  touched(path_);
}

void KeptAccount::remove(const std::string& mailbox) {
  const auto gone = folders_.find(mailbox);
  if (gone == folders_.end()) return;
  fs::remove(gone->second.path / index_name);  // without it the folder is no mailbox
  sync_folder(gone->second.path);
  for (const char* part : parts) to_sync_.erase(gone->second.path / part);
  fs::remove_all(gone->second.path);
  folders_.erase(gone);
  touched(path_);
}

void KeptAccount::write_index(Folder& folder) {
  folder.uid_next = std::max(folder.uid_next, mailstore::Uid{folder.last_uid.value + 1});
  Json index = folder.facts;
  index["uidnext"] = folder.uid_next.value;
  index["modseq"] = folder.modseq;
  index["keywords"] = folder.letters.keywords();
  replace_file(folder.path / index_name, text_of(index), mode_private);
}

void KeptAccount::write_account() const {
  const Json account{{"subscriptions", account_.subscriptions()},
                     {"metadata", json_of(account_.metadata())},
                     {"url-keys", json_of(account_.url_keys())}};
  replace_file(path_ / account_name, text_of(account), mode_private);
}

}  // namespace mailscope::live
