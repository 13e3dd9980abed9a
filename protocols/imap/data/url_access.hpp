// What an IMAP URL shows of a store, and to whom (RFC 5092 §6, RFC 4467, RFC 4469 §3). Knows no session: the IMAP
// server asks it, and whoever submits messages by their URLs (RFC 4468).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocols/imap/data/presentation.hpp"
#include "protocols/imap/data/url.hpp"
#include "protocols/mailstore/account.hpp"

namespace mailscope::imap {

/// The only mechanism of authorised URLs that we know (RFC 4467 §2.4.1).
inline constexpr std::string_view internal_mechanism = "INTERNAL";

/// A message, and what of it.
struct UrlContent {
  mailstore::ContentPointer message;
  Section section;
  /// The octets, as BODY[section] has them; nothing where there is no such part. `shown` is of the message.
  [[nodiscard]] std::optional<std::string> octets(Presentation& shown) const;
  [[nodiscard]] std::optional<std::string> octets(mailstore::Memos& memos) const;  ///< as they are in the store
};

/// The mailbox that the URL names to `user`; null where there is none, or the URL is stale. Without a name it is
/// `selected`, which may be null.
[[nodiscard]] mailstore::Mailbox* mailbox_of(const Url& url, mailstore::Account& user,
                                             mailstore::Mailbox* selected = nullptr);
/// What `user` may read by it (the right "r").
[[nodiscard]] std::optional<UrlContent> content_of(const Url& url, mailstore::Account& user,
                                                   mailstore::Mailbox* selected = nullptr);

/// The token that stands for `rump` and can be made only with `key`; its first digits name how it is made (§2.4.1).
[[nodiscard]] std::string url_token(std::string_view key, std::string_view rump);

/// Who wants to see what an authorised URL shows (RFC 4467 §3).
struct UrlReader {
  std::string_view user;
  bool is_submission{};  ///< authorised to submit messages for others
  Instant now;
};
/// The content, with the access that the user in the URL has, whoever reads it (§6, "URLFETCH"). `any` is any account
/// of the store; the server is called `hostname`, or one of `other_names`. Nothing for whatever reason: it takes
/// equally long to find out.
[[nodiscard]] std::optional<UrlContent> authorised_content(std::string_view text, const UrlReader& reader,
                                                           std::string_view hostname, mailstore::Account& any,
                                                           std::span<const std::string> other_names = {});

/// Does the URL's server, whatever its port, mean the one called `hostname` or one of `other_names`?
[[nodiscard]] bool is_of_server(const Url& url, std::string_view hostname, std::span<const std::string> other_names);

}  // namespace mailscope::imap
