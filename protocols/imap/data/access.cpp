#include "protocols/imap/data/access.hpp"

#include <algorithm>

#include "protocols/mailstore/store.hpp"

namespace mailscope::imap {

mailstore::Rights rights_of(const mailstore::Account& user, const mailstore::Mailbox& mailbox) {
  const auto rights = mailbox.acl().rights_of(user.user());
  return &mailbox.account() == &user ? rights | *mailstore::Rights::of(owner_rights) : rights;
}

mailstore::Mailbox* visible_mailbox(mailstore::Account& user, std::string_view name) {
  const auto place = mailstore::locate(user, name);
  mailstore::Mailbox* mailbox = place ? place->account->find(place->mailbox) : nullptr;
  if (!mailbox) return nullptr;
  const auto rights = rights_of(user, *mailbox);
  const auto has = [&rights](char letter) { return rights.contains(letter); };
  return std::ranges::any_of(std::string_view("lrikxa"), has) ? mailbox : nullptr;
}

}  // namespace mailscope::imap
