// All accounts of a server, and the one tree of names that each user sees of them (RFC 2342): one's own, other users'
// and shared mailboxes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/mailstore/account.hpp"

namespace mailscope::mailstore {

class Store {
 public:
  /// Namespaces (RFC 2342 §5); the personal one has no prefix.
  static constexpr std::string_view other_users_prefix = "Other Users/";
  static constexpr std::string_view shared_prefix = "Shared/";

  Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The user's account, made where there is none. Names ignore ASCII case. Precondition: not empty.
  Account& add(std::string_view user);
  [[nodiscard]] Account* find(std::string_view user) const;
  [[nodiscard]] const std::map<std::string, std::unique_ptr<Account>, std::less<>>& accounts() const {
    return accounts_;
  }
  /// What a message takes beside its octets, in a mailbox and in what is remembered of it; about that, and counted so.
  static constexpr std::uint64_t message_overhead_octets = 512;
  /// All accounts together take so much more. Without limit() they always do.
  [[nodiscard]] bool has_room_for(std::uint64_t messages, std::uint64_t octets) const;
  /// What is there stays, also when it is above.
  void limit(std::uint64_t octets) { octets_max_ = octets; }

  /// The mailboxes of nobody in particular. Its INBOX is never seen.
  [[nodiscard]] Account& shared() { return *shared_; }

  /// Where a name that `home`'s user says leads: an account and the mailbox's name in it, which need not exist.
  /// Nothing where it names nothing in any account, e.g. another user's name alone.
  struct Place {
    Account* account{};
    std::string mailbox;
  };
  [[nodiscard]] std::optional<Place> locate(Account& home, std::string_view name) const;
  /// What `home`'s user calls that mailbox of `account`.
  [[nodiscard]] static std::string name_for(const Account& home, const Account& account, std::string_view mailbox);

 private:
  std::map<std::string, std::unique_ptr<Account>, std::less<>> accounts_;  ///< by user in lower case
  std::unique_ptr<Account> shared_;
  std::optional<std::uint64_t> octets_max_;
};

/// Store::locate() where the account has a store; else the name is its own.
[[nodiscard]] std::optional<Store::Place> locate(Account& home, std::string_view name);

}  // namespace mailscope::mailstore
