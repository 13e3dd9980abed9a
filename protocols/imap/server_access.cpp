// Which mailboxes the IMAP server's user may reach, and what of them the user may do (RFC 4314 §4, RFC 2342).
#include <algorithm>

#include "protocols/imap/mailbox_name.hpp"
#include "protocols/imap/server.hpp"
#include "protocols/mailstore/store.hpp"

namespace mailscope::imap {

/// The user's rights on a mailbox. Owners can always find theirs and mend its list (§2, LISTRIGHTS' required rights).
mailstore::Rights Server::rights_on(const mailstore::Mailbox& mailbox) const {
  const auto rights = mailbox.acl().rights_of(account_->user());
  return &mailbox.account() == account_ ? rights | *mailstore::Rights::of(owner_rights) : rights;
}

bool Server::may(const mailstore::Mailbox& mailbox, std::string_view letters) const {
  const auto rights = rights_on(mailbox);
  return std::ranges::all_of(letters, [&rights](char letter) { return rights.contains(letter); });
}

/// The same; answers NO where it is not so.
bool Server::permits(const mailstore::Mailbox& mailbox, std::string_view letters) {
  if (may(mailbox, letters)) return true;
  done(Status::No, "[NOPERM] you have no right to do that");
  return false;
}

/// The mailbox of that name, or null: also where the user must not learn that it is there (§6).
mailstore::Mailbox* Server::mailbox_named(std::string_view name) const {
  const auto place = mailstore::locate(*account_, name);
  mailstore::Mailbox* mailbox = place ? place->account->find(place->mailbox) : nullptr;
  if (!mailbox) return nullptr;
  const auto rights = rights_on(*mailbox);
  const auto has = [&rights](char letter) { return rights.contains(letter); };
  return std::ranges::any_of(std::string_view("lrikxa"), has) ? mailbox : nullptr;
}

/// What the user calls it.
std::string Server::name_of(const mailstore::Mailbox& mailbox) const {
  return mailstore::Store::name_for(*account_, mailbox.account(), mailbox.name());
}

/// The flags of `flags` that the user may change: \Deleted by "t", \Seen by "s", others by "w" (§4).
mailstore::Flags Server::changeable(const mailstore::Mailbox& mailbox, mailstore::Flags flags) const {
  const auto rights = rights_on(mailbox);
  mailstore::Flags kept;
  flags.each([&](mailstore::Flag flag) {
    const char needed = flag == mailstore::Flag::Deleted ? 't' : flag == mailstore::Flag::Seen ? 's' : 'w';
    if (rights.contains(needed)) kept.insert(flag);
  });
  return kept;
}

/// May a mailbox be made there? "k" on the nearest mailbox above it; in one's own tree, also where there is none.
bool Server::may_create(const mailstore::Account& account, std::string_view mailbox) const {
  for (std::size_t at = mailbox.rfind(hierarchy_delimiter); at != std::string_view::npos;
       at = mailbox.substr(0, at).rfind(hierarchy_delimiter))
    if (const auto* above = account.find(mailbox.substr(0, at))) return may(*above, "k");
  return &account == account_;
}

}  // namespace mailscope::imap
