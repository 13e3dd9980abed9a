#include "protocols/smtp/grammar.hpp"

#include <algorithm>
#include <optional>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/quoted_printable.hpp"

namespace mailscope::smtp {

namespace {

using ascii::is_alnum;

/// UTF8-non-ascii (RFC 6532 §3.1); that a command's octets are UTF-8 was checked before.
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// atext (RFC 5322 §3.2.3), and UTF-8 (RFC 6531 §3.3)
bool is_atext(char c) {
  return is_alnum(c) || is_beyond_ascii(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// Dot-string = Atom *("." Atom)
bool is_dot_string(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return c == '.' || is_atext(c); });
}

/// Quoted-string = DQUOTE *QcontentSMTP DQUOTE; gives what it means, without quotes.
std::optional<std::string> quoted_string(Cursor& at) {
  std::string meaning;
  at.take('"');
  while (!at.take('"')) {
    at.take('\\');  // quoted-pairSMTP: the next character is itself
    const std::string_view next = at.take_octets(1);
    if (next.empty() || !(ascii::is_printable(next[0]) || is_beyond_ascii(next[0]))) return std::nullopt;
    meaning += next;
  }
  return meaning;
}

/// Local-part = Dot-string / Quoted-string, given in the form with the least quoting (§4.1.2).
std::optional<std::string> local_part(Cursor& at) {
  if (!at.at('"')) {
    const std::string_view text = at.take_while([](char c) { return c == '.' || is_atext(c); });
    return is_dot_string(text) ? std::optional(std::string(text)) : std::nullopt;
  }
  const std::optional<std::string> meaning = quoted_string(at);
  if (!meaning || is_dot_string(*meaning)) return meaning;
  std::string quoted = "\"";
  for (const char c : *meaning) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// sub-domain = Let-dig [Ldh-str] / U-label (RFC 6531 §3.3). Of a U-label only that it is UTF-8 is asked.
bool is_sub_domain(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-' || is_beyond_ascii(c); });
}

/// Domain = sub-domain *("." sub-domain)
bool is_domain(std::string_view text) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_sub_domain(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// IPv4-address-literal = Snum 3("." Snum)
bool is_ipv4(std::string_view text) {
  for (int left = 3; left >= 0; --left) {
    const std::size_t dot = text.find('.');
    const std::string_view snum = text.substr(0, dot);
    if (snum.size() > 3 || ascii::number<std::uint16_t>(snum).value_or(256) > 255) return false;
    if ((dot == std::string_view::npos) != (left == 0)) return false;
    text.remove_prefix(left == 0 ? 0 : dot + 1);
  }
  return true;
}

/// The groups of one side of an IPv6 address: IPv6-hex *(":" IPv6-hex), the last of which may be an IPv4 address that
/// counts for two. Their number, or -1.
int ipv6_groups(std::string_view text, bool may_end_in_ipv4) {
  int groups = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && may_end_in_ipv4 && is_ipv4(group)) return groups + 2;
    const auto is_hex = [](char c) { return hex_octet(std::string{'0', c}) >= 0; };
    if (group.empty() || group.size() > 4 || !std::ranges::all_of(group, is_hex)) return -1;
    ++groups;
    if (last) return groups;
    text.remove_prefix(colon + 1);
    if (text.empty()) return -1;
  }
  return groups;
}

/// IPv6-addr: all of eight groups, or "::" for at least two of them.
bool is_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return ipv6_groups(text, true) == 8;
  const int before = ipv6_groups(text.substr(0, gap), false);
  const int after = ipv6_groups(text.substr(gap + 2), true);
  return before >= 0 && after >= 0 && before + after <= 6;
}

/// address-literal; "IPv6" is the only tag registered for General-address-literal.
bool is_address_literal(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 2) return false;
  text = text.substr(1, text.size() - 2);
  return ascii::istarts_with(text, "IPv6:") ? is_ipv6(text.substr(5)) : is_ipv4(text);
}

bool is_domain_character(char c) { return c != '>' && c != ' ' && c != ','; }

