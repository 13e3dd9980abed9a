// One account on disk: a Maildir++ folder, with one small index file a mailbox for what names of files cannot say. It
// hears of changes at once and writes them when it is told to, before anybody is told that they are done.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "protocols/mailstore/saved.hpp"
#include "sim/live/maildir_name.hpp"

namespace mailscope::live {

class KeptAccount final : public mailstore::Observer {
 public:
  /// Fills `account`, which is new, with what is kept in `folder`, and keeps it there from now on. Files of other
  /// programs are left alone. Throws std::filesystem::filesystem_error where it cannot be read.
  KeptAccount(std::filesystem::path folder, mailstore::Account& account, Instant now);
  ~KeptAccount() override;

  void changed(const mailstore::Change& change) override;
  /// Everything that has changed is on the disk afterwards. Throws std::filesystem::filesystem_error.
  void write();

 private:
  struct Noted;
  struct Folder;

  void load_mailbox(const std::filesystem::path& path, mailstore::SavedAccount& saved);
  void load_messages(Folder& folder, mailstore::SavedMailbox& mailbox);
  void write(const Noted& noted);
  void add(Folder& folder, const Noted& noted);
  static std::filesystem::path annotations_file(const Folder& folder, mailstore::Uid uid);
  void write_annotations(const Folder& folder, const mailstore::Message& message);
  void forget_annotations_of_none(const Folder& folder) const;
  void create(const Noted& noted);
  void rename(const Noted& noted);
  void remove(const std::string& mailbox);
  void write_index(Folder& folder);
  void write_account() const;
  void make_letters(Folder& folder, const std::set<std::string>& flags);
  /// Where the mailbox goes: no other has that folder.
  [[nodiscard]] std::filesystem::path place_for(const Noted& noted) const;
  void touched(const std::filesystem::path& folder) { to_sync_.insert(folder); }

  std::filesystem::path path_;
  mailstore::Account& account_;
  std::map<std::string, Folder> folders_;  ///< by mailbox
  std::vector<Noted> noted_;
  std::set<std::filesystem::path> to_sync_;
};

}  // namespace mailscope::live
