// A mail server's queue on disk: a file for each letter, which has its envelope as one line of JSON and then its
// content. Like KeptAccount it hears of changes at once and writes them when it is told to.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "sim/hosts/mail_server/mail_queue.hpp"

namespace mailscope::live {

class KeptQueue final : public MailQueue::Keeper {
 public:
  /// Gives `queue` the letters that are kept in `folder`, but those that `is_done` knows: a kill came between the next
  /// server's taking them and this one's forgetting. Throws std::filesystem::filesystem_error.
  KeptQueue(std::filesystem::path folder, MailQueue& queue, Instant now,
            const std::function<bool(const Letter&)>& is_done);

  void queued(std::uint64_t key, const Letter& letter, const MailQueue::Progress& progress) override;
  void gone(std::uint64_t key) override;
  /// Letters that came are on the disk afterwards. Throws std::filesystem::filesystem_error.
  void write();
  /// Letters that went are gone from the disk afterwards: called when what became of them is written.
  void forget();

 private:
  struct Kept {
    Letter letter;
    MailQueue::Progress progress;
  };
  [[nodiscard]] std::filesystem::path file(std::uint64_t key) const;

  std::filesystem::path folder_;
  std::string run_;                                     ///< begins the names of this run's files
  std::map<std::uint64_t, std::optional<Kept>> noted_;  ///< by key; nothing: gone
};

/// A letter as its file has it, and back; nothing for text that no letter gave.
[[nodiscard]] std::string letter_text(const Letter& letter, const MailQueue::Progress& progress);
struct ReadLetter {
  Letter letter;
  MailQueue::Progress progress;
};
[[nodiscard]] std::optional<ReadLetter> read_letter(std::string_view text);

}  // namespace mailscope::live
