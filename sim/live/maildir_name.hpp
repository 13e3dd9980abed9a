// Names of a Maildir's files: what a mailbox says of a message stands in the name of its file, so that a change is one
// rename. It knows no file system.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/mailstore/message.hpp"

namespace mailscope::live {

/// What a file's name says of the message in it, but its flags.
struct MaildirName {
  mailstore::Uid uid;
  mailstore::ObjectId email, thread;
  Instant internal_date, save_date;  ///< the latter to the second

  /// "1780000000.M123456U7E5T5D1780000000.mailscope": unique as Maildir asks, by UID.
  [[nodiscard]] std::string text() const;
};

/// A file's name as a whole: with ":2," and a letter for each flag, where it is not new.
struct MaildirFile {
  MaildirName name;
  std::string letters;
};
/// Nothing for files of other programs.
[[nodiscard]] std::optional<MaildirFile> parse_maildir_file(std::string_view name);

/// The letters of a mailbox's keywords; those of system flags are Maildir's own (D, F, R, S, T).
class FlagLetters {
 public:
  /// As many as a mailbox can have keywords.
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCEGHIJKLMNOQUVWXYZ_=+";

  /// Keywords by the order of their letters; empty where a letter is free.
  explicit FlagLetters(std::vector<std::string> keywords = {});
  /// True where a keyword has no letter yet. `in_use` are all that the mailbox's messages have.
  bool learn(const std::set<std::string>& flags, const std::set<std::string>& in_use);
  /// Ascending, as Maildir asks. Precondition: all keywords are known.
  [[nodiscard]] std::string encode(const std::set<std::string>& flags) const;
  /// Unknown letters are passed over.
  [[nodiscard]] std::set<std::string> decode(std::string_view text) const;
  [[nodiscard]] const std::vector<std::string>& keywords() const { return keywords_; }

 private:
  std::vector<std::string> keywords_;
};

/// The folder of a mailbox below its account's: ".Work.Plans" for "Work/Plans", with other characters than letters,
/// digits, '-', '_' and those beyond US-ASCII written as '%' and two digits. Empty for INBOX, which is the account's
/// folder itself; ".~5" for a name that would be too long, with the mailbox's id.
[[nodiscard]] std::string maildir_folder(std::string_view mailbox, mailstore::ObjectId id);

}  // namespace mailscope::live
