// How THREAD groups messages into conversations (RFC 5256 §3). Knows no session.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/mailstore/message.hpp"

namespace mailscope::imap {

/// What of a message decides where it belongs.
struct ThreadMember {
  std::string number;                   ///< as the response writes it
  std::string id;                       ///< its Message-ID without angle brackets; empty where it has none
  std::vector<std::string> references;  ///< ancestors, the oldest first
  std::string subject;                  ///< base subject, casemap() of it
  bool is_reply{};                      ///< or a forward
  Instant sent;
};
[[nodiscard]] ThreadMember thread_member(const mailstore::Message& message, std::string number);

/// Both give thread-lists, "(2)(3 6 (4 23)(44 7 96))", for members in the order of the mailbox.
[[nodiscard]] std::string threads_by_subject(const std::vector<ThreadMember>& members);
[[nodiscard]] std::string threads_by_references(const std::vector<ThreadMember>& members);

}  // namespace mailscope::imap
