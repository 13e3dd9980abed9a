// Which mailboxes the IMAP server's user may reach, and what of them the user may do (RFC 4314 §4, RFC 2342).
#include <algorithm>

#include "protocols/imap/data/access.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"
#include "protocols/mailstore/store.hpp"

namespace mailscope::imap {

mailstore::Rights Server::rights_on(const mailstore::Mailbox& mailbox) const { return rights_of(*account_, mailbox); }

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

mailstore::Mailbox* Server::mailbox_named(std::string_view name) const { return visible_mailbox(*account_, name); }

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
