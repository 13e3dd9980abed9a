// A host for tests of POP3 and IMAP servers: it knows one user.
#pragma once

#include <string>
#include <variant>

#include "protocols/mailstore/account.hpp"
#include "protocols/sasl/server.hpp"

namespace mailscope::test {

/// Answers what `user`'s password is; nobody else exists.
inline auto one_user(mailstore::Account& account, std::string user, std::string password) {
  return [&account, user = std::move(user), password = std::move(password)](auto& server, const auto& event) {
    const auto* wanted = std::get_if<sasl::SecretWanted>(&event);
    if (!wanted) return;
    if (wanted->user == user) {
      server.tell_secret(sasl::Password{password}, &account);
    } else {
      server.tell_secret(sasl::NoSecret{}, nullptr);
    }
  };
}

}  // namespace mailscope::test
