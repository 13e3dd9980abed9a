#include "sim/live/kept_servers.hpp"

#include <algorithm>

#include "sim/live/files.hpp"

namespace mailscope::live {

namespace {

/// Some mailbox here has the letter. A server adds its fields before what it was given, the sender's Received field
/// included, so that no other message ends so.
bool holds(mailstore::Store& store, const Letter& letter) {
  const auto is_it = [&letter](const mailstore::Message& message) {
    const std::string& octets = message.content->octets();
    return octets.ends_with(*letter.content) && was_delivered_to(octets, letter.address());
  };
  return std::ranges::any_of(store.accounts(), [&](const auto& account) {
    return std::ranges::any_of(account.second->mailboxes(), [&](const auto& mailbox) {
      return std::ranges::any_of(mailbox.second->messages(), is_it);
    });
  });
}

/// A local part may have a '/' (RFC 5322 §3.2.3).
std::string file_name(const std::string& user) { return maildir_folder(user, {}).substr(1); }

}  // namespace

KeptServers::KeptServers(const std::filesystem::path& folder, const std::vector<Named>& servers, Instant now) {
  make_private_folder(folder);
  lock_.emplace(folder);
  for (const auto& [name, server] : servers)
    for (const auto& [user, account] : server->store().accounts())
      accounts_.push_back(std::make_unique<KeptAccount>(folder / name / "users" / file_name(user), *account, now));
  const auto is_done = [&servers](const Letter& letter) {
    return std::ranges::any_of(servers, [&](const Named& other) { return holds(other.server->store(), letter); });
  };
  for (const auto& [name, server] : servers)
    queues_.push_back(std::make_unique<KeptQueue>(folder / name / "queue", server->queue(), now, is_done));
}

void KeptServers::write() {
  for (const auto& queue : queues_) queue->write();
  for (const auto& account : accounts_) account->write();
  for (const auto& queue : queues_) queue->forget();  // last: what became of a letter is on the disk
}

bool KeptServers::tidy() {
  return std::ranges::any_of(accounts_, [](const auto& account) { return account->tidy(); });
}

}  // namespace mailscope::live
