#include "protocols/imap/data/url_access.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/data/access.hpp"
#include "protocols/mailstore/store.hpp"
#include "protocols/sasl/crypto.hpp"

namespace mailscope::imap {

namespace {

/// Names how a token is made: HMAC with SHA-256 over the rump.
constexpr std::string_view token_algorithm = "01";

mailstore::Account* account_named(std::string_view user, mailstore::Account& any) {
  if (const mailstore::Store* store = any.store()) return store->find(user);
  return ascii::iequals(user, any.user()) ? &any : nullptr;
}

bool is_for(const UrlAccess& access, const UrlReader& reader) {
  switch (access.kind) {
    case UrlAccess::Kind::Anonymous:
    case UrlAccess::Kind::AuthUser:  // nobody is anonymous here
      return true;
    case UrlAccess::Kind::User:
      return ascii::iequals(access.user, reader.user);
    case UrlAccess::Kind::Submit:
      return reader.is_submission;
  }
  return false;
}

}  // namespace

std::optional<std::string> UrlContent::octets(Presentation& shown) const {
  std::string chosen;
  const auto found = section_octets(shown.octets(), shown.root(), section, chosen);
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

std::optional<std::string> UrlContent::octets(mailstore::Memos& memos) const {
  Presentation as_it_is(message, memos, true);
  return octets(as_it_is);
}

mailstore::Mailbox* mailbox_of(const Url& url, mailstore::Account& user, mailstore::Mailbox* selected) {
  mailstore::Mailbox* mailbox = url.mailbox.empty() ? selected : visible_mailbox(user, url.mailbox);
  if (!mailbox || url.uid_validity.value_or(mailbox->uid_validity()) != mailbox->uid_validity()) return nullptr;
  return mailbox;
}

std::optional<UrlContent> content_of(const Url& url, mailstore::Account& user, mailstore::Mailbox* selected) {
  const mailstore::Mailbox* mailbox = mailbox_of(url, user, selected);
  if (!mailbox || !url.uid || !rights_of(user, *mailbox).contains('r')) return std::nullopt;
  const mailstore::Message* message = mailbox->find({*url.uid});
  auto section = section_of(url);
  if (!message || !section) return std::nullopt;
  return UrlContent{message->content, std::move(*section)};
}

std::string url_token(std::string_view key, std::string_view rump) {
  return std::string(token_algorithm) + sasl::hexadecimal(sasl::hmac(sasl::Hash::Sha256, key, rump));
}

bool is_of_server(const Url& url, std::string_view hostname, std::span<const std::string> other_names) {
  const std::string_view server = url.server;
  const std::size_t colon = server.find_last_not_of("0123456789");
  const bool has_port = colon != std::string_view::npos && colon + 1 < server.size() && server[colon] == ':';
  const auto is = [name = server.substr(0, has_port ? colon : server.size())](std::string_view other) {
    return ascii::iequals(name, other);
  };
  return is(hostname) || std::ranges::any_of(other_names, is);
}

/// RFC 4467 §6
std::optional<UrlContent> authorised_content(std::string_view text, const UrlReader& reader, std::string_view hostname,
                                             mailstore::Account& any, std::span<const std::string> other_names) {
  const auto url = read_url(text);
  if (!url || url->token.empty() || !is_of_server(*url, hostname, other_names)) return std::nullopt;
  mailstore::Account* user = account_named(url->user, any);
  const mailstore::Mailbox* mailbox = user ? mailbox_of(*url, *user) : nullptr;
  const auto* key = mailbox ? user->url_keys().find(mailbox->id()) : nullptr;
  // Where there is no key, one that nobody has is tried: the time tells nothing of whether a mailbox exists.
  const std::string token =
      url_token(key ? key->octets : std::string(mailstore::UrlKeys::key_octets, '\0'), rump_of(text));
  const bool fits = sasl::equal_secrets(token, ascii::lower(url->token)) && key != nullptr;
  const bool is_known = ascii::iequals(url->mechanism, internal_mechanism);
  const bool in_time = !url->expires || reader.now <= *url->expires;
  if (!fits || !is_known || !in_time || !is_for(*url->access, reader)) return std::nullopt;
  return content_of(*url, *user);
}

}  // namespace mailscope::imap
