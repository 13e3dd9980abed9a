// One account on disk: a Maildir++ folder, with one small index file a mailbox for what names of files cannot say. It
// hears of changes at once and writes them when it is told to, before anybody is told that they are done. A kill at any
// instant leaves the old state or the new one of the tree of mailboxes, and of each message.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocols/mailstore/saved.hpp"
#include "sim/live/kept_index.hpp"
#include "sim/live/maildir_name.hpp"

namespace mailscope::live {

class KeptAccount final : public mailstore::Observer {
 public:
  /// Object ids and UIDVALIDITYs that are set aside at a time: the disk knows them before they are used, so that none is
  /// given out twice, whatever the clock says.
  static constexpr std::uint64_t ids_reserved = 1 << 16;
  static constexpr std::uint32_t uid_validities_reserved = 1 << 10;

  /// Fills `account`, which is new, with what is kept in `folder`, and keeps it there from now on. Throws
  /// std::filesystem::filesystem_error where it cannot be read, or where another program's mail lies: beside ours, its
  /// files are left alone.
  KeptAccount(std::filesystem::path folder, mailstore::Account& account, Instant now);
  ~KeptAccount() override;

  void changed(const mailstore::Change& change) override;
  /// Everything that has changed is on the disk afterwards. Throws std::filesystem::filesystem_error.
  void write();
  /// Frees some of the room of what is gone already: on some disks a file takes milliseconds. True when there is more.
  bool tidy();

 private:
  struct Noted;
  struct Folder;
  /// Where a mailbox has, or had, a message.
  struct Place {
    std::uint64_t mailbox{};  ///< its id
    std::uint32_t uid{};
  };

  // kept_account.cpp: reading
  void refuse_other_programs() const;
  void finish_tree();
  void load_mailbox(const std::filesystem::path& path, mailstore::SavedAccount& saved);
  void load_messages(Folder& folder, mailstore::SavedMailbox& mailbox);
  void forget_annotations_of_none(const Folder& folder) const;

  // kept_messages.cpp
  void stage_contents();
  void write(const Noted& noted);
  void add(Folder& folder, const Noted& noted);
  void remove(Folder& folder, const mailstore::Message& message);
  void place(const mailstore::Message& message, const std::filesystem::path& target);
  [[nodiscard]] bool move_leaving(const mailstore::Message& message, const std::filesystem::path& target);
  [[nodiscard]] std::optional<std::filesystem::path> file_of(mailstore::ObjectId email) const;
  static std::filesystem::path annotations_file(const Folder& folder, mailstore::Uid uid);
  void write_annotations(const Folder& folder, const mailstore::Message& message);
  void make_letters(Folder& folder, const std::set<std::string>& flags);
  void keep_uid_next(Folder& folder);
  [[nodiscard]] Folder* folder_of(std::uint64_t mailbox) const;

  // kept_tree.cpp
  std::size_t change_tree(std::size_t first);
  [[nodiscard]] Json create(const Noted& noted);
  [[nodiscard]] Json rename(const Noted& noted);
  [[nodiscard]] Json remove(const std::string& mailbox);
  void apply(const IndexPart& change);
  void discard(const std::filesystem::path& folder);
  [[nodiscard]] std::filesystem::path place_for(const std::string& mailbox, const Json& facts);
  [[nodiscard]] static Json index_of(const Folder& folder);
  void write_index(Folder& folder);
  void reserve_numbers();
  void write_account() const;
  void touched(const std::filesystem::path& folder) { to_sync_.insert(folder); }

  std::filesystem::path path_;
  mailstore::Account& account_;
  std::map<std::string, Folder> folders_;            ///< by mailbox
  std::unordered_map<std::uint64_t, Folder*> by_id_;  ///< the same by the mailbox's id
  std::unordered_map<std::uint64_t, Place> contents_;  ///< by e-mail id: where its file is, if it still is
  std::vector<Noted> noted_;
  std::unordered_map<std::uint64_t, std::filesystem::path> staged_;  ///< by e-mail id: written, and in no mailbox yet
  std::unordered_map<std::uint64_t, Place> leaving_;                 ///< by e-mail id: removed by what is written now
  std::set<std::filesystem::path> to_sync_;
  std::set<std::string> to_index_;  ///< mailboxes of which the facts have changed
  bool account_changed_{};
  std::uint64_t ids_kept_{};  ///< that the disk has as given out; so
  std::uint32_t uid_validities_kept_{};
  std::deque<std::filesystem::path> gone_;  ///< see tidy()
};

/// A change with what must be known of it later, when the mailbox may have gone on.
struct KeptAccount::Noted {
  mailstore::Change change;
  std::set<std::string> flags;  ///< of its message
  std::uint64_t mailbox{};      ///< its id; 0 where it has none any more
  Json facts;                   ///< of its mailbox, where they changed
};

struct KeptAccount::Folder {
  std::filesystem::path path;
  Json facts;
  std::uint64_t id{};
  FlagLetters letters;
  std::uint64_t modseq{1};
  mailstore::Uid uid_next{1};                    ///< that the index says
  mailstore::Uid last_uid{};                     ///< that a file has or had
  std::map<std::uint32_t, std::string> files{};  ///< by UID: "new/…" or "cur/…"
};

/// Names of the files and folders in an account's.
namespace kept_name {
inline constexpr const char* index = "mailscope.json";
inline constexpr const char* account = "account.json";
/// Changes of the tree of mailboxes that are being made: what was begun is finished at the next start.
inline constexpr const char* tree = "tree.json";
inline constexpr const char* parts[] = {"tmp", "new", "cur"};
/// Holds a file for each message that has annotations, by its UID. It belongs to no message where a kill came between
/// the two files; the message is the one that counts.
inline constexpr const char* annotations = "annotations";
/// A folder of a mailbox that is gone begins so.
inline constexpr const char* gone = "gone.";
}  // namespace kept_name

/// Nothing in that folder of a mailbox is another program's.
[[nodiscard]] bool holds_only_ours(const std::filesystem::path& folder);

}  // namespace mailscope::live
