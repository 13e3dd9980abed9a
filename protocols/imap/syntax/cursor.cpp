#include "protocols/imap/syntax/cursor.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocols/core/ascii.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

namespace {

bool is_utf8(std::string_view text) { return utf8_valid_prefix(text) == text.size(); }

}  // namespace

/// atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
bool is_atom_char(char c) {
  return c > ' ' && c < '\x7f' && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

/// TEXT-CHAR = <any CHAR except CR and LF>; CHAR has 7 bits and is not NUL
bool is_text_char(char c) { return c != '\0' && c != '\r' && c != '\n' && static_cast<unsigned char>(c) < 0x80; }

/// ASTRING-CHAR = ATOM-CHAR / resp-specials
bool is_astring_char(char c) { return is_atom_char(c) || c == ']'; }

bool Cursor::take(char c) {
  if (!next_is(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

bool Cursor::prefix(std::string_view expected) {
  if (!ascii::istarts_with(rest_, expected)) return false;
  rest_.remove_prefix(expected.size());
  return true;
}

bool Cursor::word(std::string_view expected) {
  if (rest_.size() > expected.size() && is_atom_char(rest_[expected.size()])) return false;
  return prefix(expected);
}

/// One or more characters of a kind.
template <class Accept>
std::optional<std::string> Cursor::run(Accept accept) {
  const auto end = std::ranges::find_if_not(rest_, accept);
  const auto length = static_cast<std::size_t>(end - rest_.begin());
  if (length == 0) return std::nullopt;
  std::string taken(rest_.substr(0, length));
  rest_.remove_prefix(length);
  return taken;
}

/// tag = 1*<any ASTRING-CHAR except "+">
std::optional<std::string> Cursor::tag() {
  return run([](char c) { return is_astring_char(c) && c != '+'; });
}

/// atom = 1*ATOM-CHAR
std::optional<std::string> Cursor::atom() { return run(is_atom_char); }

/// quoted = DQUOTE *QUOTED-CHAR DQUOTE; QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials, and
/// UTF8-2 / UTF8-3 / UTF8-4 (RFC 6855 §3, RFC 9051 §9)
std::optional<std::string> Cursor::quoted() {
  std::string_view ahead = rest_.substr(1);
  std::string value;
  while (!ahead.empty() && ahead.front() != '"') {
    if (ahead.front() == '\\') {
      ahead.remove_prefix(1);
      if (ahead.empty() || (!liberal_ && ahead.front() != '"' && ahead.front() != '\\')) return std::nullopt;
    }
    const char c = ahead.front();
    const bool is_high = static_cast<unsigned char>(c) >= 0x80;
    if (!is_text_char(c) && !is_high) return std::nullopt;
    value += c;
    ahead.remove_prefix(1);
  }
  if (ahead.empty() || (!liberal_ && !is_utf8(value))) return std::nullopt;
  rest_ = ahead.substr(1);
  return utf8_guessed(value);
}

/// literal = "{" number ["+"] "}" CRLF *CHAR8 (RFC 7888 §8); literal8 = "~{" number ["+"] "}" CRLF *OCTET
std::optional<std::string> Cursor::literal() {
  std::string_view ahead = rest_;
  const bool any_octet = ahead.starts_with('~');
  if (any_octet) ahead.remove_prefix(1);
  const std::size_t close = ahead.find("}\r\n");
  if (!ahead.starts_with('{') || close == std::string_view::npos) return std::nullopt;
  std::string_view size = ahead.substr(1, close - 1);
  if (size.ends_with('+')) size.remove_suffix(1);
  const auto octets = ascii::number<std::uint32_t>(size);
  if (!octets || ahead.size() - close - 3 < *octets) return std::nullopt;
  std::string value(ahead.substr(close + 3, *octets));
  if (!any_octet && !liberal_ && value.find('\0') != std::string::npos) return std::nullopt;
  rest_ = ahead.substr(close + 3 + *octets);
  return value;
}

/// string = quoted / literal
std::optional<std::string> Cursor::string() {
  if (next_is('"')) return quoted();
  return next_is('{') ? literal() : std::nullopt;
}

/// astring = 1*ASTRING-CHAR / string
std::optional<std::string> Cursor::astring() {
  auto plain = run(is_astring_char);
  return plain ? plain : string();
}

bool Cursor::value(std::optional<std::string>& read) {
  read.reset();
  if (word("NIL")) return true;
  read = next_is('"') ? string() : literal();
  return read.has_value();
}

/// mailbox = "INBOX" / astring
std::optional<std::string> Cursor::mailbox() {
  const auto wire = astring();
  if (!wire) return std::nullopt;
  return name_of(*wire).value_or("");
}

std::optional<std::string> Cursor::name_of(std::string_view wire) const {
  const bool is_plain = std::ranges::all_of(wire, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!utf8_ && is_plain) return decode_name(wire);
  return is_utf8(wire) ? std::optional(std::string(wire)) : std::nullopt;  // RFC 6855 §3: also before ENABLE
}

/// list-mailbox = 1*list-char / string; list-char = ATOM-CHAR / list-wildcards / resp-specials
std::optional<std::string> Cursor::list_mailbox() {
  auto plain = run([](char c) { return is_astring_char(c) || c == '%' || c == '*'; });
  return plain ? plain : string();
}

/// number = 1*DIGIT, 32 bits
std::optional<std::uint32_t> Cursor::number() {
  std::uint32_t value{};
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error != std::errc{}) return std::nullopt;
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return value;
}

/// nz-number = digit-nz *DIGIT
std::optional<std::uint32_t> Cursor::nz_number() { return next_is('0') ? std::nullopt : number(); }

/// number64 = 1*DIGIT; unsigned, at most 2^63 - 1
std::optional<std::uint64_t> Cursor::number64() {
  std::uint64_t value{};
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error != std::errc{} || value >> 63U != 0) return std::nullopt;
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return value;
}

/// mod-sequence-valzer = "0" / mod-sequence-value; a positive number under 2^63
std::optional<mailstore::ModSeq> Cursor::mod_sequence() {
  const auto value = number64();
  return value ? std::optional(mailstore::ModSeq{*value}) : std::nullopt;
}

/// sequence-set = (seq-number / seq-range) *("," sequence-set) / seq-last-command; seq-number = nz-number / "*"
std::optional<SequenceSet> Cursor::sequence_set() {
  const auto one_number = [this](std::optional<std::uint32_t>& into) {
    if (take('*')) return true;
    into = nz_number();
    return into.has_value();
  };
  SequenceSet set;
  if (take('$')) {
    set.saved = true;
    return set;
  }
  do {
    SequenceSet::Range range;
    if (!one_number(range.one)) return std::nullopt;
    range.other = range.one;
    if (take(':')) {
      range.other.reset();
      if (!one_number(range.other)) return std::nullopt;
    }
    set.ranges.push_back(range);
  } while (take(','));
  return set;
}

/// flag = system flag / flag-keyword / flag-extension; flag-fetch adds "\Recent"
std::optional<std::string> Cursor::any_flag() {
  const bool system = take('\\');
  auto name = atom();
  if (!name || !system) return name;
  const std::string full = "\\" + *name;
  for (const std::string_view known : system_flags)
    if (ascii::iequals(known, full)) return std::string(known);
  return ascii::iequals(full, recent_flag) ? std::string(recent_flag) : full;
}

std::optional<std::string> Cursor::flag() {
  auto found = any_flag();
  return found == recent_flag ? std::nullopt : found;
}

/// flag *(SP flag)
std::optional<std::set<std::string>> Cursor::flags(bool recent_too) {
  std::set<std::string> found;
  do {
    while (liberal_ && space()) {
    }
    if (liberal_ && next_is(')')) break;
    auto one = recent_too ? any_flag() : flag();
    if (!one) return std::nullopt;
    found.insert(std::move(*one));
  } while (space());
  return found;
}

/// flag-list = "(" [flag *(SP flag)] ")"
std::optional<std::set<std::string>> Cursor::listed_flags(bool recent_too) {
  if (!take('(')) return std::nullopt;
  if (take(')')) return std::set<std::string>{};
  auto found = flags(recent_too);
  return take(')') ? found : std::nullopt;
}

std::optional<std::set<std::string>> Cursor::flag_list() { return listed_flags(false); }

std::optional<std::set<std::string>> Cursor::bare_flags() { return flags(false); }

std::optional<std::set<std::string>> Cursor::flags_of_message() { return listed_flags(true); }

std::optional<unsigned> Cursor::digits(std::size_t count) {
  const std::string_view text = rest_.substr(0, count);
  if (text.size() != count || !std::ranges::all_of(text, ascii::is_digit)) return std::nullopt;
  rest_.remove_prefix(count);
  return ascii::number<unsigned>(text);
}

/// The rest of date-text: "-" date-month "-" date-year
std::optional<std::chrono::sys_days> Cursor::day_month_year(unsigned day) {
  if (!take('-')) return std::nullopt;
  const auto month = std::ranges::find_if(months, [this](std::string_view m) { return ascii::istarts_with(rest_, m); });
  if (month == months.end()) return std::nullopt;
  rest_.remove_prefix(month->size());
  if (!take('-')) return std::nullopt;
  const auto year = digits(4);
  if (!year) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

/// date = date-text / DQUOTE date-text DQUOTE; date-day = 1*2DIGIT
std::optional<Instant> Cursor::date() {
  const bool in_quotes = take('"');
  auto day = digits(2);
  if (!day) day = digits(1);
  if (!day) return std::nullopt;
  const auto date = day_month_year(*day);
  if (!date || (in_quotes && !take('"'))) return std::nullopt;
  return Instant{date->time_since_epoch()};
}

/// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE; programs leave out the space
/// before a day of one digit.
std::optional<Instant> Cursor::date_time() {
  if (!take('"')) return std::nullopt;
  auto day = space() ? std::nullopt : digits(2);
  if (!day) day = digits(1);
  if (!day) return std::nullopt;
  const auto date = day_month_year(*day);
  if (!date || !space()) return std::nullopt;
  const auto hours = digits(2);
  if (!hours || !take(':')) return std::nullopt;
  const auto minutes = digits(2);
  if (!minutes || !take(':')) return std::nullopt;
  const auto seconds = digits(2);
  if (!seconds || *hours > 23 || *minutes > 59 || *seconds > 60 || !space()) return std::nullopt;
  const bool west = next_is('-');
  if (!take('+') && !take('-')) return std::nullopt;
  const auto zone_hours = digits(2), zone_minutes = digits(2);
  if (!zone_hours || !zone_minutes || *zone_minutes > 59 || !take('"')) return std::nullopt;
  const auto zone = std::chrono::hours(*zone_hours) + std::chrono::minutes(*zone_minutes);
  const Instant local = Instant{date->time_since_epoch()} + std::chrono::hours(*hours) +
                        std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
  return west ? local + zone : local - zone;
}

}  // namespace mailscope::imap
