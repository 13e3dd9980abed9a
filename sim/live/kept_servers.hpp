// Everything that a world's mail servers must not lose, in one folder: a folder for each server, in it one for each
// user and one for the queue.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/hosts/mail_server/mail_server.hpp"
#include "sim/live/files.hpp"
#include "sim/live/kept_account.hpp"
#include "sim/live/kept_queue.hpp"

namespace mailscope::live {

class KeptServers {
 public:
  struct Named {
    std::string name;
    MailServer* server{};
  };
  /// Fills the servers, which are new, with what is in `folder`. Throws std::filesystem::filesystem_error.
  KeptServers(const std::filesystem::path& folder, const std::vector<Named>& servers, Instant now);

  /// Everything that has changed is on the disk afterwards: only then may anybody be told so. Throws the same.
  void write();
  /// See KeptAccount::tidy().
  bool tidy();

 private:
  std::optional<FolderLock> lock_;
  std::vector<std::unique_ptr<KeptAccount>> accounts_;
  std::vector<std::unique_ptr<KeptQueue>> queues_;
};

}  // namespace mailscope::live
