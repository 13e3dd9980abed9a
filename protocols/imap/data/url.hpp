// IMAP URLs (RFC 5092, RFC 4467 §3): read and written, with their parts decoded. Knows no store: what a URL shows, and
// to whom, is url_access.hpp's matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"
#include "protocols/imap/syntax/section.hpp"

namespace mailscope::imap {

/// Longer ones name nothing: two names, a section and a token need far less.
inline constexpr std::size_t url_octets_max = 4096;

/// Whom an authorised URL is for (RFC 4467 §3).
struct UrlAccess {
  enum class Kind : std::uint8_t { Anonymous, AuthUser, User, Submit } kind{};
  std::string user;  ///< of User and Submit
  friend bool operator==(const UrlAccess&, const UrlAccess&) = default;
};

struct Url {
  std::string server;                         ///< host [":" port] as written; empty: a relative reference
  std::string user, authentication;           ///< before "@": the user's name, and after ";AUTH="
  std::string mailbox;                        ///< UTF-8; empty where none is named
  std::optional<std::uint32_t> uid_validity;  ///< the URL is stale where the mailbox's is another
  std::string search;                         ///< of a list of messages
  std::optional<std::uint32_t> uid;           ///< of one message
  std::string section;                        ///< as in BODY[section]; empty: all of the message
  std::optional<Section::Partial> partial;    ///< whole_rest octets: up to the end
  std::optional<Instant> expires;             ///< only with `access`
  std::optional<UrlAccess> access;
  std::string mechanism, token;  ///< of an authorised URL; both are empty in its rump

  static constexpr std::uint32_t whole_rest = UINT32_MAX;
  [[nodiscard]] bool is_absolute() const { return !server.empty(); }
};

/// imapurl, or those of imapurl-rel that need no more of the base than its server (iabsolute-path) or its mailbox
/// (";UID=…"). Nothing where the syntax is wrong, or a path has the segments "." or "..", which a name that has them
/// writes percent-encoded (§7).
[[nodiscard]] std::optional<Url> read_url(std::string_view text);
/// The reverse. Precondition: server or mailbox or uid is set.
[[nodiscard]] std::string url_text(const Url& url);

/// The URL without ":<mech>:<token>": what the token stands for (RFC 4467 §6). Precondition: read_url() gives one with
/// a token.
[[nodiscard]] std::string_view rump_of(std::string_view text);
/// The section and partial that the URL names.
[[nodiscard]] std::optional<Section> section_of(const Url& url);

}  // namespace mailscope::imap
