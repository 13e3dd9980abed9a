#include "protocols/imap/data/url.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/internet_date.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope::imap {

namespace {

using Text = mailscope::Cursor;

/// unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~" (RFC 3986 §2.3)
bool is_unreserved(char c) { return ascii::is_alnum(c) || std::string_view("-._~").find(c) != std::string_view::npos; }

/// achar = uchar / "&" / "="; "%" begins a pct-encoded
bool is_achar(char c) { return is_unreserved(c) || std::string_view("!$'()*+,&=%").find(c) != std::string_view::npos; }

/// bchar = achar / ":" / "@" / "/"
bool is_bchar(char c) { return is_achar(c) || c == ':' || c == '@' || c == '/'; }

/// pct-encoded = "%" HEXDIG HEXDIG (RFC 3986 §2.1). Nothing where that is broken, for what is not UTF-8 and for NUL,
/// which no string of IMAP can hold.
std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool encoded = text[at] == '%';
    const int octet = encoded ? hex_octet(text.substr(at + 1, 2)) : static_cast<unsigned char>(text[at]);
    if (octet <= 0) return std::nullopt;
    result += static_cast<char>(octet);
    if (encoded) at += 2;
  }
  if (utf8_valid_prefix(result) != result.size()) return std::nullopt;
  return result;
}

/// `plain`: what stands as it is beside the unreserved.
std::string encoded(std::string_view text, std::string_view plain) {
  std::string result;
  for (const char c : text)
    result += is_unreserved(c) || plain.find(c) != std::string_view::npos ? std::string(1, c) : "%" + hex_digits(c);
  return result;
}

constexpr std::string_view in_path = "/!$'()*+,&=:@";

/// A segment "." or ".." of a path would be resolved (RFC 3986 §5.2.4).
bool has_dot_segment(std::string_view path) {
  for (;;) {
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    if (segment.size() == path.size()) return false;
    path.remove_prefix(segment.size() + 1);
  }
}

/// With the dots and the "/" at the front that would be read as more than a name.
std::string encoded_path(std::string_view text) {
  std::string path = encoded(text, in_path);
  if (path.starts_with('/')) path.replace(0, 1, "%2F");
  if (!has_dot_segment(path)) return path;
  for (std::size_t at = path.find('.'); at != std::string::npos; at = path.find('.', at)) path.replace(at, 1, "%2E");
  return path;
}

bool read_encoded(std::string_view text, std::string& into) {
  auto value = text.empty() ? std::nullopt : decoded(text);
  if (value) into = std::move(*value);
  return value.has_value();
}

/// 1*bchar, up to the "/" before the parameter that follows; before ";UIDVALIDITY=" there is none.
std::string_view take_bchars(Text& at) {
  Text ahead = at;
  std::string_view run = ahead.take_while(is_bchar);
  if (run.ends_with('/') && ahead.at(';') && !ahead.take(";UIDVALIDITY=")) run.remove_suffix(1);
  return at.take_octets(run.size());
}

/// nz-number
std::optional<std::uint32_t> take_nz_number(Text& at) {
  if (at.at('0')) return std::nullopt;
  return ascii::number<std::uint32_t>(at.take_while(ascii::is_digit));
}

/// host [ ":" port ] (RFC 3986 §3.2): a name, an IPv4 address, or an IP literal in brackets.
bool is_server(std::string_view text) {
  Text at(text);
  if (at.take('[')) {
    const auto literal = at.take_while([](char c) { return ascii::is_alnum(c) || c == ':' || c == '.'; });
    if (literal.empty() || !at.take(']')) return false;
  } else if (at.take_while(is_achar).empty()) {
    return false;
  }
  if (!at.take(':')) return at.at_end();
  at.take_while(ascii::is_digit);
  return at.at_end();
}

/// iserver = [iuserinfo "@"] host [ ":" port ]; iuserinfo = enc-user [iauth] / [enc-user] iauth; iauth = ";AUTH=" ( "*"
/// / enc-auth-type )
bool read_server(std::string_view text, Url& url) {
  if (const std::size_t end = text.find('@'); end != std::string_view::npos) {
    Text at(text.substr(0, end));
    const std::string_view user = at.take_while(is_achar);
    if (!user.empty() && !read_encoded(user, url.user)) return false;
    const bool has_auth = at.take(";AUTH=");
    if (has_auth && !read_encoded(at.take_while(is_achar), url.authentication)) return false;
    if (!at.at_end() || (user.empty() && !has_auth)) return false;
    text.remove_prefix(end + 1);
  }
  url.server = text;
  return is_server(text);
}

/// partial-range = number ["." nz-number]
bool read_partial_range(Text& at, Url& url) {
  const auto first = ascii::number<std::uint32_t>(at.take_while(ascii::is_digit));
  if (!first) return false;
  url.partial = Section::Partial{*first, Url::whole_rest};
  if (!at.take('.')) return true;
  const auto octets = take_nz_number(at);
  if (octets) url.partial->octets = *octets;
  return octets.has_value();
}

/// By UrlAccess::Kind; after "+" comes a name.
constexpr std::string_view accesses[] = {"anonymous", "authuser", "user+", "submit+"};

