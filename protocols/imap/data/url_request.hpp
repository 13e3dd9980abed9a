// URLFETCH read, and what it is answered for one URL (RFC 4467, RFC 5524). Knows no session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/mailstore/content.hpp"

namespace mailscope::imap {

struct UrlContent;

/// One URL, and what of it is wanted: the octets alone, or what parameters name.
struct UrlFetch {
  std::string url;
  bool body{}, binary{}, structure{};
  [[nodiscard]] bool is_extended() const { return body || binary || structure; }
};

/// 1*(SP url-fetch-arg), to the end (RFC 5524 §5). Nothing where the syntax is wrong, a parameter is not known or there
/// twice, or BODY and BINARY stand together (§3.1).
[[nodiscard]] std::optional<std::vector<UrlFetch>> read_url_fetch(Cursor& arguments);

/// What follows the URL in the response: NIL where there is nothing to be shown. `utf8_client`: see Presentation.
[[nodiscard]] std::string url_data(const UrlFetch& wanted, const std::optional<UrlContent>& content,
                                   mailstore::Memos& memos, bool utf8_client);

}  // namespace mailscope::imap
