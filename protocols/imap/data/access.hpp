// What a user may do with a mailbox, and which names lead to one (RFC 4314 §2, §4, §6). Knows no session.
#pragma once

#include <string_view>

#include "protocols/mailstore/account.hpp"

namespace mailscope::imap {

/// Rights that owners always have: they can find their mailboxes and mend their lists (RFC 4314 §2).
inline constexpr std::string_view owner_rights = "la";

[[nodiscard]] mailstore::Rights rights_of(const mailstore::Account& user, const mailstore::Mailbox& mailbox);

/// The mailbox that `user` calls so, or null: also where the user must not learn that it is there (§6).
[[nodiscard]] mailstore::Mailbox* visible_mailbox(mailstore::Account& user, std::string_view name);

}  // namespace mailscope::imap