/// access = ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous"
bool read_access(Text& at, Url& url) {
  const auto* const known = std::ranges::find_if(accesses, [&at](std::string_view name) { return at.take(name); });
  if (known == std::end(accesses)) return false;
  url.access.emplace().kind = static_cast<UrlAccess::Kind>(known - accesses);
  return !known->ends_with('+') || read_encoded(at.take_while(is_achar), url.access->user);
}

/// iua-verifier = ":" uauth-mechanism ":" enc-urlauth; enc-urlauth = 32*HEXDIG
bool read_verifier(Text& at, Url& url) {
  const auto is_mechanism = [](char c) { return ascii::is_alnum(c) || c == '-' || c == '.'; };
  const auto is_hex = [](char c) { return ascii::is_digit(c) || (ascii::lower(c) >= 'a' && ascii::lower(c) <= 'f'); };
  url.mechanism = at.take_while(is_mechanism);
  if (url.mechanism.empty() || !at.take(':')) return false;
  url.token = at.take_while(is_hex);
  return url.token.size() >= 32;
}

/// iurlauth = iurlauth-rump iua-verifier; iurlauth-rump = [expire] ";URLAUTH=" access; expire = ";EXPIRE=" date-time
bool read_authorisation(Text& at, Url& url) {
  if (at.take(";EXPIRE=")) {
    url.expires = parse_internet_date(at.take_while([](char c) { return c != ';'; }));
    if (!url.expires) return false;
  }
  return at.take(";URLAUTH=") && read_access(at, url) && (!at.take(':') || read_verifier(at, url));
}

/// iuid-only [isection] [ipartial] [iurlauth]
bool read_message(Text& at, Url& url) {
  if (!at.take(";UID=")) return false;
  url.uid = take_nz_number(at);
  if (!url.uid) return false;
  if (at.take("/;SECTION=") && (!read_encoded(take_bchars(at), url.section) || !section_of(url))) return false;
  if (at.take("/;PARTIAL=") && !read_partial_range(at, url)) return false;
  return at.at_end() || read_authorisation(at, url);
}

/// icommand = imessagelist / imessagepart [iurlauth]; imessagelist = imailbox-ref [ "?" enc-search ]; imailbox-ref =
/// enc-mailbox [uidvalidity]
bool read_command(Text& at, Url& url) {
  const std::string_view mailbox = take_bchars(at);
  if (mailbox.starts_with('/') || !read_encoded(mailbox, url.mailbox)) return false;
  if (at.take(";UIDVALIDITY=")) {
    url.uid_validity = take_nz_number(at);
    if (!url.uid_validity) return false;
  }
  if (at.take('?')) return read_encoded(at.take_while(is_bchar), url.search);
  return at.at_end() || (at.take('/') && read_message(at, url));
}

}  // namespace

std::optional<Url> read_url(std::string_view text) {
  if (text.size() > url_octets_max || has_dot_segment(text.substr(0, text.find('?')))) return std::nullopt;
  Url url;
  Text at(text);
  const bool absolute = at.take("imap://") || at.take("//");  // inetwork-path
  if (absolute && !read_server(at.take_while([](char c) { return c != '/'; }), url)) return std::nullopt;
  const bool in_root = at.take('/');
  if (at.at_end() && (absolute || in_root)) return absolute ? std::optional(url) : std::nullopt;
  const bool is_read = in_root ? read_command(at, url) : !absolute && read_message(at, url);
  return is_read && at.at_end() ? std::optional(std::move(url)) : std::nullopt;
}

std::string url_text(const Url& url) {
  constexpr std::string_view in_user = "!$'()*+,&=";
  std::string text;
  if (url.is_absolute()) {
    text = "imap://" + encoded(url.user, in_user);
    if (!url.authentication.empty()) text += ";AUTH=" + encoded(url.authentication, in_user);
    text += (text.ends_with('/') ? "" : "@") + url.server;
  }
  const bool names_mailbox = !url.mailbox.empty();
  if (names_mailbox) text += "/" + encoded_path(url.mailbox);
  if (url.uid_validity) text += ";UIDVALIDITY=" + std::to_string(*url.uid_validity);
  if (!url.search.empty()) text += "?" + encoded(url.search, in_path);
  if (!url.uid) return text;
  text += (names_mailbox ? "/;UID=" : ";UID=") + std::to_string(*url.uid);
  if (!url.section.empty()) text += "/;SECTION=" + encoded_path(url.section);
  if (url.partial) {
    text += "/;PARTIAL=" + std::to_string(url.partial->first);
    if (url.partial->octets != Url::whole_rest) text += "." + std::to_string(url.partial->octets);
  }
  if (url.expires) text += ";EXPIRE=" + internet_date(*url.expires);
  if (!url.access) return text;
  text.append(";URLAUTH=").append(accesses[static_cast<std::size_t>(url.access->kind)]);
  text += encoded(url.access->user, in_user);
  return url.token.empty() ? text : text + ":" + url.mechanism + ":" + url.token;
}

std::string_view rump_of(std::string_view text) {
  for (int colons = 0; colons < 2; ++colons) text = text.substr(0, text.rfind(':'));
  return text;
}

std::optional<Section> section_of(const Url& url) {
  const std::string written = "[" + url.section + "]";
  Cursor cursor(written);
  Section section;
  std::string label;
  if (!read_section(cursor, section, label) || !cursor.at_end()) return std::nullopt;
  section.partial = url.partial;
  return section;
}

}  // namespace mailscope::imap
