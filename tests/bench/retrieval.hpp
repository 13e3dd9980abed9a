// Measures of the mail store and of the servers that show it; each gives how many units it did.
#pragma once

#include <memory>
#include <string>

namespace mailscope::bench {

/// An IMAP session with our server over one INBOX, for measures of single commands.
class Retrieval {
 public:
  /// `messages` of about `octets` octets each.
  Retrieval(std::size_t messages, std::size_t octets);
  ~Retrieval();
  Retrieval(const Retrieval&) = delete;
  Retrieval& operator=(const Retrieval&) = delete;

  /// The tagged command is said to the session, `times` times; the octets of all answers are counted and dropped.
  std::size_t imap(const std::string& command, int times = 1);
  /// The same with a session of its own each time, which first logs in (and enables QRESYNC).
  std::size_t fresh_imap(const std::string& command, int times);
  /// RETR of every message in one session, pipelined.
  std::size_t pop3_retr();
  /// Flags of the last `count` messages change.
  void change(std::size_t count);
  [[nodiscard]] std::string uid_validity() const;
  [[nodiscard]] std::string highest_modseq() const;

 private:
  struct Store;
  std::unique_ptr<Store> store_;
};

/// Messages of 1 KiB appended to one mailbox.
[[nodiscard]] double appended_messages();

}  // namespace mailscope::bench
