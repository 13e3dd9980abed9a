// Reads the keys of SEARCH, SORT and THREAD (RFC 9051 §6.4.4 and the extensions that search_key.hpp names).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "protocols/imap/data/view.hpp"
#include "protocols/imap/search/search_key.hpp"
#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

/// Each key may cost a look through a whole message, and parentheses nest on the stack.
inline constexpr std::size_t search_keys_max = 256;
inline constexpr std::size_t search_depth_max = 32;

/// What the words of a command mean: the charset of its strings (see utf8_from_charset()), the keywords of the mailbox,
/// and what "$" and "*" are: as `view`, which is of that mailbox, knows it, else as the mailbox is.
struct SearchTerms {
  std::string charset;
  const mailstore::Mailbox* mailbox{};
  const MailboxView* view{};
  std::string user{};  ///< who searches: private annotations are this user's
};

/// 1*(SP search-key) to the end of the command, as one And. Nothing where the syntax is wrong. Message numbers need
/// not exist (RFC 7377 §2). Precondition: is_known_charset(terms.charset).
[[nodiscard]] std::optional<SearchKey> read_search_keys(Cursor& cursor, const SearchTerms& terms);

}  // namespace mailscope::imap