/// A-d-l ":", where A-d-l = At-domain *( "," At-domain ); accepted and ignored (appendix C).
bool skip_source_route(Cursor& at) {
  if (!at.at('@')) return true;
  do {
    if (!at.take('@') ||
        !is_domain(at.take_while([](char c) { return is_alnum(c) || c == '-' || c == '.' || is_beyond_ascii(c); })))
      return false;
  } while (at.take(','));
  return at.take(':');
}

/// Path = "<" [ A-d-l ":" ] Mailbox ">", where Mailbox = Local-part "@" ( Domain / address-literal ).
/// The cursor stands behind "<".
std::variant<std::string, PathFault> path(Cursor& at) {
  const std::size_t begin = at.rest().size();
  if (!skip_source_route(at)) return PathFault::Mailbox;
  const std::optional<std::string> local = local_part(at);
  if (!local) return PathFault::Mailbox;
  if (at.take('>'))
    return ascii::iequals(*local, "postmaster") ? std::variant<std::string, PathFault>(*local) : PathFault::Unqualified;
  if (!at.take('@')) return PathFault::Mailbox;
  const std::string_view domain = at.take_while(is_domain_character);
  if (!(is_domain(domain) || is_address_literal(domain)) || !at.take('>')) return PathFault::Mailbox;
  if (local->size() > local_part_octets_max || domain.size() > domain_octets_max ||
      begin - at.rest().size() + 1 > path_octets_max)
    return PathFault::TooLong;
  return *local + '@' + std::string(domain);
}

/// esmtp-param *(SP esmtp-param), where esmtp-param = esmtp-keyword ["=" esmtp-value]; nothing when it is not that.
std::optional<std::vector<Parameter>> parameters(Cursor& at) {
  std::vector<Parameter> result;
  while (at.take(' ')) {
    const std::string keyword = ascii::upper(at.take_while([](char c) { return is_alnum(c) || c == '-'; }));
    if (keyword.empty() || keyword.front() == '-') return std::nullopt;
    const bool has_value = at.take('=');
    const std::string_view value =
        at.take_while([](char c) { return (c > ' ' && c <= '~' && c != '=') || is_beyond_ascii(c); });
    if (has_value == value.empty()) return std::nullopt;
    if (std::ranges::find(result, keyword, &Parameter::keyword) != result.end()) return std::nullopt;
    result.push_back({keyword, std::string(value)});
  }
  return at.at_end() ? std::optional(std::move(result)) : std::nullopt;
}

std::variant<PathArgument, PathFault> path_argument(Cursor at, bool null_path_allowed, bool strict) {
  if (!strict) at.take_while(ascii::is_space);
  if (!at.take('<')) return PathFault::Syntax;
  PathArgument result;
  if (!(null_path_allowed && at.take('>'))) {
    std::variant<std::string, PathFault> parsed = path(at);
    if (const PathFault* fault = std::get_if<PathFault>(&parsed)) return *fault;
    result.path = std::get<std::string>(std::move(parsed));
  }
  std::optional<std::vector<Parameter>> found = parameters(at);
  if (!found) return PathFault::Parameters;
  result.parameters = std::move(*found);
  return result;
}

}  // namespace

Command parse_command(std::string_view line) {
  while (!line.empty() && ascii::is_space(line.back())) line.remove_suffix(1);
  const std::size_t end = std::min(line.find(' '), line.size());
  return {ascii::upper(line.substr(0, end)), line.substr(std::min(end + 1, line.size()))};
}

std::variant<PathArgument, PathFault> parse_mail(std::string_view argument, bool strict) {
  Cursor at(argument);
  if (!at.take("FROM:")) return PathFault::Syntax;
  auto parsed = path_argument(at, true, strict);
  // Only a recipient may be called postmaster without a domain (§4.1.1.3).
  if (const PathArgument* sender = std::get_if<PathArgument>(&parsed);
      sender != nullptr && ascii::iequals(sender->path, "postmaster"))
    return PathFault::Unqualified;
  return parsed;
}

std::variant<PathArgument, PathFault> parse_rcpt(std::string_view argument, bool strict) {
  Cursor at(argument);
  if (!at.take("TO:")) return PathFault::Syntax;
  return path_argument(at, false, strict);
}

bool is_domain_or_literal(std::string_view text) {
  return text.size() <= domain_octets_max && (is_domain(text) || is_address_literal(text));
}

}  // namespace mailscope::smtp
