#include "protocols/mailstore/store.hpp"

#include "protocols/core/ascii.hpp"

namespace mailscope::mailstore {

Store::Store() : shared_(new Account("", 1, this)) {}

Account& Store::add(std::string_view user) {
  auto& account = accounts_[ascii::lower(user)];
  // Numbers from 2 on: 0 is an account that stands alone, 1 the shared one. Accounts are never taken away.
  if (!account) account.reset(new Account(std::string(user), static_cast<std::uint32_t>(accounts_.size() + 1), this));
  return *account;
}

Account* Store::find(std::string_view user) const {
  const auto known = accounts_.find(ascii::lower(user));
  return known == accounts_.end() ? nullptr : known->second.get();
}

bool Store::has_room_for(std::uint64_t messages, std::uint64_t octets) const {
  if (!octets_max_) return true;
  const auto sum = [](const Usage& usage) {
    return usage.octets + usage.annotation_octets + usage.messages * message_overhead_octets;
  };
  octets += messages * message_overhead_octets;
  octets += sum(shared_->usage());
  for (const auto& [user, account] : accounts_) octets += sum(account->usage());
  return octets <= *octets_max_;
}

std::optional<Store::Place> Store::locate(Account& home, std::string_view name) const {
  if (name.starts_with(shared_prefix)) {
    std::string mailbox = canonical_name(name.substr(shared_prefix.size()));
    if (mailbox == inbox_name) return std::nullopt;
    return Place{shared_.get(), std::move(mailbox)};
  }
  if (!name.starts_with(other_users_prefix)) return Place{&home, canonical_name(name)};
  name.remove_prefix(other_users_prefix.size());
  const std::size_t end = name.find(hierarchy_separator);
  Account* account = find(name.substr(0, end));
  if (!account || account == &home || end == std::string_view::npos) return std::nullopt;
  return Place{account, canonical_name(name.substr(end + 1))};
}

std::string Store::name_for(const Account& home, const Account& account, std::string_view mailbox) {
  std::string name;
  if (&account != &home) {
    name = account.user().empty() ? std::string(shared_prefix)
                                  : std::string(other_users_prefix) + account.user() + hierarchy_separator;
  }
  return name.append(mailbox);
}

std::optional<Store::Place> locate(Account& home, std::string_view name) {
  if (const Store* store = home.store()) return store->locate(home, name);
  return Store::Place{&home, canonical_name(name)};
}

}  // namespace mailscope::mailstore
